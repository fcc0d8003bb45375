package community

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"

	"github.com/weilu-im/weilu/bot"
)

// A group moves to a chat of another transport, whose ids stay the same for ever: it is one group in two chats from then
// on. Whoever speaks in the new one and is not known there waits to be recognised; a move code, given in private on the old
// side, says who they are. See docs/onebot.md.

// moveLasts is how long a move is open: after that, who is new in the new chat is a member of their own.
const moveLasts = settleAfter

func moveGroupMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112413_group_moves",
		`CREATE TABLE group_moves (group_id TEXT NOT NULL, transport TEXT NOT NULL, chat TEXT NOT NULL, at BIGINT NOT NULL, ended_at BIGINT NOT NULL DEFAULT 0,
			PRIMARY KEY (group_id, transport, chat))`,
		`CREATE TABLE move_codes (hash TEXT PRIMARY KEY, member_id TEXT NOT NULL, strong BOOLEAN NOT NULL, at BIGINT NOT NULL, used_at BIGINT NOT NULL DEFAULT 0)`,
		`CREATE INDEX move_codes_member ON move_codes (member_id)`,
	)}
}

func (c *Community) moveGroupCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"搬群", "movegroup"}, Usage: "usage.movegroup", Help: "help.movegroup", Role: bot.Owner, Where: bot.InPrivate, Run: c.moveGroup},
		{Names: []string{"搬家码", "movecode"}, Help: "help.movecode", Where: bot.InPrivate, Run: c.moveCode},
		{Names: []string{"绑定我", "bindme"}, Usage: "usage.recover", Help: "help.bindme", Dormant: true, Secret: true, Run: c.bindMe},
	}
}

// nowWords skip the question whether a manager is sure.
var nowWords = map[string]bool{"立即": true, "now": true}

type undoMoveGroup struct {
	Group     GroupID    `json:"group"`
	Transport string     `json:"transport"`
	Chat      bot.ChatID `json:"chat"`
	Was       GroupID    `json:"was"` // what the chat was before; empty: not known
}

// moveGroup is 搬群 g2 到 987654321.
func (c *Community) moveGroup(ctx context.Context, r *bot.Request) error {
	words := strings.Fields(r.Args)
	if len(words) > 1 && (words[1] == "到" || strings.EqualFold(words[1], "to")) {
		words = slices.Delete(words, 1, 2)
	}
	now := len(words) == 3 && nowWords[bot.Fold(words[2])]
	if len(words) != 2 && !now || strings.Trim(words[1], "0123456789") != "" {
		return r.Refuse("movegroup.how", "Command", r.Command())
	}
	if c.opts.MovesTo == "" {
		return r.Refuse("movegroup.nowhere")
	}
	g, err := c.Place(ctx, GroupID(bot.Fold(words[0])))
	if errors.Is(err, sql.ErrNoRows) {
		return r.Refuse("groups.unknown")
	} else if err != nil {
		return err
	}
	key := chatKey{c.opts.MovesTo, "", bot.ChatID(words[1])}
	u := undoMoveGroup{Group: g.ID, Transport: key.transport, Chat: key.chat}
	err = c.row(ctx, `SELECT group_id FROM chats WHERE transport = ? AND session = '' AND chat = ?`, key.transport, string(key.chat)).Scan(&u.Was)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("chat %s: %w", key.chat, err)
	}
	names := []any{"Name", c.Words.ScreenName(g.Name), "ID", string(g.ID), "Chat", string(key.chat), "Was", string(u.Was)}
	if u.Was == g.ID {
		return r.Refuse("movegroup.already", names...)
	}
	var elsewhere string
	err = c.row(ctx, `SELECT chat FROM chats WHERE transport = ? AND session = '' AND group_id = ? AND gone_at = 0 LIMIT 1`, key.transport, string(g.ID)).Scan(&elsewhere)
	if err == nil {
		var moves int
		if err := c.row(ctx, `SELECT COUNT(*) FROM group_moves WHERE group_id = ? AND chat = ?`, string(g.ID), elsewhere).Scan(&moves); err != nil {
			return fmt.Errorf("moves of %s: %w", g.ID, err)
		}
		why := "movegroup.native"
		if moves > 0 {
			why = "movegroup.twice"
		}
		return r.Refuse(why, append(names, "Elsewhere", elsewhere)...)
	} else if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("chats of %s: %w", g.ID, err)
	}
	old, _, err := c.chatOf(ctx, g.ID, "")
	if err != nil && !errors.Is(err, bot.ErrUnbound) && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	people, err := c.movers(ctx, g.ID)
	if err != nil {
		return err
	}
	reach, there := 0, 0
	for _, m := range people {
		switch {
		case m.there:
			there++
		case m.reachable:
			reach++
		}
	}
	names = append(names, "Members", len(people), "Reach", reach, "There", there, "Rest", len(people)-reach-there)
	if !now {
		preview := r.T("movegroup.preview", names...)
		if u.Was != "" {
			preview += "\n" + r.T("movegroup.was", names...)
		}
		if sure, err := c.Confirmations.Ask(ctx, r, preview); err != nil || !sure {
			return err
		}
	}
	if err := c.openMove(ctx, r, key, g.ID); err != nil {
		return err
	}
	for _, m := range people {
		if m.there || !m.reachable {
			continue
		}
		code, err := c.newMoveCode(ctx, r, m.id, m.strong)
		if err != nil {
			return err
		}
		r.Send(bot.Outgoing{Member: string(m.id), Text: r.T("movegroup.invite", append(names, "Code", code)...), Priority: bot.Notice, Secret: true, NotAfter: r.At.Add(7 * 24 * time.Hour), Ref: moveRef(m.strong), Guard: "moves"})
	}
	if old != "" && old != key.transport {
		r.Send(bot.Outgoing{Group: string(g.ID), Via: old, Text: r.T("movegroup.announce", names...), Priority: bot.Notice, NotAfter: r.At.Add(7 * 24 * time.Hour)})
	}
	if err := c.Audit.Record(ctx, r, "movegroup", string(g.ID), map[string]any{"transport": key.transport, "chat": string(key.chat), "members": len(people), "told": reach}); err != nil {
		return err
	}
	return c.answerWithUndo(ctx, r, "community.movegroup", u, r.T("movegroup.done", names...))
}

