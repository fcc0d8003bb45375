package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// sessions shows who is logged in, and lets sessions be ended.
type sessions struct {
	db bot.Storage
	c  *community.Community
}

// session is one device that is logged in.
type session struct {
	Hash      string
	Member    string `gorm:"column:member_id"`
	Role      bot.Role
	Deadline  int64
	ExpiresAt int64
}

// number names a session; nothing that opens it can be learnt from that.
func (s session) number() string {
	sum := sha256.Sum256([]byte("weilu session " + s.Hash))
	return hex.EncodeToString(sum[:4])
}

func (s *sessions) view() bot.View {
	return bot.View{Name: "sessions", Title: "sessions.title", Role: bot.Moderator, Read: s.read, Acts: []bot.Act{{Command: "退出后台", Grave: true}}}
}

func (s *sessions) command() bot.Command {
	return bot.Command{Names: []string{"退出后台", "logout"}, Usage: "usage.logout", Help: "help.logout", Role: bot.Moderator, Run: s.end}
}

// list are the sessions that an actor may see and end at a time: their own and those of lower roles.
func (s *sessions) list(ctx context.Context, a bot.Actor, at int64) (list []session, err error) {
	err = s.db.Conn(ctx).Raw(`SELECT s.hash, s.member_id, COALESCE(m.role, 0) AS role, s.deadline, s.expires_at
		FROM console_sessions s LEFT JOIN members m ON m.id = s.member_id
		WHERE (s.member_id = ? OR COALESCE(m.role, 0) < ?) AND s.deadline > ? AND s.expires_at > ? ORDER BY s.expires_at DESC, s.hash`,
		a.Member, int(a.Role), at, at).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return list, nil
}

func (s *sessions) read(ctx context.Context, q *bot.Query) (bot.Page, error) {
	list, err := s.list(ctx, q.Actor, q.At.UnixMilli())
	if err != nil {
		return bot.Page{}, err
	}
	d, err := s.c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	var ids []community.MemberID
	for _, one := range list {
		ids = append(ids, community.MemberID(one.Member))
	}
	names, err := d.Called(ctx, ids...)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "sessions", Empty: q.T("sessions.none")}
	for _, key := range []string{"member", "number", "since", "used", "until"} {
		t.Columns = append(t.Columns, bot.Column{Key: key, Title: q.T("sessions." + key)})
	}
	for i, one := range list {
		since, used := bot.FromMillis(one.Deadline).Add(-sessionLasts), bot.FromMillis(one.ExpiresAt).Add(-sessionIdle)
		until := min(one.Deadline, one.ExpiresAt)
		t.Rows = append(t.Rows, bot.Row{Key: one.number(), Cells: []bot.Cell{
			d.Cell(names, ids[i]), {Text: one.number()}, s.c.Clock(since), s.c.Clock(used), s.c.Clock(bot.FromMillis(until))},
			Acts: []bot.Act{{Command: "退出后台", Args: "#" + one.number(), Whole: true, Grave: true}}})
	}
	return bot.Page{Note: q.T("sessions.note"), Tables: []bot.Table{t}}, nil
}

// end ends one session by its number, or all of somebody, or without either all of who asks.
func (s *sessions) end(ctx context.Context, r *bot.Request) error {
	list, err := s.list(ctx, r.Actor, r.At.UnixMilli())
	if err != nil {
		return err
	}
	member, where, arg := r.Actor.Member, `member_id = ?`, r.Actor.Member
	if number, ok := strings.CutPrefix(bot.Fold(r.Args), "#"); ok {
		member = ""
		for _, one := range list {
			if one.number() == number {
				member, where, arg = one.Member, `hash = ?`, one.Hash
			}
		}
		if member == "" {
			return r.Refuse("logout.unknown")
		}
	} else if r.Args != "" {
		p, _, err := s.c.Target(ctx, r)
		if err != nil {
			return err
		}
		if string(p.ID) != r.Actor.Member && p.Role >= r.Actor.Role {
			return r.Refuse("logout.above")
		}
		member, arg = string(p.ID), string(p.ID)
	}
	ended := s.db.Conn(ctx).Exec(`DELETE FROM console_sessions WHERE `+where, arg)
	if ended.Error != nil {
		return fmt.Errorf("end sessions: %w", ended.Error)
	}
	links := s.db.Conn(ctx).Exec(`UPDATE console_links SET used_at = ? WHERE member_id = ? AND used_at = 0`, r.At.UnixMilli(), member)
	if links.Error != nil {
		return fmt.Errorf("end links: %w", links.Error)
	}
	if err := s.c.Audit.Record(ctx, r, "console.logout", member, map[string]any{"Sessions": ended.RowsAffected}); err != nil {
		return err
	}
	r.Reply(r.T("logout.done", "N", ended.RowsAffected))
	return nil
}
