package newcomer

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// finish ends a path whose steps are all taken. A person is paid and cheered once, however often a manager lets them
// begin anew; who is staff by now is given nothing.
func (f *newcomer) finish(ctx context.Context, r *bot.Request, p *person) error {
	row := p.row(community.MemberID(r.Actor.Origin))
	row.Done, row.Ended, row.How = p.Done, r.At.UnixMilli(), completed
	first := p.Completed == 0
	if first {
		row.Completed = r.At.UnixMilli()
	}
	if err := f.save(ctx, row); err != nil {
		return err
	}
	p.Ended, p.How = row.Ended, completed
	if err := f.note(ctx, row.Member, false); err != nil {
		return err
	}
	if !first {
		_, err := f.whisper(ctx, r, p, f.in(r, "").T("done.again"))
		return err
	}
	who, err := f.c.Person(ctx, row.Member)
	if err != nil {
		return err
	}
	if who.Role >= bot.Moderator || who.Bot {
		return f.cheer(ctx, r, p, 0, false)
	}
	amount, err := f.pay(ctx, r, row.Member)
	if err != nil {
		return err
	}
	if f.cfg.Badge {
		if _, err := f.c.Badges.Give(ctx, r.In("newcomer"), row.Member, badge); err != nil {
			return err
		}
	}
	return f.cheer(ctx, r, p, amount, f.cfg.Badge)
}

// pay posts what a completed path earns, under a key that is the id's for ever.
func (f *newcomer) pay(ctx context.Context, r *bot.Request, id community.MemberID) (int64, error) {
	if f.cfg.Points.Amount == 0 {
		return 0, nil
	}
	account, err := f.c.Account(ctx, id)
	if err != nil {
		return 0, err
	}
	t := points.Transfer{Key: "newcomer/" + string(id), From: points.Issued, To: account, Amount: f.cfg.Points.Amount,
		Reason: r.In("newcomer").T("reason"), At: r.At}
	if _, err := f.c.Purse.Post(ctx, t); err != nil {
		return 0, fmt.Errorf("pay: %w", err)
	}
	return t.Amount, nil
}

// cheer congratulates in the group, and tells what was given.
func (f *newcomer) cheer(ctx context.Context, r *bot.Request, p *person, amount int64, badged bool) error {
	name, err := f.c.Called(ctx, p.Member)
	if err != nil {
		return err
	}
	home, err := f.home(ctx, p)
	if err != nil {
		return err
	}
	_, err = f.tell(ctx, r, p, home, func(in *bot.Request) string {
		text := in.T("done", "Name", name)
		if amount > 0 {
			text += in.T("done.points", "Points", amount)
		}
		if badged {
			text += in.T("done.badge", "Badge", in.T("badge."+badge))
		}
		return text + in.T("done.end")
	})
	return err
}

// goOn says what comes next after a step: the question where it was not asked yet, or what else is missing.
func (f *newcomer) goOn(ctx context.Context, r *bot.Request, p *person) error {
	group := community.GroupID(r.Actor.Group)
	ask := p.Done[answer].At == 0 && p.Asked == 0
	where, err := f.tell(ctx, r, p, group, func(in *bot.Request) string {
		if ask {
			return in.T("ask", "Name", r.Actor.Name, "Question", f.question(in))
		}
		return in.T("next", "Name", r.Actor.Name, "How", f.how(in, p.missing()[0]))
	})
	if err != nil || !ask || where == nowhere {
		return err
	}
	row := p.row(community.MemberID(r.Actor.Origin))
	row.Asked, row.AskedIn = r.At.UnixMilli(), group
	if where == aside {
		row.AskedIn = ""
	}
	return f.save(ctx, row)
}

// where is the place that something was said in.
type where int

const (
	nowhere where = iota
	aloud         // in the group
	aside         // in private
)

// fresh is for how long words to a newcomer are worth saying.
const fresh = 24 * time.Hour

// tell says something to somebody in a group, at the end of the night and where its budget allows it; else in private,
// where they can be written to.
func (f *newcomer) tell(ctx context.Context, r *bot.Request, p *person, group community.GroupID, text func(in *bot.Request) string) (where, error) {
	if group != "" {
		in, err := f.inGroup(ctx, r, group)
		if err != nil {
			return nowhere, err
		}
		at, words := f.c.Noise.Awake(r.At), text(in)
		ok, err := f.c.Noise.TakeFor(ctx, at, community.Unasked{Group: group, Feature: "newcomer", Text: words})
		if err != nil {
			return nowhere, err
		}
		if ok {
			r.Send(bot.Outgoing{Group: string(group), Text: words, Mention: []string{string(p.Member)}, Priority: bot.Answer, NotBefore: later(r, at), NotAfter: at.Add(fresh)})
			return aloud, nil
		}
	}
	return f.whisper(ctx, r, p, text(f.in(r, "")))
}

// whisper says something in private to who can be written to.
func (f *newcomer) whisper(ctx context.Context, r *bot.Request, p *person, text string) (where, error) {
	who, err := f.c.Who(ctx, p.Member)
	if err != nil {
		return nowhere, err
	}
	open, err := f.c.Reachable(ctx, string(who))
	if err != nil || !open {
		return nowhere, err
	}
	at := r.At
	if asked := r.Kind == bot.Message && r.Actor.Group == ""; !asked {
		at = f.c.Noise.Awake(at)
	}
	r.Send(bot.Outgoing{Member: string(who), Text: text, Priority: bot.Answer, NotBefore: later(r, at), NotAfter: at.Add(fresh)})
	return aside, nil
}

// later is a time that something waits for; zero where it is now.
func later(r *bot.Request, at time.Time) time.Time {
	if at.After(r.At) {
		return at
	}
	return time.Time{}
}

// in is the request as the feature's texts see it, in a language; empty: that of r.
func (f *newcomer) in(r *bot.Request, language string) *bot.Request {
	in := r.In("newcomer")
	if language != "" {
		in.Actor.Language = language
	}
	return in
}

func (f *newcomer) inGroup(ctx context.Context, r *bot.Request, group community.GroupID) (*bot.Request, error) {
	place, err := f.c.Place(ctx, group)
	return f.in(r, place.Language), err
}

// question is what newcomers are asked.
func (f *newcomer) question(in *bot.Request) string {
	if f.cfg.Question != "" {
		return f.cfg.Question
	}
	return in.T("question")
}

// how says how a step is taken.
func (f *newcomer) how(in *bot.Request, s step) string {
	return in.T("how."+s.String(), "Tag", f.cfg.IntroductionTags[0], "Length", f.cfg.IntroductionLength, "Question", f.question(in))
}
