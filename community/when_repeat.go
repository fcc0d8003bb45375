package community

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// cron takes "cron 0 9 * * 1-5".
func (p *whenReader) cron() (w When, ok bool, err error) {
	if !p.has("cron") {
		return w, false, nil
	}
	fields := strings.Fields(p.rest)
	if len(fields) < 5 {
		return w, true, &WhenError{whenUnknown, p.rest}
	}
	for range 5 {
		p.space()
		if i := strings.IndexAny(p.rest, " \t\n"); i >= 0 {
			p.rest = p.rest[i:]
		} else {
			p.rest = ""
		}
	}
	return When{Spec: strings.Join(fields[:5], " ")}, true, nil
}

// spans are the words for lengths of time.
var spans = map[string]time.Duration{
	"分钟": time.Minute, "分": time.Minute, "小时": time.Hour, "个小时": time.Hour, "个钟头": time.Hour, "minutes": time.Minute, "minute": time.Minute,
	"hours": time.Hour, "hour": time.Hour,
}

var daySpans = map[string]int{"天": 1, "周": 7, "个星期": 7, "星期": 7, "days": 1, "day": 1, "weeks": 7, "week": 7}

// wait takes 半小时后, 20分钟后, 三天后 9点, in 2 hours.
func (p *whenReader) wait() (w When, ok bool, err error) {
	english := p.has("in")
	after := func() bool { return english || p.has("之后", "以后", "后") }
	if p.has("半个小时", "半小时", "半个钟头") {
		return When{At: p.now.Add(30 * time.Minute).UTC()}, after(), nil
	}
	if p.has("一刻钟") {
		return When{At: p.now.Add(15 * time.Minute).UTC()}, after(), nil
	}
	begin := p.rest
	n, ok := p.number()
	if !ok {
		return w, false, nil
	}
	if word, ok := p.take("分钟", "分", "个小时", "小时", "个钟头", "minutes", "minute", "hours", "hour"); ok {
		if !after() {
			return w, false, nil
		}
		if n == 0 {
			return w, true, &WhenError{whenPast, begin[:len(begin)-len(p.rest)]}
		}
		return When{At: p.now.Add(time.Duration(n) * spans[word]).UTC()}, true, nil
	}
	word, ok := p.take("天", "周", "个星期", "星期", "days", "day", "weeks", "week")
	if !ok || !after() {
		return w, false, nil
	}
	day := p.date(0, 0, n*daySpans[word])
	c, found, err := p.clock(anyPart)
	if err != nil {
		return w, true, err
	}
	if !found {
		c = clock{hour: p.now.Hour(), minute: p.now.Minute()}
	}
	w, err = p.once(dates{choices: []time.Time{day}}, c)
	return w, true, err
}

// repeated takes 每天, 每晚, 每个工作日, 每周一三五, 每月1号, every day, every friday, weekdays, and a time of day.
func (p *whenReader) repeated() (w When, ok bool, err error) {
	begin := p.rest
	part, dom, dow := anyPart, "*", "*"
	switch {
	case p.has("每个工作日", "每工作日", "工作日", "每天工作日", "every workday", "every weekday", "weekdays", "workdays"):
		w.Workdays = true
	case p.has("每天早上", "每天早晨", "每早", "every morning"):
		part = morning
	case p.has("每天晚上", "每晚", "every evening"):
		part = late
	case p.has("每天", "每日", "天天", "every day", "daily"):
	case p.has("每个月", "每月"):
		day, ok := p.number()
		if !ok || !p.has("号", "日") || day < 1 || day > 31 {
			return w, true, &WhenError{whenDate, begin}
		}
		dom = fmt.Sprint(day)
	case p.has("每个周", "每周", "每个星期", "每星期", "每个礼拜", "每礼拜", "every"):
		if dow, ok = p.weekdays(); !ok {
			return w, true, &WhenError{whenDate, begin}
		}
	default:
		return w, false, nil
	}
	c, found, err := p.clock(part)
	switch {
	case err != nil:
		return w, true, err
	case !found:
		return w, true, &WhenError{whenClock, begin[:len(begin)-len(p.rest)]}
	case c.next:
		return w, true, &WhenError{whenAmbiguous, begin[:len(begin)-len(p.rest)]}
	}
	w.Spec = fmt.Sprintf("%d %d %s * %s", c.minute, c.hour, dom, dow)
	return w, true, nil
}

// weekdays takes 一三五, 一、周四, 一到五, 末, friday: as cron writes them.
func (p *whenReader) weekdays() (string, bool) {
	if p.has("末") {
		return "0,6", true
	}
	first, ok := p.weekday(true)
	if !ok {
		return "", false
	}
	if p.has("到", "至", "-", "~", "—", "–", "to") {
		last, ok := p.weekday(true)
		if !ok || sinceMonday(last) <= sinceMonday(first) {
			return "", false
		}
		return cronDays(first, last), true
	}
	list := []int{int(first)}
	for {
		before := p.rest
		p.has("、", "，", ",", "和", "与", "and")
		next, ok := p.weekday(true)
		if !ok {
			p.rest = before
			break
		}
		list = append(list, int(next))
	}
	slices.Sort(list)
	var days []string
	for _, d := range slices.Compact(list) {
		days = append(days, fmt.Sprint(d))
	}
	return strings.Join(days, ","), true
}
