package earning

import (
	"context"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// What is remembered of groups and people. The stored rows say the same, so a restart changes no decision.
const (
	ringSize   = 30
	ringReach  = 5000 // events back; what is older is no context
	mostPeople = 5000
	mostEarned = 100
)

// memory is what was lately said in the groups and earned by people. It belongs to the one goroutine that
// handles events, and is thrown away where a part of it may not have happened.
type memory struct {
	rings   map[community.GroupID]*ring
	people  map[community.MemberID]*window
	early   map[string]bool // messages that were recalled before they came; nil: not read yet
	dropAll func()
}

func newMemory() *memory {
	m := &memory{}
	m.dropAll = m.drop
	m.drop()
	return m
}

func (m *memory) drop() {
	m.rings, m.people, m.early = map[community.GroupID]*ring{}, map[community.MemberID]*window{}, nil
}

// ring is the last messages of a group, oldest first, in the order in which they were accepted.
type ring struct {
	list []said
	near []Said // what around answered last, whose room it uses again
}

// said is a message in a ring.
type said struct {
	seq    int64
	at     time.Time
	origin community.MemberID
	form   bot.Form
	chars  int
	text   string
	print  *Print
}

func (s *said) read() *Print {
	if s.print == nil {
		s.print = printOf(s.form, s.text)
	}
	return s.print
}

// printOf is what a message is compared by. Of a link, that is its whole text.
func printOf(form bot.Form, text string) *Print {
	if form == bot.Link {
		return &Print{words: bot.Fold(text)}
	}
	return Read(text)
}

func (g *ring) add(s said) {
	if len(g.list) >= ringSize {
		g.list = slices.Delete(g.list, 0, len(g.list)-ringSize+1)
	}
	g.list = append(g.list, s)
}

// last is the message of the event that is handled now, which was added when it was observed.
func (g *ring) last(seq int64) *said {
	if n := len(g.list); n > 0 && g.list[n-1].seq == seq {
		return &g.list[n-1]
	}
	return nil
}

// around, good until it is asked again, are the messages before the one with the given number that are context of it: texts only where they were
// said close enough to matter.
func (g *ring) around(seq int64, at time.Time, own []community.MemberID) []Said {
	g.near = g.near[:0]
	for i := range g.list {
		s := &g.list[i]
		apart := at.Sub(s.at).Abs()
		if s.seq >= seq || s.seq < seq-ringReach || apart >= copyWithin {
			continue
		}
		o := Said{At: s.at, Own: slices.Contains(own, s.origin), Chars: s.chars}
		if s.text != "" && !o.Own {
			o.Print = s.read()
		}
		g.near = append(g.near, o)
	}
	return g.near
}

// tookPart tells whether an id spoke in one of the last messages before the one with the given number.
func (g *ring) tookPart(seq int64, ids []community.MemberID) bool {
	n := 0
	for _, s := range slices.Backward(g.list) {
		if s.seq >= seq {
			continue
		}
		if s.seq < seq-ringReach || n == lastMessages {
			return false
		}
		if n++; slices.Contains(ids, s.origin) {
			return true
		}
	}
	return false
}

// window is what a person earned lately under all their ids.
type window struct {
	from   community.Day // everything since then is in it
	counts map[string][]Earned
}

// newWindow holds the facts that count.
func newWindow(from community.Day, facts []fact) *window {
	w := &window{from: from, counts: map[string][]Earned{}}
	for _, f := range facts {
		if !f.counts {
			continue
		}
		e := Earned{At: f.at, Day: f.day}
		if f.text != "" {
			form := bot.Text
			if f.rule == ruleLink {
				form = bot.Link
			}
			e.Print = printOf(form, f.text)
		}
		w.add(f.rule, e)
	}
	return w
}

func (w *window) add(rule string, e Earned) { w.counts[rule] = append(w.counts[rule], e) }

// forget drops what is too old to matter, once that is a lot.
func (w *window) forget(rule string, before community.Day) {
	if list := w.counts[rule]; len(list) > mostEarned {
		w.counts[rule] = slices.DeleteFunc(list, func(e Earned) bool { return e.Day < before })
		w.from = max(w.from, before)
	}
}

// ring is the memory of a group, read from the stored rows where there is none.
func (f *earning) ring(ctx context.Context, group community.GroupID, seq int64) (*ring, error) {
	if g, ok := f.mem.rings[group]; ok {
		return g, nil
	}
	g, err := f.storedRing(ctx, group, seq)
	if err != nil {
		return nil, err
	}
	f.mem.rings[group] = g
	return g, nil
}

// window is the memory of a person, as far back as a message of the given Day needs.
func (f *earning) window(ctx context.Context, person community.MemberID, ids []community.MemberID, day community.Day) (*window, error) {
	from := day - f.lookback
	if w, ok := f.mem.people[person]; ok && w.from <= from {
		return w, nil
	}
	if len(f.mem.people) >= mostPeople {
		clear(f.mem.people)
	}
	facts, err := f.facts(ctx, ids, from)
	if err != nil {
		return nil, err
	}
	limit(facts)
	w := newWindow(from, facts)
	f.mem.people[person] = w
	return w, nil
}
