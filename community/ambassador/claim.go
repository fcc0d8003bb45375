package ambassador

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// How wrong codes are limited: those of a person and of a group within an hour. What is typed beyond them is not looked up.
const (
	triesOfMember = 5
	triesOfGroup  = 30
	triesWithin   = time.Hour
)

// manner is how a code was said.
type manner struct {
	aside  bool // in a sentence: whoever may not claim hears nothing
	direct bool // a wrong one was a mistake, and is told
}

// invite is 邀请码: with a code it says who invited one, without it shows one's own.
func (f *feature) invite(ctx context.Context, r *bot.Request) error {
	if r.Args == "" {
		return f.own(ctx, r)
	}
	code := cutCode(r.Args)
	if own, shown, err := f.shownOwn(ctx, r, code); err != nil || shown {
		return err
	} else if own {
		return r.Refuse("claim.self")
	}
	return f.claim(ctx, r, code, manner{direct: true})
}

// shownOwn tells whether a code is the sender's own. An ambassador who sends their own in a group shares it, and is not
// told off.
func (f *feature) shownOwn(ctx context.Context, r *bot.Request, code string) (own, shared bool, err error) {
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return false, false, err
	}
	in, args := community.In(ids, code)
	list, err := f.codes(ctx, `WHERE owner_id IN `+in+` AND code = ?`, args...)
	return len(list) > 0, len(list) > 0 && r.Actor.Group != "", err
}

// claim is a newcomer's word about who invited them.
func (f *feature) claim(ctx context.Context, r *bot.Request, word string, m manner) error {
	quiet := func(key string, kv ...any) error {
		if m.aside && !m.direct {
			return nil
		}
		r.Reply(r.T(key, kv...))
		return nil
	}
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	a, fresh, err := f.came(ctx, ids, r.At)
	if err != nil {
		return err
	}
	if !fresh {
		if m.aside {
			return nil
		}
		return quiet("claim.late", "Hours", int(window.Hours()))
	}
	if stop, err := f.limited(ctx, r, ids); stop || err != nil {
		return err
	}
	if !checks(word) {
		if m.aside && !m.direct {
			return nil
		}
		return f.wrong(ctx, r, ids, "claim.typo", true)
	}
	list, err := f.codes(ctx, `WHERE code = ?`, word)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return f.wrong(ctx, r, ids, "claim.unknown", !m.aside || m.direct)
	}
	c := list[0]
	if c.Revoked {
		return quiet("claim.revoked")
	}
	return f.record(ctx, r, ids, a, c, quiet)
}

// record keeps a claim, and answers what it comes to.
func (f *feature) record(ctx context.Context, r *bot.Request, ids []community.MemberID, a arrival, c code, say func(key string, kv ...any) error) error {
	mine, err := f.of(ctx, ids)
	if err != nil {
		return err
	}
	for _, v := range mine {
		if v.Code == c.Code || c.Owner != "" && v.Owner == c.Owner {
			return f.again(ctx, v, say)
		}
	}
	if c.Budget != "" {
		b, err := f.c.Budgets.Get(ctx, c.Budget)
		if err != nil {
			return err
		}
		if today := f.c.Calendar.Day(r.At); !b.Closed.IsZero() || today < b.From || today > b.Until {
			return say("claim.over", "Campaign", f.c.Words.ScreenName(b.Name))
		}
	}
	staff, err := f.isStaff(ctx, community.MemberID(r.Actor.Member), c.Owner)
	if err != nil {
		return err
	}
	group := community.GroupID(r.Actor.Group)
	if group == "" {
		group = a.group
	}
	v := &invite{
		Claim: Claim{
			Day: f.c.Calendar.Day(r.At), Owner: c.Owner, Member: community.MemberID(r.Actor.Origin), Back: a.back, Unseen: a.unseen, Staff: staff,
			Inviter: c.Inviter, Newcomer: c.Newcomer,
		},
		Seq: r.Seq, At: r.At, Code: c.Code, Group: group, Budget: c.Budget, Came: a.at, CameDay: f.c.Calendar.Day(a.at), Open: true,
		Judged: Judged{State: Waits},
	}
	if err := f.addInvite(ctx, v); err != nil {
		return err
	}
	f.waiting.drop(ctx, f.db)
	if err := f.settle(ctx, r, [][]community.MemberID{ids}, f.restate(r)); err != nil {
		return err
	}
	if v, err = f.byID(ctx, v.ID); err != nil {
		return err
	}
	if err := f.look(ctx, r, v); err != nil {
		return err
	}
	return f.answer(ctx, r, v, say)
}

