package community

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// How bind codes are guarded.
const (
	bindAlphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789" // without look-alikes
	bindLength   = 6
	bindTries    = 5 // wrong codes per member and hour
)

// NewBindCode makes a single-use code that makes whoever whispers 绑定 CODE the owner, and drops all earlier
// ones. It runs outside the events' order, so it may be called beside a running bot.
func NewBindCode(ctx context.Context, db bot.Storage, at time.Time) (string, error) {
	raw := make([]byte, bindLength)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	code := make([]byte, bindLength)
	for i, b := range raw {
		code[i] = bindAlphabet[int(b)%len(bindAlphabet)]
	}
	err := db.Tx(ctx, func(ctx context.Context) error {
		if err := db.Conn(ctx).Exec(`DELETE FROM bind_codes WHERE used_at = 0`).Error; err != nil {
			return err
		}
		return db.Conn(ctx).Exec(`INSERT INTO bind_codes (hash, made_at) VALUES (?, ?)`, hashCode(string(code)), at.UnixMilli()).Error
	})
	return string(code), err
}

// HasOwner tells whether somebody is the owner, or a code to become it is waiting.
func HasOwner(ctx context.Context, db bot.Storage) (owner, waiting bool, err error) {
	var owners, codes int64
	if err := db.Conn(ctx).Table("members").Where("role = ?", int(bot.Owner)).Count(&owners).Error; err != nil {
		return false, false, err
	}
	err = db.Conn(ctx).Table("bind_codes").Where("used_at = 0").Count(&codes).Error
	return owners > 0, codes > 0, err
}

func hashCode(code string) string {
	sum := sha256.Sum256([]byte("weilu bind " + strings.ToUpper(code)))
	return hex.EncodeToString(sum[:])
}

func (c *Community) roleCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"绑定", "bind"}, Usage: "usage.bind", Help: "help.bind", Dormant: true, Secret: true, Run: c.bind},
		{Names: []string{"任命", "appoint"}, Usage: "usage.appoint", Help: "help.appoint", Role: bot.Owner, Dormant: true, Run: c.appoint},
		{Names: []string{"启用", "enable"}, Help: "help.enable", Role: bot.Manager, Where: bot.InGroup, Dormant: true, Run: c.enable(true)},
		{Names: []string{"停用", "disable"}, Help: "help.disable", Role: bot.Manager, Where: bot.InGroup, Dormant: true, Run: c.enable(false)},
		{Names: []string{"标记机器人", "markbot"}, Usage: "usage.target", Help: "help.markbot", Role: bot.Manager, Run: c.markBot},
	}
}

// bind makes whoever whispers a valid code the owner. A code said aloud is burnt.
func (c *Community) bind(ctx context.Context, r *bot.Request) error {
	code := bot.Fold(strings.TrimSpace(r.Args))
	if r.Actor.Group != "" {
		return c.bindAloud(ctx, r, code)
	}
	if code == "" {
		return r.Refuse("bind.how")
	}
	var tries int
	if err := c.row(ctx, `SELECT COUNT(*) FROM bind_attempts WHERE member_id = ? AND at > ?`,
		r.Actor.Member, r.At.Add(-time.Hour).UnixMilli()).Scan(&tries); err != nil {
		return err
	}
	if tries >= bindTries {
		return r.Refuse("bind.slow")
	}
	res, err := c.db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, `UPDATE bind_codes SET used_at = ?, used_by = ? WHERE hash = ? AND used_at = 0`,
		r.At.UnixMilli(), r.Actor.Member, hashCode(code))
	if err != nil {
		return err
	}
	if n, _ := res.RowsAffected(); n == 0 {
		// Not a refusal: that would undo the count of tries.
		r.Reply(r.T("bind.wrong"))
		return c.Roster.exec(ctx, `INSERT INTO bind_attempts (member_id, at) VALUES (?, ?)`, r.Actor.Member, r.At.UnixMilli())
	}
	if err := c.Roster.Appoint(ctx, MemberID(r.Actor.Member), bot.Owner); err != nil {
		return err
	}
	// The binding was proven by a secret, so roles work on it from now on.
	if r.From.User != "" {
		if err := c.Roster.strengthen(ctx, r, "bind code"); err != nil {
			return err
		}
	}
	if err := c.Audit.Record(ctx, r, "bind", r.Actor.Member, map[string]any{"role": bot.Owner.String()}); err != nil {
		return err
	}
	r.Reply(r.T("bind.done"))
	return nil
}

