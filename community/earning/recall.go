package earning

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// earlyKept is how long a recall waits for its message.
const earlyKept = 30 * 24 * time.Hour

// recalled takes back what a message earned whose author took it back, once. Its place under the cap stays taken, so
// that nobody gains by saying and unsaying.
func (f *earning) recalled(ctx context.Context, r *bot.Request) error {
	if r.Ref == "" {
		return nil
	}
	f.db.OnRollback(ctx, f.mem.dropAll)
	seq, ok, err := bot.Accepted(ctx, f.db, r.Ref)
	if err != nil {
		return err
	}
	if !ok {
		return f.early(ctx, r)
	}
	f.mem.drop() // the words are gone from the stored rows, and from memory with them
	facts, err := f.factsOf(ctx, seq)
	if err != nil {
		return err
	}
	for _, c := range facts {
		if err := f.exec(ctx, `UPDATE earnings SET recalled = 1 WHERE member_id = ? AND day = ? AND seq = ? AND rule = ?`,
			string(c.origin), int(c.day), c.seq, c.rule); err != nil {
			return fmt.Errorf("recall: %w", err)
		}
		if err := f.takeBack(ctx, r, c.key()); err != nil {
			return err
		}
	}
	return f.unthank(ctx, r, seq)
}

// early keeps a recall whose message has not come yet.
func (f *earning) early(ctx context.Context, r *bot.Request) error {
	f.mem.early = nil
	if err := f.exec(ctx, `DELETE FROM early_recalls WHERE at < ?`, r.At.Add(-earlyKept).UnixMilli()); err != nil {
		return fmt.Errorf("early recall: %w", err)
	}
	if err := f.exec(ctx, `INSERT INTO early_recalls (event, at) VALUES (?, ?) ON CONFLICT (event) DO NOTHING`, r.Ref, r.At.UnixMilli()); err != nil {
		return fmt.Errorf("early recall: %w", err)
	}
	return nil
}

// factsOf are the facts of a message.
func (f *earning) factsOf(ctx context.Context, seq int64) (facts []fact, err error) {
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		c := fact{seq: seq}
		var day int
		err := scan(&c.rule, &c.origin, &day)
		c.day = community.Day(day)
		facts = append(facts, c)
		return err
	}, `SELECT e.rule, e.member_id, e.day FROM messages m JOIN earnings e ON e.member_id = m.member_id AND e.seq = m.seq WHERE m.seq = ?`, seq)
	if err != nil {
		return nil, fmt.Errorf("recall: %w", err)
	}
	return facts, nil
}

// unthank takes back the thanks of a message.
func (f *earning) unthank(ctx context.Context, r *bot.Request, seq int64) error {
	var keys []string
	var days []int
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var at int64
		if err := scan(&at); err != nil {
			return err
		}
		days = append(days, int(f.c.Calendar.Day(bot.FromMillis(at))))
		return nil
	}, `SELECT at FROM messages WHERE seq = ?`, seq)
	for _, day := range days {
		if err == nil {
			err = f.db.Each(ctx, func(scan func(...any) error) error {
				var to community.MemberID
				err := scan(&to)
				keys = append(keys, key(ruleThanks, to, seq))
				return err
			}, `SELECT to_id FROM thanks WHERE day = ? AND seq = ?`, day, seq)
		}
		if err == nil && len(keys) > 0 {
			err = f.exec(ctx, `UPDATE thanks SET recalled = 1 WHERE day = ? AND seq = ?`, day, seq)
		}
	}
	if err != nil {
		return fmt.Errorf("recall thanks: %w", err)
	}
	for _, k := range keys {
		if err := f.takeBack(ctx, r, k); err != nil {
			return err
		}
	}
	return nil
}

// takeBack reverses what stands under a key, or under the keys that a merge or a split posted it again with.
func (f *earning) takeBack(ctx context.Context, r *bot.Request, of string) error {
	k := of
	for n := 1; ; n++ {
		t, ok, err := f.c.Purse.Find(ctx, k)
		if err != nil || !ok {
			return err
		}
		if t.Reversal == "" {
			_, err := f.c.Purse.Reverse(ctx, k, points.Reversal{Key: "recall/" + k, Reason: r.T("recalled"), At: r.At})
			return err
		}
		k = fmt.Sprintf("again/%d/%s", n, of)
	}
}
