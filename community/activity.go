package community

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-gormigrate/gormigrate/v2"

	"github.com/weilu-im/weilu/bot"
)

// The kinds of edges between people.
const (
	Mention = "mention" // one addressed the other
	Quoted  = "quote"   // one answered the other's message
	Thanked = "thanks"  // one thanked the other
)

// Activity counts who spoke where, on which Day, and with whom. It keeps one row without text per message
// for ever, from which everything else can be rebuilt; texts lie apart and fall after their retention.
type Activity struct {
	db       bot.Storage
	calendar *Calendar
	tiers    *Tiers // hears of what comes after its Day was classified
}

// observe writes a message's rows. Private words to the bot are no activity of the community.
func (a *Activity) observe(ctx context.Context, r *bot.Request, s seen) error {
	switch {
	case r.Kind == bot.Recalled && r.Ref != "":
		return a.recall(ctx, r.Ref)
	case r.Kind == bot.Tapped && s.member != "":
		return a.trace(ctx, a.calendar.Day(r.At), s.member, Tap)
	case r.Kind != bot.Message || s.member == "":
		return nil
	}
	day := a.calendar.Day(r.At)
	at := r.At.UnixMilli()
	if err := a.exec(ctx, `INSERT INTO messages (seq, at, group_id, member_id, form, len, mentions, quoted) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Seq, at, string(s.group), string(s.member), string(r.Form), r.Len, joinIDs(s.mentions), string(s.quoted)); err != nil {
		return fmt.Errorf("message: %w", err)
	}
	if r.Text != "" && !r.Secret() {
		if err := a.exec(ctx, `INSERT INTO message_texts (seq, at, text) VALUES (?, ?, ?)`, r.Seq, at, r.Text); err != nil {
			return fmt.Errorf("message text: %w", err)
		}
	}
	if s.group == "" {
		return a.trace(ctx, day, s.member, Aside)
	}
	if s.test {
		return nil
	}
	return a.count(ctx, day, at, s)
}

// count adds a message to the aggregates.
func (a *Activity) count(ctx context.Context, day Day, at int64, s seen) error {
	if err := a.exec(ctx, `INSERT INTO activity (day, member_id, group_id, messages, first_at, last_at) VALUES (?, ?, ?, 1, ?, ?)
		ON CONFLICT (day, member_id, group_id) DO UPDATE SET messages = activity.messages + 1,
		first_at = CASE WHEN excluded.first_at < activity.first_at THEN excluded.first_at ELSE activity.first_at END,
		last_at = CASE WHEN excluded.last_at > activity.last_at THEN excluded.last_at ELSE activity.last_at END`,
		int(day), string(s.member), string(s.group), at, at); err != nil {
		return fmt.Errorf("activity: %w", err)
	}
	if err := a.tiers.late(ctx, day, s.member); err != nil {
		return err
	}
	for _, m := range s.mentions {
		if err := a.Edge(ctx, day, s.member, m, Mention); err != nil {
			return err
		}
	}
	if s.quoted != "" {
		return a.Edge(ctx, day, s.member, s.quoted, Quoted)
	}
	return nil
}

// Edge counts that one member addressed, quoted or thanked another on a Day. Nobody has an edge to themselves.
func (a *Activity) Edge(ctx context.Context, day Day, from, to MemberID, kind string) error {
	if from == to {
		return nil
	}
	if err := a.exec(ctx, `INSERT INTO edges (day, from_id, to_id, kind, n) VALUES (?, ?, ?, ?, 1)
		ON CONFLICT (day, from_id, to_id, kind) DO UPDATE SET n = edges.n + 1`, int(day), string(from), string(to), kind); err != nil {
		return fmt.Errorf("edge: %w", err)
	}
	return a.tiers.late(ctx, day, from, to)
}

// The kinds of passive traces.
const (
	Aside = "aside" // a word to the bot alone
	Tap   = "tap"   // they tapped somebody
)

func traceMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112352_traces",
		`CREATE TABLE traces (day INTEGER NOT NULL, member_id TEXT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (day, member_id, kind))`)}
}

// messageMigrations let the messages of a group be read in the order of time.
func messageMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112411_messages_at", `CREATE INDEX messages_group_at ON messages (group_id, at)`)}
}

// trace keeps that somebody was there on a Day without saying anything in a group.
func (a *Activity) trace(ctx context.Context, day Day, member MemberID, kind string) error {
	if err := a.exec(ctx, `INSERT INTO traces (day, member_id, kind) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, int(day), string(member), kind); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	return a.tiers.late(ctx, day, member)
}

// recall drops the text of a message that its author took back. That it was said stays counted.
func (a *Activity) recall(ctx context.Context, event string) error {
	seq, ok, err := bot.Accepted(ctx, a.db, event)
	if err != nil || !ok {
		return err
	}
	if err := a.exec(ctx, `DELETE FROM message_texts WHERE seq = ?`, seq); err != nil {
		return err
	}
	return a.exec(ctx, `UPDATE messages SET recalled = 1 WHERE seq = ?`, seq)
}

func (a *Activity) exec(ctx context.Context, query string, args ...any) error {
	_, err := a.db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, query, args...)
	return err
}

func joinIDs(ids []MemberID) string {
	if len(ids) == 0 {
		return ""
	}
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(id))
	}
	return b.String()
}

// forgetTexts removes the texts of members, and of ours to them, that are older than their retention.
func (c *Community) forgetTexts(ctx context.Context, r *bot.Request) error {
	before := r.At.Add(-c.opts.KeepText)
	for _, stmt := range [...]string{
		`DELETE FROM message_texts WHERE at < ?`,
		`DELETE FROM withheld WHERE at < ?`,
		`DELETE FROM confirmations WHERE expires_at < ?`,
	} {
		if err := c.Activity.exec(ctx, stmt, before.UnixMilli()); err != nil {
			return fmt.Errorf("forget texts: %w", err)
		}
	}
	return bot.ForgetSaid(ctx, c.db, before)
}
