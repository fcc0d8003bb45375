package ambassador

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// The kinds of keys in the ledger.
const (
	keyPart   = "invite"          // invite/<invitation>/<part>: to whoever invited
	keyNew    = "invite-newcomer" // invite-newcomer/<invitation>
	keyTarget = "invite-target"   // invite-target/<invitation that reached it>/<target>
	keyMove   = "invite-fund"     // invite-fund/<invitation>/<n>: between a campaign's budget and the escrow of an invitation
)

// fixer makes the ledger say what is due under a key.
type fixer func(ctx context.Context, due community.Due) error

func (f *feature) restate(r *bot.Request) fixer {
	return func(ctx context.Context, due community.Due) error { return f.c.Purse.Restate(ctx, r, due) }
}

// judged is what the claims of some people come to, with those of everybody above and beside them that they depend on.
// It reads all claims of the people, of who invited them, and so on up, and of whom those invited.
func (f *feature) judged(ctx context.Context, people [][]community.MemberID) (map[int64]Judged, error) {
	who := f.resolver(ctx, people)
	var failed error
	resolve := func(id community.MemberID) community.MemberID {
		p, err := who(id)
		failed = errors.Join(failed, err)
		return p
	}
	claims := map[int64]Claim{}
	next := slices.Concat(people...)
	done := map[community.MemberID]bool{}
	for len(next) > 0 {
		in, args := community.In(next)
		for _, id := range next {
			done[id] = true
		}
		next = nil
		list, err := f.invites(ctx, `WHERE i.member_id IN `+in+` OR i.owner_id IN `+in, append(args, args...)...)
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			claims[v.ID] = v.Claim
			for _, id := range [...]community.MemberID{v.Owner, v.Member} {
				ids, err := f.idsAmong(ctx, people, id)
				if err != nil {
					return nil, err
				}
				for _, id := range ids {
					if id != "" && !done[id] && !slices.Contains(next, id) {
						next = append(next, id)
					}
				}
			}
		}
	}
	ordered := make([]Claim, 0, len(claims))
	for _, c := range claims {
		ordered = append(ordered, c)
	}
	slices.SortFunc(ordered, func(a, b Claim) int { return int(a.ID - b.ID) })
	result := Judge(ordered, resolve, Caps{f.cfg.PerDay, f.cfg.PerMonth})
	return result, failed
}

// idsAmong are the ids of the person of an id, where some people are known otherwise than today.
func (f *feature) idsAmong(ctx context.Context, people [][]community.MemberID, id community.MemberID) ([]community.MemberID, error) {
	if id == "" {
		return nil, nil
	}
	for _, ids := range people {
		if slices.Contains(ids, id) {
			return ids, nil
		}
	}
	return f.c.IDs(ctx, id)
}

// refresh brings the facts and the parts of an invitation up to date, makes the ledger say what is due, and keeps what it
// comes to. j is what Judge said of it.
func (f *feature) refresh(ctx context.Context, r *bot.Request, v *invite, j Judged, fix fixer) error {
	ids, err := f.c.IDs(ctx, v.Member)
	if err != nil {
		return err
	}
	if v.SpokeSeq == 0 || !slices.Contains(ids, v.SpokeID) {
		if err := f.firstWords(ctx, r, v, ids); err != nil {
			return err
		}
	}
	parts, err := f.parts(ctx, v, ids, f.c.Calendar.Day(r.At))
	if err != nil {
		return err
	}
	was := *v
	v.Judged = j
	held, err := f.held(ctx, v.ID)
	if err != nil {
		return err
	}
	staff, err := f.isStaff(ctx, v.Owner)
	if err != nil {
		return err
	}
	held = held || staff // whoever became staff earns nothing any more, and keeps what they have
	if err := f.book(ctx, r, v, parts, held, fix); err != nil {
		return err
	}
	v.PartsDone, v.Vested = 0, 0
	for _, p := range parts {
		if p.State == Vested {
			v.PartsDone++
		}
	}
	if v.Vested, err = f.paid(ctx, v, len(parts)); err != nil {
		return err
	}
	v.Open = (v.State == Counts || v.State == Waits) && (open(parts) || held)
	if err := f.contribute(ctx, r, v); err != nil {
		return err
	}
	if err := f.report(ctx, r, &was, v); err != nil {
		return err
	}
	return f.keep(ctx, v)
}

