package nudge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// addressed is somebody to whom a nudge speaks.
type addressed struct {
	member  community.MemberID
	family  string
	variant string
	group   community.GroupID
	at      time.Time
	state   string
	reason  string
}

// batch are those to whom a nudge speaks.
func (f *feature) batch(ctx context.Context, ref string) (list []addressed, err error) {
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var a addressed
		var at int64
		if err := scan(&a.member, &a.family, &a.variant, &a.group, &at, &a.state, &a.reason); err != nil {
			return err
		}
		a.at = bot.FromMillis(at)
		list = append(list, a)
		return nil
	}, `SELECT member_id, family, variant, group_id, at, state, reason FROM nudge_sends WHERE batch = ? ORDER BY member_id`, ref)
	if err != nil {
		return nil, fmt.Errorf("nudge %s: %w", ref, err)
	}
	return list, nil
}

// eligible is asked when a nudge is about to be sent, in the transaction that takes it: everything that speaks against it is
// looked at once more for everybody whom it names.
func (f *feature) eligible(ctx context.Context, o bot.Outgoing, now time.Time) (reason string, err error) {
	list, err := f.batch(ctx, o.Ref)
	if err != nil || len(list) == 0 {
		return isOff, err
	}
	s, err := f.family(ctx, list[0].family)
	if err != nil {
		return "", err
	}
	against := ""
	for _, a := range list {
		why, err := f.against(ctx, s, a, o.Ref, now)
		if err != nil {
			return "", err
		}
		if err := f.mark(ctx, o.Ref, a.member, sending, why, now); err != nil {
			return "", err
		}
		if why != "" {
			against = why
		}
	}
	return against, nil
}

// against is what speaks against a nudge to one person now.
func (f *feature) against(ctx context.Context, s *state, a addressed, batch string, now time.Time) (string, error) {
	if s == nil || a.reason == isOff || !s.On && !strings.HasPrefix(batch, byManager+"/") {
		return isOff, nil
	}
	if from, until := f.cfg.hours(f.c.Calendar, now); now.Before(from) || !now.Before(until) {
		return notNow, nil
	}
	who, err := f.c.Who(ctx, a.member)
	if err != nil {
		return "", err
	}
	crowd, err := f.crowd(ctx, &s.Family, now, who)
	if err != nil {
		return "", err
	}
	if len(crowd) == 0 {
		return isDone, nil
	}
	if crowd[0].reason != "" {
		return crowd[0].reason, nil
	}
	if in, err := f.fine(ctx, &s.Segment, crowd[0], now); err != nil || !in {
		return isDone, err
	}
	return f.enough(ctx, who, batch, now)
}

// enough tells whether somebody got as much as they are to get, under any of their ids.
func (f *feature) enough(ctx context.Context, who community.MemberID, batch string, now time.Time) (string, error) {
	ids, err := f.c.IDs(ctx, who)
	if err != nil {
		return "", err
	}
	in, args := community.In(ids, batch, now.Add(-days(30)).UnixMilli())
	var month int
	var last int64
	if err := f.db.Row(ctx, `SELECT COUNT(*), COALESCE(MAX(at), 0) FROM nudge_sends WHERE member_id IN `+in+` AND batch <> ? AND at > ?
		AND state IN ('sending', 'sent', 'unknown', 'held')`, args...).Scan(&month, &last); err != nil {
		return "", fmt.Errorf("nudges of %s: %w", who, err)
	}
	if month >= f.cfg.Month || f.cfg.Week < 1 || bot.FromMillis(last).After(now.Add(-days(7))) {
		return hadEnough, nil
	}
	return "", nil
}

// mark keeps what became of a nudge for one person.
func (f *feature) mark(ctx context.Context, batch string, member community.MemberID, state, reason string, at time.Time) error {
	if _, err := f.db.Exec(ctx, `UPDATE nudge_sends SET state = ?, reason = ?, at = ? WHERE batch = ? AND member_id = ?`,
		state, reason, at.UnixMilli(), batch, string(member)); err != nil {
		return fmt.Errorf("nudge %s: %w", batch, err)
	}
	return nil
}

// delivered keeps what became of a nudge. What was held back because of some of its people is said once more to the others,
// and a family that fails again and again is stopped.
func (f *feature) delivered(ctx context.Context, r *bot.Request) error {
	list, err := f.batch(ctx, r.Ref)
	if err != nil || len(list) == 0 {
		return err
	}
	becomes := map[bot.Outcome]string{bot.Sent: sent, bot.Unknown: unknown, bot.Failed: failed, bot.Withheld: withheld}[r.Outcome]
	spoiled := slices.ContainsFunc(list, func(a addressed) bool { return a.reason != "" })
	others := 0
	for _, a := range list {
		reason := a.reason
		switch {
		case r.Outcome != bot.Withheld || reason != "":
		case spoiled:
			reason = afterOther
			others++
		case a.state == planned:
			reason = isLate
		default:
			reason = noWay
		}
		if err := f.mark(ctx, r.Ref, a.member, becomes, reason, r.At); err != nil {
			return err
		}
	}
	if r.Outcome == bot.Withheld && list[0].group != "" {
		if err := f.c.Noise.GiveBack(ctx, list[0].group, list[0].at); err != nil {
			return err
		}
	}
	if others > 0 {
		return r.Later(ctx, r.At.Add(time.Minute), anewJob, r.Ref)
	}
	if r.Outcome == bot.Failed {
		return f.failing(ctx, r, list[0].family)
	}
	return nil
}

// anew says to a group once more what is still for some of those whom a nudge named.
func (f *feature) anew(ctx context.Context, r *bot.Request) error {
	old, err := f.batch(ctx, r.Key)
	if err != nil || len(old) == 0 {
		return err
	}
	s, err := f.family(ctx, old[0].family)
	if err != nil || s == nil {
		return err
	}
	var list []*choice
	for _, a := range old {
		if a.reason != afterOther {
			continue
		}
		c := &choice{person: a.member, group: a.group, variant: a.variant}
		if c.name, err = f.c.Called(ctx, a.member); err != nil {
			return err
		}
		why, err := f.against(ctx, s, a, r.Key, r.At)
		if err != nil {
			return err
		}
		if t, ok, err := f.c.Facts.Tell(ctx, "checkin.streak", a.member, r.At); err != nil {
			return err
		} else if ok {
			c.streak = int(t.N)
		}
		if why == "" {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return nil
	}
	way, _, _ := strings.Cut(r.Key, "/")
	batch := fmt.Sprintf("%s/g/%d/0", way, r.Seq)
	reason, err := f.tell(ctx, r, &s.Family, old[0].group, old[0].variant, list, batch)
	if err != nil || reason != "" {
		return err
	}
	for _, c := range list {
		if err := f.note(ctx, batch, &s.Family, c.person, c.variant, c.group, r.At, planned); err != nil {
			return err
		}
	}
	return nil
}
