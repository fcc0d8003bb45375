package community

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// moveEvidence is what a binding that was proven by a move code rests on.
const moveEvidence = "move code"

// newMoveCode gives a person a code for the other side. Only its hash is kept; a code given before goes on working,
// because it may be what they wrote down. It proves as much as the binding that it was given to.
func (c *Community) newMoveCode(ctx context.Context, r *bot.Request, id MemberID, strong bool) (string, error) {
	code := make([]byte, recoveryLength)
	for i := range code {
		code[i] = bindAlphabet[r.Rand().IntN(len(bindAlphabet))]
	}
	if err := c.Roster.exec(ctx, `INSERT INTO move_codes (hash, member_id, strong, at) VALUES (?, ?, ?, ?)`,
		hashRecovery(string(code)), string(id), strong, r.At.UnixMilli()); err != nil {
		return "", fmt.Errorf("move code of %s: %w", id, err)
	}
	return string(code[:4]) + "-" + string(code[4:8]) + "-" + string(code[8:]), nil
}

// moveCode is 搬家码, said in private: whoever is in a group that moves gets a code.
func (c *Community) moveCode(ctx context.Context, r *bot.Request) error {
	origin, who := MemberID(r.Actor.Origin), MemberID(r.Actor.Member)
	waits, err := c.Waits(ctx, origin)
	if err != nil {
		return err
	}
	if waits {
		return r.Refuse("movecode.waits", "Name", r.Actor.Name)
	}
	ids, err := c.IDs(ctx, who)
	if err != nil {
		return err
	}
	var name, chat string
	rows := c.db.Conn(ctx).Raw(`SELECT g.name, v.chat FROM group_moves v JOIN groups g ON g.id = v.group_id JOIN stays s ON s.group_id = v.group_id AND s.left_at = 0
		WHERE v.ended_at = 0 AND s.member_id IN ? ORDER BY v.at DESC LIMIT 1`, ids).Row()
	if err := rows.Scan(&name, &chat); errors.Is(err, sql.ErrNoRows) {
		return r.Refuse("movecode.none", "Name", r.Actor.Name)
	} else if err != nil {
		return fmt.Errorf("moves of %s: %w", who, err)
	}
	made, err := c.attempts(ctx, "move", string(who), r.At.Add(-24*time.Hour))
	if err != nil {
		return err
	}
	if made >= recoveryMade {
		return r.Refuse("movecode.slow")
	}
	if err := c.attempted(ctx, "move", string(who), r.At); err != nil {
		return err
	}
	code, err := c.newMoveCode(ctx, r, who, r.Actor.Strong)
	if err != nil {
		return err
	}
	r.Send(bot.Outgoing{Member: r.Actor.Origin, Text: r.T("movegroup.invite", "Name", c.Words.ScreenName(name), "Chat", chat, "Code", code), Priority: bot.Answer, Secret: true})
	return nil
}

