package community

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// bounds takes the bounds of a repeated time, if there are any: （11月30日至12月4日）, （11月30日起）, （至12月4日）,
// (30 Nov to 4 Dec), (from 30 Nov), (until 4 Dec).
func (p *whenReader) bounds(w When) (When, error) {
	before := p.rest
	if !p.has("(") {
		return w, nil
	}
	only := p.has("至", "到", "截至", "until", "to")
	since := !only && p.has("从", "自", "from")
	choices, ok := p.calendarDate()
	said := func() string { return before[:len(before)-len(p.rest)] }
	key := whenDate
	switch {
	case !ok:
		p.rest = before
		return w, nil
	case len(choices) == 0:
	case only:
		key = whenPast
		for _, day := range choices {
			if !day.Before(p.date(0, 0, 0)) {
				w.Until, key = midnight(day.AddDate(0, 0, 1)).UTC(), ""
				break
			}
		}
	case p.has("起") || since && p.closes():
		w.From, key = midnight(choices[0]).UTC(), ""
		for _, day := range choices { // of this year or the next: the one to come
			if !day.Before(p.date(0, 0, 0)) {
				w.From = midnight(day).UTC()
				break
			}
		}
	case p.until():
		var begin, end time.Time
		if begin, end, key = p.lastDate(choices); key == "" {
			w.From, w.Until = midnight(begin).UTC(), midnight(end.AddDate(0, 0, 1)).UTC()
		}
	default:
		p.rest = before
		return w, nil
	}
	if key == "" && !p.has(")") {
		p.rest = before
		return When{Spec: w.Spec, Workdays: w.Workdays}, nil
	}
	if key != "" {
		return w, &WhenError{key, said()}
	}
	return w, nil
}

// closes tells whether a closing parenthesis is next.
func (p *whenReader) closes() bool {
	before := p.rest
	defer func() { p.rest = before }()
	return p.has(")")
}

// longestLook is how many days it takes until every repeated time has come: the 31st of a month.
const longestLook = 400

// comes is why a repeated time with bounds does not come due any more.
func (p *whenReader) comes(r repeat, w When) error {
	day := p.date(0, 0, 0)
	if from := w.From.In(p.now.Location()); !w.From.IsZero() && from.After(p.now) {
		day = time.Date(from.Year(), from.Month(), from.Day(), 12, 0, 0, 0, from.Location())
	}
	for range longestLook {
		if !w.Until.IsZero() && !midnight(day).Before(w.Until) {
			break
		}
		if r.on(day) && slices.ContainsFunc(r.clocks, func(c clock) bool { return p.within(w, day, c) }) {
			return nil
		}
		day = day.AddDate(0, 0, 1)
	}
	last := w.Until.Add(-time.Second).In(p.now.Location()).Format(time.DateOnly)
	if w.From.After(p.now) {
		return &WhenError{whenNever, w.From.In(p.now.Location()).Format(time.DateOnly) + " – " + last}
	}
	return &WhenError{whenPast, last + " " + r.clocks[len(r.clocks)-1].String()}
}

// within tells whether a time of day on a date lies ahead and within the bounds.
func (p *whenReader) within(w When, day time.Time, c clock) bool {
	at, _ := p.at(day, clock{hour: c.hour, minute: c.minute})
	return at.After(p.now) && !at.Before(w.From) && (w.Until.IsZero() || at.Before(w.Until))
}

// on tells whether it comes on a date.
func (r repeat) on(day time.Time) bool {
	switch {
	case r.dom == "L":
		return day.AddDate(0, 0, 1).Day() == 1
	case r.dom != "*":
		return inList(r.dom, day.Day())
	case r.dow != "*":
		return inList(r.dow, int(day.Weekday()))
	}
	return true
}

// inList tells whether a field of cron that cronDays or monthdays made holds a number.
func inList(field string, n int) bool {
	if first, last, ranged := strings.Cut(field, "-"); ranged {
		a, _ := strconv.Atoi(first)
		b, _ := strconv.Atoi(last)
		return a <= n && n <= b
	}
	for part := range strings.SplitSeq(field, ",") {
		if part == strconv.Itoa(n) {
			return true
		}
	}
	return false
}
