package post

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// days remembers what the calendar says of dates while one question is answered.
type days struct {
	c    *community.Community
	seen map[community.Day]dayKind
}

func (f *feature) days() *days { return &days{f.c, map[community.Day]dayKind{}} }

// excluded is why a post is not sent at a slot, by its exclusions; empty: it is.
func (d *days) excluded(ctx context.Context, p *post, slot time.Time) (string, error) {
	zone := d.c.Calendar.Zone()
	date := community.DateOf(slot, zone)
	x := p.Skip
	x.Workdays = x.Workdays || p.When.Workdays
	kind, ok := d.seen[date]
	if !ok && (x.Workdays || x.Holidays) {
		holiday, is, err := d.c.Holidays.On(ctx, date)
		if err != nil {
			return "", err
		}
		workday, err := d.c.Holidays.Workday(ctx, date)
		if err != nil {
			return "", err
		}
		kind = dayKind{free: is && holiday.Free, workday: workday}
		d.seen[date] = kind
	}
	return excluded(x, slot.In(zone), kind), nil
}

// occurrences asks a request or a query for those of a time.
type occurrences func(ctx context.Context, from, to time.Time) ([]bot.Occurrence, error)

// How far ahead a post's times are looked for, and in how many steps at the most.
const (
	horizon   = 800 * 24 * time.Hour
	mostSteps = 40
	foreseen  = 200 // so many slots of one plan are foreseen at once
)

// coming are the next n times at which a post is really sent, and the slots that were looked at on the way.
func (f *feature) coming(ctx context.Context, ask occurrences, p *post, now time.Time, n int) (next, slots []time.Time, err error) {
	if len(p.Groups) == 0 {
		return nil, nil, nil
	}
	plan, days := key(p.ID, p.Groups[0]), f.days()
	from, span := now.Add(time.Millisecond), 8*24*time.Hour
	for range mostSteps {
		if len(next) >= n || from.Sub(now) > horizon {
			break
		}
		list, err := ask(ctx, from, from.Add(span))
		if err != nil {
			return nil, nil, err
		}
		count := 0
		for _, o := range list {
			if o.Job != "post."+sayJob || o.Key != plan || o.Ending != bot.ToCome {
				continue
			}
			count++
			slots = append(slots, o.Slot)
			reason, err := days.excluded(ctx, p, o.Slot)
			if err != nil {
				return nil, nil, err
			}
			if reason == "" && len(next) < n {
				next = append(next, o.Slot)
			}
		}
		if count >= foreseen {
			from = slots[len(slots)-1].Add(time.Millisecond)
		} else {
			from, span = from.Add(span), min(4*span, horizon)
		}
	}
	return next, slots, nil
}
