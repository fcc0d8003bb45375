package community

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// sight is what was seen of a member in a group last.
type sight struct {
	Trait
	proven  bool   // the remark was given while it was certain who they are
	session string // of which login
	at      int64  // Unix milliseconds
	missing int64  // since when they are not found; 0: they are
}

// told tells that they were never seen in a login: a file told of them.
func (s sight) told() bool { return s.session == "" }

// loadGroup reads who is in a group and what was seen of them, once. Of the group without a name are those who
// were seen in private.
func (ro *Roster) loadGroup(ctx context.Context, group GroupID) (map[MemberID]sight, error) {
	if seen, ok := ro.sights[group]; ok {
		return seen, nil
	}
	var rows []struct {
		MemberID, Nick, Display, Remark, Attr, Avatar, Session string
		Proven                                                 bool
		SeenAt, MissingAt                                      int64
	}
	if err := ro.db.Conn(ctx).Raw(`SELECT member_id, nick, display, remark, attr, avatar, proven, session, seen_at, missing_at
		FROM sightings WHERE group_id = ?`, string(group)).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("sightings in %s: %w", group, err)
	}
	seen := make(map[MemberID]sight, len(rows))
	for _, s := range rows {
		seen[MemberID(s.MemberID)] = sight{Trait{s.Nick, s.Display, s.Remark, s.Attr, s.Avatar}, s.Proven, s.Session, s.SeenAt, s.MissingAt}
	}
	var stays []struct {
		MemberID, Display string
		JoinedAt, LeftAt  int64
	}
	if err := ro.db.Conn(ctx).Raw(`SELECT member_id, display, joined_at, left_at FROM stays WHERE group_id = ?`, string(group)).Scan(&stays).Error; err != nil {
		return nil, fmt.Errorf("stays in %s: %w", group, err)
	}
	fresh := make(map[stayKey]Stay, len(stays))
	for _, s := range stays {
		fresh[stayKey{group, MemberID(s.MemberID)}] = Stay{s.Display, bot.FromMillis(s.JoinedAt), bot.FromMillis(s.LeftAt)}
	}
	rememberAll(ctx, ro.db, ro.stays, fresh)
	remember(ctx, ro.db, ro.sights, group, seen)
	return seen, nil
}

// rememberAll is remember for many.
func rememberAll[K comparable, V any](ctx context.Context, db bot.Storage, m, fresh map[K]V) {
	old := map[K]V{}
	for key := range fresh {
		if v, had := m[key]; had {
			old[key] = v
		}
	}
	maps.Copy(m, fresh)
	db.OnRollback(ctx, func() {
		for key := range fresh {
			delete(m, key)
		}
		maps.Copy(m, old)
	})
}

// glimpse is something to be kept of a member in a group.
type glimpse struct {
	group  GroupID
	member MemberID
	sight
}

// keepSights writes sightings, and remembers them.
func (ro *Roster) keepSights(ctx context.Context, transport string, list []glimpse) error {
	rows := make([][]any, len(list))
	fresh := map[GroupID]map[MemberID]sight{}
	for i, g := range list {
		rows[i] = []any{string(g.group), string(g.member), g.Nick, g.Display, g.Remark, g.Attr, g.Avatar, g.proven, transport, g.session, g.at, g.missing}
		if fresh[g.group] == nil {
			fresh[g.group] = map[MemberID]sight{}
		}
		fresh[g.group][g.member] = g.sight
	}
	for group, seen := range fresh {
		known, err := ro.loadGroup(ctx, group)
		if err != nil {
			return err
		}
		rememberAll(ctx, ro.db, known, seen)
	}
	return ro.bulk(ctx, `INSERT INTO sightings (group_id, member_id, nick, display, remark, attr, avatar, proven, transport, session, seen_at, missing_at) VALUES `,
		rows, ` ON CONFLICT (group_id, member_id) DO UPDATE SET nick = excluded.nick, display = excluded.display, remark = excluded.remark,
		attr = excluded.attr, avatar = excluded.avatar, proven = excluded.proven, transport = excluded.transport,
		session = excluded.session, seen_at = excluded.seen_at, missing_at = excluded.missing_at`)
}

// look is what a person shows now, where it is news; whole tells that everything about them is told, also that something
// is not there.
func look(old sight, known bool, p bot.Person, b binding, session string, at time.Time, whole bool) (sight, bool) {
	t := traitOf(p)
	if !whole && known {
		t.Remark, t.Attr, t.Avatar = old.Remark, old.Attr, old.Avatar
		if t.Nick == "" {
			t.Nick = old.Nick
		}
		if t.Display == "" {
			t.Display = old.Display
		}
	}
	if t.Avatar == "" {
		t.Avatar = old.Avatar // pictures are looked at now and then only
	}
	if known && t == old.Trait && old.session == session && old.missing == 0 {
		return old, false
	}
	s := sight{Trait: t, proven: old.proven && t.Remark == old.Remark, session: session, at: at.UnixMilli()}
	s.proven = t.Remark != "" && (s.proven || b.strong)
	return s, true
}

// bulkRows is how many rows one statement writes.
const bulkRows = 100

// bulk inserts many rows with few statements.
func (ro *Roster) bulk(ctx context.Context, insert string, rows [][]any, suffix string) error {
	for len(rows) > 0 {
		n := min(len(rows), bulkRows)
		one := "(" + strings.Repeat("?, ", len(rows[0])-1) + "?)"
		if n < bulkRows { // one by one, so that there are only two statements to prepare
			n = 1
		}
		args := make([]any, 0, n*len(rows[0]))
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		if err := ro.exec(ctx, insert+one+strings.Repeat(", "+one, n-1)+suffix, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}