// again answers who says the same once more.
func (f *feature) again(ctx context.Context, v *invite, say func(key string, kv ...any) error) error {
	if v.State != Counts {
		return say("claim.again." + string(v.State))
	}
	name, err := f.inviterName(ctx, v)
	if err != nil {
		return err
	}
	return say("claim.again", "Inviter", name)
}

// answer tells a newcomer what their claim came to.
func (f *feature) answer(ctx context.Context, r *bot.Request, v *invite, say func(key string, kv ...any) error) error {
	name, err := f.inviterName(ctx, v)
	if err != nil {
		return err
	}
	kv := []any{"Name", r.Actor.Name, "Inviter", name, "Points", v.Newcomer, "House", v.Owner == ""}
	if v.State != Counts {
		return say("claim."+string(v.State), kv...)
	}
	paid, err := f.c.Purse.Stands(ctx, newcomerKey(v.ID))
	if err != nil {
		return err
	}
	short, err := f.unfunded(ctx, v)
	switch {
	case err != nil:
		return err
	case short:
		return say("claim.unfunded", kv...)
	case v.Newcomer == 0:
		return say("claim.plain", kv...)
	case paid > 0:
		return say("claim.paid", kv...)
	}
	return say("claim.counts", kv...)
}

// unfunded tells whether a campaign has nothing left for an invitation by its code.
func (f *feature) unfunded(ctx context.Context, v *invite) (bool, error) {
	if v.Budget == "" || v.Newcomer+v.Inviter == 0 {
		return false, nil
	}
	return v.Moves == 0, nil
}

// inviterName is whose code it was: an ambassador, or the campaign.
func (f *feature) inviterName(ctx context.Context, v *invite) (string, error) {
	if v.Owner != "" {
		return f.c.Called(ctx, v.Owner)
	}
	if v.Budget == "" {
		return "", nil
	}
	b, err := f.c.Budgets.Get(ctx, v.Budget)
	return f.c.Words.ScreenName(b.Name), err
}

// isStaff tells whether one of two people is staff, or a bot.
func (f *feature) isStaff(ctx context.Context, people ...community.MemberID) (bool, error) {
	for _, id := range people {
		if id == "" {
			continue
		}
		p, err := f.c.Person(ctx, id)
		if err != nil {
			return false, err
		}
		if p.Role >= bot.Moderator || p.Bot {
			return true, nil
		}
	}
	return false, nil
}

// limited tells whether somebody, or their group, had too many wrong codes lately. The first time it says so.
func (f *feature) limited(ctx context.Context, r *bot.Request, ids []community.MemberID) (bool, error) {
	in, args := community.In(ids, r.At.Add(-triesWithin).UnixMilli())
	var mine, here int
	if err := f.db.Row(ctx, `SELECT COUNT(*) FROM invite_tries WHERE member_id IN `+in+` AND at > ?`, args...).Scan(&mine); err != nil {
		return false, fmt.Errorf("wrong codes: %w", err)
	}
	if r.Actor.Group != "" && mine < triesOfMember {
		if err := f.db.Row(ctx, `SELECT COUNT(*) FROM invite_tries WHERE group_id = ? AND at > ?`, r.Actor.Group, r.At.Add(-triesWithin).UnixMilli()).Scan(&here); err != nil {
			return false, fmt.Errorf("wrong codes: %w", err)
		}
	}
	switch {
	case mine == triesOfMember:
		r.Reply(r.T("claim.slow"))
		return true, f.tried(ctx, r)
	case mine > triesOfMember || here > triesOfGroup:
		return true, nil
	case here == triesOfGroup:
		r.Reply(r.T("claim.slow_group"))
		return true, f.tried(ctx, r)
	}
	return false, nil
}

// wrong counts a wrong code, and says so where it was meant as one.
func (f *feature) wrong(ctx context.Context, r *bot.Request, ids []community.MemberID, key string, say bool) error {
	if err := f.tried(ctx, r); err != nil {
		return err
	}
	if say {
		r.Reply(r.T(key))
	}
	return f.guesses(ctx, r, ids)
}

func (f *feature) tried(ctx context.Context, r *bot.Request) error {
	_, err := f.db.Exec(ctx, `INSERT INTO invite_tries (member_id, group_id, at) VALUES (?, ?, ?)`, r.Actor.Origin, r.Actor.Group, r.At.UnixMilli())
	return err
}
