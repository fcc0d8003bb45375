package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database"
)

// bareLoop is the least that could write what the engine writes: prepared statements in group commits, on the
// same schema, without any rule, identity, savepoint or text.
type bareLoop struct {
	db   *database.DB // to make the tables and to count
	conn *sql.Conn
	st   map[string]*sql.Stmt
	cal  *community.Calendar
	seen map[bot.UserID]bool
	paid map[string]int // how often speaking earned, by member and Day
	ids  int64
}

var bareStatements = map[string]string{
	"inbox":    `INSERT INTO inbox (id, kind, at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING`,
	"message":  `INSERT INTO messages (seq, at, group_id, member_id, form, len, mentions, quoted) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
	"text":     `INSERT INTO message_texts (seq, at, text) VALUES (?, ?, ?)`,
	"activity": `INSERT INTO activity (day, member_id, group_id, messages, first_at, last_at) VALUES (?, ?, ?, 1, ?, ?) ON CONFLICT (day, member_id, group_id) DO UPDATE SET messages = activity.messages + 1, last_at = excluded.last_at`,
	"member":   `INSERT INTO members (id, name, folded, name_at, first_seen, role, bot) VALUES (?, ?, ?, ?, ?, 0, 0)`,
	"stay":     `INSERT INTO stays (group_id, member_id, display, folded, joined_at, left_at) VALUES (?, ?, ?, ?, ?, 0)`,
	"checkin":  `INSERT INTO checkins (member_id, day, at, seq) VALUES (?, ?, ?, ?) ON CONFLICT (member_id, day) DO NOTHING`,
	"earning":  `INSERT INTO earnings (member_id, day, seq, rule, at, price, cap, gap, media, recalled) VALUES (?, ?, ?, 'speaking', ?, 1, 10, 60000, '', 0)`,
	"transfer": `INSERT INTO transfers (key, debit, credit, amount, at, kind, digest) VALUES (?, 'issued', ?, ?, ?, 0, ?) ON CONFLICT (key) DO NOTHING`,
	"reason":   `INSERT INTO transfer_texts (transfer_id, salt, reason) VALUES (?, ?, ?)`,
	"balance":  `INSERT INTO balances (account, balance, debt) VALUES (?, ?, 0) ON CONFLICT (account) DO UPDATE SET balance = balances.balance + excluded.balance`,
	"outbox":   `INSERT INTO outbox (feature, ref, event, group_id, member_id, text, mention, picture, priority, said_at, not_before, not_after, guard, state, reason) VALUES (?, '', ?, ?, '', ?, '', NULL, 20, ?, 0, 0, '', 'pending', '')`,
	"touch":    `INSERT INTO settings (key, value) VALUES ('touch', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
}

func newBareLoop(b *testing.B, dsn string) *bareLoop {
	b.Helper()
	a := benchApp(b, dsn) // makes the same tables with the same settings
	cal := a.community.Calendar
	raw, err := database.OpenRaw(dsn)
	if err != nil {
		b.Fatal(err)
	}
	conn, err := raw.Conn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		conn.Close()
		raw.Close()
	})
	l := &bareLoop{db: a.db, conn: conn, st: map[string]*sql.Stmt{}, cal: cal, seen: map[bot.UserID]bool{}, paid: map[string]int{}}
	for name, query := range bareStatements {
		st, err := conn.PrepareContext(b.Context(), query)
		if err != nil {
			b.Fatalf("%s: %v", name, err)
		}
		b.Cleanup(func() { st.Close() })
		l.st[name] = st
	}
	if _, err := conn.ExecContext(b.Context(), `INSERT INTO groups (id, name, language, adopted, created_at) VALUES ('g1', '大群', '', 1, 0)`); err != nil {
		b.Fatal(err)
	}
	return l
}

func (l *bareLoop) do(ctx context.Context, name string, args ...any) (sql.Result, error) {
	res, err := l.st[name].ExecContext(ctx, args...)
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return res, err
}

func (l *bareLoop) commit(ctx context.Context, fn func() error) error {
	if _, err := l.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	_, err := l.conn.ExecContext(ctx, "COMMIT")
	return err
}

// touch commits one row.
func (l *bareLoop) touch(ctx context.Context) error {
	return l.commit(ctx, func() error {
		l.ids++
		_, err := l.do(ctx, "touch", fmt.Sprint(l.ids))
		return err
	})
}

func (l *bareLoop) write(ctx context.Context, batch []bot.Event) error {
	return l.commit(ctx, func() error {
		for i := range batch {
			if err := l.event(ctx, &batch[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l *bareLoop) event(ctx context.Context, ev *bot.Event) error {
	at, day, member := ev.At.UnixMilli(), int(l.cal.Day(ev.At)), string(ev.From.User)
	res, err := l.do(ctx, "inbox", ev.ID, string(ev.Kind), at)
	if err != nil {
		return err
	}
	seq, err := res.LastInsertId()
	if err != nil {
		return err
	}
	type row struct {
		name string
		args []any
	}
	rows := []row{
		{"message", []any{seq, at, "g1", member, string(ev.Form), len(ev.Text), "", ""}},
		{"text", []any{seq, at, ev.Text}},
		{"activity", []any{day, member, "g1", at, at}},
	}
	if !l.seen[ev.From.User] {
		l.seen[ev.From.User] = true
		rows = append(rows, row{"member", []any{member, ev.From.Name, ev.From.Name, at, at}}, row{"stay", []any{"g1", member, ev.From.Name, ev.From.Name, at}})
	}
	if ev.Text == "签到" {
		if err := l.pay(ctx, fmt.Sprintf("checkin/%s/%d", member, day), member, 5, at, "签到"); err != nil {
			return err
		}
		rows = append(rows, row{"checkin", []any{member, day, at, seq}}, row{"outbox", []any{"checkin", ev.ID, "g1", "签到成功！连续第 1 天，+5 积分", at}})
	} else if first := fmt.Sprintf("%s/%d", member, day); l.paid[first] < 10 {
		l.paid[first]++
		if err := l.pay(ctx, fmt.Sprintf("speaking/%s/%d", member, seq), member, 1, at, "发言"); err != nil {
			return err
		}
		rows = append(rows, row{"earning", []any{member, day, seq, at}})
	}
	for _, r := range rows {
		if _, err := l.do(ctx, r.name, r.args...); err != nil {
			return err
		}
	}
	return nil
}

// pay writes a transfer.
func (l *bareLoop) pay(ctx context.Context, key, member string, amount, at int64, reason string) error {
	sum := sha256.Sum256([]byte(key))
	res, err := l.do(ctx, "transfer", key, "member:"+member, amount, at, hex.EncodeToString(sum[:]))
	if err != nil {
		return err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return err
	}
	if _, err := l.do(ctx, "reason", id, sum[:16], reason); err != nil {
		return err
	}
	_, err = l.do(ctx, "balance", "member:"+member, amount)
	return err
}
