package challenge

import (
	"context"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// join is 参加 早起.
func (f *feature) join(ctx context.Context, r *bot.Request) error {
	list, err := f.held(ctx, r)
	if err != nil {
		return err
	}
	c, _ := named(list, r.Args)
	gone, err := f.ended(ctx, r)
	if err != nil {
		return err
	}
	over, _ := named(gone, r.Args)
	switch {
	case c == nil && over != nil:
		return r.Refuse("over", "Name", over.Name)
	case len(list) == 0:
		return r.Refuse("none")
	case c == nil && strings.TrimSpace(r.Args) == "" && len(list) == 1:
		c = list[0]
	case c == nil:
		return r.Refuse("join.which", "Names", names(list), "Example", list[0].Name)
	}
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	rows, err := f.members(ctx, c.ID, ids)
	if err != nil {
		return err
	}
	today := f.c.Calendar.Day(r.At)
	through, err := f.through(ctx, c, ids, rows, today)
	if err != nil {
		return err
	}
	switch {
	case takesPart(rows) && !through:
		return r.Refuse("join.already", "Name", c.Name)
	case banned(rows):
		return r.Refuse("out", "Name", c.Name)
	case c.over(today):
		return r.Refuse("over", "Name", c.Name)
	case len(rows) == 0 && c.First != 0 && c.Mode == Consecutive && c.Last-max(today, c.First)+1 < community.Day(c.Target):
		return r.Refuse("join.late", "Name", c.Name, "Days", c.Target)
	}
	if here, err := f.inside(ctx, c, ids); err != nil || !here {
		if err == nil {
			err = r.Refuse("join.where", "Name", c.Name)
		}
		return err
	}
	group, err := f.heardIn(ctx, r, c)
	if err != nil {
		return err
	}
	if _, err := f.change(ctx, r, c, community.MemberID(r.Actor.Member), func(ctx context.Context) error {
		if through {
			if err := f.enrolAnew(ctx, r, c, today); err != nil {
				return err
			}
		}
		return f.enrol(ctx, r, c, today, group)
	}); err != nil {
		return err
	}
	r.Reply(f.joined(r, c, today))
	return nil
}

// inside tells whether a person is in the group of a challenge, or for one of all groups in any of them: in private nobody
// joins what is said to people whom they are not with.
func (f *feature) inside(ctx context.Context, c *challenge, ids []community.MemberID) (bool, error) {
	in, args := community.In(ids, true, string(c.Group), string(c.Group))
	var n int
	err := f.db.Row(ctx, `SELECT COUNT(*) FROM stays s JOIN groups g ON g.id = s.group_id
		WHERE s.member_id IN `+in+` AND s.left_at = 0 AND g.adopted = ? AND (? = '' OR s.group_id = ?)`, args...).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("groups of who joins: %w", err)
	}
	return n > 0, nil
}

// through tells whether somebody's own Days are over, in a challenge where everybody has their own: they can begin anew.
func (f *feature) through(ctx context.Context, c *challenge, ids []community.MemberID, rows []member, today community.Day) (bool, error) {
	if c.First != 0 || len(rows) == 0 {
		return false, nil
	}
	s, err := f.standing(ctx, c, ids)
	return today > s.Last, err
}

// enrolAnew keeps that an id that had joined begins anew.
func (f *feature) enrolAnew(ctx context.Context, r *bot.Request, c *challenge, today community.Day) error {
	_, err := f.db.Exec(ctx, `INSERT INTO challenge_rejoins (challenge_id, member_id, day, at, seq, earns)
		SELECT challenge_id, member_id, ?, ?, ?, ? FROM challenge_members WHERE challenge_id = ? AND member_id = ? ON CONFLICT DO NOTHING`,
		int(today), r.At.UnixMilli(), r.Seq, earns(r), c.ID, r.Actor.Origin)
	if err != nil {
		return fmt.Errorf("join anew: %w", err)
	}
	return nil
}

