package admission

import (
	"context"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// again is when somebody who was refused may apply again.
func (f *admission) again(a application) time.Time {
	return a.decided.AddDate(0, 0, f.cfg.ReapplyDays)
}

// apply is 申请: how one's own application stands, or the beginning of one.
func (f *admission) apply(ctx context.Context, r *bot.Request) error {
	a, ok, err := f.newest(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	if ok && a.state != lapsed && a.state != withdrawn && a.state != joined {
		return f.status(ctx, r, a)
	}
	return f.start(ctx, r)
}

// reapply is 重新申请.
func (f *admission) reapply(ctx context.Context, r *bot.Request) error {
	a, ok, err := f.newest(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	switch {
	case ok && (a.state.open() || a.state == passed):
		return f.status(ctx, r, a)
	case ok && a.state == refused && r.At.Before(f.again(a)):
		f.answer(r, r.T("mine.soon", "Date", f.day(f.again(a)), "Days", f.cfg.ReapplyDays))
		return nil
	}
	return f.start(ctx, r)
}

// day is the day of an instant as people write it.
func (f *admission) day(at time.Time) string { return at.In(f.c.Calendar.Zone()).Format("01-02 15:04") }

// start begins an application by its person's own word: in private, or in the screening group.
func (f *admission) start(ctx context.Context, r *bot.Request) error {
	if staff(r.Actor) {
		f.answer(r, r.T("mine.staff"))
		return nil
	}
	core, err := f.group(ctx, f.cfg.Core)
	if err != nil {
		return err
	}
	if inside, err := f.present(ctx, core, community.MemberID(r.Actor.Member)); err != nil || inside {
		if inside {
			f.answer(r, r.T("mine.inside", "Group", f.coreName()))
		}
		return err
	}
	screening, err := f.group(ctx, f.cfg.Screening)
	if err != nil {
		return err
	}
	if r.Actor.Group != "" && r.Actor.Group != string(screening) {
		f.answer(r, r.T("mine.where"))
		return nil
	}
	if unknown, err := f.c.Waits(ctx, community.MemberID(r.Actor.Origin)); err != nil || unknown && r.Actor.Group == "" {
		if unknown {
			f.answer(r, r.T("mine.unknown", "Group", f.c.Words.ScreenName(f.cfg.Screening)))
		}
		return err
	}
	if here, err := f.present(ctx, screening, community.MemberID(r.Actor.Member)); err != nil || !here {
		screening = ""
		if err != nil {
			return err
		}
	}
	a, err := f.begin(ctx, r, community.MemberID(r.Actor.Origin), screening)
	if err != nil {
		return err
	}
	if _, err := f.move(ctx, &a, asking, `asked_at = ?`, r.At.UnixMilli()); err != nil {
		return err
	}
	q, of, _, err := f.opened(ctx, a.id)
	if err != nil {
		return err
	}
	f.answer(r, r.T("mine.new", "Number", a.id, "Question", q.text, "N", q.n, "Of", of))
	return f.waitFor(ctx, r, r.At)
}

// status tells an applicant how their application stands.
func (f *admission) status(ctx context.Context, r *bot.Request, a application) error {
	kv := []any{"Number", a.id, "Group", f.coreName(), "Since", f.day(a.submitted), "Date", f.day(f.again(a))}
	if a.state == asking || a.state == arrived {
		q, of, ok, err := f.opened(ctx, a.id)
		if err != nil || !ok {
			return err
		}
		kv = append(kv, "Question", q.text, "N", q.n, "Of", of)
		if a.state == arrived { // they don't wait to be asked
			if _, err := f.move(ctx, &a, asking, `asked_at = ?`, r.At.UnixMilli()); err != nil {
				return err
			}
			if err := f.waitFor(ctx, r, r.At); err != nil {
				return err
			}
		}
	}
	key := "mine." + string(a.state)
	if a.state == refused && !r.At.Before(f.again(a)) {
		key = "mine.may"
	}
	f.answer(r, strings.TrimSpace(r.T(key, kv...)))
	return nil
}

// way is 入群: how to join the core group, for who passed. It is said in private where the way is private.
func (f *admission) way(ctx context.Context, r *bot.Request) error {
	a, ok, err := f.newest(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	if !ok || a.state != passed && a.state != joined {
		f.answer(r, r.T("way.none", "Group", f.coreName()))
		return nil
	}
	if a.state == joined {
		core, err := f.group(ctx, f.cfg.Core)
		if err != nil {
			return err
		}
		inside, err := f.present(ctx, core, community.MemberID(r.Actor.Member))
		if err != nil {
			return err
		}
		key := "way.left"
		if inside {
			key = "mine.inside"
		}
		f.answer(r, r.T(key, "Group", f.coreName()))
		return nil
	}
	o := bot.Outgoing{Member: r.Actor.Member, Priority: bot.Answer}
	if r.Actor.Group != "" && !f.cfg.WayPrivate {
		o = bot.Outgoing{Group: r.Actor.Group, Mention: []string{r.Actor.Origin}, Priority: bot.Answer}
	}
	o.Text, o.Picture = f.theWay(r), f.picture
	r.Send(o)
	return nil
}

// theWay is how to join the core group.
func (f *admission) theWay(r *bot.Request) string {
	switch {
	case f.cfg.Way != "":
		return r.T("way.is", "Group", f.coreName(), "Way", f.cfg.Way)
	case f.picture != nil:
		return r.T("way.picture", "Group", f.coreName())
	}
	return r.T("way.later", "Group", f.coreName())
}
