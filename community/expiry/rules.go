package expiry

import (
	"slices"

	"github.com/weilu-im/weilu/community"
)

// When people are told, in Days before their points expire, and how far ahead each notice looks, so that somebody who
// earns every Day isn't told every Day.
const (
	firstNotice = 30
	lastNotice  = 7
	firstAhead  = 29
	lastAhead   = 6
	noticeGap   = 7 // between two first notices to one person
)

// lot is what is left of a Day on which somebody earned, and what they were told of it.
type lot struct {
	day  community.Day // on which it was earned
	left int64
	told
}

// told is what somebody was told of a lot. Where more is left than that, the lot counts as if they had been told
// nothing: so what was given back to them never expires unannounced.
type told struct {
	amount      int64
	first, last community.Day // of the notices; 0: not yet
	promised    community.Day // not to expire before
}

// plan is what a Day does to the lots of one person.
type plan struct {
	expire      []lot         // what expires today
	first, last []lot         // what they are told of
	next        community.Day // when to look again
}

// expires is the first Day on which a lot may expire, if it is told of in time from today on.
func (l lot) expires(after int, today community.Day) community.Day {
	on := l.day + community.Day(after) + 1
	switch {
	case l.first == 0 || l.left > l.amount:
		return max(on, today+firstNotice)
	case l.last == 0:
		return max(on, l.promised, today+lastNotice)
	}
	return max(on, l.promised, l.last+lastNotice)
}

// decide is what today does to lots, oldest first, of points that expire after a number of Days. A lot expires when it
// is old enough, 30 Days after the first notice at the earliest and 7 after the last.
func decide(lots []lot, after int, today community.Day) (p plan) {
	since, soon := community.Day(0), false
	for i, l := range lots {
		if l.left > l.amount {
			lots[i].told = told{}
		}
		since = max(since, lots[i].first)
		soon = soon || lots[i].last == 0 && lots[i].first > 0 && lots[i].expires(after, today) <= today+lastNotice
	}
	p.next = today + 1 + community.Day(after) + 1 - firstNotice // for what they earn from tomorrow on
	for _, l := range lots {
		on := l.day + community.Day(after) + 1
		switch {
		case l.first == 0 && l.day <= today-1 && on <= today+firstNotice+firstAhead:
			p.first = append(p.first, l)
		case l.first == 0:
			p.look(on-firstNotice, today)
		case l.last == 0 && soon && l.expires(after, today) <= today+lastNotice+lastAhead:
			p.last = append(p.last, l)
		case l.last == 0:
			p.look(l.expires(after, today)-lastNotice, today)
		case l.expires(after, today) <= today:
			p.expire = append(p.expire, l)
		default:
			p.look(l.expires(after, today), today)
		}
	}
	p.wait(after, since, today)
	return p
}

// wait leaves first notices for another Day where none is due yet, or somebody was told a short time ago.
func (p *plan) wait(after int, since, today community.Day) {
	due := func(l lot) bool { return l.day+community.Day(after)+1 <= today+firstNotice }
	if i := slices.IndexFunc(p.first, due); i >= 0 && (since == 0 || today-since >= noticeGap) {
		return
	}
	for _, l := range p.first {
		p.look(max(l.day+community.Day(after)+1-firstNotice, since+noticeGap), today)
	}
	p.first = nil
}

// look makes sure that the lots are looked at again on a Day.
func (p *plan) look(on, today community.Day) { p.next = min(p.next, max(on, today+1)) }

// announce is the lots as they are once somebody is told of them today, and says when to look at them again.
func (p *plan) announce(after int, today community.Day) (lots []lot) {
	for _, l := range p.first {
		l.told = told{l.left, today, 0, l.expires(after, today)}
		p.look(l.expires(after, today)-lastNotice, today)
		lots = append(lots, l)
	}
	for _, l := range p.last {
		l.promised = l.expires(after, today)
		l.amount, l.last = l.left, today
		p.look(l.promised, today)
		lots = append(lots, l)
	}
	return lots
}

// date is a Day on which points expire.
type date struct {
	day  community.Day
	left int64
}

// dates are when lots expire as it stands today, the next first.
func dates(lots []lot, after int, today community.Day) (list []date) {
	for _, l := range lots {
		on := l.expires(after, today)
		i := slices.IndexFunc(list, func(d date) bool { return d.day == on })
		if i < 0 {
			i, list = len(list), append(list, date{day: on})
		}
		list[i].left += l.left
	}
	slices.SortFunc(list, func(a, b date) int { return int(a.day - b.day) })
	return list
}
