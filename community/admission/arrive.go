package admission

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

const askJob = "ask" // its key is the group

// staff tells whether who acts is never an applicant.
func staff(a bot.Actor) bool { return a.Bot || max(a.Role, a.Asleep) >= bot.Moderator }

// came hears who joined a group.
func (f *admission) came(ctx context.Context, r *bot.Request) error {
	if r.Actor.Member == "" || staff(r.Actor) {
		return nil
	}
	if core, err := f.in(ctx, r.Actor.Group, f.cfg.Core); err != nil || core {
		if err != nil {
			return err
		}
		return f.inside(ctx, r)
	}
	if screening, err := f.in(ctx, r.Actor.Group, f.cfg.Screening); err != nil || !screening {
		return err
	}
	here, err := f.present(ctx, community.GroupID(r.Actor.Group), community.MemberID(r.Actor.Member))
	if err != nil || !here {
		return err // they left since
	}
	return f.arrive(ctx, r)
}

// arrive begins an application, or goes on with the one that its person had.
func (f *admission) arrive(ctx context.Context, r *bot.Request) error {
	a, had, err := f.newest(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	switch {
	case had && a.state == withdrawn && r.At.Sub(a.left) < resumeFor:
		return f.resume(ctx, r, a)
	case had && (a.state.open() || a.state == passed), had && a.state == refused && r.At.Before(f.again(a)):
		return nil
	}
	core, err := f.group(ctx, f.cfg.Core)
	if err != nil {
		return err
	}
	if inside, err := f.present(ctx, core, community.MemberID(r.Actor.Member)); err != nil || inside {
		return err // they just look in
	}
	if _, err = f.begin(ctx, r, community.MemberID(r.Actor.Origin), community.GroupID(r.Actor.Group)); err != nil {
		return err
	}
	return f.askSoon(ctx, r, community.GroupID(r.Actor.Group))
}

// resume lets an application go on whose person came back.
func (f *admission) resume(ctx context.Context, r *bot.Request, a application) error {
	_, _, open, err := f.opened(ctx, a.id)
	if err != nil {
		return err
	}
	to := waiting
	if open {
		to = arrived
	}
	if _, err := f.move(ctx, &a, to, `group_id = ?, left_at = 0, reminded_at = 0`, r.Actor.Group); err != nil || !open {
		return err
	}
	return f.askSoon(ctx, r, community.GroupID(r.Actor.Group))
}

// askSoon lets those who came be asked, together with who comes in the same minute.
func (f *admission) askSoon(ctx context.Context, r *bot.Request, group community.GroupID) error {
	at := notBefore(r.At, r.SeenAt).Add(together)
	return r.Later(ctx, f.c.Noise.Awake(at), askJob, string(group))
}

// ask asks all who arrived in a group.
func (f *admission) ask(ctx context.Context, r *bot.Request) error {
	list, err := f.each(ctx, `WHERE state = ? AND group_id = ? ORDER BY id`, string(arrived), r.Key)
	if err != nil {
		return err
	}
	asked, later, err := f.put(ctx, r, "ask", list)
	if err != nil {
		return err
	}
	for _, a := range asked {
		if _, err := f.move(ctx, &a, asking, `asked_at = ?`, r.At.UnixMilli()); err != nil {
			return err
		}
		if err := f.waitFor(ctx, r, r.At); err != nil {
			return err
		}
	}
	if later.IsZero() {
		return nil
	}
	return r.Later(ctx, later, askJob, r.Key)
}

// batch are applicants who are asked the same in one message.
type batch struct {
	group community.GroupID
	q     question
	of    int
	list  []application
}

// mostNamed is how many applicants are named in one message.
const mostNamed = 10

// put asks applicants the questions that are open, in private or by one message for those in a group with the same
// one. key is of the texts. It gives those who were asked; later, if it is not zero, is when the others may be.
func (f *admission) put(ctx context.Context, r *bot.Request, key string, list []application) (asked []application, later time.Time, err error) {
	if until, quiet := f.c.Noise.Quiet(r.At); quiet {
		if len(list) > 0 {
			later = until
		}
		return nil, later, nil
	}
	var batches []*batch
	for _, a := range list {
		q, of, ok, err := f.opened(ctx, a.id)
		if err != nil {
			return nil, later, err
		}
		if !ok {
			continue
		}
		private, err := f.private(ctx, a)
		if err != nil {
			return nil, later, err
		}
		if private {
			text := r.T(key+".private", "Group", f.coreName(), "Question", q.text, "N", q.n, "Of", of)
			r.Send(bot.Outgoing{Member: string(a.member), Text: text, Priority: bot.Notice})
			asked = append(asked, a)
			continue
		}
		batches = gather(batches, a, q, of)
	}
	for _, b := range batches {
		ok, err := f.putInGroup(ctx, r, key, b)
		if err != nil {
			return nil, later, err
		}
		if ok {
			asked = append(asked, b.list...)
		} else {
			later = f.c.Noise.Awake(f.c.Calendar.Start(f.c.Calendar.Day(r.At) + 1))
		}
	}
	return asked, later, nil
}

// gather puts an applicant to those of the same group who are asked the same.
func gather(batches []*batch, a application, q question, of int) []*batch {
	for _, b := range batches {
		if b.group == a.group && b.q.text == q.text && b.q.n == q.n && len(b.list) < mostNamed {
			b.list = append(b.list, a)
			return batches
		}
	}
	return append(batches, &batch{group: a.group, q: q, of: of, list: []application{a}})
}

// putInGroup asks a batch in its group, where the noise budget allows it.
func (f *admission) putInGroup(ctx context.Context, r *bot.Request, key string, b *batch) (ok bool, err error) {
	if b.group == "" {
		return true, nil // nowhere to be asked: they know how to come back
	}
	var ids []community.MemberID
	var mention []string
	for _, a := range b.list {
		ids, mention = append(ids, a.member), append(mention, string(a.member))
	}
	names, err := f.names(ctx, ids)
	if err != nil {
		return false, err
	}
	text := r.T(key+".group", "Names", names, "Group", f.coreName(), "Question", b.q.text, "N", b.q.n, "Of", b.of)
	if f.cfg.Where == inPrivate {
		text += "\n" + r.T("ask.befriend")
	}
	ok, err = f.c.Noise.TakeFor(ctx, r.At, community.Unasked{Group: b.group, Feature: r.Feature(), Text: text})
	if err != nil || !ok {
		return false, err
	}
	r.Send(bot.Outgoing{Group: string(b.group), Text: text, Mention: mention, Priority: bot.Answer})
	return true, nil
}

// names mention people in one line, safe to echo.
func (f *admission) names(ctx context.Context, ids []community.MemberID) (line string, err error) {
	for i, id := range ids {
		name, err := f.c.Called(ctx, id)
		if err != nil {
			return "", err
		}
		if i > 0 {
			line += " "
		}
		line += "@" + name
	}
	return line, nil
}

// private tells whether an applicant is asked in private.
func (f *admission) private(ctx context.Context, a application) (bool, error) {
	if f.cfg.Where != inPrivate && a.group != "" {
		return false, nil
	}
	open, err := f.c.Reachable(ctx, string(a.member))
	if err != nil {
		return false, fmt.Errorf("applicant %d: %w", a.id, err)
	}
	return open, nil
}

// coreName is what the core group is called.
func (f *admission) coreName() string { return f.c.Words.ScreenName(f.cfg.Core) }
