package challenge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// awardConfirmed is the amount above which an award has to be confirmed.
const awardConfirmed = 500

// someone is the member and the challenge that a command begins with: @小明 早起 原因. Without a challenge it is the only
// one that they take part in, or the only one that has ended lately where they are in none.
func (f *feature) someone(ctx context.Context, r *bot.Request) (p community.Person, c *challenge, rows []member, rest string, err error) {
	p, rest, err = f.c.Target(ctx, r)
	if err != nil {
		return p, nil, nil, "", err
	}
	open, err := f.challenges(ctx, `WHERE state = 'open' ORDER BY id`)
	if err != nil {
		return p, nil, nil, "", err
	}
	ended, err := f.recent(ctx, r)
	if err != nil {
		return p, nil, nil, "", err
	}
	ids, err := f.c.IDs(ctx, p.ID)
	if err != nil {
		return p, nil, nil, "", err
	}
	if open, err = f.joinedBy(ctx, ids, open); err != nil {
		return p, nil, nil, "", err
	}
	if ended, err = f.joinedBy(ctx, ids, ended); err != nil {
		return p, nil, nil, "", err
	}
	theirs := open
	if len(open) == 0 {
		theirs = ended
	}
	name := f.c.Words.ScreenName(p.Name)
	c, words := named(append(open, ended...), rest)
	switch {
	case c != nil:
		rest = words
	case len(theirs) == 1:
		c, rest = theirs[0], strings.TrimSpace(rest)
	case len(theirs) == 0:
		return p, nil, nil, "", r.Refuse("member.none", "Name", name)
	default:
		return p, nil, nil, "", r.Refuse("member.which", "Name", name, "Names", names(theirs))
	}
	rows, err = f.members(ctx, c.ID, ids)
	return p, c, rows, rest, err
}

// joinedBy are the challenges of a list that one of some ids has joined.
func (f *feature) joinedBy(ctx context.Context, ids []community.MemberID, list []*challenge) (some []*challenge, err error) {
	for _, c := range list {
		rows, err := f.members(ctx, c.ID, ids)
		if err != nil {
			return nil, err
		}
		if len(rows) > 0 {
			some = append(some, c)
		}
	}
	return some, nil
}

// disqualify is 取消资格 @小明 早起 原因.
func (f *feature) disqualify(ctx context.Context, r *bot.Request) error {
	p, c, rows, reason, err := f.someone(ctx, r)
	if err != nil {
		return err
	}
	if reason, err = f.c.Reason(r, reason); err != nil {
		return err
	}
	name := f.c.Words.ScreenName(p.Name)
	switch {
	case banned(rows):
		return r.Refuse("out.already", "Name", name, "Challenge", c.Name)
	case reason == "":
		return r.Refuse("out.why", "Name", name, "Challenge", c.Name)
	}
	if err := f.allowed(r, reason); err != nil {
		return err
	}
	before, err := f.turned(ctx, c, p.ID)
	if err != nil {
		return err
	}
	if err := f.ban(ctx, r, c, p.ID, ban{seq: r.Seq, reason: reason, turned: r.Seq}); err != nil {
		return err
	}
	r.Send(bot.Outgoing{Member: string(p.ID), Text: r.T("out.told", "Challenge", c.Name, "Reason", reason), Priority: bot.Notice})
	return f.done(ctx, r, "challenge.out", string(p.ID), undoOut{ID: c.ID, Member: p.ID, Turned: r.Seq, Before: before}, map[string]any{"challenge": c.ID}, r.T("out.done", "Name", name, "Challenge", c.Name))
}

// ban is that somebody is disqualified since an event, with the reason; seq 0: they are not. turned is the event that said so.
type ban struct {
	seq    int64
	reason string
	turned int64
}

// ban keeps whether somebody is disqualified, under all ids that take part.
func (f *feature) ban(ctx context.Context, r *bot.Request, c *challenge, who community.MemberID, b ban) error {
	ids, err := f.c.IDs(ctx, who)
	if err != nil {
		return err
	}
	in, args := community.In(ids)
	_, err = f.change(ctx, r, c, who, func(ctx context.Context) error {
		_, err := f.db.Exec(ctx, `UPDATE challenge_members SET out_seq = ?, out_reason = ?, turned = ? WHERE challenge_id = ? AND member_id IN `+in,
			append([]any{b.seq, b.reason, b.turned, c.ID}, args...)...)
		if err != nil {
			return fmt.Errorf("disqualify: %w", err)
		}
		return nil
	})
	return err
}

