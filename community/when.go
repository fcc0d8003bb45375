package community

import (
	"errors"
	"fmt"
	"time"
)

// When is a time that a manager wrote: once, or again and again.
type When struct {
	At   time.Time // once; zero where it repeats
	Spec string    // cron of five fields, by the community's clocks, L being the last day of a month; empty where it is once

	// A repeated one is due at From <= slot < Until; zero: no bound.
	From, Until time.Time
	Workdays    bool // only on working days: see Holidays.Workday
}

// WhenError is why a time can't be read. Its text has the key "when." + Key in the community's catalogue.
type WhenError struct {
	Key  string // unknown, clock, several, which, uneven, yearly, no_date, past, gap, ambiguous, cron, never
	What string // the part that it is about
}

func (e *WhenError) Error() string { return fmt.Sprintf("time %q: %s", e.What, e.Key) }

// The keys of WhenError.
const (
	whenUnknown   = "unknown"   // nothing that is a time
	whenClock     = "clock"     // a date without a time of day, or one that no clock shows
	whenSeveral   = "several"   // more than one time of day
	whenWhich     = "which"     // a time of day in place of which of several
	whenUneven    = "uneven"    // one that cron has no line for: every other day
	whenYearly    = "yearly"    // once a year
	whenDate      = "no_date"   // a date that no calendar has
	whenPast      = "past"      // it has passed
	whenGap       = "gap"       // the clocks skip it on that day
	whenAmbiguous = "ambiguous" // it may be one of two days
	whenCron      = "cron"      // five fields that cron doesn't understand, or a date that no month has
	whenNever     = "never"     // a repeated one that does not come due within its bounds
)

// WhenHelp is what is wrong with a time, in the words of whoever reads the answer.
func WhenHelp(t func(key string, kv ...any) string, err error) string {
	var e *WhenError
	if !errors.As(err, &e) {
		return t("when.unknown", "What", "")
	}
	return t("when."+e.Key, "What", Excerpt(e.What, whenExcerpt))
}

// whenExcerpt is how many characters of a wrong time are echoed.
const whenExcerpt = 20

// ReadWhen reads the time at the beginning of text, seen from now, by the clocks of zone, and gives what of the
// text is left. Dates are those of the calendar, weeks begin on Monday. The error is a *WhenError.
//
//	明早八点, 今晚8点半, 后天下午三点一刻, 周五20:00, 下周一 9点, 12月24日 19:30, 2026-12-24 19:30, 20:00, 半小时后, 三天后 9点
//	每小时, 每30分钟, 每天 9点, 每天 9点和18点, 每周五20:00, 每周一三五 8:30, 周一到周五 9点, 每个工作日 9:00, 每月1号 9点, 每月最后一天 20:00, 下周一到周五 9点, 12月1日到12月5日 9点
//	tomorrow 8am, every friday 20:00, weekdays 9:00, in 2 hours, 24 dec 19:30, cron 0 9 * * 1-5
//
// A repeated one may have bounds behind it: 每周五 20:00（12月1日至12月31日）. An hour without a part of the day is one of
// 24. 晚上12点 and 24:00 are the midnight at the end of the date, 凌晨12点 and 零点 the one at its beginning.
func ReadWhen(text string, now time.Time, zone *time.Location) (When, string, error) {
	p := &whenReader{scanner: scanner{rest: text}, now: now.In(zone)}
	w, err := p.when()
	if err != nil {
		return When{}, text, err
	}
	return w, p.left(), nil
}

// whenReader reads one time.
type whenReader struct {
	scanner
	now time.Time
}

func (p *whenReader) when() (When, error) {
	begin := p.rest
	if err := p.uneven(); err != nil {
		return When{}, err
	}
	for _, read := range [...]func() (When, bool, error){p.cron, p.wait, p.every, p.repeated} {
		w, ok, err := read()
		if ok || err != nil {
			return w, err
		}
		p.rest = begin
	}
	dates, ok, err := p.dates()
	if err != nil {
		return When{}, err
	}
	if !ok {
		p.rest = begin
	}
	if !dates.until.IsZero() {
		p.has("每天", "每日", "every day", "daily")
	}
	said := p.rest
	list, found, err := p.clocks(dates.part)
	switch {
	case err != nil:
		return When{}, err
	case !found && !ok:
		return When{}, &WhenError{whenUnknown, begin}
	case !found:
		return When{}, &WhenError{whenClock, begin[:len(begin)-len(p.rest)]}
	case !dates.until.IsZero():
		return p.span(dates, list)
	case len(list) > 1:
		return When{}, &WhenError{whenSeveral, said[:len(said)-len(p.rest)]}
	case !ok:
		return p.next(list[0])
	}
	return p.once(dates, list[0])
}

// next is the first time that the clock shows a time of day.
func (p *whenReader) next(c clock) (When, error) {
	for day := range 3 {
		if at, ok := p.at(p.date(0, 0, day), c); ok && at.After(p.now) {
			return When{At: at}, nil
		}
	}
	return When{}, &WhenError{whenGap, c.String()}
}

// once is one date with a time of day.
func (p *whenReader) once(d dates, c clock) (When, error) {
	for _, day := range d.choices {
		at, ok := p.at(day, c)
		if !ok && at.After(p.now) {
			return When{}, &WhenError{whenGap, day.Format(time.DateOnly) + " " + c.String()}
		}
		if at.After(p.now) {
			return When{At: at}, nil
		}
	}
	last := d.choices[len(d.choices)-1]
	return When{}, &WhenError{whenPast, last.Format(time.DateOnly) + " " + c.String()}
}

// span is the same times of day on some days in a row. Where bounds are said too, they are the days.
func (p *whenReader) span(d dates, list []clock) (When, error) {
	c := list[len(list)-1]
	if c.next {
		return When{}, &WhenError{whenAmbiguous, c.String()}
	}
	r := repeat{clocks: list, dom: "*", dow: "*"}
	if d.weekdays != "" {
		r.dow = d.weekdays
	}
	w, err := p.bounds(r.when())
	if err != nil {
		return When{}, err
	}
	if w.From.IsZero() && w.Until.IsZero() {
		w.From, w.Until = midnight(d.choices[0]).UTC(), midnight(d.until).UTC()
	}
	return w, p.comes(r, w)
}

// date is today, so many years, months and days on, at noon.
func (p *whenReader) date(years, months, days int) time.Time {
	y, m, d := p.now.Date()
	return time.Date(y+years, m+time.Month(months), d+days, 12, 0, 0, 0, p.now.Location())
}

// at is when the clock shows a time of day on a date; not ok: it skips it.
func (p *whenReader) at(day time.Time, c clock) (time.Time, bool) {
	y, m, d := day.Date()
	if c.next {
		d++
	}
	t := time.Date(y, m, d, c.hour, c.minute, 0, 0, day.Location())
	return t.UTC(), t.Hour() == c.hour && t.Minute() == c.minute
}

func midnight(day time.Time) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, day.Location())
}
