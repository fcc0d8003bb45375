package expiry

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// How many people are told in a Day: in private altogether, and in a group, by one message. The others' turn comes on
// the following Days, and nothing of theirs expires before.
const (
	mostPrivate = 200
	mostInGroup = 5
)

// again is when those are looked at again whose points don't expire now, in Days.
const again = 7

// worth is how long a notice is worth saying; its dates would be wrong later.
const worth = 3 * 24 * time.Hour

// stale is for how many Days the job may have been off before everybody is told anew.
const stale = 7

// daily begins a Day: it finds who has points and was never looked at, and then looks at those whose turn it is.
func (f *expiry) daily(ctx context.Context, r *bot.Request) error {
	today := f.c.Calendar.Day(r.At)
	last, err := f.begin(ctx, today)
	if err != nil {
		return err
	}
	if last > 0 && today-last > stale {
		if err := f.forgetAll(ctx, today); err != nil {
			return err
		}
	}
	if err := f.enrol(ctx, today); err != nil {
		return err
	}
	return f.more(ctx, r)
}

// more looks at some people, so that no transaction is long, and makes another tick for the others.
func (f *expiry) more(ctx context.Context, r *bot.Request) error {
	t := &turn{expiry: f, r: r, today: f.c.Calendar.Day(r.At), groups: map[community.GroupID][]string{}}
	due, err := f.due(ctx, t.today)
	if err != nil {
		return err
	}
	done := map[community.MemberID]bool{}
	for _, id := range due {
		who, err := f.c.Who(ctx, id)
		if err != nil {
			return err
		}
		if done[who] {
			continue
		}
		done[who] = true
		if err := t.look(ctx, who); err != nil {
			return err
		}
	}
	t.say()
	if len(due) == f.batch {
		return r.Later(ctx, r.At.Add(time.Second), "more", t.today.String())
	}
	return nil
}

// turn is one batch of a Day.
type turn struct {
	*expiry
	r      *bot.Request
	today  community.Day
	groups map[community.GroupID][]string // who is told there, because they can't be told in private
}

// look lets expire what is due of one person, tells them what is next, and says when to look again.
func (t *turn) look(ctx context.Context, id community.MemberID) error {
	keeps, err := t.keeps(ctx, id)
	if err != nil {
		return err
	}
	if keeps {
		return errors.Join(t.forget(ctx, id), t.again(ctx, id, t.today+again))
	}
	lots, err := t.lots(ctx, id)
	if err != nil {
		return err
	}
	if len(lots) == 0 {
		return errors.Join(t.forget(ctx, id), t.drop(ctx, id))
	}
	p := decide(lots, t.after, t.today)
	if err := t.expire(ctx, id, p.expire); err != nil {
		return err
	}
	if len(p.first)+len(p.last) > 0 {
		if err := t.tell(ctx, id, &p); err != nil {
			return err
		}
	}
	return t.again(ctx, id, p.next)
}

func (t *turn) expire(ctx context.Context, id community.MemberID, lots []lot) error {
	if len(lots) == 0 {
		return nil
	}
	var sum int64
	for _, l := range lots {
		sum += l.left
	}
	before := t.c.Calendar.Start(lots[len(lots)-1].day + 1)
	_, err := t.c.Purse.Expire(ctx, t.r, id, sum, before, t.today, t.r.T("reason", "Days", t.after))
	if err != nil {
		return err
	}
	return t.forgetUntil(ctx, id, lots[len(lots)-1].day)
}

// tell says to one person what is next, where it is their turn; else p.next is when it is.
func (t *turn) tell(ctx context.Context, id community.MemberID, p *plan) error {
	open, err := t.reachable(ctx, string(id))
	if err != nil {
		return err
	}
	var group community.GroupID
	most := mostPrivate
	if !open {
		most = mostInGroup
		if group, err = t.groupOf(ctx, id); err != nil {
			return err
		}
		if group == "" {
			p.look(t.today+again, t.today)
			return nil
		}
	}
	wait, err := t.takeTurn(ctx, group, most)
	if err != nil {
		return err
	}
	if wait > 0 {
		p.look(t.today+wait, t.today)
		return nil
	}
	lots, ref := p.announce(t.after, t.today), "notice/"+string(id)+"/"+t.today.String()
	if open {
		t.r.Send(bot.Outgoing{Member: string(id), Text: t.r.T("notice") + "\n" + print(t.r, dates(lots, t.after, t.today), listed) + "\n" + t.r.T("notice.how"),
			Priority: bot.Notice, Ref: ref, NotBefore: t.morning(), NotAfter: t.r.At.Add(worth)})
	} else {
		ref = groupRef(group, t.today)
		t.groups[group] = append(t.groups[group], string(id))
	}
	return t.keep(ctx, id, lots, ref)
}

// takeTurn takes the next place in the line of a Day, in private or of a group, and answers for how many Days it has to
// wait. A group hears one message a Day.
func (t *turn) takeTurn(ctx context.Context, group community.GroupID, most int) (community.Day, error) {
	place, err := t.count(ctx, t.today, group)
	if err != nil {
		return 0, err
	}
	wait := community.Day((place - 1) / most)
	if _, mine := t.groups[group]; group != "" && !mine && place > 1 {
		wait = max(wait, 1)
	}
	return wait, nil
}

// say tells groups whom it concerns, without amounts.
func (t *turn) say() {
	for _, g := range slices.Sorted(maps.Keys(t.groups)) {
		t.r.Send(bot.Outgoing{Group: string(g), Text: t.r.T("aloud"), Mention: t.groups[g], Priority: bot.Notice,
			Ref: groupRef(g, t.today), NotBefore: t.morning(), NotAfter: t.r.At.Add(worth)})
	}
}

func groupRef(group community.GroupID, day community.Day) string {
	return "group/" + string(group) + "/" + day.String()
}

// settled forgets a notice that was not heard, so that it is said again and nothing expires before.
func (f *expiry) settled(ctx context.Context, r *bot.Request) error {
	if r.Ref == "" || r.Outcome != bot.Failed && r.Outcome != bot.Withheld {
		return nil
	}
	return f.unheard(ctx, r.Ref, f.c.Calendar.Day(r.At)+1)
}

// morning is when notices are sent: at once, or at the end of the night.
func (t *turn) morning() time.Time { return t.c.Noise.Awake(t.r.At) }
