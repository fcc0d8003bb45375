package script

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

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
	open, err := s.openLines(ctx, r)
	if err != nil {
		return err
	}
	r.Reply(strings.Join(append(append(lines, open...), r.T("list.how")), "\n"))
	return nil
}

// openLines are the runs that go on, in a group those of that group, with a line above them; none: there are none.
func (s *scripts) openLines(ctx context.Context, r *bot.Request) (lines []string, err error) {
	where, args := `WHERE state = ? ORDER BY id`, []any{running}
	if r.Actor.Group != "" {
		where, args = `WHERE state = ? AND group_id = ? ORDER BY id`, append(args, r.Actor.Group)
	}
	open, err := s.runs(ctx, where, args...)
	if err != nil {
		return nil, err
	}
	for _, v := range open {
		line, err := s.runLine(ctx, r, v)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	if len(lines) > 0 {
		lines = slices.Insert(lines, 0, r.T("list.running"))
	}
	return lines, nil
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

// show is 剧本 名字: its steps, with the dates that they would have if it began tomorrow evening, and all their words. Those
// that are too long for a group come in private.
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
	var steps []step
	for i, st := range sc.Steps {
		steps = append(steps, step{Step: st, n: i + 1, at: st.At.From(begin, s.c.Calendar.Zone()), state: waiting})
	}
	how := r.T("show.how", "Name", sc.Name)
	if r.Actor.Group == "" {
		for _, part := range parts(append(append([]string{strings.Join(lines, "\n")}, s.whole(r, steps)...), how)) {
			r.Reply(part)
		}
		return nil
	}
	short := true
	for _, st := range steps {
		short = short && st.short(st.Text)
		lines = append(lines, s.stepLine(r, st, shorten(st.Text, previewed)))
	}
	if !short {
		lines = append(lines, r.T("show.private"))
	}
	r.Reply(strings.Join(append(lines, how), "\n"))
	if !short {
		for _, part := range parts(append([]string{lines[0]}, s.whole(r, steps)...)) {
			r.Whisper(r.Actor.Member, part)
		}
	}
	return nil
}

// whole are steps with all of their words.
func (s *scripts) whole(r *bot.Request, steps []step) (blocks []string) {
	for _, st := range steps {
		blocks = append(blocks, s.stepLine(r, st, "\n"+strings.TrimSpace(st.Text)))
		if st.None != "" {
			blocks = append(blocks, r.T("show.none", "Text", "\n"+strings.TrimSpace(st.None)))
		}
	}
	return blocks
}

// short tells whether a list shows all that a step says, where text is what it says in that list.
func (st step) short(text string) bool {
	return utf8.RuneCountInString(text) <= previewed && !strings.Contains(text, "\n") && st.None == ""
}

// partLength is how many characters a message of several has, as far as no single block is longer.
const partLength = 1500

// parts are blocks of text as messages.
func parts(blocks []string) (list []string) {
	for _, block := range blocks {
		if n := len(list); n > 0 && utf8.RuneCountInString(list[n-1])+utf8.RuneCountInString(block) < partLength {
			list[n-1] += "\n" + block
		} else {
			list = append(list, block)
		}
	}
	return list
}
