package nudge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/uplift"
)

const (
	runJob   = "run"
	anewJob  = "anew"
	nightJob = "night"
	eligible = "eligible"
)

// What the name of a nudge begins with: a manager's word lets it go out also where its family is off.
const (
	byPlan    = "plan"
	byManager = "hand"
)

// patient is how long a nudge is worth saying.
const patient = 3 * time.Hour

// run is the time of a family: its key is the name.
func (f *feature) run(ctx context.Context, r *bot.Request) error {
	s, err := f.family(ctx, r.Key)
	if err != nil {
		return err
	}
	if s == nil || !s.On {
		r.Skip(isOff)
		return nil
	}
	if from, until := f.cfg.hours(f.c.Calendar, r.At); r.Late() || r.At.Before(from) || !r.At.Before(until) {
		r.Skip(notNow)
		return nil
	}
	done, err := f.act(ctx, r, &s.Family, false)
	if err == nil && done.private+done.groups == 0 {
		r.Skip("nobody")
	}
	return err
}

// did is what a run came to.
type did struct{ private, groups, named, held int }

// act does what is decided for a family now: who gets it, who is held out, and for whom it is nothing, all on record.
func (f *feature) act(ctx context.Context, r *bot.Request, fam *Family, byHand bool) (d did, err error) {
	p, err := f.decide(ctx, r, fam)
	if err != nil {
		return d, err
	}
	way := byPlan
	if byHand {
		way = byManager
	}
	for i, room := range p.rooms {
		if err := f.enter(ctx, r, fam, room, fmt.Sprintf("%s/g/%d/%d", way, r.Seq, i), &d); err != nil {
			return d, err
		}
	}
	for i, c := range p.private {
		if err := f.whisper(ctx, r, fam, c, fmt.Sprintf("%s/p/%d/%d", way, r.Seq, i)); err != nil {
			return d, err
		}
		if c.reason == "" {
			d.private++
		}
	}
	for _, c := range p.held {
		if err := f.settleSide(ctx, r, fam, c); err != nil {
			return d, err
		}
		d.held++
	}
	for _, c := range p.choices {
		if c.reason == "" || c.reason == isHeld {
			continue
		}
		if err := f.refuse(ctx, fam, c.person, c.reason, r.At); err != nil {
			return d, err
		}
	}
	return d, nil
}

// settleSide keeps somebody's side, and for who is held out that their turn is used up.
func (f *feature) settleSide(ctx context.Context, r *bot.Request, fam *Family, c *choice) error {
	if c.fresh {
		u := unit{Member: c.person, Held: c.reason == isHeld, Variant: c.variant, At: r.At}
		if err := f.assign(ctx, fam.Name, quarterOf(f.c.Calendar.Day(r.At)), u); err != nil {
			return err
		}
	}
	if c.reason != isHeld {
		return nil
	}
	return f.note(ctx, fmt.Sprintf("held/%d", r.Seq), fam, c.person, c.variant, c.group, r.At, held)
}

// whisper sends somebody what is theirs in private.
func (f *feature) whisper(ctx context.Context, r *bot.Request, fam *Family, c *choice, batch string) error {
	text, err := f.words(ctx, f.voice(r, nil), fam, c)
	if err != nil {
		return err
	}
	if _, bad := f.c.Words.Forbidden(text); bad {
		c.reason = badWord
		return nil
	}
	if err := f.settleSide(ctx, r, fam, c); err != nil {
		return err
	}
	if err := f.note(ctx, batch, fam, c.person, c.variant, "", r.At, planned); err != nil {
		return err
	}
	r.Send(bot.Outgoing{Member: string(c.person), Text: text, Priority: bot.Friendly, Guard: eligible, Ref: batch, NotAfter: f.until(r.At)})
	return nil
}

// until is when something said at an instant is not worth sending any more.
func (f *feature) until(at time.Time) time.Time {
	_, end := f.cfg.hours(f.c.Calendar, at)
	if soon := at.Add(patient); soon.Before(end) {
		return soon
	}
	return end
}

