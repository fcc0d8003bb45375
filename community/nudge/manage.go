package nudge

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// undoFamily takes back what a manager changed of a family.
const undoFamily = "nudge.family"

// changed is a family before and after a change, for taking it back.
type changed struct {
	Before, After stored
	New           bool // there was none before
}

// stored is a family as it is on record.
type stored struct {
	Family
	On      bool
	Stopped string
}

func (s *state) stored() stored { return stored{s.Family, s.On, s.Stopped} }

// list is 触达: all families, or all of one.
func (f *feature) list(ctx context.Context, r *bot.Request) error {
	if strings.TrimSpace(r.Args) != "" {
		return f.show(ctx, r)
	}
	list, err := f.families(ctx)
	if err != nil {
		return err
	}
	lines := []string{r.T("list.title")}
	for i := range list {
		s := &list[i]
		lines = append(lines, r.T("list.line", "Family", f.title(r.T, s), "State", f.stands(r.T, s), "At", s.At))
	}
	r.Reply(strings.Join(append(lines, r.T("list.how", "First", f.title(r.T, &list[0]))), "\n"))
	return nil
}

// stands is whether a family runs, in words.
func (f *feature) stands(t speaker, s *state) string {
	switch {
	case s.On:
		return t("state.on")
	case s.Stopped != "":
		return t("state." + s.Stopped)
	}
	return t("state.off")
}

// show is 触达 唤醒: all of one family.
func (f *feature) show(ctx context.Context, r *bot.Request) error {
	s, err := f.only(ctx, r)
	if err != nil {
		return err
	}
	who, err := f.segment(ctx, r.T, r.In("tier").T, &s.Segment)
	if err != nil {
		return err
	}
	lines := []string{
		r.T("show.title", "Family", f.title(r.T, s), "State", f.stands(r.T, s)), r.T("show.who", "Who", who),
		r.T("show.when", "At", s.At, "Every", s.Every), r.T("show.channel", "Channel", r.T("channel."+string(s.Channel))),
		r.T("show.goal", "Goal", f.goalName(r.T, s.Goal), "Days", Within),
	}
	for _, v := range s.Variants {
		private, group := v.Private, v.Group
		if private == "" {
			private = r.T("say." + s.Name + "." + v.Letter)
		}
		if group == "" {
			group = r.T("say." + s.Name + "." + v.Letter + ".group")
		}
		lines = append(lines, r.T("show.private", "Letter", v.Letter, "Text", private), r.T("show.group", "Letter", v.Letter, "Text", group))
	}
	r.Reply(strings.Join(append(lines, r.T("show.foot", "Percent", int(100*Heldout))), "\n"))
	return nil
}

// change keeps a changed family, plans its times, and answers with the code that takes the change back.
func (f *feature) change(ctx context.Context, r *bot.Request, before stored, s *state, isNew bool, action, text string) error {
	if err := f.keep(ctx, s, r.At); err != nil {
		return err
	}
	if err := f.plan(ctx, r, s); err != nil {
		return err
	}
	code, err := f.c.Undo.Offer(ctx, r, undoFamily, changed{before, s.stored(), isNew})
	if err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, "nudge."+action, s.Name, map[string]any{"on": s.On}); err != nil {
		return err
	}
	r.Reply(text + "\n" + r.T("undo", "Code", code))
	return nil
}

// plan makes a family due at its time of day while it is on.
func (f *feature) plan(ctx context.Context, r *bot.Request, s *state) error {
	if !s.On {
		return r.Unplan(ctx, runJob, s.Name)
	}
	at, err := community.TimeOfDay(s.At)
	if err != nil {
		return err
	}
	in := f.voice(r, nil)
	return r.Plan(ctx, bot.Plan{
		Job: runJob, Key: s.Name, Title: in.T("job.title", "Family", f.title(in.T, s)), CatchUp: bot.Collapse,
		Spec: fmt.Sprintf("%d %d * * *", int(at.Minutes())%60, int(at.Hours())),
	})
}

func (f *feature) start(ctx context.Context, r *bot.Request) error {
	s, err := f.only(ctx, r)
	if err != nil {
		return err
	}
	if s.On {
		return r.Refuse("start.already", "Family", f.title(r.T, s))
	}
	before := s.stored()
	s.On, s.Stopped = true, ""
	return f.change(ctx, r, before, s, false, "start", r.T("start.done", "Family", f.title(r.T, s), "At", s.At, "Percent", int(100*Heldout)))
}

func (f *feature) stop(ctx context.Context, r *bot.Request) error {
	s, err := f.only(ctx, r)
	if err != nil {
		return err
	}
	waiting, err := f.db.Exec(ctx, `UPDATE nudge_sends SET reason = ? WHERE family = ? AND state IN ('planned', 'sending') AND reason = ''`, isOff, s.Name)
	if err != nil {
		return fmt.Errorf("stop %s: %w", s.Name, err)
	}
	if !s.On && waiting == 0 {
		return r.Refuse("stop.already", "Family", f.title(r.T, s))
	}
	before := s.stored()
	s.On = false
	return f.change(ctx, r, before, s, false, "stop", r.T("stop.done", "Family", f.title(r.T, s)))
}