// parts are the parts of an invitation on a Day; v learns whether the newcomer has left.
func (f *feature) parts(ctx context.Context, v *invite, ids []community.MemberID, today community.Day) ([]Part, error) {
	days, err := f.active(ctx, v, ids, today)
	if err != nil {
		return nil, err
	}
	if v.LeftDay, err = f.gone(ctx, v, ids, today); err != nil {
		return nil, err
	}
	return Parts(f.cfg.Parts, v.Inviter, Stay{v.CameDay, v.SpokeDay, days, v.LeftDay}, today), nil
}

// book makes the ledger say what is due by an invitation. While a case holds it nothing more is paid, and what was paid
// stays.
func (f *feature) book(ctx context.Context, r *bot.Request, v *invite, parts []Part, held bool, fix fixer) error {
	in := r.In("ambassador")
	name, err := f.c.Called(ctx, v.Member)
	if err != nil {
		return err
	}
	from := points.Account("")
	if v.Budget != "" {
		from = escrow(v)
	}
	var dues []community.Due
	if v.Owner != "" {
		for i, p := range parts {
			due := community.Due{Key: partKey(v.ID, i), Origin: v.Owner, From: from, Reason: in.T("reason.inviter", "Name", name), At: r.At}
			if v.State == Counts && v.Earns && p.State == Vested {
				due.Amount = p.Amount
			}
			dues = append(dues, due)
		}
	}
	newcomer := community.Due{Key: newcomerKey(v.ID), Origin: v.Member, From: from, Reason: in.T("reason.newcomer"), At: r.At}
	if v.State == Counts && parts[0].State == Vested {
		newcomer.Amount = v.Newcomer
	}
	dues = append(dues, newcomer)
	if err := f.fund(ctx, r, v, parts); err != nil {
		return err
	}
	for _, due := range dues {
		if held && due.Amount > 0 {
			continue
		}
		if err := fix(ctx, due); errors.Is(err, points.ErrInsufficient) && v.Budget != "" {
			continue // the campaign has nothing left for it: it is paid when there is, or never
		} else if err != nil {
			return err
		}
	}
	return f.unfund(ctx, r, v, parts)
}

// paid is what an inviter got by an invitation and was not taken back.
func (f *feature) paid(ctx context.Context, v *invite, parts int) (sum int64, err error) {
	if v.Owner == "" {
		return 0, nil
	}
	for i := range parts {
		n, err := f.c.Purse.Stands(ctx, partKey(v.ID, i))
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// partKey is the key of the i-th part of a reward, from 0.
func partKey(id int64, i int) string { return fmt.Sprintf("%s/%d/%d", keyPart, id, i+1) }

// targetKey is the key of a prize that an invitation brought.
func targetKey(id int64, invites int) string { return fmt.Sprintf("%s/%d/%d", keyTarget, id, invites) }

// newcomerKey is the key of a newcomer's reward.
func newcomerKey(id int64) string { return fmt.Sprintf("%s/%d", keyNew, id) }

// contribute keeps whether an invitation is a contribution of whoever invited: from the newcomer's first words on.
func (f *feature) contribute(ctx context.Context, r *bot.Request, v *invite) error {
	if v.Owner == "" {
		return nil
	}
	key := fmt.Sprintf("invite/%d", v.ID)
	if v.State != Counts || !v.Earns || v.PartsDone == 0 {
		return f.c.Contributions.Withdraw(ctx, key, r.At)
	}
	return f.c.Contributions.Record(ctx, community.Contribution{
		Key: key, Member: v.Owner, Group: v.Group, Kind: community.ValidInvite, Ref: fmt.Sprint(v.ID), At: r.At, Day: v.SpokeDay,
	})
}

// settle refreshes the invitations of some people: those of which they are the newcomer or the inviter, and all others
// that come to something else by them; and then the prizes of the inviters.
func (f *feature) settle(ctx context.Context, r *bot.Request, people [][]community.MemberID, fix fixer) error {
	now, err := f.judged(ctx, people)
	if err != nil {
		return err
	}
	var owners []community.MemberID
	ids := make([]int64, 0, len(now))
	for id := range now {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	touched := slices.Concat(people...)
	for _, id := range ids {
		v, err := f.byID(ctx, id)
		if err != nil {
			return err
		}
		own := slices.Contains(touched, v.Member) || slices.Contains(touched, v.Owner)
		if !own && v.Judged == now[id] {
			continue
		}
		if err := f.refresh(ctx, r, v, now[id], fix); err != nil {
			return err
		}
		if v.Owner != "" && !slices.Contains(owners, v.Owner) {
			owners = append(owners, v.Owner)
		}
	}
	for _, owner := range owners {
		if err := f.reward(ctx, r, owner, fix); err != nil {
			return err
		}
	}
	return nil
}
