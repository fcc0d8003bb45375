package challenge

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

const (
	lookBack   = 30            // Days that are looked at for outages
	longAway   = 4 * time.Hour // see missed
	grantChunk = 200           // people who are judged anew in one transaction
)

// daysJobs: a Day is looked at soon after it ended, when the late messages of an outage have come in.
func (f *feature) daysJobs() []bot.Job {
	at := f.c.Calendar.Starts() + 25*time.Minute
	return []bot.Job{
		{Name: "outage", Spec: fmt.Sprintf("%d %d * * *", int(at.Minutes())%60, int(at.Hours())%24), Run: f.outages},
		{Name: "granted", Run: f.rejudgeAll},
		{Name: "rested", Run: f.rest},
	}
}

// missed tells whether the bot was away so long that a member could not check in: half of the time that was open for
// it, or 4 hours.
func missed(open, away time.Duration) bool {
	return away > 0 && away >= min((open+1)/2, longAway)
}

// outages begins the day: it gives the Days to all on which the bot was away too long, once each.
func (f *feature) outages(ctx context.Context, r *bot.Request) error {
	if err := f.schedule(ctx, r); err != nil { // its times may have been configured anew, and the last challenge have ended
		return err
	}
	if err := f.rest(ctx, r); err != nil {
		return err
	}
	today := f.c.Calendar.Day(r.At)
	down, err := bot.Outages(ctx, f.db, f.c.Calendar.Start(today-lookBack), f.c.Calendar.Start(today))
	if err != nil || len(down) == 0 {
		return err
	}
	list, err := f.challenges(ctx, `WHERE state = 'open' OR state = 'settled' AND last_day >= ? ORDER BY id`, int(today-2))
	if err != nil {
		return err
	}
	for _, c := range list {
		fresh, err := f.grantOutages(ctx, r, c, down)
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		if err := r.Later(ctx, r.At, "granted", strconv.FormatInt(c.ID, 10)+"/"); err != nil {
			return err
		}
	}
	return nil
}

