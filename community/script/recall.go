package script

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// entry is what a recall takes back.
type entry struct {
	id     int64
	run    int64
	n      int
	member community.MemberID
	state  string
	key    string
	picked bool
}

// recalled withdraws the entry whose words or picture were taken back.
func (s *scripts) recalled(ctx context.Context, r *bot.Request) error {
	if r.Ref == "" {
		return nil
	}
	seq, ok, err := bot.Accepted(ctx, s.db, r.Ref)
	if err != nil || !ok {
		return err
	}
	var list []entry
	err = s.db.Each(ctx, func(scan func(...any) error) error {
		var e entry
		var pickedAt int64
		err := scan(&e.id, &e.run, &e.n, &e.member, &e.state, &e.key, &pickedAt)
		e.picked = pickedAt > 0
		list = append(list, e)
		return err
	}, `SELECT id, run_id, n, member_id, state, key, picked_at FROM script_entries WHERE (seq = ? OR pic = ?) AND state <> ? ORDER BY id`, seq, seq, gone)
	if err != nil {
		return fmt.Errorf("recalled entry: %w", err)
	}
	for _, e := range list {
		if err := s.withdraw(ctx, r, e); err != nil {
			return err
		}
	}
	return nil
}

// withdraw takes an entry out of everything. Where the person has another one in the run, their points stay with it.
func (s *scripts) withdraw(ctx context.Context, r *bot.Request, e entry) error {
	if _, err := s.db.Exec(ctx, `UPDATE script_entries SET state = ?, picked_at = 0, key = '' WHERE id = ?`, gone, e.id); err != nil {
		return fmt.Errorf("withdraw entry: %w", err)
	}
	ids, err := s.c.IDs(ctx, e.member)
	if err != nil {
		return err
	}
	var other int64
	err = s.db.Conn(ctx).Raw(`SELECT COALESCE(MIN(id), 0) FROM script_entries WHERE run_id = ? AND state = ? AND member_id IN ?`, e.run, entered, ids).Row().Scan(&other)
	if err != nil {
		return fmt.Errorf("withdraw entry: %w", err)
	}
	if e.picked {
		if err := s.c.Contributions.Withdraw(ctx, pickKey(e.id), r.At); err != nil {
			return err
		}
	}
	if e.key == "" {
		return nil
	}
	if other > 0 {
		_, err := s.db.Exec(ctx, `UPDATE script_entries SET key = ? WHERE id = ?`, e.key, other)
		return err
	}
	return s.unpay(ctx, r, e.run, e.key)
}
