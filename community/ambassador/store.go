package ambassador

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// invite is a claim as it is stored, with what it comes to.
type invite struct {
	Claim
	Judged
	Seq       int64
	At        time.Time
	Code      string
	Group     community.GroupID
	Budget    string
	Came      time.Time // of Stay.Came; zero where nobody saw it
	CameDay   community.Day
	SpokeSeq  int64 // of their first words; 0: none
	SpokeID   community.MemberID
	SpokeAt   time.Time
	SpokeDay  community.Day
	LeftDay   community.Day
	PartsDone int   // how many parts have vested
	Vested    int64 // what they came to
	Open      bool  // something may still be due
	Prize     int   // the target whose prize it brought; 0: none
	Moves     int   // transfers between a campaign and the escrow of this invitation so far
}

const inviteColumns = `i.id, i.seq, i.at, i.day, i.code, i.owner_id, i.member_id, i.group_id, i.budget_id, i.inviter, i.newcomer, i.came_at, i.came_day, i.unseen, i.back,
	i.staff, i.review, i.spoke_seq, i.spoke_id, i.spoke_at, i.spoke_day, i.left_day, i.state, i.earns, i.parts, i.vested, i.open, i.prize, i.moves`

// invites are those that fit a condition.
func (f *feature) invites(ctx context.Context, where string, args ...any) (list []*invite, err error) {
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		v := &invite{}
		var at, came, spoke int64
		if err := scan(&v.ID, &v.Seq, &at, &v.Day, &v.Code, &v.Owner, &v.Member, &v.Group, &v.Budget, &v.Inviter, &v.Newcomer, &came, &v.CameDay, &v.Unseen, &v.Back,
			&v.Claim.Staff, &v.Review, &v.SpokeSeq, &v.SpokeID, &spoke, &v.SpokeDay, &v.LeftDay, &v.State, &v.Earns, &v.PartsDone, &v.Vested, &v.Open, &v.Prize, &v.Moves); err != nil {
			return err
		}
		v.At, v.Came, v.SpokeAt = bot.FromMillis(at), bot.FromMillis(came), bot.FromMillis(spoke)
		list = append(list, v)
		return nil
	}, `SELECT `+inviteColumns+` FROM invites i `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("invitations: %w", err)
	}
	return list, nil
}

// byID is one invitation; nil where there is none.
func (f *feature) byID(ctx context.Context, id int64) (*invite, error) {
	list, err := f.invites(ctx, `WHERE i.id = ?`, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// of are the invitations of which some ids are the newcomer.
func (f *feature) of(ctx context.Context, ids []community.MemberID) ([]*invite, error) {
	in, args := community.In(ids)
	return f.invites(ctx, `WHERE i.member_id IN `+in+` ORDER BY i.seq`, args...)
}

// by are the invitations by the codes of some ids.
func (f *feature) by(ctx context.Context, ids []community.MemberID) ([]*invite, error) {
	in, args := community.In(ids)
	return f.invites(ctx, `WHERE i.owner_id IN `+in+` ORDER BY i.seq`, args...)
}

// addInvite stores a claim and gives it its id.
func (f *feature) addInvite(ctx context.Context, v *invite) error {
	err := f.db.Row(ctx, `INSERT INTO invites (seq, at, day, code, owner_id, member_id, group_id, budget_id, inviter, newcomer, came_at, came_day, unseen, back, staff,
		state, earns, open) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		v.Seq, v.At.UnixMilli(), int(v.Day), v.Code, string(v.Owner), string(v.Member), string(v.Group), v.Budget, v.Inviter, v.Newcomer, bot.Millis(v.Came), int(v.CameDay),
		v.Unseen, v.Back, v.Claim.Staff, string(v.State), v.Earns, v.Open).Scan(&v.ID)
	if err != nil {
		return fmt.Errorf("new invitation: %w", err)
	}
	return nil
}

// keep stores what an invitation comes to.
func (f *feature) keep(ctx context.Context, v *invite) error {
	_, err := f.db.Exec(ctx, `UPDATE invites SET review = ?, spoke_seq = ?, spoke_id = ?, spoke_at = ?, spoke_day = ?, left_day = ?, back = ?, came_at = ?, came_day = ?, unseen = ?, state = ?, earns = ?, parts = ?,
		vested = ?, open = ?, prize = ?, moves = ? WHERE id = ?`, string(v.Review), v.SpokeSeq, string(v.SpokeID), bot.Millis(v.SpokeAt), int(v.SpokeDay), int(v.LeftDay), v.Back,
		bot.Millis(v.Came), int(v.CameDay), v.Unseen,
		string(v.State), v.Earns, v.PartsDone, v.Vested, v.Open, v.Prize, v.Moves, v.ID)
	if err != nil {
		return fmt.Errorf("invitation %d: %w", v.ID, err)
	}
	return nil
}

// code is a code that was handed out.
type code struct {
	Code     string
	Owner    community.MemberID // empty: of the house
	Budget   string             // of the campaign that pays; empty: the community
	Inviter  int64
	Newcomer int64
	Made     time.Time
	Revoked  bool
}

func (f *feature) codes(ctx context.Context, where string, args ...any) (list []code, err error) {
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var c code
		var made int64
		err := scan(&c.Code, &c.Owner, &c.Budget, &c.Inviter, &c.Newcomer, &made, &c.Revoked)
		c.Made = bot.FromMillis(made)
		list = append(list, c)
		return err
	}, `SELECT code, owner_id, budget_id, inviter, newcomer, made_at, revoked_at > 0 FROM invite_codes `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("codes: %w", err)
	}
	return list, nil
}

// addCode makes a code.
func (f *feature) addCode(ctx context.Context, r *bot.Request, c code) (code, error) {
	for range 10 {
		c.Code = newCode(r.Rand())
		n, err := f.db.Exec(ctx, `INSERT INTO invite_codes (code, owner_id, budget_id, inviter, newcomer, made_at, made_by) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			c.Code, string(c.Owner), c.Budget, c.Inviter, c.Newcomer, r.At.UnixMilli(), r.Actor.Member)
		if err != nil {
			return c, fmt.Errorf("new code: %w", err)
		}
		if n == 1 {
			return c, nil
		}
	}
	return c, errors.New("new code: none is free")
}

// ownCode is a person's code; ok is false where they have none that is good.
func (f *feature) ownCode(ctx context.Context, ids []community.MemberID) (c code, ok bool, err error) {
	in, args := community.In(ids)
	list, err := f.codes(ctx, `WHERE owner_id IN `+in+` AND budget_id = '' AND revoked_at = 0 ORDER BY made_at, code LIMIT 1`, args...)
	if err != nil || len(list) == 0 {
		return c, false, err
	}
	return list[0], true, nil
}

// one is like sql.Row.Scan, and tells whether there was a row.
func one(row *sql.Row, dest ...any) (bool, error) {
	err := row.Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// among are people as sets of ids: each id resolved to the first of its set, others as they are today.
func (f *feature) resolver(ctx context.Context, people [][]community.MemberID) func(community.MemberID) (community.MemberID, error) {
	known := map[community.MemberID]community.MemberID{}
	return func(id community.MemberID) (community.MemberID, error) {
		if who, ok := known[id]; ok || id == "" {
			return who, nil
		}
		for _, ids := range people {
			if slices.Contains(ids, id) {
				known[id] = ids[0]
				return ids[0], nil
			}
		}
		who, err := f.c.Who(ctx, id)
		known[id] = who
		return who, err
	}
}
