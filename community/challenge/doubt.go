package challenge

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

const (
	explainWithin = 24 * time.Hour      // how long one more line is waited for
	copiedWithin  = 30 * 24 * time.Hour // how far back words and pictures are compared
	explainLeast  = 4                   // characters
)

// The doubts: nothing follows from them but a question, and a figure for managers.
const (
	doubtPicture = "picture" // the picture was there before
	doubtWords   = "words"   // the words are those of somebody else
)

// doubt asks for one more line where a picture was there before, or words are copied from somebody else. The check-in
// counts all the same.
func (f *feature) doubt(ctx context.Context, r *bot.Request, c *challenge, m Mark, s shown) error {
	kind, err := f.doubtful(ctx, r, c, m, s)
	if err != nil || kind == "" {
		return err
	}
	if _, err := f.db.Exec(ctx, `INSERT INTO challenge_doubts (mark_id, challenge_id, member_id, group_id, kind, at) VALUES (?, ?, ?, ?, ?, ?)`,
		m.ID, c.ID, string(m.Origin), r.Actor.Group, kind, r.At.UnixMilli()); err != nil {
		return fmt.Errorf("doubt: %w", err)
	}
	r.Reply(r.T("doubt."+kind, "Name", r.Actor.Name))
	return nil
}

// doubtful tells what is doubtful of a check-in; empty: nothing. Own words may be said again every day.
func (f *feature) doubtful(ctx context.Context, r *bot.Request, c *challenge, m Mark, s shown) (kind string, err error) {
	since := r.At.Add(-copiedWithin).UnixMilli()
	n := 0
	if s.media != "" {
		if err := f.db.Row(ctx, `SELECT COUNT(*) FROM challenge_marks WHERE media = ? AND id <> ? AND at >= ? AND NOT (member_id = ? AND day = ?)`,
			s.media, m.ID, since, string(m.Origin), int(m.Day)).Scan(&n); err != nil {
			return "", fmt.Errorf("pictures like this: %w", err)
		}
	}
	if n > 0 {
		return doubtPicture, nil
	}
	if print := s.print(); print != "" {
		ids, err := f.c.IDs(ctx, m.Origin)
		if err != nil {
			return "", err
		}
		in, args := community.In(ids)
		if err := f.db.Row(ctx, `SELECT COUNT(*) FROM challenge_marks WHERE challenge_id = ? AND print = ? AND at >= ? AND member_id NOT IN `+in,
			append([]any{c.ID, print, since}, args...)...).Scan(&n); err != nil {
			return "", fmt.Errorf("words like these: %w", err)
		}
	}
	if n > 0 {
		return doubtWords, nil
	}
	return "", nil
}

// explained takes the line that was asked for: said to the bot, as an answer to it, or beginning with 补充.
func (f *feature) explained(ctx context.Context, r *bot.Request) (bool, error) {
	text, marked := strings.CutPrefix(strings.TrimSpace(r.Text), "补充")
	toBot := r.ToBot || r.Quote != nil && r.Quote.From.Self
	if r.Form != bot.Text || !marked && !toBot || utf8.RuneCountInString(strings.Trim(text, "：: ")) < explainLeast {
		return false, nil
	}
	n, err := f.db.Exec(ctx, `UPDATE challenge_doubts SET answered_at = ?, answer_seq = ? WHERE answered_at = 0 AND at > ? AND group_id = ? AND member_id = ?`,
		r.At.UnixMilli(), r.Seq, r.At.Add(-explainWithin).UnixMilli(), r.Actor.Group, r.Actor.Origin)
	if err != nil {
		return false, fmt.Errorf("doubt: %w", err)
	}
	if n > 0 {
		r.Reply(r.T("doubt.thanks", "Name", r.Actor.Name))
	}
	return n > 0, nil
}

// recalled withdraws the check-in whose words or picture were taken back.
func (f *feature) recalled(ctx context.Context, r *bot.Request) error {
	if r.Ref == "" {
		return nil
	}
	seq, ok, err := bot.Accepted(ctx, f.db, r.Ref)
	if err != nil || !ok {
		return err
	}
	type gone struct {
		id, challenge int64
		member        community.MemberID
		day           community.Day
	}
	var list []gone
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var g gone
		err := scan(&g.id, &g.challenge, &g.member, &g.day)
		list = append(list, g)
		return err
	}, `SELECT id, challenge_id, member_id, day FROM challenge_marks WHERE (seq = ? OR other_seq = ?) AND kind = 'done' AND gone_seq = 0 ORDER BY id`, seq, seq)
	if err != nil {
		return fmt.Errorf("recalled check-in: %w", err)
	}
	if _, err := f.db.Exec(ctx, `DELETE FROM challenge_halves WHERE seq = ?`, seq); err != nil {
		return fmt.Errorf("recalled half: %w", err)
	}
	for _, g := range list {
		c, err := f.byID(ctx, g.challenge)
		if err != nil {
			return err
		}
		o, err := f.change(ctx, r, c, g.member, func(ctx context.Context) error {
			_, err := f.db.Exec(ctx, `UPDATE challenge_marks SET gone_seq = ? WHERE id = ?`, r.Seq, g.id)
			return err
		})
		if err != nil {
			return err
		}
		f.sayWithdrawn(r, c, g.member, g.day, o)
	}
	return nil
}

// sayWithdrawn tells somebody in private what taking back their proof meant.
func (f *feature) sayWithdrawn(r *bot.Request, c *challenge, member community.MemberID, day community.Day, o outcome) {
	text := r.T("recalled", "Challenge", c.Name, "Day", said(day))
	lost := worth(o.Lost)
	for key, m := range o.Before.Paid {
		if _, still := o.After.Paid[key]; !still {
			lost += m.Price
		}
	}
	if lost > 0 {
		text += r.T("recalled.points", "Points", lost)
	}
	if day == f.c.Calendar.Day(r.At) && c.State == Open {
		text += r.T("recalled.again")
	}
	r.Send(bot.Outgoing{Member: string(member), Text: text, Priority: bot.Answer})
}
