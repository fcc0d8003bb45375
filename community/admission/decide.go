package admission

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// decision is what an undo of 通过, 婉拒 or 加问 needs: the application, its turn then, and how it stood before.
type decision struct {
	ID   int64 `json:"id"`
	Turn int64 `json:"turn"`
	From state `json:"from"`
	N    int   `json:"n,omitempty"` // of the question that was added
}

// meant is the application that a manager means by its number or its person, and what they say about it.
func (f *admission) meant(ctx context.Context, r *bot.Request) (a application, rest string, err error) {
	word, rest := firstWord(r.Args)
	if id, number := readNumber(word); number {
		a, ok, err := f.one(ctx, `WHERE id = ?`, id)
		if err == nil && !ok {
			err = r.Refuse("which.unknown", "Number", id)
		}
		return a, rest, err
	}
	if word == "" {
		return a, "", r.Refuse("which", "Command", r.Command())
	}
	p, rest, err := f.c.Target(ctx, r)
	if err != nil {
		return a, "", err
	}
	a, ok, err := f.newest(ctx, p.ID)
	if err == nil && !ok {
		err = r.Refuse("which.nobody", "Name", f.c.Words.ScreenName(p.Name))
	}
	return a, rest, err
}

// word checks what a manager wants to be said to an applicant.
func (f *admission) word(r *bot.Request, text string) (string, error) {
	text = strings.Join(strings.Fields(community.CleanText(text)), " ")
	if utf8.RuneCountInString(text) > longestNote {
		return "", r.Refuse("note.long", "Count", longestNote)
	}
	if word, bad := f.c.Words.Forbidden(text); bad {
		return "", r.Refuse("note.word", "Word", word)
	}
	return text, nil
}

// pass is 通过.
func (f *admission) pass(ctx context.Context, r *bot.Request) error {
	return f.decide(ctx, r, passed)
}

// refuse is 婉拒.
func (f *admission) refuse(ctx context.Context, r *bot.Request) error {
	return f.decide(ctx, r, refused)
}

func (f *admission) decide(ctx context.Context, r *bot.Request, to state) error {
	a, note, err := f.meant(ctx, r)
	if err != nil {
		return err
	}
	if note, err = f.word(r, note); err != nil {
		return err
	}
	if !a.state.open() {
		return f.decidedAlready(ctx, r, a)
	}
	if to == refused && note == "" {
		return r.Refuse("refuse.why", "Number", a.id)
	}
	from := a.state
	late, err := f.move(ctx, &a, to, `decided_at = ?, decided_by = ?, note = ?`, r.At.UnixMilli(), r.Actor.Member, note)
	if err != nil {
		return err
	}
	if late {
		return r.Refuse("decide.late", "Number", a.id)
	}
	if err := f.supersede(ctx, a); err != nil {
		return err
	}
	told, err := f.tell(ctx, r, a, note)
	if err != nil {
		return err
	}
	called, err := f.c.Called(ctx, a.member)
	if err != nil {
		return err
	}
	what := "admission." + map[state]string{passed: "pass", refused: "refuse"}[to]
	return f.done(ctx, r, what, a, decision{ID: a.id, Turn: a.turn, From: from},
		r.T("decide."+string(to), "Number", a.id, "Name", called)+r.T("told."+told))
}

// done records what a manager did, and answers with the code that takes it back.
func (f *admission) done(ctx context.Context, r *bot.Request, what string, a application, d decision, text string) error {
	undo := "admission.decide"
	if d.N > 0 {
		undo = "admission.ask"
	}
	code, err := f.c.Undo.Offer(ctx, r, undo, d)
	if err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, what, string(a.member), map[string]any{"application": a.id, "from": d.From}); err != nil {
		return err
	}
	undone := "\n" + r.T("undo", "Code", code)
	open, err := f.c.Reachable(ctx, r.Actor.Member)
	if err != nil {
		return err
	}
	if r.Actor.Group != "" && !open { // what was decided about whom is nothing for the group
		r.Reply(r.T("done.group", "Number", a.id) + undone)
		return nil
	}
	r.Whisper(r.Actor.Member, text+undone)
	return nil
}

// decidedAlready refuses to decide once more.
func (f *admission) decidedAlready(ctx context.Context, r *bot.Request, a application) error {
	if a.decidedBy == "" {
		return r.Refuse("decide.is."+string(a.state), "Number", a.id)
	}
	by, err := f.c.Called(ctx, a.decidedBy)
	if err != nil {
		return err
	}
	return r.Refuse("decide.by", "Number", a.id, "Name", by, "State", r.T("state."+string(a.state)))
}

// supersede ends the older applications of a person, who was merged.
func (f *admission) supersede(ctx context.Context, a application) error {
	ids, err := f.c.IDs(ctx, a.member)
	if err != nil || len(ids) == 1 {
		return err
	}
	err = f.db.Conn(ctx).Exec(`UPDATE admissions SET state = ?, turn = turn + 1 WHERE member_id IN ? AND id <> ? AND state IN ?`,
		string(superseded), ids, a.id, []string{string(arrived), string(asking), string(waiting)}).Error
	if err != nil {
		return fmt.Errorf("older applications: %w", err)
	}
	return nil
}

// askMore is 加问: one question more to an applicant.
func (f *admission) askMore(ctx context.Context, r *bot.Request) error {
	a, text, err := f.meant(ctx, r)
	if err != nil {
		return err
	}
	if text, err = f.word(r, text); err != nil {
		return err
	}
	if !a.state.open() {
		return f.decidedAlready(ctx, r, a)
	}
	list, err := f.questions(ctx, a.id)
	if err != nil {
		return err
	}
	switch {
	case text == "":
		return r.Refuse("ask.what", "Number", a.id)
	case len(list) >= 2*mostQuestions:
		return r.Refuse("ask.many", "Number", a.id)
	}
	n := 1
	if len(list) > 0 {
		n = list[len(list)-1].n + 1
	}
	if err := f.addQuestion(ctx, a.id, n, text); err != nil {
		return err
	}
	from := a.state
	told, to, set, args := "later", a.state, "", []any(nil)
	if a.state == waiting {
		to, set, args = asking, `asked_at = ?, reminded_at = 0, submitted_at = 0`, []any{r.At.UnixMilli()}
	}
	// It is moved in any case: what was done before this question can't be taken back any more.
	if late, err := f.move(ctx, &a, to, set, args...); err != nil || late {
		if late {
			return r.Refuse("decide.late", "Number", a.id)
		}
		return err
	}
	if from == waiting {
		if told, err = f.askOne(ctx, r, a, question{n: n, text: text}); err != nil {
			return err
		}
		if err := f.waitFor(ctx, r, r.At); err != nil {
			return err
		}
	}
	called, err := f.c.Called(ctx, a.member)
	if err != nil {
		return err
	}
	return f.done(ctx, r, "admission.ask", a, decision{ID: a.id, Turn: a.turn, From: from, N: n}, r.T("ask.done", "Number", a.id, "Name", called)+r.T("asked."+told))
}
