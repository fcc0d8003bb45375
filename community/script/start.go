package script

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// farthest is how far ahead a script may begin.
const farthest = 366 * 24 * time.Hour

// start is 开始剧本 名字 时间 参数=值 …, and 在 群名 in private.
func (s *scripts) start(ctx context.Context, r *bot.Request) error {
	text, warned := after(r), ""
	if r.Confirmed {
		text, warned = cutWarned(text)
	}
	called, rest := cutWord(text)
	if called == "" {
		return r.Refuse("start.how")
	}
	sc, ok, err := s.named(ctx, called)
	if err != nil {
		return err
	}
	if !ok {
		return r.Refuse("list.unknown", "Name", shown(called))
	}
	begin, length, ok, wrong := readMoment(rest, r.At, s.c.Calendar.Zone())
	if wrong != nil {
		return notTime(r, wrong)
	}
	if !ok {
		return r.Refuse("start.when", "Name", sc.Name)
	}
	if begin.Before(r.At.Truncate(time.Minute)) || begin.Sub(r.At) > farthest {
		return r.Refuse("start.past", "When", s.when(r, begin))
	}
	rest = strings.TrimSpace(rest[length:])
	group, values, err := s.place(ctx, r, rest)
	if err != nil {
		return err
	}
	v := run{script: sc.Name, title: sc.Title, group: group, start: begin, budget: sc.Budget, state: running}
	if v.params, err = readValues(r, sc, values); err != nil {
		return err
	}
	if err := s.schedule(r, sc, &v); err != nil {
		return err
	}
	twins, err := s.twins(ctx, r, v)
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(strings.Split(twins, idMark), func(id string) bool { return id == "" || slices.Contains(strings.Split(warned, idMark), id) })
	if r.Confirmed && len(fresh) > 0 {
		return r.Refuse("start.meanwhile", "Title", v.title, "IDs", strings.Join(fresh, idMark), "Name", sc.Name)
	}
	preview, err := s.preview(ctx, r, v, twins)
	if err != nil {
		return err
	}
	// What is confirmed says the very date: 明天 may be another one then; and which runs were warned of.
	r.Text = r.Command() + " " + sc.Name + " " + written(begin, s.c.Calendar.Zone()) + " " + rest + "\n" + warnedMark + twins
	confirmed, err := s.c.Confirmations.Ask(ctx, r, preview)
	if err != nil || !confirmed {
		return err
	}
	if err := s.add(ctx, r, &v); err != nil {
		return err
	}
	for _, st := range v.steps {
		if err := s.plan(ctx, r, v, st); err != nil {
			return err
		}
	}
	return s.answer(ctx, r, change{"script.start", "start script", runTarget(v.id)}, ofRun{Run: v.id},
		map[string]any{"group": group, "steps": len(v.steps), "at": begin.Unix()},
		r.T("start.done", "Title", v.title, "ID", v.id, "When", s.when(r, v.steps[0].at)))
}

// idMark stands between numbers of runs.
const idMark = "、"

// warnedMark begins the last line of what is confirmed, so that there always is one.
const warnedMark = "~"

// cutWarned takes the last line off what is confirmed: the runs that were warned of.
func cutWarned(text string) (rest, warned string) {
	if i := strings.LastIndex(text, "\n"+warnedMark); i >= 0 {
		return text[:i], strings.TrimPrefix(text[i+1:], warnedMark)
	}
	return text, ""
}

// twins are the numbers of the runs of the same script that its group has already, also those that only collect still.
func (s *scripts) twins(ctx context.Context, r *bot.Request, v run) (string, error) {
	list, err := s.runs(ctx, `WHERE group_id = ? AND script = ? AND (state = ? OR state = ? AND ended_at > ?) ORDER BY id`,
		string(v.group), v.script, running, finished, r.At.Add(-longestSpan).UnixMilli())
	var ids []string
	for _, other := range list {
		if stands := other.stands(r.At); stands == running || stands == "open" {
			ids = append(ids, strconv.FormatInt(other.id, 10))
		}
	}
	return strings.Join(ids, idMark), err
}

// place is the group that a script is started for, and the words about its values.
func (s *scripts) place(ctx context.Context, r *bot.Request, rest string) (community.GroupID, string, error) {
	if r.Actor.Group != "" {
		return community.GroupID(r.Actor.Group), rest, nil
	}
	words := strings.Fields(rest)
	for i := len(words) - 1; i >= 0; i-- {
		if w := bot.Fold(words[i]); w == "在" || w == "in" {
			group, err := s.groupNamed(ctx, r, strings.Join(words[i+1:], " "))
			return group, strings.Join(words[:i], " "), err
		}
	}
	return "", "", r.Refuse("start.where")
}

