package tiers

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// Said is an act on record.
type Said struct {
	ID int64
	Act
	Reason string
	By     string // the member who said it
	At     int64  // in Unix milliseconds
	Undone bool
}

// Say puts an act on record and gives its number.
func (b *Book) Say(ctx context.Context, s Said) (id int64, err error) {
	err = b.conn(ctx).Statement.ConnPool.QueryRowContext(ctx, `INSERT INTO tier_acts (member_id, kind, tier, day, until, reason, by_member, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, s.Member, string(s.Kind), string(s.Tier), int(s.Day), int(s.Until), s.Reason, s.By, s.At).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("tiers: %w", err)
	}
	return id, nil
}

// Unsay takes an act back, and gives it; ok is false where there is none or it was taken back before.
func (b *Book) Unsay(ctx context.Context, id int64) (a Act, ok bool, err error) {
	err = b.conn(ctx).Statement.ConnPool.QueryRowContext(ctx, `UPDATE tier_acts SET undone = TRUE WHERE id = ? AND undone = FALSE
		RETURNING member_id, kind, tier, day, until`, id).Scan(&a.Member, &a.Kind, &a.Tier, &a.Day, &a.Until)
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	if err != nil {
		return a, false, fmt.Errorf("tiers: %w", err)
	}
	return a, true, nil
}

// SaidOf are the acts about members that stand, oldest first. Without members: about everybody.
func (b *Book) SaidOf(ctx context.Context, members ...string) (list []Said, err error) {
	query, args := `SELECT id, member_id, kind, tier, day, until, reason, by_member, at FROM tier_acts WHERE undone = FALSE`, []any{}
	if len(members) > 0 {
		query += ` AND member_id IN (?`
		for i, m := range members {
			if i > 0 {
				query += `, ?`
			}
			args = append(args, m)
		}
		query += `)`
	}
	err = b.each(ctx, func(scan func(...any) error) error {
		var s Said
		if err := scan(&s.ID, &s.Member, &s.Kind, &s.Tier, &s.Day, &s.Until, &s.Reason, &s.By, &s.At); err != nil {
			return err
		}
		list = append(list, s)
		return nil
	}, query+` ORDER BY id`, args...)
	return list, err
}

// Eras are the ladders that were and will be in force, in order; none before the first was kept.
func (b *Book) Eras(ctx context.Context) (list []Era, err error) {
	err = b.each(ctx, func(scan func(...any) error) error {
		var e Era
		var text string
		if err := scan(&e.From, &text); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(text), &e.Ladder); err != nil {
			return err
		}
		list = append(list, e)
		return nil
	}, `SELECT from_day, ladder FROM tier_ladders ORDER BY from_day`)
	return list, err
}

// Keep has a ladder be in force from a Day on. One that was to be so from that Day or a later one falls.
func (b *Book) Keep(ctx context.Context, e Era, at int64) error {
	text, err := json.Marshal(e.Ladder)
	if err != nil {
		return fmt.Errorf("tiers: %w", err)
	}
	if err := b.Drop(ctx, e.From); err != nil {
		return err
	}
	return b.exec(ctx, `INSERT INTO tier_ladders (from_day, ladder, at) VALUES (?, ?, ?)`, int(e.From), string(text), at)
}

// Drop takes off the ladders that would be in force from a Day or a later one on.
func (b *Book) Drop(ctx context.Context, from Day) error {
	return b.exec(ctx, `DELETE FROM tier_ladders WHERE from_day >= ?`, int(from))
}

// Doubt notes that what is on record of a member from a Day on may not be what the facts say any more.
func (b *Book) Doubt(ctx context.Context, member string, from Day) error {
	return b.exec(ctx, `INSERT INTO tier_stale (member_id, day) VALUES (?, ?)
		ON CONFLICT (member_id) DO UPDATE SET day = excluded.day WHERE excluded.day < tier_stale.day`, member, int(from))
}

// Doubts are the members in doubt, and from which Day on.
func (b *Book) Doubts(ctx context.Context) (map[string]Day, error) {
	all := map[string]Day{}
	err := b.each(ctx, func(scan func(...any) error) error {
		var member string
		var day Day
		if err := scan(&member, &day); err != nil {
			return err
		}
		all[member] = day
		return nil
	}, `SELECT member_id, day FROM tier_stale`)
	return all, err
}

// Settle ends all doubts.
func (b *Book) Settle(ctx context.Context) error { return b.exec(ctx, `DELETE FROM tier_stale`) }
