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
