package nudge

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
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

// The limits of what managers write.
const (
	longestTitle = 12
	longestText  = 300
	mostLetters  = 4
	mostOwn      = 20
)

// edit is 改触达 唤醒 时间 10:30: one thing of a family.
func (f *feature) edit(ctx context.Context, r *bot.Request) error {
	s, rest, err := f.meant(ctx, r)
	if err != nil {
		return err
	}
	before := s.stored()
	s.Variants = slices.Clone(s.Variants)
	text, err := f.set(ctx, r, s, rest)
	if err != nil {
		return err
	}
	if reflect.DeepEqual(before, s.stored()) {
		return r.Refuse("edit.same", "Family", f.title(r.T, s))
	}
	return f.change(ctx, r, before, s, false, "edit", text)
}

// fields are the words for what can be changed.
var fields = []struct {
	field string
	words []string
}{
	{"group", []string{"群文案", "group-text"}}, {"text", []string{"文案", "text"}}, {"who", []string{"人群", "segment"}}, {"at", []string{"时间", "time"}},
	{"channel", []string{"渠道", "channel"}}, {"every", []string{"间隔", "every"}}, {"goal", []string{"目标", "goal"}},
}

// set changes what the words say, and tells what it is now.
func (f *feature) set(ctx context.Context, r *bot.Request, s *state, words string) (string, error) {
	for _, field := range fields {
		for _, word := range field.words {
			if len(words) < len(word) || !strings.EqualFold(words[:len(word)], word) {
				continue
			}
			value := words[len(word):]
			letter := ""
			if field.field == "text" || field.field == "group" {
				value = strings.TrimLeft(value, " -")
				if value != "" && strings.IndexByte("ABCDabcd", value[0]) >= 0 {
					letter, value = strings.ToUpper(value[:1]), value[1:]
				}
			}
			value = strings.TrimSpace(strings.TrimLeft(value, " :：=＝"))
			return f.assignField(ctx, r, s, field.field, letter, value)
		}
	}
	return "", r.Refuse("edit.usage", "Command", r.Command(), "Family", f.title(r.T, s))
}

func (f *feature) assignField(ctx context.Context, r *bot.Request, s *state, field, letter, value string) (string, error) {
	name := f.title(r.T, s)
	switch field {
	case "who":
		segment, err := f.readWho(ctx, r, value)
		if err != nil {
			return "", err
		}
		s.Segment = segment
		who, err := f.segment(ctx, r.T, r.In("tier").T, &s.Segment)
		return r.T("edit.who", "Family", name, "Who", who), err
	case "at":
		at, err := community.TimeOfDay(strings.ReplaceAll(bot.Fold(value), "：", ":"))
		clock := fmt.Sprintf("%02d:%02d", int(at.Hours()), int(at.Minutes())%60)
		if err != nil || clock < f.cfg.From || clock >= f.cfg.Until {
			return "", r.Refuse("edit.at.bad", "From", f.cfg.From, "Until", f.cfg.Until)
		}
		s.At = clock
		return r.T("edit.at", "Family", name, "At", s.At), nil
	case "channel":
		for _, ch := range [...]Channel{Private, Group, Any} {
			if bot.Fold(value) == bot.Fold(r.T("channel."+string(ch))) || bot.Fold(value) == string(ch) {
				s.Channel = ch
				return r.T("edit.channel", "Family", name, "Channel", r.T("channel."+string(ch))), nil
			}
		}
		return "", r.Refuse("edit.channel.bad")
	case "every":
		n, err := strconv.Atoi(strings.NewReplacer("天", "", "days", "", "day", "", " ", "").Replace(bot.Fold(value)))
		if err != nil || n < 7 || n > 365 {
			return "", r.Refuse("edit.every.bad")
		}
		s.Every = n
		return r.T("edit.every", "Family", name, "Every", n), nil
	case "goal":
		for _, goal := range goals {
			if bot.Fold(value) == bot.Fold(r.T("goal."+goal)) || bot.Fold(value) == goal {
				s.Goal = goal
				return r.T("edit.goal", "Family", name, "Goal", r.T("goal."+goal), "Days", Within), nil
			}
		}
		return "", r.Refuse("edit.goal.bad", "List", f.goalNames(r.T))
	}
	return f.setText(r, s, field, letter, value)
}