// readValues reads 参数=值 参数=值; a value goes on until the next parameter.
func readValues(r *bot.Request, sc Script, text string) (map[string]string, error) {
	values, known := map[string]string{}, map[string]bool{}
	for _, par := range sc.Parameters {
		values[par.Name], known[par.Name] = par.Default, true
	}
	given, last := map[string]bool{}, ""
	for _, word := range strings.Fields(text) {
		i := strings.IndexAny(word, "=＝")
		if i > 0 && (known[word[:i]] || last == "") {
			if last = word[:i]; !known[last] {
				return nil, r.Refuse("start.parameter", "Name", shown(last), "Known", parameterList(r, sc))
			}
			if given[last] {
				return nil, r.Refuse("start.twice", "Name", last)
			}
			given[last] = true
			values[last] = strings.TrimLeft(word[i:], "=＝")
			continue
		}
		if last == "" {
			return nil, r.Refuse("start.parameter", "Name", shown(word), "Known", parameterList(r, sc))
		}
		values[last] = strings.TrimSpace(values[last] + " " + word)
	}
	for _, par := range sc.Parameters {
		v := values[par.Name]
		if par.Required && v == "" {
			return nil, r.Refuse("start.required", "Name", par.Name, "Command", r.Command()+" "+sc.Name)
		}
		if len([]rune(v)) > longestValue {
			return nil, r.Refuse("start.long", "Name", par.Name, "Most", longestValue)
		}
	}
	return values, nil
}

func parameterList(r *bot.Request, sc Script) string {
	if len(sc.Parameters) == 0 {
		return r.T("list.none")
	}
	var list []string
	for _, par := range sc.Parameters {
		list = append(list, par.Name)
	}
	return strings.Join(list, "、")
}

// schedule dates the steps and refuses what can't be said in this order.
func (s *scripts) schedule(r *bot.Request, sc Script, v *run) error {
	zone := s.c.Calendar.Zone()
	v.steps = nil
	for i, st := range sc.Steps {
		at := st.At.From(v.start, zone)
		if at.Before(v.start) {
			return r.Refuse("start.early", "N", i+1, "When", s.when(r, at), "Start", s.when(r, v.start))
		}
		if i > 0 && at.Before(v.steps[i-1].at) {
			return r.Refuse("start.order", "N", i+1, "When", s.when(r, at), "Before", s.when(r, v.steps[i-1].at))
		}
		if err := s.allowed(r, fill(st.Text, v.params), fill(st.None, v.params), strings.Join(st.Tags, " ")); err != nil {
			return err
		}
		v.steps = append(v.steps, step{Step: st, n: i + 1, at: at, state: waiting})
	}
	return s.allowed(r, v.title)
}

// preview shows a run that has not begun, and warns of its twins.
func (s *scripts) preview(ctx context.Context, r *bot.Request, v run, twins string) (string, error) {
	group, err := s.groupName(ctx, v.group)
	if err != nil {
		return "", err
	}
	lines := []string{r.T("start.preview", "Title", v.title, "Group", group)}
	short := true
	for _, st := range v.steps {
		short = short && st.short(v.peek(st.Text, longestScript)) && !strings.Contains(st.Text, "\n")
		lines = append(lines, s.stepLine(r, st, v.peek(st.Text, previewed)))
	}
	if !short {
		lines = append(lines, r.T("start.whole", "Name", v.script))
	}
	if v.budget > 0 {
		lines = append(lines, r.T("start.budget", "Points", v.budget))
	}
	if n, err := s.others(ctx, v.group); err != nil {
		return "", err
	} else if n > 0 && twins == "" {
		lines = append(lines, r.T("start.others", "Count", n))
	}
	if twins != "" {
		lines = append(lines, r.T("start.twins", "Title", v.title, "IDs", twins, "ID", strings.Split(twins, idMark)[0]))
	}
	return strings.Join(lines, "\n"), nil
}

// peek is the beginning of a step's text; what nobody knows before its time is left open.
func (v run) peek(text string, most int) string {
	values := map[string]string{"Group": "…", "Count": "…", "Names": "…", "Best": "…"}
	for k, val := range v.params {
		values[k] = val
	}
	return shorten(fill(text, values), most)
}

// others is how many scripts run in a group.
func (s *scripts) others(ctx context.Context, group community.GroupID) (n int, err error) {
	err = s.db.Row(ctx, `SELECT COUNT(*) FROM script_runs WHERE group_id = ? AND state = ?`, string(group), running).Scan(&n)
	return n, err
}

// previewed is how many characters of a text a list shows.
const previewed = 60

func shorten(text string, most int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}

// stepLine is a step in a list.
func (s *scripts) stepLine(r *bot.Request, st step, text string) string {
	r = r.In(name)
	line := r.T("step.line", "N", st.n, "When", s.when(r, st.at), "Kind", r.T("kind."+string(st.Kind)), "Text", text)
	if st.state != waiting {
		line += r.T("step.state", "State", r.T("state."+st.state))
	}
	return line
}
