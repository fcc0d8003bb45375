package challenge

import (
	"cmp"
	"context"
	"errors"
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
	mentionsMost = 5             // members that a reminder addresses
	patient      = 2 * time.Hour // how long a reminder is worth saying
	stillMissing = "missing"     // the guard of reminders
	sayAgain     = "again/"      // begins the key of a run that says anew what the guard held back
	nobody       = "nobody"      // why nothing was said
	tooLate      = "missed"      // the bot was away until the Day was over
)

func (f *feature) eveningJobs() []bot.Job {
	return []bot.Job{
		{Name: "evening", Ritual: true, Title: "job.evening", Grace: 30 * time.Minute, Run: f.evening},
		{Name: "summary", Ritual: true, Title: "job.summary", Grace: 3 * time.Hour, Run: f.summary},
	}
}

// schedule makes the evening list and the summary due every day while a challenge is open, and not otherwise.
func (f *feature) schedule(ctx context.Context, r *bot.Request) error {
	open := 0
	if err := f.db.Row(ctx, `SELECT COUNT(*) FROM challenges WHERE state = 'open'`).Scan(&open); err != nil {
		return fmt.Errorf("open challenges: %w", err)
	}
	for job, at := range map[string]string{"evening": f.cfg.EveningAt, "summary": f.cfg.SummaryAt} {
		if open == 0 {
			at = ""
		}
		if err := f.due(ctx, r, job, at); err != nil {
			return err
		}
	}
	return nil
}

// due makes a job due every day at a time, or never where there is none. A plan that is as it should be is left alone: its
// missed slots are still to come.
func (f *feature) due(ctx context.Context, r *bot.Request, job, at string) error {
	planned := ""
	if err := f.db.Each(ctx, func(scan func(...any) error) error { return scan(&planned) }, `SELECT at FROM challenge_plans WHERE job = ?`, job); err != nil {
		return fmt.Errorf("plan of %s: %w", job, err)
	}
	if planned == at {
		return nil
	}
	if _, err := f.db.Exec(ctx, `INSERT INTO challenge_plans (job, at) VALUES (?, ?) ON CONFLICT (job) DO UPDATE SET at = excluded.at`, job, at); err != nil {
		return fmt.Errorf("plan of %s: %w", job, err)
	}
	if at == "" {
		return r.Unplan(ctx, job, "daily")
	}
	return r.Plan(ctx, bot.Plan{Job: job, Key: "daily", Title: r.T("job." + job), Spec: daily(at)})
}

// daily is a time of day as a cron spec; the configuration was validated.
func daily(at string) string {
	d, err := community.TimeOfDay(at)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%d %d * * *", int(d.Minutes())%60, int(d.Hours()))
}

// runner is somebody who takes part, as lists need to know them.
type runner struct {
	Member community.MemberID
	Group  community.GroupID
	Quiet  bool
	Away   bool          // they left that group
	since  community.Day // when they joined
	Standing
	marks map[Kind]bool // of the Day that is looked at
}

// runners are those who take part in a challenge on a Day, people with several ids once.
func (f *feature) runners(ctx context.Context, c *challenge, day community.Day) ([]*runner, error) {
	all, err := f.everybody(ctx, c, day)
	return slices.DeleteFunc(all, func(p *runner) bool { return day < max(p.First, p.since) || day > p.Last }), err
}

// everybody is who takes part in a challenge on any Day, with the marks of one Day.
func (f *feature) everybody(ctx context.Context, c *challenge, day community.Day) (list []*runner, err error) {
	d, err := f.c.Directory(ctx)
	if err != nil {
		return nil, err
	}
	people, left, out := map[community.MemberID]*runner{}, map[community.MemberID]bool{}, map[community.MemberID]bool{}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var m member
		if err := scan(&m.Origin, &m.Day, &m.Group, &m.Left, &m.Out, &m.Quiet); err != nil {
			return err
		}
		who := d.Who(m.Origin)
		out[who] = out[who] || m.Out > 0
		if m.Left {
			left[who] = left[who] || people[who] == nil
			return nil
		}
		p := people[who]
		if p == nil {
			p = &runner{Member: who, since: m.Day, marks: map[Kind]bool{}}
			people[who] = p
		}
		p.Group, p.Quiet, p.since = m.Group, p.Quiet || m.Quiet, min(p.since, m.Day)
		return nil
	}, `SELECT member_id, day, group_id, quit_at > 0, out_seq, quiet FROM challenge_members WHERE challenge_id = ? ORDER BY seq, member_id`, c.ID)
	if err != nil {
		return nil, fmt.Errorf("who takes part in challenge %d: %w", c.ID, err)
	}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var who community.MemberID
		var s Standing
		if err := scan(&who, &s.First, &s.Last, &s.Total, &s.Best, &s.Run, &s.RunEnd, &s.Reached); err != nil {
			return err
		}
		if p := people[d.Who(who)]; p != nil {
			p.Standing = s
		}
		return nil
	}, `SELECT member_id, first_day, last_day, total, best, run, run_end, reached FROM challenge_standings WHERE challenge_id = ?`, c.ID)
	if err != nil {
		return nil, fmt.Errorf("standings of challenge %d: %w", c.ID, err)
	}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		var kind Kind
		if err := scan(&id, &kind); err != nil {
			return err
		}
		if p := people[d.Who(id)]; p != nil {
			p.marks[kind] = true
		}
		return nil
	}, `SELECT member_id, kind FROM challenge_marks WHERE challenge_id = ? AND day = ? AND gone_seq = 0`, c.ID, int(day))
	if err != nil {
		return nil, fmt.Errorf("marks of challenge %d: %w", c.ID, err)
	}
	if err := f.away(ctx, c, d, people); err != nil {
		return nil, err
	}
	for _, who := range slices.Sorted(maps.Keys(people)) {
		if !out[who] {
			list = append(list, people[who])
		}
	}
	return list, nil
}

