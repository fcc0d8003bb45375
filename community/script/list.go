package script

import (
	"context"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// list is 剧本, and 剧本 名字.
func (s *scripts) list(ctx context.Context, r *bot.Request) error {
	if called, _ := cutWord(after(r)); called != "" {
		return s.show(ctx, r, called)
	}
	library, err := s.library(ctx)
	if err != nil {
		return err
	}
	lines := []string{r.T("list.title")}
	for _, sc := range library {
		if sc.Language == "" || sc.Language == r.Actor.Language {
			lines = append(lines, r.T("list.line", "Name", sc.Name, "Title", sc.Title, "Count", len(sc.Steps)))
		}
	}
	where, args := `WHERE state = ? ORDER BY id`, []any{running}
	if r.Actor.Group != "" {
		where, args = `WHERE state = ? AND group_id = ? ORDER BY id`, append(args, r.Actor.Group)
	}
	open, err := s.runs(ctx, where, args...)
	if err != nil {
		return err
	}
	if len(open) > 0 {
		lines = append(lines, r.T("list.running"))
	}
	for _, v := range open {
		line, err := s.runLine(ctx, r, v)
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	r.Reply(strings.Join(append(lines, r.T("list.how")), "\n"))
	return nil
}

// runLine is a run in a list: its number, its group and how far it is.
func (s *scripts) runLine(ctx context.Context, r *bot.Request, v run) (string, error) {
	group, err := s.groupName(ctx, v.group)
	if err != nil {
		return "", err
	}
	n, err := s.count(ctx, v.id)
	if err != nil {
		return "", err
	}
	line := r.T("list.run", "ID", v.id, "Title", v.title, "Group", group, "Done", v.over(), "Steps", len(v.steps), "Count", n)
	for _, st := range v.steps {
		if st.state == waiting {
			return line + r.T("list.next", "When", s.when(r, st.at)), nil
		}
	}
	return line, nil
}

// show is 剧本 名字: its steps, with the dates that they would have if it began now.
func (s *scripts) show(ctx context.Context, r *bot.Request, called string) error {
	sc, ok, err := s.named(ctx, called)
	if err != nil {
		return err
	}
	if !ok {
		return r.Refuse("list.unknown", "Name", shown(called))
	}
	lines := []string{r.T("show.title", "Title", sc.Title, "Name", sc.Name)}
	if sc.Description != "" {
		lines = append(lines, sc.Description)
	}
	for _, par := range sc.Parameters {
		value := par.Default
		if par.Required {
			value = r.T("show.required")
		}
		lines = append(lines, r.T("show.parameter", "Name", par.Name, "Value", value))
	}
	begin, _, _, _ := readMoment(r.T("show.example"), r.At, s.c.Calendar.Zone())
	lines = append(lines, r.T("show.if", "When", s.when(r, begin)))
	for i, st := range sc.Steps {
		lines = append(lines, s.stepLine(r, step{Step: st, n: i + 1, at: st.At.From(begin, s.c.Calendar.Zone()), state: waiting}, shorten(st.Text, previewed)))
	}
	r.Reply(strings.Join(append(lines, r.T("show.how", "Name", sc.Name)), "\n"))
	return nil
}