// bindAloud burns a code that was said where everybody can read it. Where the bot is not enabled, anything else is no
// word to it.
func (c *Community) bindAloud(ctx context.Context, r *bot.Request, code string) error {
	res, err := c.db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, `DELETE FROM bind_codes WHERE hash = ? AND used_at = 0`, hashCode(code))
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if n > 0 || r.Actor.Active && code != "" {
		r.Reply(r.T("bind.aloud"))
	}
	return err
}

func (c *Community) appoint(ctx context.Context, r *bot.Request) error {
	p, word, err := c.Target(ctx, r)
	if err != nil {
		return err
	}
	role, ok := roleWords[bot.Fold(word)]
	if !ok {
		return r.Refuse("appoint.which")
	}
	if p.Role == role {
		woken, err := c.vouch(ctx, p.ID, "appointed")
		if err != nil {
			return err
		}
		if woken > 0 && role > bot.Member {
			r.Reply(r.T("appoint.woken", "Name", c.echo(p.Name), "Role", r.T("role."+role.String())))
			return c.Audit.Record(ctx, r, "vouch", string(p.ID), nil)
		}
		return r.Refuse("appoint.already", "Name", c.echo(p.Name), "Role", r.T("role."+role.String()))
	}
	if p.ID == MemberID(r.Actor.Member) {
		return r.Refuse("appoint.self")
	}
	if p.Bot {
		return r.Refuse("appoint.bot", "Name", c.echo(p.Name))
	}
	if err := c.Roster.Appoint(ctx, p.ID, role); err != nil {
		return err
	}
	detail := map[string]any{"from": p.Role.String(), "to": role.String()}
	if err := c.Audit.Record(ctx, r, "appoint", string(p.ID), detail); err != nil {
		return err
	}
	return c.answerWithUndo(ctx, r, "community.appoint", undoRole{p.ID, p.Role},
		r.T("appoint.done", "Name", c.echo(p.Name), "Role", r.T("role."+role.String())))
}

// roleWords are the words that an owner appoints with.
var roleWords = map[string]bot.Role{
	"管理员": bot.Manager, "manager": bot.Manager,
	"协管员": bot.Moderator, "协管": bot.Moderator, "moderator": bot.Moderator,
	"所有者": bot.Owner, "群主": bot.Owner, "owner": bot.Owner,
	"成员": bot.Member, "member": bot.Member, "普通成员": bot.Member,
}

// Appoint gives a member a role. It is the id's own, and sleeps while the id is merged into another.
func (ro *Roster) Appoint(ctx context.Context, id MemberID, role bot.Role) error {
	p, err := ro.self(ctx, id)
	if err != nil {
		return err
	}
	p.Role = role
	remember(ctx, ro.db, ro.people, p.ID, p)
	if err := ro.exec(ctx, `UPDATE members SET role = ? WHERE id = ?`, int(role), string(p.ID)); err != nil {
		return fmt.Errorf("appoint %s: %w", id, err)
	}
	if role > bot.Member {
		_, err = ro.vouch(ctx, p.ID, "appointed")
		return err
	}
	return nil
}

func (c *Community) enable(on bool) bot.Handler {
	return func(ctx context.Context, r *bot.Request) error { return c.turn(ctx, r, GroupID(r.Actor.Group), on, "") }
}

// turn lets the bot act in a group, or no longer. about begins the answer where it is given elsewhere.
func (c *Community) turn(ctx context.Context, r *bot.Request, id GroupID, on bool, about string) error {
	key := "disable"
	if on {
		key = "enable"
	}
	was, err := c.Place(ctx, id)
	if err != nil {
		return err
	}
	if was.Adopted == on {
		r.Reply(about + r.T(key+".already"))
		return nil
	}
	if err := c.Roster.adopt(ctx, id, on, true); err != nil {
		return err
	}
	if err := c.Audit.Record(ctx, r, key, string(id), nil); err != nil {
		return err
	}
	return c.answerWithUndo(ctx, r, "community.enable", undoEnable{id, was.Adopted, was.decided}, about+r.T(key+".done"))
}

func (c *Community) markBot(ctx context.Context, r *bot.Request) error {
	p, _, err := c.Target(ctx, r)
	if err != nil {
		return err
	}
	if p.Role > bot.Member { // nobody takes a colleague's voice away
		return r.Refuse("markbot.staff", "Name", c.echo(p.Name))
	}
	if p.Bot {
		return r.Refuse("markbot.already", "Name", c.echo(p.Name))
	}
	if err := c.Roster.mark(ctx, p.ID, true); err != nil {
		return err
	}
	if err := c.Audit.Record(ctx, r, "markbot", string(p.ID), nil); err != nil {
		return err
	}
	return c.answerWithUndo(ctx, r, "community.markbot", undoMark{p.ID}, r.T("markbot.done", "Name", c.echo(p.Name)))
}
