package script

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// after is what follows the command's name, as it was typed: Request.Args lacks what closes a sentence.
func after(r *bot.Request) string {
	text := strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(r.Text), "/／"))
	i := strings.IndexFunc(text, unicode.IsSpace)
	if i < 0 {
		return ""
	}
	return strings.TrimSpace(text[i:])
}

// cutWord takes the first word off a text.
func cutWord(s string) (word, rest string) {
	s = strings.TrimSpace(s)
	i := strings.IndexFunc(s, unicode.IsSpace)
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimSpace(s[i:])
}

// theRun reads the run whose number a command begins with. Staff act on the runs of any group in private, and in a
// group on its own ones.
func (s *scripts) theRun(ctx context.Context, r *bot.Request) (v run, rest string, err error) {
	word, rest := cutWord(after(r))
	id, err := strconv.ParseInt(strings.TrimLeft(bot.Fold(word), "#"), 10, 64)
	if err != nil || id < 1 {
		return run{}, "", r.Refuse("run.which", "Command", r.Command())
	}
	v, ok, err := s.find(ctx, id)
	if err != nil {
		return run{}, "", err
	}
	if !ok || r.Actor.Group != "" && string(v.group) != r.Actor.Group {
		return run{}, "", r.Refuse("run.unknown", "ID", id)
	}
	return v, rest, nil
}

// numbered tells whether the first of some words is a number, as of a second thing that a command is meant for.
func numbered(words string) bool {
	word, _ := cutWord(words)
	_, err := strconv.ParseInt(strings.TrimLeft(bot.Fold(word), "#"), 10, 64)
	return err == nil
}

// theStep reads the step whose number follows that of the run, which waits for its turn.
func (s *scripts) theStep(r *bot.Request, v run, rest string) (st step, left string, err error) {
	word, left := cutWord(rest)
	n, err := strconv.Atoi(bot.Fold(word))
	if err != nil || n < 1 || n > len(v.steps) {
		return step{}, "", r.Refuse("step.which", "Command", r.Command(), "ID", v.id, "Steps", len(v.steps))
	}
	st = v.steps[n-1]
	if v.state != running || st.state != waiting || !st.at.After(r.At) {
		return step{}, "", r.Refuse("step.over", "N", n)
	}
	return st, left, nil
}

// groupNamed is the group that a manager names, by its name or its id.
func (s *scripts) groupNamed(ctx context.Context, r *bot.Request, words string) (community.GroupID, error) {
	groups, err := s.c.AdoptedGroups(ctx)
	if err != nil {
		return "", err
	}
	var found []string
	folded := bot.Fold(strings.Join(strings.Fields(words), " "))
	for _, g := range groups {
		if folded != "" && (folded == string(g.ID) || folded == bot.Fold(strings.Join(strings.Fields(g.Name), " "))) {
			found = append(found, string(g.ID))
		}
	}
	switch {
	case len(found) == 0:
		return "", r.Refuse("group.unknown", "Name", s.c.Words.ScreenName(words))
	case len(found) > 1:
		return "", r.Refuse("group.several", "Name", s.c.Words.ScreenName(words), "IDs", strings.Join(found, "、"))
	}
	return community.GroupID(found[0]), nil
}

// groupName is what a group is called, safe to echo.
func (s *scripts) groupName(ctx context.Context, id community.GroupID) (string, error) {
	place, err := s.c.Place(ctx, id)
	if err != nil {
		return "", err
	}
	return s.c.Words.ScreenName(place.Name), nil
}

// allowed refuses texts that hold a word which the bot never says.
func (s *scripts) allowed(r *bot.Request, texts ...string) error {
	for _, text := range texts {
		if word, bad := s.c.Words.Forbidden(text); bad {
			return r.Refuse("forbidden", "Word", s.c.Words.Masked(word))
		}
	}
	return nil
}

// change names what somebody did: as an undo, in the audit, and to what.
type change struct{ undo, audit, target string }

func runTarget(id int64) string { return fmt.Sprintf("run %d", id) }

// answer keeps what somebody did and tells them, with the code that takes it back.
func (s *scripts) answer(ctx context.Context, r *bot.Request, what change, payload, detail any, text string) error {
	code, err := s.c.Undo.Offer(ctx, r, what.undo, payload)
	if err != nil {
		return err
	}
	if err := s.c.Audit.Record(ctx, r, what.audit, what.target, detail); err != nil {
		return err
	}
	r.Reply(strings.TrimSpace(text) + "\n" + r.T("undo", "Code", code))
	return nil
}

// told is a refusal that lists problems of a script in the language spoken here.
func told(r *bot.Request, err error) error {
	list := Problems(err)
	if len(list) == 0 {
		return err
	}
	lines := []string{r.T("import.bad", "Count", len(list))}
	for _, p := range list[:min(len(list), mostProblems)] {
		lines = append(lines, r.T("import.line", "Line", p.Line, "Problem", r.T("bad."+p.Key, p.Args...)))
	}
	if more := len(list) - mostProblems; more > 0 {
		lines = append(lines, r.T("import.more", "Count", more))
	}
	return bot.Refuse(strings.Join(lines, "\n"))
}

// mostProblems is how many problems of a script are listed at once.
const mostProblems = 15
