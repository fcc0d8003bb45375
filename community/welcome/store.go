package welcome

import (
	"context"
	"fmt"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// outcome is what became of a join.
type outcome string

// The outcomes.
const (
	waiting  outcome = "waiting"
	greeted  outcome = "greeted"
	late     outcome = "late"     // greeted with the late text
	digest   outcome = "digest"   // one of many who were greeted without names
	withheld outcome = "withheld" // the group had heard enough that Day
	left     outcome = "left"     // gone again before the greeting
	spoken   outcome = "spoken"   // learned of late, and they were talking already
	known    outcome = "known"    // greeted not long ago
)

// arrival is a join that is greeted, or not.
type arrival struct {
	member  community.MemberID
	group   community.GroupID
	at      time.Time // when they joined
	learned time.Time // when the bot learned of it
	inviter community.MemberID
}

func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{
		ID: "2026112201_welcomes",
		Migrate: func(tx *gorm.DB) error {
			return tx.Exec(`CREATE TABLE welcomes (member_id TEXT NOT NULL, at BIGINT NOT NULL, group_id TEXT NOT NULL, PRIMARY KEY (member_id, at))`).Error
		},
	}, {
		ID: "2026112340_welcome",
		Migrate: func(tx *gorm.DB) error {
			for _, stmt := range []string{
				`CREATE TABLE arrivals (group_id TEXT NOT NULL, member_id TEXT NOT NULL, at BIGINT NOT NULL, learned_at BIGINT NOT NULL,
					inviter TEXT NOT NULL, outcome TEXT NOT NULL, PRIMARY KEY (group_id, member_id, at))`,
				`CREATE INDEX arrivals_learned ON arrivals (group_id, learned_at)`,
			} {
				if err := tx.Exec(stmt).Error; err != nil {
					return err
				}
			}
			return nil
		},
	}}
}

func (w *welcome) exec(ctx context.Context, query string, args ...any) error {
	if _, err := w.db.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("welcome: %w", err)
	}
	return nil
}

// keep stores a join. One that is known already stays as it is.
func (w *welcome) keep(ctx context.Context, a arrival, as outcome) error {
	return w.exec(ctx, `INSERT INTO arrivals (group_id, member_id, at, learned_at, inviter, outcome) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		string(a.group), string(a.member), a.at.UnixMilli(), a.learned.UnixMilli(), string(a.inviter), string(as))
}

// end writes what became of joins; those who were greeted are not greeted again soon.
func (w *welcome) end(ctx context.Context, now time.Time, as outcome, list []arrival) error {
	for _, a := range list {
		err := w.exec(ctx, `UPDATE arrivals SET outcome = ? WHERE group_id = ? AND member_id = ? AND at = ?`,
			string(as), string(a.group), string(a.member), a.at.UnixMilli())
		if err != nil {
			return err
		}
		if as == greeted || as == late || as == digest {
			err := w.exec(ctx, `INSERT INTO welcomes (member_id, at, group_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
				string(a.member), now.UnixMilli(), string(a.group))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// waiting are the joins of a group that nothing has become of, in their order.
func (w *welcome) waiting(ctx context.Context, group community.GroupID) (list []arrival, err error) {
	rows, err := w.db.Conn(ctx).Raw(`SELECT member_id, at, learned_at, inviter FROM arrivals WHERE group_id = ? AND outcome = ? ORDER BY at, member_id`,
		string(group), string(waiting)).Rows()
	if err != nil {
		return nil, fmt.Errorf("read joins: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		a := arrival{group: group}
		var at, learned int64
		if err := rows.Scan(&a.member, &at, &learned, &a.inviter); err != nil {
			return nil, fmt.Errorf("read joins: %w", err)
		}
		a.at, a.learned = bot.FromMillis(at), bot.FromMillis(learned)
		list = append(list, a)
	}
	return list, rows.Err()
}

// inviter is who brought somebody, as the community was told; empty where it was not.
func (w *welcome) inviter(ctx context.Context, a arrival) (by community.MemberID, err error) {
	err = w.db.Conn(ctx).Raw(`SELECT COALESCE(MAX(by_member), '') FROM passages WHERE group_id = ? AND member_id = ? AND at = ? AND kind = ?`,
		string(a.group), string(a.member), a.at.UnixMilli(), string(bot.Joined)).Row().Scan(&by)
	if err != nil {
		return "", fmt.Errorf("inviter: %w", err)
	}
	return by, nil
}

// greetedSince tells whether a person was greeted after an instant, or waits for it, under any id.
func (w *welcome) greetedSince(ctx context.Context, member community.MemberID, since time.Time) (bool, error) {
	ids, err := w.c.IDs(ctx, member)
	if err != nil {
		return false, err
	}
	var n int
	err = w.db.Conn(ctx).Raw(`SELECT (SELECT COUNT(*) FROM welcomes WHERE member_id IN ? AND at > ?) + (SELECT COUNT(*) FROM arrivals WHERE member_id IN ? AND outcome = ?)`,
		ids, since.UnixMilli(), ids, string(waiting)).Row().Scan(&n)
	if err != nil {
		return false, fmt.Errorf("last welcome: %w", err)
	}
	return n > 0, nil
}

// crowd is how many joins a group had within a while before an instant.
func (w *welcome) crowd(ctx context.Context, group community.GroupID, since time.Time) (n int, err error) {
	err = w.db.Conn(ctx).Raw(`SELECT COUNT(*) FROM arrivals WHERE group_id = ? AND learned_at > ? AND outcome <> ?`,
		string(group), since.UnixMilli(), string(known)).Row().Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count joins: %w", err)
	}
	return n, nil
}

// number is the how-manieth person somebody is in a group, counting all who ever were in it.
func (w *welcome) number(ctx context.Context, a arrival) (n int, err error) {
	err = w.db.Conn(ctx).Raw(`SELECT COUNT(*) FROM stays s JOIN members m ON m.id = s.member_id WHERE s.group_id = ? AND s.joined_at <= ? AND NOT m.bot`,
		string(a.group), a.at.UnixMilli()).Row().Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("number of a member: %w", err)
	}
	return n, nil
}

// spoke tells whether somebody has said something in the group since they joined.
func (w *welcome) spoke(ctx context.Context, a arrival) (bool, error) {
	ids, err := w.c.IDs(ctx, a.member)
	if err != nil {
		return false, err
	}
	var n int
	err = w.db.Conn(ctx).Raw(`SELECT COUNT(*) FROM activity WHERE member_id IN ? AND group_id = ? AND last_at >= ?`,
		ids, string(a.group), a.at.UnixMilli()).Row().Scan(&n)
	if err != nil {
		return false, fmt.Errorf("spoke: %w", err)
	}
	return n > 0, nil
}
