package challenge

import (
	"context"
	"fmt"
	"slices"
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

// undoTerms gives a challenge back what one step changed of it, and leaves alone what others did since. It is refused where
// the same was changed again, where what is left would not fit together, and of prizes and dates once it has begun.
func (f *feature) undoTerms(ctx context.Context, r *bot.Request, u undoTerms) error {
	now, err := f.byID(ctx, u.Before.ID)
	if err != nil {
		return err
	}
	if now == nil || now.State != Open {
		return r.Refuse("undo.late")
	}
	begun, err := f.begun(ctx, r, now)
	if err != nil {
		return err
	}
	was := *now
	ok := now.unchange(&u.Before, &u.After)
	fits := &draft{challenge: *now, today: f.c.Calendar.Day(r.At), starts: f.c.Calendar.Starts(), leaves: true}
	switch {
	case !ok || fits.check() != "":
		return r.Refuse("undo.changed")
	case begun && (now.First != was.First || now.Mode != was.Mode || now.Target != was.Target || !slices.Equal(now.Prizes, was.Prizes)),
		now.over(f.c.Calendar.Day(r.At)):
		return r.Refuse("undo.late")
	}
	if begun {
		if used, err := f.used(ctx, &was, now.Terms); err != nil || used {
			if err == nil {
				err = r.Refuse("undo.used")
			}
			return err
		}
	}
	return f.rewrite(ctx, r, now)
}

// unchange takes back what lies between before and after. It tells whether all of that is still as it was after.
func (c *challenge) unchange(before, after *challenge) bool {
	windows, were, are := storedWindows(c.Windows), storedWindows(before.Windows), storedWindows(after.Windows)
	ok := back(&c.About, before.About, after.About)
	ok = back(&c.Mode, before.Mode, after.Mode) && ok
	ok = back(&c.Days, before.Days, after.Days) && ok
	ok = back(&c.Target, before.Target, after.Target) && ok
	ok = back(&c.First, before.First, after.First) && ok
	ok = back(&c.Last, before.Last, after.Last) && ok
	ok = back(&c.Proof, before.Proof, after.Proof) && ok
	ok = back(&c.Tag, before.Tag, after.Tag) && ok
	ok = back(&windows, were, are) && ok
	ok = back(&c.Daily, before.Daily, after.Daily) && ok
	ok = back(&c.MaxOff, before.MaxOff, after.MaxOff) && ok
	c.Windows = readWindows(windows)
	if !slices.Equal(before.Prizes, after.Prizes) {
		ok = ok && slices.Equal(c.Prizes, after.Prizes)
		c.Prizes = before.Prizes
	}
	return ok
}

// back gives a value back what it was before a step that changed it; false where it was changed again since.
func back[T comparable](now *T, before, after T) bool {
	if before == after {
		return true
	}
	same := *now == after
	*now = before
	return same
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
	n, err := f.db.Exec(ctx, `DELETE FROM challenge_prizes WHERE challenge_id = ? AND n = ? AND seq = ?`, u.ID, u.N, u.Seq)
	if err != nil {
		return fmt.Errorf("take a prize back: %w", err)
	}
	if n == 0 {
		return r.Refuse("undo.changed")
	}
	return nil
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

// undoOut takes a disqualification back, or an end of one, where nothing came of that kind since. The member is told as
// they were of what is taken back.
func (f *feature) undoOut(ctx context.Context, r *bot.Request, u undoOut) error {
	in := r.In("challenge")
	c, err := f.byID(ctx, u.ID)
	if err != nil || c == nil {
		return err
	}
	turned, err := f.turned(ctx, c, u.Member)
	if err != nil {
		return err
	}
	if turned != u.Turned {
		return in.Refuse("undo.changed")
	}
	ids, err := f.c.IDs(ctx, u.Member)
	if err != nil {
		return err
	}
	rows, err := f.members(ctx, c.ID, ids)
	if err != nil {
		return err
	}
	told := "back.told"
	if quit(rows) {
		told = "back.told_quit"
	}
	seq, text := int64(0), in.T(told, "Challenge", c.Name)
	if u.Out {
		seq, text = r.Seq, in.T("out.told", "Challenge", c.Name, "Reason", u.Reason)
	}
	if err := f.ban(ctx, r, c, u.Member, ban{seq: seq, reason: u.Reason, turned: u.Before}); err != nil {
		return err
	}
	r.Send(bot.Outgoing{Member: string(u.Member), Text: text, Priority: bot.Notice})
	return nil
}

// turned is the event that disqualified somebody last, or ended that; 0: there is none.
func (f *feature) turned(ctx context.Context, c *challenge, who community.MemberID) (seq int64, err error) {
	ids, err := f.c.IDs(ctx, who)
	if err != nil {
		return 0, err
	}
	in, args := community.In(ids)
	err = f.db.Row(ctx, `SELECT COALESCE(MAX(turned), 0) FROM challenge_members WHERE challenge_id = ? AND member_id IN `+in, append([]any{c.ID}, args...)...).Scan(&seq)
	if err != nil {
		return 0, fmt.Errorf("last turn of %s: %w", who, err)
	}
	return seq, nil
}

func (f *feature) undoAward(ctx context.Context, r *bot.Request, u undoAward) error {
	_, err := f.c.Purse.Reverse(ctx, u.Key, points.Reversal{Key: "undo/" + strings.TrimPrefix(u.Key, "undo/"), Reason: r.T("reason.undone"), At: r.At})
	return err
}
