package community

import "time"

// waitSpans are lengths of time by their words, longer ones first.
var waitSpans = []struct {
	words []string
	span  time.Duration
}{
	{[]string{"分钟", "分", "minutes", "minute", "mins", "min"}, time.Minute},
	{[]string{"个小时", "小时", "个钟头", "hours", "hour", "hrs", "hr"}, time.Hour},
}

var waitDays = map[string]int{"天": 1, "周": 7, "个星期": 7, "星期": 7, "个礼拜": 7, "days": 1, "day": 1, "weeks": 7, "week": 7}

// wait takes 半小时后, 20分钟后, 一个半小时后, 三天后 9点, in 2 hours.
func (p *whenReader) wait() (w When, ok bool, err error) {
	english := p.has("in")
	after := func() bool { return english || p.has("之后", "以后", "后") }
	begin := p.rest
	said := func() string { return begin[:len(begin)-len(p.rest)] }
	if span, ok := p.waitSpan(); ok {
		switch {
		case !after():
			return w, false, nil
		case span == 0:
			return w, true, &WhenError{whenPast, said()}
		}
		return When{At: p.now.Add(span).UTC()}, true, nil
	}
	p.rest = begin
	n, ok := p.number()
	word, named := p.take("天", "周", "个星期", "星期", "个礼拜", "days", "day", "weeks", "week")
	if !ok || !named || !after() {
		return w, false, nil
	}
	day := p.date(0, 0, n*waitDays[word])
	c, found, err := p.oneClock(anyPart)
	if err != nil {
		return w, true, err
	}
	if !found {
		c = clock{hour: p.now.Hour(), minute: p.now.Minute()}
	}
	w, err = p.once(dates{choices: []time.Time{day}}, c)
	return w, true, err
}

// waitSpan takes a length of time below a day.
func (p *whenReader) waitSpan() (time.Duration, bool) {
	switch {
	case p.has("半个小时", "半小时", "半个钟头", "half an hour"):
		return 30 * time.Minute, true
	case p.has("一刻钟"):
		return 15 * time.Minute, true
	case p.has("an hour"):
		return time.Hour, true
	}
	n, ok := p.number()
	if !ok {
		return 0, false
	}
	if p.has("个半小时", "个半钟头") {
		return time.Duration(n)*time.Hour + 30*time.Minute, true
	}
	for _, s := range waitSpans {
		if p.has(s.words...) {
			return time.Duration(n) * s.span, true
		}
	}
	return 0, false
}
