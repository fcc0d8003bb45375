package checkin

import (
	"context"
	"fmt"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// fact is that somebody checked in. It stays as it is, whoever they turn out to be.
type fact struct {
	origin       community.MemberID
	day          community.Day
	at           time.Time
	seq          int64 // facts count in the order in which they were accepted
	price, bonus int64 // what a check-in, and a milestone reached by it, earned then: 0 for staff; unpriced: not kept
}

// unpriced is the price of facts that were kept before prices were.
const unpriced = -1

// The kinds of keys in the ledger.
const (
	daily  = "checkin"
	streak = "checkin-streak"
)

// key is the fact's key in the ledger.
func (c fact) key(kind string) string { return fmt.Sprintf("%s/%s/%s", kind, c.origin, c.day) }

// record keeps a fact. A second one of an id and Day changes nothing.
func (f *checkin) record(ctx context.Context, c fact) error {
	_, err := f.db.Exec(ctx,
		`INSERT INTO checkins (member_id, day, at, seq, price, bonus) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (member_id, day) DO NOTHING`,
		string(c.origin), int(c.day), c.at.UnixMilli(), c.seq, c.price, c.bonus)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

// days are the Days on which somebody checked in under any of their ids, in ascending order.
func (f *checkin) days(ctx context.Context, ids []community.MemberID) (days []community.Day, err error) {
	list, args := community.In(ids)
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var d int
		err := scan(&d)
		days = append(days, community.Day(d))
		return err
	}, `SELECT DISTINCT day FROM checkins WHERE member_id IN `+list+` ORDER BY day`, args...)
	if err != nil {
		return nil, fmt.Errorf("days: %w", err)
	}
	return days, nil
}

// facts are the check-ins of some ids in the order in which they were accepted.
func (f *checkin) facts(ctx context.Context, ids []community.MemberID) (facts []fact, err error) {
	list, args := community.In(ids)
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var c fact
		var day int
		var at int64
		err := scan(&c.origin, &day, &at, &c.seq, &c.price, &c.bonus)
		c.day, c.at = community.Day(day), bot.FromMillis(at)
		facts = append(facts, c)
		return err
	}, `SELECT member_id, day, at, seq, price, bonus FROM checkins WHERE member_id IN `+list+` ORDER BY seq, member_id, day`, args...)
	if err != nil {
		return nil, fmt.Errorf("facts: %w", err)
	}
	return facts, nil
}

// milestone tells how many bonuses the run earns now, and keeps that they were paid. Counting those paid
// within the run makes a late check-in that joins two runs earn what is missing, and nothing twice.
func (f *checkin) milestone(ctx context.Context, ids []community.MemberID, c fact, r run) (due int, err error) {
	if r.length() < StreakDays {
		return 0, nil
	}
	list, args := community.In(ids, int(r.first), int(r.last))
	var paid int
	if err := f.db.Row(ctx,
		`SELECT COALESCE(SUM(n), 0) FROM checkin_bonuses WHERE member_id IN `+list+` AND day BETWEEN ? AND ?`, args...).Scan(&paid); err != nil {
		return 0, fmt.Errorf("milestone: %w", err)
	}
	if due = owed(r, paid); due == 0 {
		return 0, nil
	}
	return due, f.keepBonus(ctx, c, due)
}

func (f *checkin) keepBonus(ctx context.Context, c fact, n int) error {
	_, err := f.db.Exec(ctx, `INSERT INTO checkin_bonuses (member_id, day, n) VALUES (?, ?, ?)`,
		string(c.origin), int(c.day), n)
	if err != nil {
		return fmt.Errorf("milestone: %w", err)
	}
	return nil
}

func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{
		ID: "2026112201_checkins",
		Migrate: func(tx *gorm.DB) error {
			clustered := " WITHOUT ROWID"
			if tx.Name() == "postgres" {
				clustered = ""
			}
			if err := tx.Exec(`CREATE TABLE checkins (member_id TEXT NOT NULL, day INTEGER NOT NULL, at BIGINT NOT NULL, seq BIGINT NOT NULL,
				PRIMARY KEY (member_id, day))` + clustered).Error; err != nil {
				return err
			}
			return tx.Exec(`CREATE TABLE checkin_bonuses (member_id TEXT NOT NULL, day INTEGER NOT NULL, n INTEGER NOT NULL,
				PRIMARY KEY (member_id, day))` + clustered).Error
		},
	}, {
		ID: "2026112302_prices",
		Migrate: func(tx *gorm.DB) error {
			if err := tx.Exec(`ALTER TABLE checkins ADD COLUMN price BIGINT NOT NULL DEFAULT -1`).Error; err != nil {
				return err
			}
			return tx.Exec(`ALTER TABLE checkins ADD COLUMN bonus BIGINT NOT NULL DEFAULT -1`).Error
		},
	}, {
		ID: "2026112410_days",
		Migrate: func(tx *gorm.DB) error {
			return tx.Exec(`CREATE INDEX checkins_day ON checkins (day, member_id)`).Error
		},
	}}
}

// actions tells who checked in on which Day.
func (f *checkin) actions(ctx context.Context, from, to community.Day, each func(community.Day, community.MemberID)) error {
	return f.db.Each(ctx, func(scan func(...any) error) error {
		var day community.Day
		var member community.MemberID
		err := scan(&day, &member)
		each(day, member)
		return err
	}, `SELECT day, member_id FROM checkins WHERE day >= ? AND day < ?`, int(from), int(to))
}

// counted is the community's fact checkin.days: on how many Days a person checked in.
func (f *checkin) counted(ctx context.Context, who []community.MemberID, from, to time.Time) (n int, err error) {
	err = f.db.Conn(ctx).Raw(`SELECT COUNT(DISTINCT day) FROM checkins WHERE member_id IN ? AND at >= ? AND at < ?`,
		who, from.UnixMilli(), to.UnixMilli()).Row().Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count check-ins: %w", err)
	}
	return n, nil
}