// mover is somebody who is asked to come along.
type mover struct {
	id        MemberID
	strong    bool // whoever reads what they are told is them beyond doubt
	reachable bool
	there     bool // they are known beyond doubt on the other side: from another group that moved
}

// movers are the people of a group, but for those who wait to be recognised themselves and for bots.
func (c *Community) movers(ctx context.Context, group GroupID) ([]mover, error) {
	var ids []string
	if err := c.db.Conn(ctx).Raw(`SELECT s.member_id FROM stays s JOIN members m ON m.id = s.member_id
		WHERE s.group_id = ? AND s.left_at = 0 AND NOT m.bot ORDER BY LENGTH(s.member_id), s.member_id`, string(group)).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("who is in %s: %w", group, err)
	}
	var list []mover
	met := map[MemberID]bool{}
	for _, id := range ids {
		who, err := c.Who(ctx, MemberID(id))
		if err != nil {
			return nil, err
		}
		if waits, err := c.Waits(ctx, who); err != nil {
			return nil, err
		} else if waits || met[who] {
			continue
		}
		met[who] = true
		m := mover{id: who}
		to, err := c.contact(ctx, who)
		if err != nil && !errors.Is(err, bot.ErrUnbound) && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		m.reachable, m.strong = to.open, to.strong
		var known int
		if err := c.row(ctx, `SELECT COUNT(*) FROM bindings WHERE transport = ? AND session = '' AND strong AND member_id IN `+personIDs,
			c.opts.MovesTo, string(who), string(who), string(who), string(who)).Scan(&known); err != nil {
			return nil, fmt.Errorf("bindings of %s: %w", who, err)
		}
		m.there = known > 0
		list = append(list, m)
	}
	return list, nil
}

// moveRef names the words that carry a code which proves as much as it says.
func moveRef(strong bool) string {
	if strong {
		return "move/strong"
	}
	return "move/weak"
}

// stillCertain is a guard: a code that proves who somebody is goes only to whom that is known of, also where the words
// waited for another login.
func (c *Community) stillCertain(ctx context.Context, o bot.Outgoing, _ time.Time) (reason string, err error) {
	to, err := c.contact(ctx, MemberID(o.Member))
	if err != nil && !errors.Is(err, bot.ErrUnbound) && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	if err == nil && !to.strong && o.Ref == moveRef(true) {
		return "it is not certain any more that this is who the move code is for", nil
	}
	return "", nil
}

