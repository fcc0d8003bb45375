package community

import (
	"strings"
	"time"
)

// ChangeWhen reads the time at the beginning of text in place of another. Times of day alone keep the days of a repeated
// one, and its bounds; whatever else it is, is read as ReadWhen does.
func ChangeWhen(was When, text string, now time.Time, zone *time.Location) (When, string, error) {
	p := &whenReader{scanner: scanner{rest: text}, now: now.In(zone)}
	if was.Spec == "" || p.isWait() {
		return ReadWhen(text, now, zone)
	}
	list, found, err := p.clocks(anyPart)
	switch {
	case err != nil:
		return When{}, text, err
	case !found:
		return ReadWhen(text, now, zone)
	}
	said := text[:len(text)-len(p.rest)]
	field := strings.Fields(was.Spec)
	daily := !was.Workdays && field[2] == "*" && field[3] == "*" && field[4] == "*" && was.From.IsZero() && was.Until.IsZero()
	_, once := cronNumber(field[1])
	_, sharp := cronNumber(field[0])
	switch {
	case len(list) == 1 && !(once && sharp):
		return When{}, text, &WhenError{whenWhich, said}
	case list[0].next && !daily:
		return When{}, text, &WhenError{whenAmbiguous, said}
	}
	was.Spec = cronHours(list) + " " + strings.Join(field[2:], " ")
	return was, p.left(), nil
}

// isWait tells whether a length of time is next.
func (p *whenReader) isWait() bool {
	before := p.rest
	defer func() { p.rest = before }()
	_, ok, _ := p.wait()
	return ok
}