// there refuses, in private, who has left the group of a challenge: it is for the people in it.
func (f *feature) there(ctx context.Context, r *bot.Request, c *challenge, ids []community.MemberID) error {
	if r.Actor.Group != "" {
		return nil
	}
	here, err := f.inside(ctx, c, ids)
	if err == nil && !here {
		err = r.Refuse("done.where", "Name", c.Name)
	}
	return err
}

// enrol makes an id take part. Who quit takes part again where they were.
func (f *feature) enrol(ctx context.Context, r *bot.Request, c *challenge, today community.Day, group community.GroupID) error {
	_, err := f.db.Exec(ctx, `INSERT INTO challenge_members (challenge_id, member_id, day, at, seq, group_id, earns) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (challenge_id, member_id) DO UPDATE SET quit_at = 0, group_id = excluded.group_id`,
		c.ID, r.Actor.Origin, int(today), r.At.UnixMilli(), r.Seq, string(group), earns(r))
	if err != nil {
		return fmt.Errorf("join: %w", err)
	}
	return nil
}

// earns tells whether what r does can earn points and prizes: staff and bots earn nothing.
func earns(r *bot.Request) bool { return r.Actor.Role < bot.Moderator && !r.Actor.Bot }

// heardIn is the group in which a member hears of a challenge: where they join, or where they spoke last.
func (f *feature) heardIn(ctx context.Context, r *bot.Request, c *challenge) (g community.GroupID, err error) {
	if r.Actor.Group != "" || c.Group != "" {
		return community.GroupID(or(r.Actor.Group, string(c.Group))), nil
	}
	err = f.db.Each(ctx, func(scan func(...any) error) error { return scan(&g) },
		`SELECT group_id FROM activity WHERE member_id = ? ORDER BY last_at DESC LIMIT 1`, r.Actor.Origin)
	return g, err
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// joined tells somebody what they have taken upon themselves.
func (f *feature) joined(r *bot.Request, c *challenge, today community.Day) string {
	lines := []string{r.T("join.done", "Name", r.Actor.Name, "Challenge", c.Name), f.rule(r, c)}
	if c.First > today {
		lines = append(lines, r.T("join.begins", "Day", said(c.First)))
	}
	return strings.Join(append(lines, f.how(r, c)), "\n")
}

// said is a Day as members read it.
func said(d community.Day) string { return d.String()[len("2006-"):] }

// rule says in one line what the goal is.
func (f *feature) rule(r *bot.Request, c *challenge) string { return sayRule(r.T, c) }

func sayRule(t func(key string, kv ...any) string, c *challenge) string {
	text := t("rule."+string(c.Mode), "Days", c.Days, "Target", c.Target)
	if c.Mode == Consecutive && c.Days != c.Target {
		text = t("rule.within", "Days", c.Days, "Target", c.Target)
	}
	if c.First != 0 {
		text += t("rule.dates", "First", said(c.First), "Last", said(c.Last))
	}
	if len(c.Windows) > 0 {
		text += t("rule.windows", "Windows", c.saidWindows())
	}
	return text
}

// how says how to check in.
func (f *feature) how(r *bot.Request, c *challenge) string {
	return r.T("how."+string(c.Proof), "Name", c.Name)
}

// quit is 退出 早起.
func (f *feature) quit(ctx context.Context, r *bot.Request) error {
	c, _, ids, err := f.meant(ctx, r)
	if err != nil {
		return err
	}
	in, args := community.In(ids)
	n, err := f.db.Exec(ctx, `UPDATE challenge_members SET quit_at = ? WHERE challenge_id = ? AND quit_at = 0 AND member_id IN `+in,
		append([]any{r.At.UnixMilli(), c.ID}, args...)...)
	if err != nil {
		return fmt.Errorf("quit: %w", err)
	}
	if n == 0 {
		return r.Refuse("quit.not_in", "Name", c.Name)
	}
	r.Reply(r.T("quit.done", "Name", c.Name))
	return nil
}

func banned(rows []member) bool {
	for _, m := range rows {
		if m.Out > 0 {
			return true
		}
	}
	return false
}
