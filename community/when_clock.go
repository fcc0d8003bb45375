package community

import (
	"fmt"
	"strings"
)

// clock is a time of day.
type clock struct {
	hour, minute int
	next         bool // midnight at the end of the day
}

func (c clock) String() string { return fmt.Sprintf("%02d:%02d", c.hour, c.minute) }

// The parts of a day that decide what 8点 means.
const (
	anyPart = ""
	night   = "凌晨" // 0 to 6
	morning = "上午" // 0 to 12
	midday  = "中午" // 11 to 14
	evening = "下午" // 12 to 24
	late    = "晚上" // 17 to 24
)

var dayParts = map[string]string{
	"凌晨": night, "半夜": night, "清晨": morning, "早晨": morning, "早上": morning, "上午": morning, "早": morning,
	"正午": midday, "中午": midday, "下午": evening, "傍晚": late, "晚上": late, "夜里": late, "今晚": late, "晚": late,
}

// clock takes a time of day. part is what the date has said of it: 今晚.
func (p *whenReader) clock(part string) (c clock, found bool, err error) {
	begin, deep := p.rest, false
	if p.has("at noon", "noon") || p.has("中午") && p.spaced() {
		return clock{hour: 12}, true, nil
	}
	p.rest = begin
	if word, ok := p.take("凌晨", "半夜", "清晨", "早晨", "早上", "上午", "正午", "中午", "下午", "傍晚", "晚上", "夜里", "早", "晚"); ok {
		if part == late && dayParts[word] == night { // 今晚凌晨1点
			return c, true, &WhenError{whenAmbiguous, begin}
		}
		part, deep = dayParts[word], word == "半夜"
		if word == "正午" {
			p.has("12点")
			return clock{hour: 12}, true, nil
		}
	}
	p.has("at")
	hour, ok := p.number()
	deep = deep && hour%12 == 0 // 半夜12点: of which day?
	if !ok {
		p.rest = begin
		return c, false, nil
	}
	minute, found := p.minute()
	if !found {
		p.rest = begin
		return c, false, nil
	}
	if half, ok := p.take("am", "a.m.", "pm", "p.m."); ok {
		if hour < 1 || hour > 12 {
			return c, true, &WhenError{whenClock, begin[:len(begin)-len(p.rest)]}
		}
		if hour %= 12; half[0] == 'p' {
			hour += 12
		}
	}
	c, key := timeOfDay(part, hour, minute)
	if deep {
		key = whenAmbiguous
	}
	if key != "" {
		return c, true, &WhenError{key, begin[:len(begin)-len(p.rest)]}
	}
	return c, true, nil
}

// minute takes what follows the hour: 点, 点半, 点三刻, 点05分, :30. Without any of it there is no time of day,
// unless am or pm follows.
func (p *whenReader) minute() (n int, found bool) {
	if p.has(":") {
		n, found = p.twoDigits()
		p.has(":00")
		return n, found && !strings.HasPrefix(p.rest, ":") // 20:00:30
	}
	if !p.has("点钟", "点整", "点", "时", "點") {
		before := p.rest
		_, half := p.take("am", "a.m.", "pm", "p.m.")
		p.rest = before
		return 0, half
	}
	before := p.rest
	if p.has("半价", "半决赛") {
		p.rest = before
		return 0, true
	}
	switch word, _ := p.take("半", "一刻", "三刻"); word {
	case "半":
		return 30, true
	case "一刻":
		return 15, true
	case "三刻":
		return 45, true
	}
	if n, ok := p.twoDigits(); ok && !p.hourEnds() {
		p.has("分")
		return n, true
	}
	p.rest = before
	if p.spaced() {
		return 0, true
	}
	p.has("零", "〇")
	zero := p.rest != before
	if n, ok := p.number(); ok && (p.has("分") || zero || n >= 10) && !p.hourEnds() {
		return n, true
	}
	p.rest = before
	return 0, true
}

// hourEnds tells whether the number that was taken is an hour: 9点18点 is no 9:18.
func (p *whenReader) hourEnds() bool {
	before := p.rest
	defer func() { p.rest = before }()
	return p.has("点", "时", "點", ":")
}

// timeOfDay is what an hour means in a part of the day; key is what is wrong with it.
func timeOfDay(part string, hour, minute int) (c clock, key string) {
	if minute > 59 || hour > 24 || hour == 24 && minute > 0 {
		return c, whenClock
	}
	c = clock{hour: hour, minute: minute}
	switch part {
	case night:
		if hour == 12 {
			c.hour = 0
		}
		if c.hour > 6 {
			return c, whenClock
		}
	case morning:
		if hour > 12 {
			return c, whenClock
		}
	case midday:
		if hour >= 1 && hour <= 2 {
			c.hour += 12
		}
		if c.hour < 11 || c.hour > 14 {
			return c, whenClock
		}
	case evening:
		if hour < 12 {
			c.hour += 12
		}
	case late:
		switch {
		case hour == 12 || hour == 0 || hour == 24:
			return clock{minute: minute, next: true}, ""
		case hour < 5:
			return c, whenAmbiguous
		case hour < 12:
			c.hour += 12
		}
	}
	if c.hour == 24 {
		return clock{next: true}, ""
	}
	return c, ""
}
