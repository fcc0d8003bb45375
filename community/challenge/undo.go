package challenge

import (
	"context"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

func (f *feature) undoNew(ctx context.Context, r *bot.Request, u undoNew) error {
	c, err := f.byID(ctx, u.ID)
	if err != nil {
		return err
	}
	n, err := f.size(ctx, u.ID)
	if err != nil {
		return err
	}
	if c == nil || c.State != Open || n > 0 {
		return r.Refuse("undo.joined")
	}
	if _, err = f.db.Exec(ctx, `UPDATE challenges SET state = 'cancelled', settled_at = ? WHERE id = ?`, r.At.UnixMilli(), u.ID); err != nil {
		return fmt.Errorf("cancel challenge %d: %w", u.ID, err)
	}
	return f.schedule(ctx, r)
}

// undoTerms gives a challenge the terms from before. Prizes come back only where it has not begun.
func (f *feature) undoTerms(ctx context.Context, r *bot.Request, u undoTerms) error {
	c, err := f.byID(ctx, u.Before.ID)
	if err != nil {
		return err
	}
	if c == nil || c.State != Open || u.Before.First != 0 && u.Before.Last < f.c.Calendar.Day(r.At) {
		return r.Refuse("undo.late")
	}
	begun, err := f.begun(ctx, r, c)
	if err != nil {
		return err
	}
	if !begun {
		return f.rewrite(ctx, r, &u.Before)
	}
	if u.Before.First != c.First || u.Before.Mode != c.Mode || u.Before.Target != c.Target {
		return r.Refuse("undo.late")
	}
	if used, err := f.used(ctx, c, u.Before.Terms); err != nil || used {
		if err == nil {
			err = r.Refuse("undo.used")
		}
		return err
	}
	if err := f.terms(ctx, &u.Before); err != nil {
		return err
	}
	return f.spans(ctx, r, &u.Before)
}

// used tells whether somebody would lose Days or prizes if a challenge had the terms from before.
func (f *feature) used(ctx context.Context, c *challenge, before Terms) (bool, error) {
	if err := f.lock(ctx, c.ID); err != nil {
		return false, err
	}
	var list []community.MemberID
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var who community.MemberID
		err := scan(&who)
		list = append(list, who)
		return err
	}, `SELECT member_id FROM challenge_standings WHERE challenge_id = ? AND total > 0 ORDER BY member_id`, c.ID)
	if err != nil {
		return false, fmt.Errorf("who has used an extension: %w", err)
	}
	before.Prizes = c.Prizes
	for _, who := range list {
		ids, err := f.c.IDs(ctx, who)
		if err != nil {
			return false, err
		}
		p, _, err := f.part(ctx, c.ID, ids)
		if err != nil {
			return false, err
		}
		if p == nil {
			continue
		}
		now, then := Judge(c.Terms, *p), Judge(before, *p)
		if len(then.Wins) < len(now.Wins) || len(then.Paid) < len(now.Paid) || then.Total < now.Total || then.Reached == 0 && now.Reached > 0 {
			return true, nil
		}
	}
	return false, nil
}

func (f *feature) undoPrize(ctx context.Context, r *bot.Request, u undoPrize) error {
	won := 0
	if err := f.db.Row(ctx, `SELECT COUNT(*) FROM challenge_wins WHERE challenge_id = ? AND n = ?`, u.ID, u.N).Scan(&won); err != nil {
		return fmt.Errorf("who has won: %w", err)
	}
	if won > 0 {
		return r.Refuse("undo.won")
	}
	_, err := f.db.Exec(ctx, `DELETE FROM challenge_prizes WHERE challenge_id = ? AND n = ?`, u.ID, u.N)
	return err
}

func (f *feature) undoCancel(ctx context.Context, r *bot.Request, u undoCancel) error {
	c, err := f.byID(ctx, u.ID)
	if err != nil || c == nil {
		return err
	}
	if err := f.free(ctx, r, c.Name); err != nil {
		return err
	}
	if _, err = f.db.Exec(ctx, `UPDATE challenges SET state = 'open', settled_at = 0 WHERE id = ? AND state = 'cancelled'`, u.ID); err != nil {
		return fmt.Errorf("open challenge %d: %w", u.ID, err)
	}
	return f.schedule(ctx, r)
}

func (f *feature) undoOut(ctx context.Context, r *bot.Request, u undoOut) error {
	c, err := f.byID(ctx, u.ID)
	if err != nil || c == nil {
		return err
	}
	seq := int64(0)
	if u.Out {
		seq = r.Seq
	}
	return f.ban(ctx, r, c, u.Member, seq, u.Reason)
}

func (f *feature) undoAward(ctx context.Context, r *bot.Request, u undoAward) error {
	_, err := f.c.Purse.Reverse(ctx, u.Key, points.Reversal{Key: "undo/" + strings.TrimPrefix(u.Key, "undo/"), Reason: r.T("reason.undone"), At: r.At})
	return err
}
