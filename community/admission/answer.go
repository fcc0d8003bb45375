package admission

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// heard takes what an applicant says as the answer to the question that is open, by the rule of judge.
func (f *admission) heard(ctx context.Context, r *bot.Request) error {
	if r.Form != bot.Text || r.Actor.Member == "" || staff(r.Actor) {
		return nil
	}
	if r.Actor.Group != "" {
		if screening, err := f.in(ctx, r.Actor.Group, f.cfg.Screening); err != nil || !screening {
			return err
		}
	}
	a, ok, err := f.newest(ctx, community.MemberID(r.Actor.Member))
	if err != nil || !ok || a.state != asking || r.At.Before(a.asked) {
		return err
	}
	q, of, ok, err := f.opened(ctx, a.id)
	if err != nil || !ok {
		return err
	}
	least := f.leastOf(q)
	switch judge(saidIn(r), least) {
	case noAnswer:
		return nil
	case tooShort:
		f.answer(r, r.T("short", "Count", max(least, shortestAnswer)))
		return nil
	}
	return f.take(ctx, r, a, q, of)
}

// leastOf is how long the answer to a question has to be; 0: as any.
func (f *admission) leastOf(q question) int {
	if q.n == 1 {
		return f.cfg.Introduction
	}
	return 0 // a manager asked it
}

// saidIn is a message as the rules see it.
func saidIn(r *bot.Request) said {
	m := said{length: utf8.RuneCountInString(r.Text), private: r.Actor.Group == "", toBot: r.ToBot, toOther: len(r.Mentions) > 0}
	if r.Quote != nil {
		if from := r.Quote.From; from.Self || r.BotName != "" && from.Called() == r.BotName {
			m.toBot = true
		} else {
			m.toOther = true
		}
	}
	return m
}

// take keeps an answer and asks what comes next.
func (f *admission) take(ctx context.Context, r *bot.Request, a application, q question, of int) error {
	text, cut := kept(r.Text)
	n, err := f.db.Exec(ctx, `UPDATE admission_answers SET answer = ?, answered_at = ?, event = ? WHERE admission_id = ? AND n = ? AND answered_at = 0`,
		text, r.At.UnixMilli(), r.ID, a.id, q.n)
	if err != nil || n == 0 {
		return err
	}
	note := ""
	if cut {
		note = r.T("cut", "Count", longestAnswer) + "\n"
	}
	next, _, more, err := f.opened(ctx, a.id)
	if err != nil {
		return err
	}
	if more {
		if _, err := f.move(ctx, &a, asking, `asked_at = ?, reminded_at = 0`, r.At.UnixMilli()); err != nil {
			return err
		}
		f.answer(r, note+r.T("next", "Question", next.text, "N", next.n, "Of", of))
		return f.waitFor(ctx, r, r.At)
	}
	if _, err := f.move(ctx, &a, waiting, `submitted_at = ?, reminded_at = 0`, r.At.UnixMilli()); err != nil {
		return err
	}
	f.answer(r, note+r.T("submitted"))
	return nil
}

// answer says something to the applicant where they spoke.
func (f *admission) answer(r *bot.Request, text string) {
	o := bot.Outgoing{Group: r.Actor.Group, Text: text, Priority: bot.Answer}
	if r.Actor.Group == "" {
		o.Member = r.Actor.Member
	} else {
		o.Mention, o.Text = []string{r.Actor.Origin}, "@"+r.Actor.Name+" "+text
	}
	r.Send(o)
}

// recalled takes an answer back together with its message. What was decided stands, and an open application has a
// question more.
func (f *admission) recalled(ctx context.Context, r *bot.Request) error {
	if r.Ref == "" {
		return nil
	}
	var id int64
	var n int
	err := f.db.Row(ctx, `SELECT admission_id, n FROM admission_answers WHERE event = ?`, r.Ref).Scan(&id, &n)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("recalled answer: %w", err)
	}
	a, _, err := f.one(ctx, `WHERE id = ?`, id)
	if err != nil {
		return err
	}
	if a.state != asking && a.state != waiting {
		_, err := f.db.Exec(ctx, `UPDATE admission_answers SET answer = '' WHERE admission_id = ? AND n = ?`, id, n)
		return err
	}
	if _, err := f.db.Exec(ctx, `UPDATE admission_answers SET answer = '', answered_at = 0, event = '' WHERE admission_id = ? AND n = ?`, id, n); err != nil {
		return err
	}
	if _, err := f.move(ctx, &a, asking, `asked_at = ?, reminded_at = 0, submitted_at = 0`, r.At.UnixMilli()); err != nil {
		return err
	}
	return f.waitFor(ctx, r, r.At)
}