// reinstate is 恢复资格 @小明 早起.
func (f *feature) reinstate(ctx context.Context, r *bot.Request) error {
	p, c, rows, _, err := f.someone(ctx, r)
	if err != nil {
		return err
	}
	name := f.c.Words.ScreenName(p.Name)
	if !banned(rows) {
		return r.Refuse("back.not_out", "Name", name, "Challenge", c.Name)
	}
	var reason string
	if err := f.db.Row(ctx, `SELECT out_reason FROM challenge_members WHERE challenge_id = ? AND member_id = ?`, c.ID, string(rows[0].Origin)).Scan(&reason); err != nil {
		return fmt.Errorf("reinstate: %w", err)
	}
	before, err := f.turned(ctx, c, p.ID)
	if err != nil {
		return err
	}
	if err := f.ban(ctx, r, c, p.ID, ban{turned: r.Seq}); err != nil {
		return err
	}
	told, done := "back.told", "back.done"
	if quit(rows) {
		told, done = "back.told_quit", "back.done_quit"
	}
	r.Send(bot.Outgoing{Member: string(p.ID), Text: r.T(told, "Challenge", c.Name), Priority: bot.Notice})
	return f.done(ctx, r, "challenge.out", string(p.ID), undoOut{ID: c.ID, Member: p.ID, Out: true, Reason: reason, Turned: r.Seq, Before: before}, map[string]any{"challenge": c.ID}, r.T(done, "Name", name, "Challenge", c.Name))
}

// quit tells whether somebody with these rows has quit under all of their ids.
func quit(rows []member) bool {
	return !slices.ContainsFunc(rows, func(m member) bool { return !m.Left })
}

// award is 奖励 @小明 早起 50 原因.
func (f *feature) award(ctx context.Context, r *bot.Request) error {
	p, c, rows, rest, err := f.someone(ctx, r)
	if err != nil {
		return err
	}
	amount, reason, err := community.CutAmount(rest)
	var wrong *community.AmountError
	if errors.As(err, &wrong) {
		return bot.Refuse(r.In("community").T(wrong.Key) + "\n" + r.T("award.example", "Name", c.Name))
	}
	if err != nil {
		return err
	}
	staff, err := f.c.LeftOut(ctx)
	if err != nil {
		return err
	}
	name := f.c.Words.ScreenName(p.Name)
	switch reason, err = f.c.Reason(r, reason); {
	case err != nil:
		return err
	case string(p.ID) == r.Actor.Member:
		return r.Refuse("award.self")
	case banned(rows):
		return r.Refuse("award.out", "Name", name, "Challenge", c.Name)
	case staff[p.ID]:
		return r.Refuse("award.staff", "Name", name)
	case amount > community.MostEarned:
		return r.Refuse("award.much", "Most", community.MostEarned)
	}
	if amount > awardConfirmed {
		sure, err := f.c.Confirmations.Ask(ctx, r, r.T("award.preview", "Name", name, "Points", amount, "Challenge", c.Name))
		if err != nil || !sure {
			return err
		}
	}
	account, err := f.c.Account(ctx, p.ID)
	if err != nil {
		return err
	}
	t := points.Transfer{Key: fmt.Sprintf("challenge-award/%d/%d", c.ID, r.Seq), From: points.Issued, To: account, Amount: amount,
		Reason: strings.TrimSpace(r.T("reason.award", "Name", c.Name) + " " + reason), At: r.At}
	if _, err := f.c.Purse.Post(ctx, t); err != nil {
		return err
	}
	return f.done(ctx, r, "challenge.award", string(p.ID), undoAward{t.Key}, map[string]any{"challenge": c.ID, "amount": amount},
		r.T("award.done", "Name", name, "Points", amount, "Challenge", c.Name))
}

// look is 查打卡 @小明 早起.
func (f *feature) look(ctx context.Context, r *bot.Request) error {
	p, c, rows, _, err := f.someone(ctx, r)
	if err != nil {
		return err
	}
	ids, err := f.c.IDs(ctx, p.ID)
	if err != nil {
		return err
	}
	s, err := f.standing(ctx, c, ids)
	if err != nil {
		return err
	}
	today := f.c.Calendar.Day(r.At)
	text := r.T("look", "Name", f.c.Words.ScreenName(p.Name), "Challenge", c.Name, "Streak", s.Streak(c.asOf(f.c.Calendar, today)), "Total", s.Total, "Target", c.Target, "Cards", s.Cards)
	if banned(rows) {
		text += r.T("look.out")
	}
	r.Reply(text + "\n" + f.grid(r, s, today))
	return nil
}
