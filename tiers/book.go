package tiers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"
)

// Book keeps who held which tier when, and why it changed. It keeps no state of its own and is safe for concurrent use.
type Book struct {
	conn func(context.Context) *gorm.DB
}

// NewBook is the book over a database with this package's Migrations. conn gives the transaction that ctx carries, or
// else a connection for reading.
func NewBook(conn func(context.Context) *gorm.DB) *Book { return &Book{conn} }

// Entry is one change of what somebody holds, on record.
type Entry struct {
	Member string
	Day    Day // from which on it holds
	Change
	After Standing
	Facts Facts // of the 28 Days before; zero where a manager's word changed it
}

// Night is the record of one night.
type Night struct {
	Day     Day   // that ended with it
	At      int64 // when it was worked, in Unix milliseconds
	People  int   // who was looked at
	Changes int
}

// Last is the last Day that was classified; ok is false where none was.
func (b *Book) Last(ctx context.Context) (day Day, ok bool, err error) {
	var last sql.NullInt64
	if err := b.conn(ctx).Statement.ConnPool.QueryRowContext(ctx, `SELECT MAX(day) FROM tier_nights`).Scan(&last); err != nil {
		return 0, false, fmt.Errorf("tiers: last night: %w", err)
	}
	return Day(last.Int64), last.Valid, nil
}

// Standing is what a member holds; ok is false where nothing is on record.
func (b *Book) Standing(ctx context.Context, member string) (s Standing, ok bool, err error) {
	err = b.conn(ctx).Statement.ConnPool.QueryRowContext(ctx, `SELECT tier, since, warned, waits, declined FROM tier_standings WHERE member_id = ?`, member).
		Scan(&s.Tier, &s.Since, &s.Warned, &s.Waits, &s.Declined)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return s, false, nil
	case err != nil:
		return s, false, fmt.Errorf("tier of %s: %w", member, err)
	}
	return s, true, nil
}

// Standings is what everybody holds of whom something is on record.
func (b *Book) Standings(ctx context.Context) (map[string]Standing, error) {
	all := map[string]Standing{}
	err := b.each(ctx, func(scan func(...any) error) error {
		var member string
		var s Standing
		if err := scan(&member, &s.Tier, &s.Since, &s.Warned, &s.Waits, &s.Declined); err != nil {
			return err
		}
		all[member] = s
		return nil
	}, `SELECT member_id, tier, since, warned, waits, declined FROM tier_standings`)
	return all, err
}

// Waiting are the members who wait for a manager's word, in no order.
func (b *Book) Waiting(ctx context.Context) (ids []string, err error) {
	err = b.each(ctx, func(scan func(...any) error) error {
		var member string
		err := scan(&member)
		ids = append(ids, member)
		return err
	}, `SELECT member_id FROM tier_standings WHERE waits <> ''`)
	return ids, err
}

// Hold writes what a member holds.
func (b *Book) Hold(ctx context.Context, member string, s Standing) error {
	return b.exec(ctx, `INSERT INTO tier_standings (member_id, tier, since, warned, waits, declined) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (member_id) DO UPDATE SET tier = excluded.tier, since = excluded.since, warned = excluded.warned,
		waits = excluded.waits, declined = excluded.declined`, member, string(s.Tier), int(s.Since), int(s.Warned), string(s.Waits), int(s.Declined))
}

// Forget takes a member's standing off, where nothing is held.
func (b *Book) Forget(ctx context.Context, member string) error {
	return b.exec(ctx, `DELETE FROM tier_standings WHERE member_id = ?`, member)
}

// Write puts changes on record, in their order.
func (b *Book) Write(ctx context.Context, entries ...Entry) error {
	for _, e := range entries {
		err := b.exec(ctx, `INSERT INTO tier_changes (member_id, day, n, cause, from_tier, to_tier, tier, since, warned, waits, declined,
			active_days, messages, partners, contributions, influence, traces)
			SELECT ?, ?, COALESCE(MAX(n) + 1, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM tier_changes WHERE member_id = ? AND day = ?`,
			e.Member, int(e.Day), string(e.Cause), string(e.From), string(e.To), string(e.After.Tier), int(e.After.Since), int(e.After.Warned),
			string(e.After.Waits), int(e.After.Declined), e.Facts.ActiveDays, e.Facts.Messages, e.Facts.Partners, e.Facts.Contributions,
			e.Facts.Influence, e.Facts.Traces, e.Member, int(e.Day))
		if err != nil {
			return err
		}
	}
	return nil
}

// Strike takes the changes of a member from a Day on off the record.
func (b *Book) Strike(ctx context.Context, member string, from Day) error {
	return b.exec(ctx, `DELETE FROM tier_changes WHERE member_id = ? AND day >= ?`, member, int(from))
}