// goals are what can be hoped for: to speak, or a fact that features count.
var goals = []string{Spoke, "checkin.days", "topic.answers", "challenge.days"}

func (f *feature) goalName(t speaker, goal string) string { return t("goal." + goal) }

func (f *feature) goalNames(t speaker) string {
	var list []string
	for _, g := range goals {
		list = append(list, t("goal."+g))
	}
	return strings.Join(list, t("comma"))
}

// setText is a wording: a new letter adds one, 无 takes one away.
func (f *feature) setText(r *bot.Request, s *state, field, letter, value string) (string, error) {
	name := f.title(r.T, s)
	if letter == "" {
		return "", r.Refuse("text.letter", "Command", r.Command(), "Family", name)
	}
	i := slices.IndexFunc(s.Variants, func(v Variant) bool { return v.Letter == letter })
	if value == "无" || bot.Fold(value) == "none" {
		if i < 0 || len(s.Variants) == 1 {
			return "", r.Refuse("text.last", "Letter", letter)
		}
		s.Variants = slices.Delete(s.Variants, i, i+1)
		return r.T("text.gone", "Family", name, "Letter", letter), nil
	}
	if err := f.checkText(r, field, value); err != nil {
		return "", err
	}
	if i < 0 {
		if next := string(rune('A' + len(s.Variants))); letter > next || len(s.Variants) >= mostLetters {
			return "", r.Refuse("text.next", "Letter", next, "Most", mostLetters)
		}
		first := s.Variants[0]
		if field == "group" && first.Private == "" && s.Title == "" {
			first.Private = r.T("say." + s.Name + "." + first.Letter)
		}
		if field == "text" && first.Group == "" && s.Title == "" {
			first.Group = r.T("say." + s.Name + "." + first.Letter + ".group")
		}
		s.Variants = append(s.Variants, Variant{Letter: letter, Private: first.Private, Group: first.Group})
		i = len(s.Variants) - 1
	} else {
		s.Variants[i].Version++
	}
	if field == "group" {
		s.Variants[i].Group = value
	} else {
		s.Variants[i].Private = value
	}
	return r.T("text.done", "Family", name, "Letter", letter, "Text", value), nil
}

// checkText tells what is wrong with a wording.
func (f *feature) checkText(r *bot.Request, field, value string) error {
	if utf8.RuneCountInString(value) > longestText {
		return r.Refuse("text.long", "Most", longestText)
	}
	if value == "" {
		return r.Refuse("text.empty")
	}
	if word, bad := f.c.Words.Forbidden(value); bad {
		return r.Refuse("text.word", "Word", f.c.Words.Masked(word))
	}
	known := []string{"{名字}", "{name}", "{近况}", "{about}", "{连续}", "{streak}"}
	if field == "group" {
		known = []string{"{名单}", "{names}"}
		if !strings.Contains(value, known[0]) && !strings.Contains(value, known[1]) {
			return r.Refuse("text.names")
		}
	}
	rest := value
	for _, k := range known {
		rest = strings.ReplaceAll(rest, k, "")
	}
	if strings.ContainsAny(rest, "{}") {
		return r.Refuse("text.holes." + field)
	}
	return nil
}

// readWho reads a segment, and says kindly what is wrong with it.
func (f *feature) readWho(ctx context.Context, r *bot.Request, value string) (Segment, error) {
	groups, err := f.c.AdoptedGroups(ctx)
	if err != nil {
		return Segment{}, err
	}
	tier := func(word string) (tiers.Tier, bool) { return community.ReadTier(r.In("tier").T, word) }
	group := func(word string) (community.GroupID, bool) {
		for _, g := range groups {
			if bot.Fold(word) == string(g.ID) || bot.Fold(word) == bot.Fold(strings.ReplaceAll(g.Name, " ", "")) {
				return g.ID, true
			}
		}
		return "", false
	}
	s, bad := readSegment(value, tier, group)
	if bad != nil {
		return s, r.Refuse(bad.key, "Word", f.c.Words.ScreenName(bad.word))
	}
	return s, nil
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

// now is 执行触达: a run at once, after a look at what it would do.
func (f *feature) now(ctx context.Context, r *bot.Request) error {
	s, err := f.only(ctx, r)
	if err != nil {
		return err
	}
	if from, until := f.cfg.hours(f.c.Calendar, r.At); r.At.Before(from) || !r.At.Before(until) {
		return r.Refuse("run.hours", "From", f.cfg.From, "Until", f.cfg.Until)
	}
	p, err := f.decide(ctx, r, &s.Family)
	if err != nil {
		return err
	}
	if len(p.private)+len(p.rooms) == 0 {
		return r.Refuse("run.nobody", "Family", f.title(r.T, s), "Why", f.why(r.T, p.reasons()))
	}
	confirmed, err := f.c.Confirmations.Ask(ctx, r, f.summary(r, s, p))
	if err != nil || !confirmed {
		return err
	}
	done, err := f.act(ctx, r, &s.Family, true)
	if err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, "nudge.run", s.Name, map[string]any{"private": done.private, "groups": done.groups, "held": done.held}); err != nil {
		return err
	}
	r.Reply(r.T("run.done", "Family", f.title(r.T, s), "Private", done.private, "Groups", done.groups, "Named", done.named, "Held", done.held))
	return nil
}

