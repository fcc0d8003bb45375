package nudge

import (
	"context"
	"fmt"
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