// away marks those who left, under all of their ids, the group in which they hear of a challenge.
func (f *feature) away(ctx context.Context, c *challenge, d *community.Directory, people map[community.MemberID]*runner) error {
	stays := map[community.MemberID]bool{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		var group community.GroupID
		var left bool
		if err := scan(&id, &group, &left); err != nil {
			return err
		}
		if p := people[d.Who(id)]; p != nil && p.Group == group {
			stays[p.Member] = stays[p.Member] || !left
			p.Away = !stays[p.Member]
		}
		return nil
	}, `SELECT member_id, group_id, left_at > 0 FROM stays WHERE member_id IN (SELECT member_id FROM challenge_members WHERE challenge_id = ?)
		OR member_id IN (SELECT alias FROM aliases) OR member_id IN (SELECT member_id FROM aliases)`, c.ID)
	if err != nil {
		return fmt.Errorf("who left the groups of challenge %d: %w", c.ID, err)
	}
	return nil
}

// missing are those who have not checked in on a Day and may be told so, by group, and how many of each group have; who has
// most to lose comes first.
func (f *feature) missing(ctx context.Context, c *challenge, day community.Day) (map[community.GroupID][]*runner, map[community.GroupID]int, error) {
	all, err := f.runners(ctx, c, day)
	if err != nil {
		return nil, nil, err
	}
	out, err := f.c.LeftOut(ctx)
	if err != nil {
		return nil, nil, err
	}
	gone, err := f.c.Gone(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range gone {
		out[id] = true
	}
	mute, err := f.c.Consent.All(ctx, community.NoNudge)
	if err != nil {
		return nil, nil, err
	}
	groups, done := map[community.GroupID][]*runner{}, map[community.GroupID]int{}
	for _, p := range all {
		switch {
		case p.marks[Done]:
			done[p.Group]++
		case p.marks[Leave] || p.Away || p.Quiet || out[p.Member] || mute[p.Member] || c.Mode == Cumulative && p.Total >= c.Target:
		default:
			groups[p.Group] = append(groups[p.Group], p)
		}
	}
	for _, list := range groups {
		slices.SortFunc(list, func(a, b *runner) int {
			return cmp.Or(cmp.Compare(b.Streak(day), a.Streak(day)), cmp.Compare(b.Total, a.Total), cmp.Compare(a.Member, b.Member))
		})
	}
	return groups, done, nil
}

// evening tells each group who is still missing, while there is time to check in.
func (f *feature) evening(ctx context.Context, r *bot.Request) error {
	list, err := f.challenges(ctx, `WHERE state = 'open' ORDER BY id`)
	if err != nil {
		return err
	}
	said, held := 0, nobody
	day := f.c.Calendar.Day(r.At)
	if f.c.Calendar.Day(r.Slot) != day { // it was missed, and the Day that it was about is over
		r.Skip(tooLate)
		return nil
	}
	for _, c := range list {
		if c.First > day || c.over(day) || !c.stillTime(f.c.Calendar, day, r.At) {
			continue
		}
		groups, done, err := f.missing(ctx, c, day)
		if err != nil {
			return err
		}
		for _, g := range slices.Sorted(maps.Keys(groups)) {
			if strings.HasPrefix(r.Key, sayAgain) && r.Key != anew(c.ID, g) {
				continue
			}
			reason, err := f.remind(ctx, r, c, day, g, groups[g], done[g])
			if err != nil {
				return err
			}
			if reason == "" {
				said++
			} else {
				held = reason
			}
		}
	}
	if said == 0 {
		r.Skip(held)
	}
	return nil
}

// stillTime tells whether a check-in can count later on a Day.
func (c *challenge) stillTime(cal *community.Calendar, day community.Day, at time.Time) bool {
	for _, w := range c.Windows {
		if _, until := w.bounds(cal, day); at.Before(until) {
			return true
		}
	}
	return len(c.Windows) == 0
}

// remind tells one group; the reason tells why not.
func (f *feature) remind(ctx context.Context, r *bot.Request, c *challenge, day community.Day, g community.GroupID, list []*runner, done int) (reason string, err error) {
	in, err := f.inGroup(ctx, r, g)
	if err != nil || in == nil {
		return nobody, err
	}
	shown := list[:min(len(list), mentionsMost)]
	var names, ids []string
	for _, p := range shown {
		name, err := f.c.Called(ctx, p.Member)
		if err != nil {
			return "", err
		}
		names, ids = append(names, "@"+name), append(ids, string(p.Member))
	}
	key := "evening"
	if done == 0 {
		key = "evening.first"
	}
	text := in.T(key, "Name", c.Name, "Done", done, "Missing", len(list), "Names", strings.Join(names, " "))
	if more := len(list) - len(shown); more > 0 {
		text += in.T("evening.more", "More", more)
	}
	text += "\n" + in.T("evening.how", "Name", c.Name)
	cheers, err := f.cheered(ctx, in, c, day, g)
	if err != nil {
		return "", err
	}
	text += cheers
	u := community.Unasked{Group: g, Feature: "challenge", Text: text}
	if reason, err = f.c.Noise.Try(ctx, r.At, u); err != nil {
		return "", err
	}
	if reason != "" {
		return reason, f.c.Noise.Withhold(ctx, r.At, u, reason)
	}
	r.Send(bot.Outgoing{
		Group: string(g), Text: text, Mention: ids, Priority: bot.Friendly, NotAfter: r.At.Add(patient), Guard: stillMissing,
		Ref: fmt.Sprintf("evening/%d/%d/%d", c.ID, int(day), r.At.UnixMilli()),
	})
	return "", nil
}

// inGroup is r in the language of a group, for its texts; nil where the bot is not enabled there.
func (f *feature) inGroup(ctx context.Context, r *bot.Request, g community.GroupID) (*bot.Request, error) {
	if g == "" {
		return nil, nil
	}
	place, err := f.c.Place(ctx, g)
	if err != nil || !place.Adopted {
		return nil, err
	}
	other := *r
	if other.Actor.Language = place.Language; other.Actor.Language == "" {
		other.Actor.Language = f.c.Language()
	}
	return &other, nil
}

// stillTrue is asked when a reminder is about to be sent: it is held back where somebody whom it addresses has checked
// in since, and said anew without them.
func (f *feature) stillTrue(ctx context.Context, o bot.Outgoing, _ time.Time) (reason string, err error) {
	id, day, _, ok := reminderOf(o.Ref)
	if !ok || len(o.Mention) == 0 {
		return "", nil
	}
	d, err := f.c.Directory(ctx)
	if err != nil {
		return "", err
	}
	for _, who := range o.Mention {
		in, args := community.In(d.IDs(community.MemberID(who)))
		n := 0
		if err := f.db.Row(ctx, `SELECT COUNT(*) FROM challenge_marks WHERE challenge_id = ? AND day = ? AND gone_seq = 0 AND member_id IN `+in,
			append([]any{id, int(day)}, args...)...).Scan(&n); err != nil {
			return "", fmt.Errorf("still missing: %w", err)
		}
		if n > 0 {
			return "checked in since", nil
		}
	}
	return "", nil
}

// reminderOf reads the Ref of a reminder: its challenge, its Day, and when it was judged.
func reminderOf(ref string) (id int64, day community.Day, at time.Time, ok bool) {
	parts := strings.Split(ref, "/")
	if len(parts) != 4 || parts[0] != "evening" {
		return 0, 0, at, false
	}
	id, err1 := strconv.ParseInt(parts[1], 10, 64)
	n, err2 := strconv.Atoi(parts[2])
	millis, err3 := strconv.ParseInt(parts[3], 10, 64)
	return id, community.Day(n), bot.FromMillis(millis), errors.Join(err1, err2, err3) == nil
}

// delivered says anew what the guard held back, while it is worth saying.
func (f *feature) delivered(ctx context.Context, r *bot.Request) error {
	id, _, at, ok := reminderOf(r.Ref)
	if !ok || r.Outcome != bot.Withheld || r.At.Sub(at) >= patient {
		return nil
	}
	group := community.GroupID(r.Actor.Group)
	if err := f.c.Noise.GiveBack(ctx, group, at); err != nil {
		return err
	}
	return r.Later(ctx, r.At.Add(time.Minute), "evening", anew(id, group))
}

// anew is the key of a run that says one group's list of one challenge once more.
func anew(challenge int64, group community.GroupID) string {
	return fmt.Sprintf("%s%d/%s", sayAgain, challenge, group)
}

// quietly is 不用提醒 and 要提醒.
func (f *feature) quietly(quiet bool) bot.Handler {
	return func(ctx context.Context, r *bot.Request) error {
		c, _, ids, err := f.meant(ctx, r)
		if err != nil {
			return err
		}
		in, args := community.In(ids)
		n, err := f.db.Exec(ctx, `UPDATE challenge_members SET quiet = ? WHERE challenge_id = ? AND member_id IN `+in, append([]any{quiet, c.ID}, args...)...)
		if err != nil {
			return fmt.Errorf("reminders: %w", err)
		}
		if n == 0 {
			return r.Refuse("join_this", "Name", c.Name)
		}
		key := "quiet.off"
		if quiet {
			key = "quiet.on"
		}
		r.Reply(r.T(key, "Name", c.Name))
		return nil
	}
}