// bindMe is 绑定我 CODE: whoever says a member's move code is that member, also here.
func (c *Community) bindMe(ctx context.Context, r *bot.Request) error {
	if !looksLikeCode(r.Args) || r.From.User == "" {
		if r.Actor.Group != "" && r.Args != "" {
			return nil // "绑定我们的约定" among people
		}
		return r.Refuse("bindme.how")
	}
	slow, err := c.tooManyTries(ctx, r)
	if err != nil {
		return err
	}
	if slow {
		return r.Refuse("recover.slow")
	}
	var given []struct {
		MemberID MemberID
		Strong   bool
	}
	if err := c.db.Conn(ctx).Raw(`UPDATE move_codes SET used_at = ? WHERE hash = ? AND used_at = 0 AND at > ?
		AND EXISTS (SELECT 1 FROM group_moves WHERE ended_at = 0) RETURNING member_id, strong`,
		r.At.UnixMilli(), hashRecovery(r.Args), r.At.Add(-moveLasts).UnixMilli()).Scan(&given).Error; err != nil {
		return fmt.Errorf("move code: %w", err)
	}
	if len(given) == 0 {
		r.Reply(r.T("bindme.wrong", "Name", r.Actor.Name)) // no refusal, which would undo the count of tries
		return c.attempted(ctx, "wrong", r.Actor.Origin, r.At)
	}
	member, err := c.Who(ctx, given[0].MemberID)
	if err != nil {
		return err
	}
	p, err := c.Person(ctx, member)
	if err != nil {
		return err
	}
	switch {
	case MemberID(r.Actor.Member) != member:
		err = c.bindOther(ctx, r, member, given[0].Strong)
	case given[0].Strong && !r.Actor.Strong:
		err = c.rebind(ctx, r, MemberID(r.Actor.Origin), moveEvidence)
	default:
		return r.Refuse("bindme.here", "Name", r.Actor.Name) // the code goes on working on the other side
	}
	if err != nil {
		return err
	}
	if given[0].Strong {
		if err := c.burnMoveCodes(ctx, r, member); err != nil {
			return err
		}
	}
	balance, _, err := c.Purse.Worth(ctx, member)
	if err != nil {
		return err
	}
	if err := c.Audit.Record(ctx, r, "bindme", string(member), map[string]any{"origin": r.Actor.Origin, "transport": r.Transport}); err != nil {
		return err
	}
	r.Send(bot.Outgoing{Member: string(member), Text: r.T("bindme.told", "Name", r.Actor.Name, "Code", r.Actor.Origin), Priority: bot.Notice})
	r.Reply(r.T("bindme.done", "Name", c.echo(p.Name), "Points", balance))
	return nil
}

// burnMoveCodes ends the other codes of somebody who came along.
func (c *Community) burnMoveCodes(ctx context.Context, r *bot.Request, member MemberID) error {
	ids, err := c.IDs(ctx, member)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := c.Roster.exec(ctx, `UPDATE move_codes SET used_at = ? WHERE member_id = ? AND used_at = 0`, r.At.UnixMilli(), string(id)); err != nil {
			return fmt.Errorf("other move codes of %s: %w", id, err)
		}
	}
	return nil
}

// bindOther makes the sender, who was met on the other side only, a member.
func (c *Community) bindOther(ctx context.Context, r *bot.Request, member MemberID, strong bool) error {
	origin := MemberID(r.Actor.Origin)
	own, err := c.onlyLogin(ctx, r, origin)
	if err != nil {
		return err
	}
	p, err := c.self(ctx, origin)
	if err != nil {
		return err
	}
	if !own || p.Role > bot.Member || origin != MemberID(r.Actor.Member) {
		return r.Refuse("recover.staff") // the code goes on working: nothing of this is kept
	}
	if err := c.Merge(ctx, r, origin, member, moveEvidence); err != nil {
		return err
	}
	if err := c.rebind(ctx, r, origin, moveEvidence); err != nil || strong {
		return err
	}
	key := userKey{r.Transport, sessionOf(r, r.From), r.From.User}
	c.hold(ctx, key, binding{origin, false, moveEvidence})
	if err := c.Roster.exec(ctx, `UPDATE bindings SET strong = ? WHERE transport = ? AND session = ? AND user_id = ?`, false, key.transport, key.session, string(key.user)); err != nil {
		return fmt.Errorf("bind %s: %w", origin, err)
	}
	return nil
}

// recognised makes the bindings of stable ids strong that were made while it was not known whose they are.
func (ro *Roster) recognised(ctx context.Context, id MemberID) error {
	var rows []struct {
		Transport, UserID string
		At                int64
	}
	if err := ro.db.Conn(ctx).Raw(`SELECT transport, user_id, at FROM bindings WHERE member_id = ? AND session = '' AND rule = ?`, string(id), string(ByNothing)).Scan(&rows).Error; err != nil {
		return fmt.Errorf("bindings of %s: %w", id, err)
	}
	for _, row := range rows {
		if err := ro.strong(ctx, userKey{row.Transport, "", bot.UserID(row.UserID)}, id, string(ByStableID), bot.FromMillis(row.At)); err != nil {
			return err
		}
	}
	return nil
}
