package console

import (
	"context"
	"sync"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// pulse reads measures. What it reads of Days that are over it remembers for an hour of real time: a late event or a
// merge shows by then. Today is read anew, at most every few seconds.
type pulse struct {
	opts *Options

	turn sync.Mutex // held while numbers are read: who comes meanwhile finds them read
	mu   sync.Mutex // guards kept
	kept map[stretch]kept
}

const (
	pastKept  = time.Hour
	todayKept = 3 * time.Second
	mostKept  = 2000
)

// stretch is a measure over some Days.
type stretch struct {
	measure  string
	from, to community.Day
}

type kept struct {
	n     int64
	until time.Time
}

// weekDays are the Days of a week, and shownDays how many a small chart has.
const (
	weekDays  = 7
	shownDays = 14
)

// beat is how a measure fares.
type beat struct {
	bot.MeasureOffer
	Today    int64
	LastWeek int64 // all of the same weekday a week ago
	Week     int64 // the 7 Days before today
	Before   int64 // the 7 Days before those
	Daily    []int64
	Last     community.Day // the Day of the last of Daily
}

func newPulse(opts *Options) *pulse { return &pulse{opts: opts, kept: map[stretch]kept{}} }

// read reads all measures that the actor of q may see, each Day of the last two weeks and the weeks.
func (p *pulse) read(ctx context.Context, q bot.Query) ([]beat, error) {
	p.turn.Lock()
	defer p.turn.Unlock()
	today := p.opts.Calendar.Day(q.At)
	var list []beat
	for _, m := range p.opts.Engine.Measures(q.Actor) {
		b := beat{MeasureOffer: m, Last: today}
		var err error
		get := func(from, to community.Day) (n int64) {
			if err == nil {
				n, err = p.number(ctx, q, stretch{m.Name, from, to}, today)
			}
			return n
		}
		for d := today - shownDays + 1; d <= today; d++ {
			b.Daily = append(b.Daily, get(d, d+1))
		}
		b.Today, b.LastWeek = b.Daily[shownDays-1], b.Daily[shownDays-1-weekDays]
		b.Week, b.Before = get(today-weekDays, today), get(today-2*weekDays, today-weekDays)
		if err != nil {
			return list, err
		}
		list = append(list, b)
	}
	return list, nil
}

func (p *pulse) number(ctx context.Context, q bot.Query, s stretch, today community.Day) (int64, error) {
	now := p.opts.Wall()
	p.mu.Lock()
	known, ok := p.kept[s]
	p.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.n, nil
	}
	n, err := p.opts.Engine.Measure(ctx, s.measure, q, p.opts.Calendar.Start(s.from), p.opts.Calendar.Start(s.to))
	if err != nil {
		return 0, err
	}
	lasts := pastKept
	if s.to > today {
		lasts = todayKept
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.kept) >= mostKept {
		clear(p.kept)
	}
	p.kept[s] = kept{n, now.Add(lasts)}
	return n, nil
}