// grantOutages gives the Days of a challenge that are over and on which the bot was away too long, and tells its groups;
// fresh tells whether there were any that had not been given.
func (f *feature) grantOutages(ctx context.Context, r *bot.Request, c *challenge, down []bot.Outage) (fresh bool, err error) {
	today := f.c.Calendar.Day(r.At)
	given := map[community.Day]time.Duration{}
	var days []community.Day
	for d := max(today-lookBack, c.First, f.c.Calendar.Day(c.Made)); d < today && (c.First == 0 || d <= c.Last) && (c.State == Open || d < f.c.Calendar.Day(c.Ended)); d++ {
		open, away := f.openTime(c, d, down)
		if !missed(open, away) {
			continue
		}
		n, err := f.db.Exec(ctx, `INSERT INTO challenge_grants (challenge_id, day, seq, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			c.ID, int(d), r.Seq, r.At.UnixMilli())
		if err != nil {
			return false, fmt.Errorf("grant a day: %w", err)
		}
		if n > 0 {
			days, given[d] = append(days, d), away
		}
	}
	if len(days) == 0 {
		return false, nil
	}
	return true, f.sayGranted(ctx, r, c, days, given)
}

// complete gives and counts all that the Days of a challenge that are over still owe to people: before it is settled.
func (f *feature) complete(ctx context.Context, r *bot.Request, c *challenge) error {
	today := f.c.Calendar.Day(r.At)
	down, err := bot.Outages(ctx, f.db, f.c.Calendar.Start(today-lookBack), f.c.Calendar.Start(today))
	if err != nil {
		return err
	}
	if _, err := f.grantOutages(ctx, r, c, down); err != nil {
		return err
	}
	for n := grantChunk; n == grantChunk; {
		if n, err = f.restIn(ctx, r, `AND c.id = ?`, today, c.ID); err != nil {
			return err
		}
	}
	granted := 0 // what was given long ago has been judged
	if err := f.db.Row(ctx, `SELECT COUNT(*) FROM challenge_grants WHERE challenge_id = ? AND at > ?`, c.ID, r.At.Add(-24*time.Hour).UnixMilli()).Scan(&granted); err != nil {
		return fmt.Errorf("days that were given: %w", err)
	}
	for after := ""; granted > 0; {
		if after, err = f.rejudgeSome(ctx, r, c, after); err != nil || after == "" {
			return err
		}
	}
	return nil
}

// openTime is how long check-ins of a Day were possible, and how much of that the bot was away.
func (f *feature) openTime(c *challenge, d community.Day, down []bot.Outage) (open, away time.Duration) {
	type period struct{ from, until time.Time }
	all := []period{{f.c.Calendar.Start(d), f.c.Calendar.Start(d + 1)}}
	if len(c.Windows) > 0 {
		all = nil
		for _, w := range c.Windows {
			from, until := w.bounds(f.c.Calendar, d)
			all = append(all, period{from, until})
		}
	}
	down = slices.Clone(down)
	slices.SortFunc(down, func(a, b bot.Outage) int { return a.From.Compare(b.From) })
	for _, p := range all {
		open += p.until.Sub(p.from)
		at := p.from
		for _, o := range down {
			from, until := later(o.From, at), earlier(o.To, p.until)
			if from.Before(until) {
				away += until.Sub(from)
				at = until
			}
		}
	}
	return open, away
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// rejudgeAll judges everybody of a challenge anew after something was given to all, some in each transaction. The key
// is the challenge and the last one who was judged.
func (f *feature) rejudgeAll(ctx context.Context, r *bot.Request) error {
	word, after, _ := strings.Cut(r.Key, "/")
	id, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return fmt.Errorf("judge anew: %q", r.Key)
	}
	c, err := f.byID(ctx, id)
	if err != nil || c == nil {
		return err
	}
	if after, err = f.rejudgeSome(ctx, r, c, after); err != nil || after == "" {
		return err
	}
	return r.Later(ctx, r.At, "granted", word+"/"+after)
}

// rejudgeSome judges the next people of a challenge anew; last is the last of them, empty where there are no more.
func (f *feature) rejudgeSome(ctx context.Context, r *bot.Request, c *challenge, after string) (last string, err error) {
	var list []community.MemberID
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var who community.MemberID
		err := scan(&who)
		list = append(list, who)
		return err
	}, `SELECT member_id FROM challenge_standings WHERE challenge_id = ? AND member_id > ? ORDER BY member_id LIMIT ?`, c.ID, after, grantChunk)
	if err != nil {
		return "", fmt.Errorf("judge anew: %w", err)
	}
	for _, who := range list {
		if err := f.regrant(ctx, r, c, who); err != nil {
			return "", err
		}
	}
	if len(list) < grantChunk {
		return "", nil
	}
	return string(list[len(list)-1]), nil
}

// regrant pays what somebody reached by what was given to all. What they had before is found in the ledger, because
// they may have checked in since.
func (f *feature) regrant(ctx context.Context, r *bot.Request, c *challenge, who community.MemberID) error {
	o, err := f.change(ctx, r, c, who, func(context.Context) error { return nil })
	if err != nil {
		return err
	}
	won, err := f.unknown(ctx, c, o.After)
	if err != nil {
		return err
	}
	if err := f.settle(ctx, r, c, Standing{Paid: o.After.Paid}, o.After, f.restate(r)); err != nil {
		return err
	}
	return f.tell(ctx, r, c, who, won)
}

// sayGranted tells the groups of a challenge what was given, by day: those whose members it can concern.
func (f *feature) sayGranted(ctx context.Context, r *bot.Request, c *challenge, days []community.Day, away map[community.Day]time.Duration) error {
	groups, err := f.groupsOf(ctx, c)
	if err != nil {
		return err
	}
	for _, g := range slices.Sorted(maps.Keys(groups)) {
		in, err := f.inGroup(ctx, r, g)
		if err != nil {
			return err
		}
		if in == nil {
			continue
		}
		var lines []string
		for _, d := range days {
			if groups[g] <= d {
				lines = append(lines, in.T("granted", "Name", c.Name, "Day", said(d), "Hours", int((away[d]+time.Hour/2)/time.Hour)))
			}
		}
		if len(lines) == 0 {
			continue
		}
		at := f.c.Noise.Awake(r.At)
		r.Send(bot.Outgoing{Group: string(g), Text: strings.Join(lines, "\n"), Priority: bot.Notice, NotBefore: at, NotAfter: at.Add(24 * time.Hour)})
	}
	return nil
}

// groupsOf are the groups in which members of a challenge hear of it, with the Day on which the first of them joined.
func (f *feature) groupsOf(ctx context.Context, c *challenge) (groups map[community.GroupID]community.Day, err error) {
	groups = map[community.GroupID]community.Day{}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var g community.GroupID
		var since community.Day
		err := scan(&g, &since)
		groups[g] = since
		return err
	}, `SELECT group_id, MIN(day) FROM challenge_members WHERE challenge_id = ? AND quit_at = 0 AND out_seq = 0 AND group_id <> '' GROUP BY group_id`, c.ID)
	if err != nil {
		return nil, fmt.Errorf("groups of challenge %d: %w", c.ID, err)
	}
	return groups, nil
}