// summary is what a run would do, in numbers.
func (f *feature) summary(r *bot.Request, s *state, p *plan) string {
	named, messages, out := 0, 0, len(p.held)
	for _, room := range p.rooms {
		named += len(room.list)
		out += len(room.sides)
		if len(room.list) > 0 {
			messages++
		}
	}
	text := r.T("preview.title", "Family", f.title(r.T, s), "Private", len(p.private), "Groups", messages, "Named", named, "Held", out)
	reasons := p.reasons()
	delete(reasons, isHeld)
	if len(reasons) > 0 {
		text += "\n" + r.T("preview.not", "Why", f.why(r.T, reasons))
	}
	if p.later > 0 {
		text += "\n" + r.T("preview.later", "N", p.later)
	}
	return text
}

// why is a list of reasons with how many people each is about.
func (f *feature) why(t speaker, reasons map[string]int) string {
	var parts []string
	for _, reason := range byNumber(reasons) {
		parts = append(parts, t("why.count", "Reason", t("why."+reason), "N", reasons[reason]))
	}
	if len(parts) == 0 {
		return t("why.none")
	}
	return strings.Join(parts, t("comma"))
}

// listed is how many people a preview names.
const listed = 20

// preview is 预览触达: who would get what now, and who nothing, and why. It names people, so it is for the manager alone.
func (f *feature) preview(ctx context.Context, r *bot.Request) error {
	s, err := f.only(ctx, r)
	if err != nil {
		return err
	}
	p, err := f.decide(ctx, r, &s.Family)
	if err != nil {
		return err
	}
	lines := []string{f.summary(r, s, p)}
	for i, c := range p.private {
		if i == 0 {
			text, err := f.words(ctx, f.voice(r, nil), &s.Family, c)
			if err != nil {
				return err
			}
			lines = append(lines, r.T("preview.private", "Name", c.name, "Letter", c.variant, "Text", text))
		} else if i < listed {
			lines = append(lines, r.T("preview.also", "Name", c.name, "Letter", c.variant))
		}
	}
	for _, room := range p.rooms {
		if len(room.list) == 0 {
			continue
		}
		place, err := f.c.Place(ctx, room.group)
		if err != nil {
			return err
		}
		lines = append(lines, r.T("preview.group", "Group", f.c.Words.ScreenName(place.Name), "Letter", room.variant,
			"Text", f.called(f.voice(r, &place), &s.Family, room.variant, room.list)))
	}
	shown := 0
	for _, c := range p.choices {
		if c.reason != "" && shown < listed {
			lines = append(lines, r.T("preview.nothing", "Name", c.name, "Reason", r.T("why."+c.reason)))
			shown++
		}
	}
	if len(p.choices) == 0 {
		lines = append(lines, r.T("preview.empty"))
	}
	r.Whisper(r.Actor.Member, strings.Join(lines, "\n"))
	if r.Actor.Group != "" {
		if open, err := f.c.Reachable(ctx, r.Actor.Member); err != nil || open {
			return err
		}
		r.Reply(f.summary(r, s, p))
	}
	return nil
}

// clockOf is an instant as people of the community read it.
func (f *feature) clockOf(at time.Time) string {
	return at.In(f.c.Calendar.Zone()).Format("2006-01-02 15:04")
}
