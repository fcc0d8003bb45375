package ambassador

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/draw"
)

// own is 邀请码 without a code: an ambassador's own, with a poster. What is said in a group is shown in private, where that is
// possible: a group is no place for an advertisement nobody asked for.
func (f *feature) own(ctx context.Context, r *bot.Request) error {
	me := community.MemberID(r.Actor.Member)
	ids, err := f.c.IDs(ctx, me)
	if err != nil {
		return err
	}
	s, has, err := f.seatOf(ctx, ids)
	if err != nil {
		return err
	}
	if !has || s.State != active {
		return f.notYet(ctx, r, ids, s, has)
	}
	c, _, err := f.codeFor(ctx, r, s.Member, ids)
	if err != nil {
		return err
	}
	text := r.T("own", "Code", shownCode(c.Code), "Plain", c.Code, "Inviter", c.Inviter, "Newcomer", c.Newcomer, "Hours", int(window.Hours()), "Link", f.cfg.Link)
	picture, err := f.poster(r, c)
	if err != nil {
		return err
	}
	open, err := f.c.Reachable(ctx, r.Actor.Member)
	if err != nil {
		return err
	}
	o := bot.Outgoing{Text: text, Picture: picture, Priority: bot.Answer, Member: r.Actor.Member}
	if r.Actor.Group != "" && !open {
		o.Member, o.Group = "", r.Actor.Group
	}
	r.Send(o)
	if r.Actor.Group != "" && open {
		r.Reply(r.T("own.private", "Name", r.Actor.Name))
	}
	return nil
}

// notYet tells who is no ambassador what they may do: a newcomer may say a code, others may apply.
func (f *feature) notYet(ctx context.Context, r *bot.Request, ids []community.MemberID, s seat, has bool) error {
	if _, fresh, err := f.came(ctx, ids, r.At); err != nil {
		return err
	} else if fresh {
		return r.Refuse("own.newcomer")
	}
	if has && s.State == applied {
		return r.Refuse("apply.waits")
	}
	return r.Refuse("own.none")
}

// poster is the picture with an ambassador's code.
func (f *feature) poster(r *bot.Request, c code) ([]byte, error) {
	png, err := draw.Poster{
		Community: f.Community, Title: r.T("poster.title"), Name: r.Actor.Name, Lines: f.promises(r, c), CodeLabel: r.T("poster.code"), Code: c.Code,
		Hint: r.T("poster.hint", "Code", c.Code, "Hours", int(window.Hours())), Link: f.cfg.Link, LinkHint: r.T("poster.link"),
	}.PNG(f.Fonts)
	if err != nil {
		return nil, fmt.Errorf("poster: %w", err)
	}
	return png, nil
}

// promises are the sentences of a poster.
func (f *feature) promises(r *bot.Request, c code) (lines []string) {
	if f.cfg.Promise != "" {
		lines = append(lines, f.cfg.Promise)
	}
	if c.Newcomer > 0 {
		lines = append(lines, r.T("poster.reward", "Points", c.Newcomer))
	}
	return lines
}

// codeFor is a person's code; one is made under an id where there is none.
func (f *feature) codeFor(ctx context.Context, r *bot.Request, id community.MemberID, ids []community.MemberID) (c code, fresh bool, err error) {
	c, ok, err := f.ownCode(ctx, ids)
	if err != nil {
		return c, false, err
	}
	if ok && c.Inviter == f.cfg.Inviter && c.Newcomer == f.cfg.Newcomer {
		return c, false, nil
	}
	if ok { // the amounts are what is promised from now on
		c.Inviter, c.Newcomer = f.cfg.Inviter, f.cfg.Newcomer
		_, err := f.db.Exec(ctx, `UPDATE invite_codes SET inviter = ?, newcomer = ? WHERE code = ?`, c.Inviter, c.Newcomer, c.Code)
		return c, false, err
	}
	c, err = f.addCode(ctx, r, code{Owner: id, Inviter: f.cfg.Inviter, Newcomer: f.cfg.Newcomer})
	return c, true, err
}

// renew is 换邀请码: an ambassador's code is good no more, and they have another one.
func (f *feature) renew(ctx context.Context, r *bot.Request) error {
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	s, has, err := f.seatOf(ctx, ids)
	if err != nil {
		return err
	}
	if !has || s.State != active {
		return r.Refuse("own.none")
	}
	sure, err := f.c.Confirmations.Ask(ctx, r, r.T("renew.sure"))
	if err != nil || !sure {
		return err
	}
	if _, err := f.revokeAll(ctx, r, ids); err != nil {
		return err
	}
	return f.own(ctx, r)
}

// revokeAll ends all personal codes of some ids, and tells which.
func (f *feature) revokeAll(ctx context.Context, r *bot.Request, ids []community.MemberID) (ended []string, err error) {
	in, args := community.In(ids)
	list, err := f.codes(ctx, `WHERE owner_id IN `+in+` AND budget_id = '' AND revoked_at = 0 ORDER BY code`, args...)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if err := f.end(ctx, r, c.Code, true); err != nil {
			return nil, err
		}
		ended = append(ended, c.Code)
	}
	return ended, nil
}

// end ends a code, or makes it good again.
func (f *feature) end(ctx context.Context, r *bot.Request, code string, ended bool) error {
	at := int64(0)
	if ended {
		at = r.At.UnixMilli()
	}
	if _, err := f.db.Exec(ctx, `UPDATE invite_codes SET revoked_at = ? WHERE code = ?`, at, code); err != nil {
		return fmt.Errorf("code: %w", err)
	}
	return nil
}

// revoke is 停用邀请码, of a code that got into the wrong hands.
func (f *feature) revoke(ctx context.Context, r *bot.Request) error {
	list, err := f.codes(ctx, `WHERE code = ?`, cutCode(r.Args))
	switch {
	case err != nil:
		return err
	case len(list) == 0:
		return r.Refuse("revoke.unknown")
	case list[0].Revoked:
		return r.Refuse("revoke.already")
	}
	if err := f.end(ctx, r, list[0].Code, true); err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, "ambassador.revoke", string(list[0].Owner), map[string]any{"budget": list[0].Budget}); err != nil {
		return err
	}
	return f.done(ctx, r, "ambassador.revoke", list[0].Code, r.T("revoke.done", "Code", shownCode(list[0].Code)))
}