// unchange takes a change of a family back: what it changed, and nothing else, where that was not changed again since.
func (f *feature) unchange(ctx context.Context, r *bot.Request, payload []byte) error {
	var c changed
	if err := json.Unmarshal(payload, &c); err != nil {
		return err
	}
	in := r.In("nudge")
	s, err := f.family(ctx, c.After.Name)
	if err != nil {
		return err
	}
	if s == nil || c.New && !reflect.DeepEqual(s.stored(), c.After) {
		return in.Refuse("undo.late")
	}
	if c.New {
		return f.forget(ctx, in, c.After.Name)
	}
	was, ok, err := without(s.stored(), c)
	if err != nil {
		return err
	}
	if !ok {
		return in.Refuse("undo.late")
	}
	s.Family, s.On, s.Stopped = was.Family, was.On, was.Stopped
	if err := f.keep(ctx, s, r.At); err != nil {
		return err
	}
	return f.plan(ctx, in, s)
}

// without is a family as it stands without a change; ok is false where what it changed is something else by now.
func without(now stored, c changed) (was stored, ok bool, err error) {
	var fields [3]map[string]json.RawMessage
	for i, s := range [...]stored{now, c.Before, c.After} {
		data, err := json.Marshal(s)
		if err == nil {
			err = json.Unmarshal(data, &fields[i])
		}
		if err != nil {
			return was, false, err
		}
	}
	current, before, after := fields[0], fields[1], fields[2]
	for name := range before {
		if string(before[name]) == string(after[name]) {
			continue
		}
		if string(current[name]) != string(after[name]) {
			return was, false, nil
		}
		current[name] = before[name]
	}
	data, err := json.Marshal(current)
	if err == nil {
		err = json.Unmarshal(data, &was)
	}
	return was, true, err
}

// forget takes a family of a manager's own off the record; what it did stays there.
func (f *feature) forget(ctx context.Context, in *bot.Request, name string) error {
	if _, err := f.db.Exec(ctx, `DELETE FROM nudge_families WHERE name = ?`, name); err != nil {
		return fmt.Errorf("family %s: %w", name, err)
	}
	return in.Unplan(ctx, runJob, name)
}

// create is 新建触达 老友 人群: a family of a manager's own, off, with the words of 唤醒 until it gets its own.
func (f *feature) create(ctx context.Context, r *bot.Request) error {
	title, rest, _ := strings.Cut(strings.TrimSpace(r.Args), " ")
	rest = strings.TrimSpace(rest)
	if title == "" || rest == "" {
		return r.Refuse("new.usage", "Command", r.Command())
	}
	if community.CleanName(title) != title || utf8.RuneCountInString(title) > longestTitle || f.c.Words.ScreenName(title) != title {
		return r.Refuse("new.title", "Most", longestTitle)
	}
	if word, bad := f.c.Words.Forbidden(title); bad {
		return r.Refuse("text.word", "Word", f.c.Words.Masked(word))
	}
	list, err := f.families(ctx)
	if err != nil {
		return err
	}
	own := 0
	for i := range list {
		if bot.Fold(f.title(r.T, &list[i])) == bot.Fold(title) || list[i].Name == bot.Fold(title) {
			return r.Refuse("new.taken", "Family", title)
		}
		if list[i].Own {
			own++
		}
	}
	if own >= mostOwn {
		return r.Refuse("new.many", "Most", mostOwn)
	}
	for _, word := range [...]string{"人群", "segment"} {
		if after, ok := strings.CutPrefix(rest, word); ok {
			rest = strings.TrimLeft(after, " :：=＝")
			break
		}
	}
	segment, err := f.readWho(ctx, r, rest)
	if err != nil {
		return err
	}
	in := f.voice(r, nil)
	s := &state{Own: true, Family: Family{
		Name: "own-" + strconv.FormatInt(r.Seq, 10), Title: title, Segment: segment, Channel: Any, At: "10:30", Every: 30, Goal: Spoke,
		Variants: []Variant{{Letter: "A", Private: in.T("say.wake.A"), Group: in.T("say.wake.A.group")}},
	}}
	who, err := f.segment(ctx, r.T, r.In("tier").T, &segment)
	if err != nil {
		return err
	}
	return f.change(ctx, r, stored{}, s, true, "new", r.T("new.done", "Family", title, "Who", who))
}

// drop is 删除触达: only families of a manager's own, and only while they are off.
func (f *feature) drop(ctx context.Context, r *bot.Request) error {
	s, err := f.only(ctx, r)
	if err != nil {
		return err
	}
	if !s.Own {
		return r.Refuse("drop.builtin", "Family", f.title(r.T, s))
	}
	if s.On {
		return r.Refuse("drop.on", "Family", f.title(r.T, s))
	}
	confirmed, err := f.c.Confirmations.Ask(ctx, r, r.T("drop.ask", "Family", f.title(r.T, s)))
	if err != nil || !confirmed {
		return err
	}
	if err := f.forget(ctx, r, s.Name); err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, "nudge.drop", s.Name, nil); err != nil {
		return err
	}
	r.Reply(r.T("drop.done", "Family", f.title(r.T, s)))
	return nil
}

// clockOf is an instant as people of the community read it.
func (f *feature) clockOf(at time.Time) string {
	return at.In(f.c.Calendar.Zone()).Format("2006-01-02 15:04")
}
