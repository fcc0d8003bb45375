package community

import (
	"context"
	"fmt"
	"slices"

	"github.com/weilu-im/weilu/bot"
)

// guess is a binding of a login that lasts, made by what could be copied.
type guess struct {
	key  userKey
	rule Rule
	At   int64
}

// guessed finds the weak binding by which somebody is known in a login that lasts; ok is false where there is none.
func (ro *Roster) guessed(ctx context.Context, id MemberID) (g guess, ok bool, err error) {
	var rows []struct {
		Transport, Session, UserID, Rule string
		At                               int64
	}
	if err := ro.db.Conn(ctx).Raw(`SELECT c.transport, c.session, c.user_id, c.rule, c.at FROM bindings c
		WHERE c.member_id = ? AND c.session <> '' AND c.strong = ? AND `+live+` ORDER BY c.at DESC`, string(id), false).Scan(&rows).Error; err != nil {
		return g, false, fmt.Errorf("binding of %s: %w", id, err)
	}
	for _, row := range rows {
		if rule := Rule(row.Rule); slices.Contains([]Rule{ByRemark, ByTag, ByWhole, ByTold}, rule) {
			return guess{userKey{row.Transport, row.Session, bot.UserID(row.UserID)}, rule, row.At}, true, nil
		}
	}
	return g, false, nil
}

// Unbind says that somebody who was taken for a member by what could be copied is somebody else: from now on they
// are a member of their own, who waits to be recognised, and the member is missing again. What was done
// meanwhile stays with the member, since nobody else can be told apart from them. It is audited.
func (ro *Roster) Unbind(ctx context.Context, r *bot.Request, member MemberID) (MemberID, error) {
	g, ok, err := ro.guessed(ctx, member)
	if err != nil || !ok {
		return "", err
	}
	p, err := ro.Person(ctx, member)
	if err != nil {
		return "", err
	}
	b := &binder{Roster: ro, login: login{transport: g.key.transport, session: g.key.session}}
	rows := []bound{{Person: bot.Person{User: g.key.user, Name: p.Name}}}
	if err := b.newMembers(ctx, rows, []bool{true}, r.At); err != nil {
		return "", err
	}
	id := rows[0].member
	forget(ctx, ro.db, ro.holders, holderKey{g.key.transport, g.key.session, member})
	if err := b.rebind(ctx, g.key.user, binding{member: id, rule: ByNothing}, "not "+string(member), r.At); err != nil {
		return "", err
	}
	if err := ro.keepCandidates(ctx, id, []candidate{{member: member, same: []string{"called"}}}); err != nil {
		return "", err
	}
	return id, ro.changes.audit.Record(ctx, r, "unbind", string(member), map[string]any{"now": id, "rule": g.rule})
}
