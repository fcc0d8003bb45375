package challenge

import (
	"context"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

const (
	teamMost    = 5  // members of a team
	cheersMost  = 10 // people whom one member cheers on a Day
	cheersShown = 6  // in the evening
)

func (f *feature) cheerCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"加油", "cheer"}, Usage: "usage.cheer", Help: "help.cheer", Where: bot.InGroup, Run: f.cheer},
		{Names: []string{"组队", "team"}, Usage: "usage.team", Help: "help.team", Where: bot.InGroup, Run: f.team},
		{Names: []string{"退队", "leaveteam"}, Usage: "usage.one", Help: "help.leave_team", Run: f.leaveTeam},
		{Names: []string{"不用提醒", "noreminder"}, Usage: "usage.one", Help: "help.quiet", Run: f.quietly(true)},
		{Names: []string{"要提醒", "reminder"}, Usage: "usage.one", Help: "help.loud", Run: f.quietly(false)},
	}
}

// cheer is 加油 @小红, and 加油 for everybody of one's teams who is still missing.
func (f *feature) cheer(ctx context.Context, r *bot.Request) error {
	me := community.MemberID(r.Actor.Member)
	list, err := f.held(ctx, r)
	if err != nil {
		return err
	}
	if list, err = f.running(ctx, r, list); err != nil {
		return err
	}
	day := f.c.Calendar.Day(r.At)
	if strings.TrimSpace(r.Args) == "" {
		return f.cheerTeam(ctx, r, list, day)
	}
	p, _, err := f.c.Target(ctx, r)
	if err != nil {
		return err
	}
	if p.ID == me {
		return r.Refuse("cheer.self")
	}
	ids, err := f.c.IDs(ctx, p.ID)
	if err != nil {
		return err
	}
	name := f.c.Words.ScreenName(p.Name)
	refusal := r.Refuse("cheer.other", "Name", name)
	for _, c := range list {
		rows, err := f.members(ctx, c.ID, ids)
		if err != nil {
			return err
		}
		if takesPart(rows) {
			return f.cheerOne(ctx, r, c, day, p.ID)
		}
		if len(rows) > 0 {
			refusal = r.Refuse("cheer.gone", "Name", name, "Challenge", c.Name)
		}
	}
	return refusal
}

// running are the challenges of a list that a person is at; it is refused where there is none.
func (f *feature) running(ctx context.Context, r *bot.Request, list []*challenge) (some []*challenge, err error) {
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return nil, err
	}
	refusal := r.Refuse("mine.none")
	for _, c := range list {
		rows, err := f.members(ctx, c.ID, ids)
		switch {
		case err != nil:
			return nil, err
		case takesPart(rows):
			some = append(some, c)
		case banned(rows):
			refusal = r.Refuse("out", "Name", c.Name)
		}
	}
	if len(some) == 0 {
		return nil, refusal
	}
	return some, nil
}

// cheerOne keeps a cheer, once a Day, and says it.
func (f *feature) cheerOne(ctx context.Context, r *bot.Request, c *challenge, day community.Day, to community.MemberID) error {
	name, err := f.c.Called(ctx, to)
	if err != nil {
		return err
	}
	n := 0
	if err := f.db.Row(ctx, `SELECT COUNT(*) FROM challenge_cheers WHERE day = ? AND from_id = ?`, int(day), r.Actor.Member).Scan(&n); err != nil {
		return fmt.Errorf("cheers: %w", err)
	}
	if n >= cheersMost {
		return r.Refuse("cheer.enough", "Most", cheersMost)
	}
	fresh, err := f.db.Exec(ctx, `INSERT INTO challenge_cheers (challenge_id, day, from_id, to_id, group_id, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		c.ID, int(day), r.Actor.Member, string(to), r.Actor.Group, r.At.UnixMilli())
	if err != nil {
		return fmt.Errorf("cheer: %w", err)
	}
	if fresh == 0 {
		return r.Refuse("cheer.again", "Name", name)
	}
	r.Send(bot.Outgoing{
		Group: r.Actor.Group, Text: r.T("cheer.done", "From", r.Actor.Name, "To", name), Priority: bot.Answer,
		Merge: "cheer/" + day.String(), MergeHead: r.T("cheer.head"), MergeItem: r.T("cheer.item", "From", r.Actor.Name, "To", name),
	})
	return nil
}

// cheerTeam cheers those of one's teams who have not checked in yet.
func (f *feature) cheerTeam(ctx context.Context, r *bot.Request, list []*challenge, day community.Day) error {
	mates, cheered := 0, 0
	for _, c := range list {
		team, err := f.mates(ctx, c, community.MemberID(r.Actor.Member))
		if err != nil {
			return err
		}
		mates += len(team)
		for _, id := range team {
			ids, err := f.c.IDs(ctx, id)
			if err != nil {
				return err
			}
			s, err := f.standing(ctx, c, ids)
			if err != nil {
				return err
			}
			if s.kind(day) != "" {
				continue
			}
			cheered++
			if err := f.cheerOne(ctx, r, c, day, id); err != nil {
				return err
			}
		}
	}
	switch {
	case mates == 0:
		return r.Refuse("cheer.whom")
	case cheered == 0:
		r.Reply(r.T("cheer.all_done"))
	}
	return nil
}

// atIt tells whether people take part in a challenge, all of them.
func (f *feature) atIt(ctx context.Context, c *challenge, people ...community.MemberID) (bool, error) {
	for _, who := range people {
		ids, err := f.c.IDs(ctx, who)
		if err != nil {
			return false, err
		}
		rows, err := f.members(ctx, c.ID, ids)
		if err != nil || !takesPart(rows) {
			return false, err
		}
	}
	return true, nil
}

// cheered are the cheers of a Day in a group, for the evening list, between those who are still at it.
func (f *feature) cheered(ctx context.Context, in *bot.Request, c *challenge, day community.Day, g community.GroupID) (string, error) {
	type cheer struct{ from, to community.MemberID }
	var list []cheer
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var one cheer
		err := scan(&one.from, &one.to)
		list = append(list, one)
		return err
	}, `SELECT from_id, to_id FROM challenge_cheers WHERE challenge_id = ? AND day = ? AND group_id = ? ORDER BY at, from_id, to_id`, c.ID, int(day), string(g))
	if err != nil {
		return "", fmt.Errorf("cheers: %w", err)
	}
	var items []string
	for _, one := range list {
		if both, err := f.atIt(ctx, c, one.from, one.to); err != nil || !both {
			if err != nil {
				return "", err
			}
			continue
		}
		if len(items) == cheersShown {
			break
		}
		from, err := f.c.Called(ctx, one.from)
		if err != nil {
			return "", err
		}
		to, err := f.c.Called(ctx, one.to)
		if err != nil {
			return "", err
		}
		items = append(items, in.T("cheer.item", "From", from, "To", to))
	}
	if len(items) == 0 {
		return "", nil
	}
	return "\n" + in.T("evening.cheers", "List", strings.Join(items, in.T("and"))), nil
}
