package admission

import (
	"context"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// mostListed is how many applications are listed at once.
const mostListed = 20

// waiting is 待审: who waits, or one application in full. It is answered in private.
func (f *admission) waiting(ctx context.Context, r *bot.Request) error {
	if strings.TrimSpace(r.Args) != "" {
		return f.full(ctx, r)
	}
	list, err := f.each(ctx, `WHERE state = ? ORDER BY submitted_at, id`, string(waiting))
	if err != nil {
		return err
	}
	under, err := f.each(ctx, `WHERE state IN ? ORDER BY id`, []string{string(arrived), string(asking)})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		r.Whisper(r.Actor.Member, r.T("waiting.none", "Asked", len(under)))
		return nil
	}
	lines, err := f.lines(ctx, r, list)
	if err != nil {
		return err
	}
	r.Whisper(r.Actor.Member, r.T("waiting.title", "Count", len(list), "Asked", len(under))+"\n"+lines+"\n"+r.T("waiting.how", "Number", list[0].id))
	return nil
}

// lines describes applications, one a line with the beginnings of their answers.
func (f *admission) lines(ctx context.Context, r *bot.Request, list []application) (string, error) {
	var lines []string
	for _, a := range list[:min(len(list), mostListed)] {
		called, err := f.c.Called(ctx, a.member)
		if err != nil {
			return "", err
		}
		answers, err := f.previews(ctx, r.T, a.id)
		if err != nil {
			return "", err
		}
		lines = append(lines, r.T("waiting.line", "Number", a.id, "Name", called, "Since", span(r.T, r.At.Sub(a.submitted)), "Answers", answers))
	}
	if more := len(list) - mostListed; more > 0 {
		lines = append(lines, r.T("waiting.more", "Count", more))
	}
	return strings.Join(lines, "\n"), nil
}

// texter gives the texts of a request or a query.
type texter func(key string, kv ...any) string

// previews are the beginnings of the answers of an application, on one line.
func (f *admission) previews(ctx context.Context, t texter, id int64) (string, error) {
	questions, err := f.questions(ctx, id)
	if err != nil {
		return "", err
	}
	var answers []string
	for _, q := range questions {
		answers = append(answers, f.answerText(t, q, preview))
	}
	return strings.Join(answers, " / "), nil
}

// answerText is an answer, or why there is none.
func (f *admission) answerText(t texter, q question, as func(string) string) string {
	switch {
	case q.answered.IsZero():
		return t("answer.open")
	case q.answer == "":
		return t("answer.gone")
	}
	return as(q.answer)
}

// full is 待审 3: all that was asked and answered.
func (f *admission) full(ctx context.Context, r *bot.Request) error {
	a, _, err := f.meant(ctx, r)
	if err != nil {
		return err
	}
	called, err := f.c.Called(ctx, a.member)
	if err != nil {
		return err
	}
	questions, err := f.questions(ctx, a.id)
	if err != nil {
		return err
	}
	lines := []string{r.T("full.title", "Number", a.id, "Name", called, "ID", string(a.member), "State", r.T("state."+string(a.state)), "At", f.day(a.at))}
	for _, q := range questions {
		lines = append(lines, r.T("full.line", "N", q.n, "Question", q.text, "Answer", f.answerText(r.T, q, indented)))
	}
	if a.state.open() {
		lines = append(lines, r.T("waiting.how", "Number", a.id))
	}
	r.Whisper(r.Actor.Member, strings.Join(lines, "\n"))
	return nil
}

// span is how long something took, as people say it.
func span(t texter, d time.Duration) string {
	switch hours := int(d.Hours()); {
	case hours >= 48:
		return t("span.days", "Count", hours/24)
	case hours >= 1:
		return t("span.hours", "Count", hours)
	}
	return t("span.new")
}