// openMove makes a chat one of the group, and of no other.
func (c *Community) openMove(ctx context.Context, r *bot.Request, key chatKey, group GroupID) error {
	if err := c.tie(ctx, key, group, "moved", r.At); err != nil {
		return err
	}
	var others []GroupID
	if err := c.db.Conn(ctx).Raw(`UPDATE group_moves SET ended_at = ? WHERE transport = ? AND chat = ? AND group_id <> ? AND ended_at = 0 RETURNING group_id`,
		r.At.UnixMilli(), key.transport, string(key.chat), string(group)).Scan(&others).Error; err != nil {
		return fmt.Errorf("end other moves to %s: %w", key.chat, err)
	}
	for _, other := range others {
		if err := c.moving(ctx, other); err != nil {
			return err
		}
	}
	if err := c.Roster.exec(ctx, `INSERT INTO group_moves (group_id, transport, chat, at) VALUES (?, ?, ?, ?)
		ON CONFLICT (group_id, transport, chat) DO UPDATE SET at = excluded.at, ended_at = 0`, string(group), key.transport, string(key.chat), r.At.UnixMilli()); err != nil {
		return fmt.Errorf("move %s: %w", group, err)
	}
	return c.moving(ctx, group)
}

// moving forgets what is remembered of a group, so that it is read whether it moves.
func (c *Community) moving(ctx context.Context, group GroupID) error {
	forget(ctx, c.db, c.Roster.places, group)
	_, err := c.Place(ctx, group)
	return err
}

func (c *Community) registerMoveGroupUndo() {
	c.Undo.Register("community.movegroup", func(ctx context.Context, r *bot.Request, payload []byte) error {
		var u undoMoveGroup
		if err := json.Unmarshal(payload, &u); err != nil {
			return err
		}
		key := chatKey{u.Transport, "", u.Chat}
		var is GroupID
		if err := c.row(ctx, `SELECT group_id FROM chats WHERE transport = ? AND session = '' AND chat = ?`, u.Transport, string(u.Chat)).Scan(&is); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("chat %s: %w", u.Chat, err)
		} else if is != u.Group {
			return c.refuse(r, "identity.late")
		}
		if err := c.Roster.exec(ctx, `UPDATE group_moves SET ended_at = ? WHERE group_id = ? AND transport = ? AND chat = ?`,
			r.At.UnixMilli(), string(u.Group), u.Transport, string(u.Chat)); err != nil {
			return fmt.Errorf("end the move of %s: %w", u.Group, err)
		}
		if err := c.moving(ctx, u.Group); err != nil {
			return err
		}
		if u.Was != "" {
			return c.tie(ctx, key, u.Was, string(ByStableID), r.At)
		}
		forget(ctx, c.db, c.Roster.chats, key)
		if err := c.Roster.exec(ctx, `DELETE FROM chats WHERE transport = ? AND session = '' AND chat = ?`, u.Transport, string(u.Chat)); err != nil {
			return fmt.Errorf("untie chat %s: %w", u.Chat, err)
		}
		return nil
	})
}

// endMoves ends the moves that are old.
func (c *Community) endMoves(ctx context.Context, at time.Time) error {
	var groups []GroupID
	before := at.Add(-moveLasts).UnixMilli()
	if err := c.db.Conn(ctx).Raw(`SELECT DISTINCT group_id FROM group_moves WHERE ended_at = 0 AND at <= ?`, before).Scan(&groups).Error; err != nil {
		return fmt.Errorf("old moves: %w", err)
	}
	for _, g := range groups {
		if err := c.Roster.exec(ctx, `UPDATE group_moves SET ended_at = ? WHERE group_id = ? AND ended_at = 0 AND at <= ?`, at.UnixMilli(), string(g), before); err != nil {
			return fmt.Errorf("end the move of %s: %w", g, err)
		}
		if err := c.moving(ctx, g); err != nil {
			return err
		}
	}
	if err := c.Roster.exec(ctx, `DELETE FROM move_codes WHERE at <= ?`, before); err != nil {
		return fmt.Errorf("old move codes: %w", err)
	}
	return nil
}
