package community

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// fewMissing is up to how many missing people are told as candidates though nothing speaks for them.
const fewMissing = 3

// strangers makes members of users whom no rule names. At a login whoever may be somebody known, because they
// resemble them or because anybody of their groups is missing, is provisional. While we watch, people are who
// they were, so whoever comes is new: nobody who was there can be them, and of those who left only a name that
// somebody chose speaks for it. Therefore coming with a tag or remark of somebody gone binds, as it does at a login;
// coming with all the rest makes them provisional, because anybody can take a leaver's name at a moment that
// they choose; and less than that says nothing.
func (b *binder) strangers(ctx context.Context, open []bot.Person, at time.Time) ([]bound, error) {
	if len(open) == 0 {
		return nil, nil
	}
	like := newLikeness(b.crowds)
	taken := func(id MemberID) bool { _, ok := b.taken[id]; return ok }
	for group, list := range b.unsure {
		b.unsure[group] = slices.DeleteFunc(list, taken)
	}
	first, err := b.isFirst(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]bound, len(open))
	provisional := make([]bool, len(open))
	found := make([][]candidate, len(open))
	for i, p := range open {
		found[i] = like.of(p.User, taken)
		if b.watched {
			found[i] = slices.DeleteFunc(found[i], func(c candidate) bool { return !striking(c) })
			provisional[i] = len(found[i]) > 0 || !first && p.Name == "" && p.Display == ""
		} else {
			missing := b.missingOf(p.User)
			provisional[i] = len(found[i]) > 0 || len(missing) > 0
			if len(missing) <= fewMissing {
				found[i] = addMissing(found[i], missing)
			}
		}
		rows[i] = bound{p, binding{rule: ByArrival, strong: true}, ""}
		switch {
		case provisional[i]:
			rows[i].binding = binding{rule: ByNothing}
		case first:
			rows[i].rule = ByFirstSeen
		}
	}
	if err := b.newMembers(ctx, rows, provisional, at); err != nil {
		return nil, err
	}
	for i, p := range rows {
		b.taken[p.member] = p.User
		if provisional[i] {
			if err := b.keepCandidates(ctx, p.member, found[i]); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// striking tells whether so much is the same that it would have been evidence.
func striking(c candidate) bool {
	for _, strong := range [...]string{"remark", "tag"} {
		if slices.Contains(c.same, strong) {
			return true
		}
	}
	return !slices.ContainsFunc(c.differs, func(d string) bool { return d == "nick" || d == "display" || d == "attr" })
}

// isFirst tells whether this is the first login of the transport.
func (b *binder) isFirst(ctx context.Context) (bool, error) {
	var n int64
	if err := b.row(ctx, `SELECT COUNT(*) FROM sessions WHERE transport = ? AND n < ?`, b.transport, b.n).Scan(&n); err != nil {
		return false, fmt.Errorf("earlier logins: %w", err)
	}
	return n == 0, nil
}

// missingOf are those of a user's groups who were there last and are not found.
func (b *binder) missingOf(user bot.UserID) (list []MemberID) {
	for _, group := range b.in[user] {
		for _, id := range b.unsure[group] {
			if !slices.Contains(list, id) {
				list = append(list, id)
			}
			if len(list) > fewMissing {
				return list
			}
		}
	}
	return list
}

func addMissing(list []candidate, missing []MemberID) []candidate {
	for _, id := range missing {
		if !slices.ContainsFunc(list, func(c candidate) bool { return c.member == id }) {
			list = append(list, candidate{member: id})
		}
	}
	return list
}

// keepCandidates stores whom a provisional member may be: in what they are alike, or that somebody is missing.
func (ro *Roster) keepCandidates(ctx context.Context, id MemberID, list []candidate) error {
	for _, c := range list {
		evidence := strings.Join(c.same, " ")
		if evidence == "" {
			evidence = "missing"
		}
		if err := ro.exec(ctx, `INSERT INTO candidates (member_id, candidate_id, evidence) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			string(id), string(c.member), evidence); err != nil {
			return fmt.Errorf("candidates of %s: %w", id, err)
		}
	}
	return nil
}

// reconsider compares who a bound user is with what lists say that came later.
func (b *binder) reconsider(ctx context.Context, r *bot.Request, user bot.UserID, held binding, f found) error {
	who, err := b.Who(ctx, held.member)
	if err != nil || f.member == "" || f.member == who {
		return err
	}
	waits, err := b.Waits(ctx, held.member)
	if err != nil {
		return err
	}
	unproven := held.rule == ByNothing || held.rule == ByFirstSeen || held.rule == ByArrival
	switch {
	case waits && !f.rule.weak(), !b.watched && unproven:
		return b.recognise(ctx, r, user, held, f)
	case b.watched || held.rule == ByRemark:
		return nil // a name that was changed while we watched says nothing
	}
	return b.doubt(ctx, r, user, held, f)
}

// recognise says that the member made for a user is somebody known. What they did stays theirs.
func (b *binder) recognise(ctx context.Context, r *bot.Request, user bot.UserID, held binding, f found) error {
	evidence := b.evidence(user, f)
	if waits, err := b.Waits(ctx, f.member); err != nil || waits {
		if err == nil {
			err = b.keepCandidates(ctx, held.member, []candidate{{member: f.member, group: f.group, same: []string{string(f.rule)}}})
		}
		return err // somebody who waits themselves is nobody to be recognised as
	}
	err := b.db.Tx(ctx, func(ctx context.Context) error {
		return b.Merge(ctx, r, held.member, f.member, string(f.rule)+" "+evidence)
	})
	if err != nil {
		if dead := b.db.Alive(ctx); dead != nil {
			return err
		}
		b.log.Error("a member was recognised and could not be merged", "member", string(held.member), "into", string(f.member), "err", err)
		return nil
	}
	b.taken[f.member] = user
	strong := f.rule == ByRemark && b.remarked[f.member].proven
	if err := b.rebind(ctx, user, binding{held.member, strong, f.rule}, evidence, r.At); err != nil {
		return err
	}
	return b.prove(ctx, held.member, strong)
}

// doubt makes a user provisional whom one group names as somebody else than another did before.
func (b *binder) doubt(ctx context.Context, r *bot.Request, user bot.UserID, held binding, f found) error {
	p := b.order[slices.IndexFunc(b.order, func(p bot.Person) bool { return p.User == user })]
	rows := []bound{{Person: p}}
	if err := b.newMembers(ctx, rows, []bool{true}, r.At); err != nil {
		return err
	}
	forget(ctx, b.db, b.holders, holderKey{b.transport, b.session, held.member})
	b.taken[rows[0].member] = user
	if err := b.rebind(ctx, user, binding{member: rows[0].member, rule: ByNothing}, b.evidence(user, f), r.At); err != nil {
		return err
	}
	return b.keepCandidates(ctx, rows[0].member, []candidate{
		{member: held.member, same: []string{string(held.rule)}}, {member: f.member, group: f.group, same: []string{string(f.rule)}},
	})
}

// rebind changes who a user of the login is.
func (b *binder) rebind(ctx context.Context, user bot.UserID, to binding, evidence string, at time.Time) error {
	b.hold(ctx, userKey{b.transport, b.session, user}, to)
	if err := b.exec(ctx, `UPDATE bindings SET member_id = ?, strong = ?, rule = ?, evidence = ?, at = ? WHERE transport = ? AND session = ? AND user_id = ?`,
		string(to.member), to.strong, string(to.rule), evidence, at.UnixMilli(), b.transport, b.session, string(user)); err != nil {
		return fmt.Errorf("bind user again: %w", err)
	}
	return nil
}

// prove says whether the remarks that an id has were given while it was certain who they are.
func (ro *Roster) prove(ctx context.Context, id MemberID, proven bool) error {
	if err := ro.exec(ctx, `UPDATE sightings SET proven = ? WHERE member_id = ? AND remark <> ''`, proven, string(id)); err != nil {
		return fmt.Errorf("remarks of %s: %w", id, err)
	}
	for _, seen := range ro.sights {
		if s, ok := seen[id]; ok && s.Remark != "" {
			s.proven = proven
			remember(ctx, ro.db, seen, id, s)
		}
	}
	return nil
}
