package challenge

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// team is 组队 @小红 早起: two who ask each other, or a team that one of them is in already, become one team.
func (f *feature) team(ctx context.Context, r *bot.Request) error {
	p, rest, err := f.c.Target(ctx, r)
	if err != nil {
		return err
	}
	me := community.MemberID(r.Actor.Member)
	if p.ID == me {
		return r.Refuse("team.self")
	}
	list, err := f.held(ctx, r)
	if err != nil {
		return err
	}
	asked := *r
	asked.Args = rest
	c, _, err := f.which(ctx, &asked, list)
	if err != nil {
		return err
	}
	name := f.c.Words.ScreenName(p.Name)
	for _, who := range [...]community.MemberID{me, p.ID} {
		ids, err := f.c.IDs(ctx, who)
		if err != nil {
			return err
		}
		rows, err := f.members(ctx, c.ID, ids)
		if err != nil {
			return err
		}
		switch {
		case takesPart(rows):
		case who == me && banned(rows):
			return r.Refuse("out", "Name", c.Name)
		case who == me:
			return r.Refuse("join_this", "Name", c.Name)
		default:
			return r.Refuse("team.not_in", "Name", name, "Challenge", c.Name)
		}
	}
	if err := f.lock(ctx, c.ID); err != nil {
		return err
	}
	mine, err := f.mates(ctx, c, me)
	if err != nil {
		return err
	}
	theirs, err := f.mates(ctx, c, p.ID)
	if err != nil {
		return err
	}
	for _, id := range mine {
		if id == p.ID {
			return r.Refuse("team.already", "Name", name)
		}
	}
	if len(mine)+len(theirs)+2 > teamMost {
		return r.Refuse("team.full", "Most", teamMost)
	}
	return f.ask(ctx, r, c, p.ID, name)
}

// askedFor is how long somebody is not asked the same again.
const askedFor = 24 * time.Hour

// ask keeps that a member wants to be in a team with another, and makes the team where the other wants it too.
func (f *feature) ask(ctx context.Context, r *bot.Request, c *challenge, to community.MemberID, name string) error {
	back, err := f.db.Exec(ctx, `DELETE FROM challenge_team_asks WHERE challenge_id = ? AND from_id = ? AND to_id = ?`, c.ID, string(to), r.Actor.Member)
	if err != nil {
		return fmt.Errorf("team: %w", err)
	}
	if back == 0 {
		fresh, err := f.db.Exec(ctx, `INSERT INTO challenge_team_asks (challenge_id, from_id, to_id, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (challenge_id, from_id, to_id) DO UPDATE SET at = excluded.at WHERE challenge_team_asks.at < ?`,
			c.ID, r.Actor.Member, string(to), r.At.UnixMilli(), r.At.Add(-askedFor).UnixMilli())
		if err != nil {
			return fmt.Errorf("team: %w", err)
		}
		key := "team.asked"
		if fresh == 0 {
			key = "team.waiting"
		}
		r.Reply(r.T(key, "Name", name, "Me", r.Actor.Name, "Challenge", c.Name))
		return nil
	}
	mine, err := f.teamOf(ctx, c, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	theirs, err := f.teamOf(ctx, c, to)
	if err != nil {
		return err
	}
	team := max(mine, theirs)
	if team == 0 {
		team = r.Seq
	}
	if mine != 0 && theirs != 0 {
		if _, err := f.db.Exec(ctx, `UPDATE challenge_teams SET team = ? WHERE challenge_id = ? AND team = ?`, team, c.ID, min(mine, theirs)); err != nil {
			return fmt.Errorf("team: %w", err)
		}
	}
	for _, id := range [...]string{r.Actor.Member, string(to)} {
		if _, err := f.db.Exec(ctx, `INSERT INTO challenge_teams (challenge_id, member_id, team, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (challenge_id, member_id) DO UPDATE SET team = excluded.team`, c.ID, id, team, r.At.UnixMilli()); err != nil {
			return fmt.Errorf("team: %w", err)
		}
	}
	r.Reply(r.T("team.done", "Name", name, "Me", r.Actor.Name, "Challenge", c.Name))
	return nil
}

// teamOf is the number of a person's team; 0: none.
func (f *feature) teamOf(ctx context.Context, c *challenge, who community.MemberID) (team int64, err error) {
	ids, err := f.c.IDs(ctx, who)
	if err != nil {
		return 0, err
	}
	in, args := community.In(ids)
	err = f.db.Row(ctx, `SELECT COALESCE(MAX(team), 0) FROM challenge_teams WHERE challenge_id = ? AND member_id IN `+in, append([]any{c.ID}, args...)...).Scan(&team)
	if err != nil {
		return 0, fmt.Errorf("team of %s: %w", who, err)
	}
	return team, nil
}

// mates are the others of a person's team who take part.
func (f *feature) mates(ctx context.Context, c *challenge, who community.MemberID) (list []community.MemberID, err error) {
	team, err := f.teamOf(ctx, c, who)
	if err != nil || team == 0 {
		return nil, err
	}
	var ids []community.MemberID
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT member_id FROM challenge_teams WHERE challenge_id = ? AND team = ? ORDER BY at, member_id`, c.ID, team)
	if err != nil {
		return nil, fmt.Errorf("team %d: %w", team, err)
	}
	seen := map[community.MemberID]bool{who: true}
	for _, id := range ids {
		one, err := f.c.Who(ctx, id)
		if err != nil {
			return nil, err
		}
		if seen[one] {
			continue
		}
		seen[one] = true
		in, err := f.atIt(ctx, c, one)
		if err != nil {
			return nil, err
		}
		if in {
			list = append(list, one)
		}
	}
	return list, nil
}

// leaveTeam is 退队 早起.
func (f *feature) leaveTeam(ctx context.Context, r *bot.Request) error {
	c, _, ids, err := f.meant(ctx, r)
	if err != nil {
		return err
	}
	in, args := community.In(ids)
	n, err := f.db.Exec(ctx, `DELETE FROM challenge_teams WHERE challenge_id = ? AND member_id IN `+in, append([]any{c.ID}, args...)...)
	if err != nil {
		return fmt.Errorf("leave team: %w", err)
	}
	if n == 0 {
		return r.Refuse("team.none", "Challenge", c.Name)
	}
	r.Reply(r.T("team.left", "Challenge", c.Name))
	return nil
}
