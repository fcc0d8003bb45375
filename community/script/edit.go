package script

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

// stop is 停止剧本 编号.
func (s *scripts) stop(ctx context.Context, r *bot.Request) error {
	v, rest, err := s.theRun(ctx, r)
	if err != nil {
		return err
	}
	if numbered(rest) {
		return r.Refuse("one.run", "Command", r.Command(), "ID", v.id)
	}
	if v.state != running {
		return r.Refuse("run.over", "ID", v.id, "Title", v.title)
	}
	left := len(v.steps) - v.over()
	confirmed, err := s.c.Confirmations.Ask(ctx, r, r.T("stop.preview", "ID", v.id, "Title", v.title, "Count", left))
	if err != nil || !confirmed {
		return err
	}
	if err := s.halt(ctx, r, v); err != nil {
		return err
	}
	return s.answer(ctx, r, change{"script.stop", "stop script", runTarget(v.id)}, ofRun{Run: v.id}, map[string]any{"left": left},
		r.T("stop.done", "ID", v.id, "Title", v.title, "Count", left))
}

// halt drops all steps of a run that are still to come.
func (s *scripts) halt(ctx context.Context, r *bot.Request, v run) error {
	for _, st := range v.steps {
		if st.state != waiting {
			continue
		}
		if err := r.In(name).Unplan(ctx, stepJob, stepKey(v.id, st.n)); err != nil {
			return err
		}
		if _, err := s.turn(ctx, v.id, st.n, waiting, dropped, time.Time{}, ""); err != nil {
			return err
		}
	}
	if _, err := s.db.Exec(ctx, `UPDATE script_runs SET state = ?, ended_at = ? WHERE id = ?`, stopped, r.At.UnixMilli(), v.id); err != nil {
		return fmt.Errorf("stop run %d: %w", v.id, err)
	}
	return nil
}

// skip is 跳过步骤 编号 步骤.
func (s *scripts) skip(ctx context.Context, r *bot.Request) error {
	v, rest, err := s.theRun(ctx, r)
	if err != nil {
		return err
	}
	st, rest, err := s.theStep(r, v, rest)
	if err != nil {
		return err
	}
	if numbered(rest) {
		return r.Refuse("one.step", "Command", r.Command(), "ID", v.id, "N", st.n)
	}
	if st.Kind == Close {
		return r.Refuse("skip.close", "ID", v.id, "N", st.n)
	}
	if err := r.Unplan(ctx, stepJob, stepKey(v.id, st.n)); err != nil {
		return err
	}
	if _, err := s.turn(ctx, v.id, st.n, waiting, skipped, r.At, ""); err != nil {
		return err
	}
	if err := s.settle(ctx, v.id, r.At); err != nil {
		return err
	}
	return s.answer(ctx, r, change{"script.skip", "skip script step", runTarget(v.id)}, ofStep{Run: v.id, N: st.n}, map[string]any{"step": st.n},
		r.T("skip.done", "ID", v.id, "N", st.n, "Text", v.peek(st.Text, previewed)))
}

// edit is 改剧本步骤 编号 步骤 时间|文本.
func (s *scripts) edit(ctx context.Context, r *bot.Request) error {
	v, rest, err := s.theRun(ctx, r)
	if err != nil {
		return err
	}
	st, rest, err := s.theStep(r, v, rest)
	if err != nil {
		return err
	}
	if rest == "" {
		return r.Refuse("edit.how", "ID", v.id, "N", st.n, "Text", strings.TrimSpace(st.Text))
	}
	was := st
	m, err := readChange(rest, r.At, s.c.Calendar.Zone())
	switch {
	case err != nil:
		return notTime(r, err)
	case m.unclear:
		return r.Refuse("edit.which", "ID", v.id, "N", st.n)
	case m.text != "":
		st.Text = m.text
		err = s.sayable(r, v, st)
	default:
		st.at = m.at
		err = s.movable(r, v, st)
	}
	if err != nil {
		return err
	}
	if err := s.rewrite(ctx, r, v, st); err != nil {
		return err
	}
	payload := ofStep{Run: v.id, N: st.n, At: was.at.UnixMilli(), Text: was.Text, IsAt: st.at.UnixMilli(), IsText: st.Text}
	return s.answer(ctx, r, change{"script.edit", "edit script step", runTarget(v.id)}, payload, map[string]any{"step": st.n, "at": st.at.Unix()},
		r.T("edit.done", "ID", v.id)+"\n"+s.stepLine(r, st, v.peek(st.Text, previewed)))
}

// movable refuses times that are over, too far, or change the order of the steps.
func (s *scripts) movable(r *bot.Request, v run, st step) error {
	if !st.at.After(r.At) || st.at.Sub(r.At) > farthest {
		return r.Refuse("start.past", "When", s.when(r, st.at))
	}
	for _, other := range v.steps {
		if other.n < st.n && other.at.After(st.at) || other.n > st.n && other.at.Before(st.at) {
			return r.Refuse("edit.order", "N", st.n, "Other", other.n, "When", s.when(r, other.at))
		}
	}
	return nil
}

// sayable refuses texts that are too long, hold unknown variables, or words that the bot never says.
func (s *scripts) sayable(r *bot.Request, v run, st step) error {
	if n := utf8.RuneCountInString(st.Text); n > longestText || r.Len > longestScript {
		return r.Refuse("edit.long", "Most", longestText)
	}
	known := map[string]bool{"Group": true, "Count": true, "Names": true, "Best": true}
	for par := range v.params {
		known[par] = true
	}
	if strange := strangeVariables(st.Text, known); len(strange) > 0 {
		return r.Refuse("edit.variable", "Got", shown(strange[0]))
	}
	return s.allowed(r, fill(st.Text, v.params))
}

// rewrite stores the time and the text of a step, and plans it anew.
func (s *scripts) rewrite(ctx context.Context, r *bot.Request, v run, st step) error {
	if _, err := s.db.Exec(ctx, `UPDATE script_steps SET at = ?, text = ? WHERE run_id = ? AND n = ?`, st.at.UnixMilli(), st.Text, v.id, st.n); err != nil {
		return fmt.Errorf("step %d of run %d: %w", st.n, v.id, err)
	}
	return s.plan(ctx, r, v, st)
}