// enter says to a group what is for some of its people, where it may hear something unasked. Where it may not, nobody's
// side is assigned: whether people hear of it must not depend on their side.
func (f *feature) enter(ctx context.Context, r *bot.Request, fam *Family, room *room, batch string, d *did) error {
	reason := ""
	if len(room.list) > 0 {
		var err error
		if reason, err = f.tell(ctx, r, fam, room.group, room.variant, room.list, batch); err != nil {
			return err
		}
	}
	for _, c := range append(room.list, room.sides...) {
		if reason != "" {
			c.reason = reason
			continue
		}
		if err := f.settleSide(ctx, r, fam, c); err != nil {
			return err
		}
		if c.reason == isHeld {
			d.held++
			continue
		}
		if err := f.note(ctx, batch, fam, c.person, c.variant, c.group, r.At, planned); err != nil {
			return err
		}
		d.named++
	}
	if reason == "" && len(room.list) > 0 {
		d.groups++
	}
	return nil
}

// tell says something to a group; the reason tells why not.
func (f *feature) tell(ctx context.Context, r *bot.Request, fam *Family, group community.GroupID, variant string, list []*choice, batch string) (reason string, err error) {
	place, err := f.c.Place(ctx, group)
	if err != nil {
		return "", err
	}
	u := community.Unasked{Group: group, Feature: "nudge", Text: f.called(f.voice(r, &place), fam, variant, list)}
	if _, bad := f.c.Words.Forbidden(u.Text); bad {
		reason = badWord
	} else if reason, err = f.c.Noise.Try(ctx, r.At, u); err != nil {
		return "", err
	}
	if reason != "" {
		return reason, f.c.Noise.Withhold(ctx, r.At, u, reason)
	}
	o := bot.Outgoing{Group: string(group), Text: u.Text, Priority: bot.Friendly, Guard: eligible, Ref: batch, NotAfter: f.until(r.At)}
	for _, c := range list {
		o.Mention = append(o.Mention, string(c.person))
	}
	r.Send(o)
	return "", nil
}

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

// A family whose last messages failed so often is stopped.
const (
	lastOnes   = 10
	failedOnes = 3
)

// failing stops a family of whose last messages too many failed, and tells the managers.
func (f *feature) failing(ctx context.Context, r *bot.Request, name string) error {
	var bad int
	if err := f.db.Row(ctx, `SELECT COALESCE(SUM(CASE WHEN state = 'failed' THEN 1 ELSE 0 END), 0) FROM (SELECT batch, MAX(state) AS state, MAX(at) AS at FROM nudge_sends
		WHERE family = ? AND state IN ('sent', 'failed', 'unknown') GROUP BY batch ORDER BY at DESC, batch DESC LIMIT ?) AS last_ones`, name, lastOnes).Scan(&bad); err != nil {
		return fmt.Errorf("failures of %s: %w", name, err)
	}
	s, err := f.family(ctx, name)
	if err != nil || s == nil || !s.On || bad < failedOnes {
		return err
	}
	s.On, s.Stopped = false, "failures"
	if err := f.keep(ctx, s, r.At); err != nil {
		return err
	}
	if err := r.Unplan(ctx, runJob, s.Name); err != nil {
		return err
	}
	return f.tellManagers(ctx, r, func(in *bot.Request) string {
		return in.T("failed", "Family", f.title(in.T, s), "Failed", bad, "Of", lastOnes)
	})
}

// tellManagers tells every manager who can be written to, not at night.
func (f *feature) tellManagers(ctx context.Context, r *bot.Request, text func(in *bot.Request) string) error {
	managers, err := f.c.Managers(ctx)
	if err != nil {
		return err
	}
	in := f.voice(r, nil)
	for _, m := range managers {
		open, err := f.c.Reachable(ctx, string(m))
		if err != nil {
			return err
		}
		if !open {
			continue
		}
		o := bot.Outgoing{Member: string(m), Text: text(in), Priority: bot.Notice}
		if at := f.c.Noise.Awake(r.At); at.After(r.At) {
			o.NotBefore = at
		}
		r.Send(o)
	}
	return nil
}

// night settles what became of those whose days are over, and looks on the ninth of a month whether a family is to be given up.
func (f *feature) night(ctx context.Context, r *bot.Request) error {
	today := f.c.Calendar.Day(r.At)
	if err := f.settleOutcomes(ctx, today); err != nil {
		return err
	}
	if _, _, date := today.Date(); date != lookAfter+1 {
		return nil
	}
	list, err := f.families(ctx)
	if err != nil {
		return err
	}
	for i := range list {
		months, err := f.months(ctx, list[i].Name, today)
		if err != nil {
			return err
		}
		if !list[i].On || !uplift.Retire(months) {
			continue
		}
		s := &list[i]
		if err := f.tellManagers(ctx, r, func(in *bot.Request) string { return in.T("retire", "Family", f.title(in.T, s)) }); err != nil {
			return err
		}
	}
	return nil
}
