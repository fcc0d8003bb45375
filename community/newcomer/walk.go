package newcomer

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// joined begins a path for who was in none of the groups before, or long ago. Staff and bots have none.
func (f *newcomer) joined(ctx context.Context, r *bot.Request) error {
	if r.Actor.Member == "" || r.Actor.Group == "" || r.Actor.Bot || max(r.Actor.Role, r.Actor.Asleep) >= bot.Moderator {
		return nil
	}
	if r.SeenAt.Sub(r.At) > time.Duration(f.cfg.Days)*24*time.Hour {
		return nil
	}
	p, known, err := f.person(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	if known && p.open() && !f.over(&p.path, r.At) {
		return nil
	}
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	last, err := f.lastThere(ctx, r, ids)
	if err != nil || !begins(last, r.At) {
		return err
	}
	fresh := path{Member: community.MemberID(r.Actor.Origin), Group: community.GroupID(r.Actor.Group), Started: r.At.UnixMilli()}
	for _, row := range p.rows {
		if row.Member == fresh.Member {
			fresh.Completed = row.Completed
		}
	}
	if err := f.save(ctx, &fresh); err != nil {
		return err
	}
	return f.note(ctx, fresh.Member, true)
}

// home is the group in which somebody is spoken to: the one where their path began while they are there, else the
// one that they joined first of those they are in; empty where they are in none that the bot may act in.
func (f *newcomer) home(ctx context.Context, p *person) (group community.GroupID, err error) {
	ids, err := f.c.IDs(ctx, p.Member)
	if err != nil {
		return "", err
	}
	err = f.db.Conn(ctx).Raw(`SELECT s.group_id FROM stays s JOIN groups g ON g.id = s.group_id
		WHERE s.member_id IN ? AND s.left_at = 0 AND g.adopted = ?
		ORDER BY CASE WHEN s.group_id = ? THEN 0 ELSE 1 END, s.joined_at, s.group_id LIMIT 1`, ids, true, string(p.Group)).Scan(&group).Error
	if err != nil {
		return "", fmt.Errorf("group of %s: %w", p.Member, err)
	}
	return group, nil
}

// observe lets somebody look, a minute after a newcomer said anything, at what other features made of it: commands are
// heard by their owners only.
func (f *newcomer) observe(ctx context.Context, r *bot.Request) error {
	if r.Kind != bot.Message || r.Actor.Member == "" || !r.Actor.Active {
		return nil
	}
	open, err := f.has(ctx, community.MemberID(r.Actor.Member))
	if err != nil || !open {
		return err
	}
	return r.Later(ctx, r.At.Add(time.Minute), lookJob, r.Actor.Member)
}

// look sees which steps a person has taken, and finishes what is complete.
func (f *newcomer) look(ctx context.Context, r *bot.Request) error {
	p, ok, err := f.person(ctx, community.MemberID(r.Key))
	if err != nil || !ok || !p.open() || f.over(&p.path, r.At) {
		return err
	}
	_, err = f.review(ctx, r, &p)
	return err
}

// said hears the messages of newcomers.
func (f *newcomer) said(ctx context.Context, r *bot.Request) error {
	if r.Actor.Member == "" || r.Form != bot.Text {
		return nil
	}
	who := community.MemberID(r.Actor.Member)
	if open, err := f.has(ctx, who); err != nil || !open {
		return err
	}
	p, ok, err := f.person(ctx, who)
	if err != nil || !ok || !p.open() || f.over(&p.path, r.At) || r.At.UnixMilli() < p.Started {
		return err
	}
	taken, err := f.take(ctx, r, &p)
	if err != nil {
		return err
	}
	if taken == steps {
		if key, least := f.short(r, &p); key != "" {
			r.Reply(r.T(key, "Name", r.Actor.Name, "Length", least))
		}
		return nil
	}
	complete, err := f.review(ctx, r, &p)
	if err != nil || complete {
		return err
	}
	return f.goOn(ctx, r, &p)
}

// take keeps the step that a message takes, and tells which; steps where it takes none.
func (f *newcomer) take(ctx context.Context, r *bot.Request, p *person) (step, error) {
	group := community.GroupID(r.Actor.Group)
	if group != "" {
		long := letters(bot.Fold(r.Text)) >= f.cfg.IntroductionLength
		m := said{text: r.Text, first: long && p.Spoke == 0, age: r.At.Sub(bot.FromMillis(p.Started))}
		if m.first {
			p.Spoke = r.At.UnixMilli()
			row := p.row(community.MemberID(r.Actor.Origin))
			row.Spoke = p.Spoke
			if err := f.save(ctx, row); err != nil {
				return steps, err
			}
		}
		if p.Done[introduction].At == 0 && introduces(m, f.cfg.IntroductionTags, f.cfg.IntroductionLength) {
			return introduction, f.mark(ctx, r, p, introduction, r.ID)
		}
	}
	h := heard{
		asked: p.Asked > 0 && p.AskedIn == group && r.At.UnixMilli() >= p.Asked, private: group == "",
		quotes: r.Quote != nil && r.Quote.From.Self, addresses: r.ToBot,
	}
	if p.Done[answer].At == 0 && answers(r.Text, h) {
		return answer, f.mark(ctx, r, p, answer, r.ID)
	}
	return steps, nil
}

// short tells whether a message with a step's hashtag is too short to take it: the key of what is answered, and how many
// letters it takes.
func (f *newcomer) short(r *bot.Request, p *person) (key string, least int) {
	folded := bot.Fold(r.Text)
	for _, s := range [...]struct {
		step  step
		tags  []string
		least int
	}{{introduction, f.cfg.IntroductionTags, f.cfg.IntroductionLength}, {answer, answerTags, answerLength}} {
		rest, tagged := untag(folded, s.tags)
		if tagged && p.Done[s.step].At == 0 && letters(rest) < s.least && (s.step == answer || r.Actor.Group != "") {
			return "short." + s.step.String(), s.least
		}
	}
	return "", 0
}

// mark keeps that a step was taken, by which event or fact.
func (f *newcomer) mark(ctx context.Context, r *bot.Request, p *person, s step, by string) error {
	d := done{r.At.UnixMilli(), by}
	row := p.row(community.MemberID(r.Actor.Origin))
	row.Done[s], p.Done[s] = d, d
	return f.save(ctx, row)
}

// recalled opens the step again whose message was taken back, unless the path is complete.
func (f *newcomer) recalled(ctx context.Context, r *bot.Request) error {
	who := community.MemberID(r.Actor.Member)
	if who == "" || r.Ref == "" {
		return nil
	}
	if open, err := f.has(ctx, who); err != nil || !open {
		return err
	}
	p, ok, err := f.person(ctx, who)
	if err != nil || !ok || !p.open() {
		return err
	}
	for i := range p.rows {
		row := &p.rows[i]
		for s := range steps {
			if row.open() && row.Done[s].By == r.Ref {
				row.Done[s] = done{}
				if err := f.save(ctx, row); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// facts are the steps that other features know of.
var facts = map[step]string{answer: topicAnswers, checkin: checkinDays}

// catchUp keeps the steps that other features know of.
func (f *newcomer) catchUp(ctx context.Context, r *bot.Request, p *person) error {
	for _, s := range p.missing() {
		name, ok := facts[s]
		if !ok {
			continue
		}
		n, err := f.c.Facts.Count(ctx, name, p.Member, bot.FromMillis(p.Started), r.At.Add(time.Millisecond))
		if err != nil {
			return err
		}
		if n > 0 {
			if err := f.mark(ctx, r, p, s, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// review keeps what other features know, and finishes a path that is complete.
func (f *newcomer) review(ctx context.Context, r *bot.Request, p *person) (complete bool, err error) {
	if err := f.catchUp(ctx, r, p); err != nil || len(p.missing()) > 0 {
		return false, err
	}
	return true, f.finish(ctx, r, p)
}
