package ambassador

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// listen hears what is said: a code in a sentence, and the first words of somebody who was invited.
func (f *feature) listen(ctx context.Context, r *bot.Request) error {
	if r.Form != bot.Text || r.Actor.Member == "" || r.Actor.Bot {
		return nil
	}
	if s, ok := findCode(r.Text); ok {
		if err := f.claim(ctx, r, s.code, manner{aside: true, direct: s.direct}); err != nil {
			return err
		}
	}
	if r.Actor.Group == "" {
		return nil
	}
	if waits, err := f.awaits(ctx, community.MemberID(r.Actor.Origin)); err != nil || !waits || !worded(r.Text) {
		return err
	}
	return f.began(ctx, r, community.MemberID(r.Actor.Member))
}

// began pays what is due by somebody's first words.
func (f *feature) began(ctx context.Context, r *bot.Request, member community.MemberID) error {
	ids, err := f.c.IDs(ctx, member)
	if err != nil {
		return err
	}
	list, err := f.of(ctx, ids)
	if err != nil {
		return err
	}
	for _, v := range list {
		if !v.Open || v.SpokeSeq > 0 {
			continue
		}
		if err := f.refresh(ctx, r, v, v.Judged, f.restate(r)); err != nil {
			return err
		}
		if err := f.look(ctx, r, v); err != nil {
			return err
		}
		f.waiting.drop(ctx, f.db)
	}
	return nil
}

// recalled takes back what was paid for first words that were taken back, unless others followed.
func (f *feature) recalled(ctx context.Context, r *bot.Request) error {
	seq, ok, err := bot.Accepted(ctx, f.db.Storage, r.Ref)
	if err != nil || !ok {
		return err
	}
	list, err := f.invites(ctx, `WHERE i.spoke_seq = ?`, seq)
	if err != nil {
		return err
	}
	for _, v := range list {
		v.SpokeSeq, v.Open = 0, true
		if err := f.refresh(ctx, r, v, v.Judged, f.restate(r)); err != nil {
			return err
		}
		f.waiting.drop(ctx, f.db)
	}
	return nil
}

// waiting are the ids of newcomers whose first words are awaited, so that other messages cost nothing. Whoever another
// instance of the program awaits is found by the night.
type waiting struct {
	ids map[community.MemberID]bool // nil: to be read
}

// drop forgets them, now and where the work around it is undone.
func (w *waiting) drop(ctx context.Context, db community.SQL) {
	w.ids = nil
	db.OnRollback(ctx, func() { w.ids = nil })
}

// awaits tells whether the first words of an id are awaited.
func (f *feature) awaits(ctx context.Context, id community.MemberID) (bool, error) {
	if f.waiting.ids != nil {
		return f.waiting.ids[id], nil
	}
	var list []community.MemberID
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		err := scan(&id)
		list = append(list, id)
		return err
	}, `SELECT DISTINCT member_id FROM invites WHERE open AND spoke_seq = 0`)
	if err != nil {
		return false, fmt.Errorf("awaited newcomers: %w", err)
	}
	ids := map[community.MemberID]bool{}
	for _, id := range list {
		all, err := f.c.IDs(ctx, id)
		if err != nil {
			return false, err
		}
		for _, id := range all {
			ids[id] = true
		}
	}
	f.waiting.ids = ids
	f.db.OnRollback(ctx, func() { f.waiting.ids = nil })
	return ids[id], nil
}