const entryColumns = `member_id, day, cause, from_tier, to_tier, tier, since, warned, waits, declined,
	active_days, messages, partners, contributions, influence, traces`

// Between are the changes of the Days from <= Day < to, in the order of Days and members.
func (b *Book) Between(ctx context.Context, from, to Day) ([]Entry, error) {
	return b.entries(ctx, `SELECT `+entryColumns+` FROM tier_changes WHERE day >= ? AND day < ? ORDER BY day, LENGTH(member_id), member_id, n`, int(from), int(to))
}

// Holding is what somebody held from the morning of a Day on. N counts the changes of one member on one Day.
type Holding struct {
	Member string
	Day    Day
	N      int
	Tier   Tier
	Since  Day
}

// Held calls each, in no order, for all that is on record until a Day, inclusive. The rows come as one text, which is much
// quicker to read than a hundred thousand rows.
func (b *Book) Held(ctx context.Context, until Day, each func(Holding)) error {
	conn := b.conn(ctx)
	joined := `group_concat(line, char(10))`
	if conn.Name() == "postgres" {
		joined = `string_agg(line, chr(10))`
	}
	var text string
	if err := conn.Statement.ConnPool.QueryRowContext(ctx, `SELECT COALESCE(`+joined+`, '') FROM
		(SELECT member_id || ' ' || day || ' ' || n || ' ' || tier || ' ' || since AS line FROM tier_changes WHERE day <= ?) AS l`, int(until)).Scan(&text); err != nil {
		return fmt.Errorf("tiers: %w", err)
	}
	number := func(s string) int {
		n, _ := strconv.Atoi(s)
		return n
	}
	for line := range strings.Lines(text) {
		member, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		day, rest, _ := strings.Cut(rest, " ")
		n, rest, _ := strings.Cut(rest, " ")
		tier, since, _ := strings.Cut(rest, " ")
		each(Holding{member, Day(number(day)), number(n), Tier(tier), Day(number(since))})
	}
	return nil
}

// Of are the changes of a member, oldest first.
func (b *Book) Of(ctx context.Context, member string) ([]Entry, error) {
	return b.entries(ctx, `SELECT `+entryColumns+` FROM tier_changes WHERE member_id = ? ORDER BY day, n`, member)
}

// Before is what a member held on the Day before, and in its morning; ok is false where nothing is on record of then.
func (b *Book) Before(ctx context.Context, member string, day Day) (s Standing, ok bool, err error) {
	list, err := b.entries(ctx, `SELECT `+entryColumns+` FROM tier_changes WHERE member_id = ? AND day < ? ORDER BY day DESC, n DESC LIMIT 1`, member, int(day))
	if err != nil || len(list) == 0 {
		return s, false, err
	}
	return list[0].After, true, nil
}

func (b *Book) entries(ctx context.Context, query string, args ...any) (list []Entry, err error) {
	err = b.each(ctx, func(scan func(...any) error) error {
		var e Entry
		if err := scan(&e.Member, &e.Day, &e.Cause, &e.From, &e.To, &e.After.Tier, &e.After.Since, &e.After.Warned, &e.After.Waits, &e.After.Declined,
			&e.Facts.ActiveDays, &e.Facts.Messages, &e.Facts.Partners, &e.Facts.Contributions, &e.Facts.Influence, &e.Facts.Traces); err != nil {
			return err
		}
		list = append(list, e)
		return nil
	}, query, args...)
	return list, err
}

// Worked puts a night on record.
func (b *Book) Worked(ctx context.Context, n Night) error {
	return b.exec(ctx, `INSERT INTO tier_nights (day, at, people, changes) VALUES (?, ?, ?, ?) ON CONFLICT (day) DO NOTHING`, int(n.Day), n.At, n.People, n.Changes)
}

// Clear takes off the record all that follows from facts: standings, changes and nights. What managers said stays, and
// the ladders.
func (b *Book) Clear(ctx context.Context) error {
	for _, table := range [...]string{"tier_standings", "tier_changes", "tier_nights", "tier_stale"} {
		if err := b.exec(ctx, `DELETE FROM `+table); err != nil {
			return err
		}
	}
	return nil
}

func (b *Book) exec(ctx context.Context, query string, args ...any) error {
	if _, err := b.conn(ctx).Statement.ConnPool.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("tiers: %w", err)
	}
	return nil
}

func (b *Book) each(ctx context.Context, fn func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := b.conn(ctx).Statement.ConnPool.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("tiers: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return fmt.Errorf("tiers: %w", err)
		}
	}
	return rows.Err()
}
