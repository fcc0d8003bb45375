package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// document is a report as it is read, in the order of reading. Each form prints the same parts.
type document struct {
	TodoTitle string
	Language  string
	Title     string
	Subtitle  string
	Lead      []string // what happened, in sentences
	Todo      []Suggestion
	Sections  []section
	Footer    string
}

// section is one part under a heading; what is empty is not there.
type section struct {
	Title string
	Note  string
	Cards []card
	Bars  *bars
	Heat  *heat
	Table []bot.Table
	Lines []string
}

// card is one figure.
type card struct {
	Title string
	Value string
	Range string // the interval of 95 %
	Note  string // n and grade, or what else there is to say
	Trend string // "up", "down" or empty
	Then  string // the value of the period before
}

// bars are values over Days or other things.
type bars struct {
	Title  string
	Labels []string
	Values []float64
}

// heat is a map of hours by weekday, the hours in the order of a Day.
type heat struct {
	Rows   []string
	Hours  []int
	Values [7][24]int
	Most   int
}

// words makes the texts of a document.
type words struct {
	q *bot.Query
	r *Report
}

// documentOf lays a report out.
func documentOf(q *bot.Query, r *Report) document {
	w := words{q.In(Name), r}
	d := document{Language: q.Actor.Language, Title: w.title(), Subtitle: w.subtitle(), Lead: w.lead(), Todo: r.Suggestions, TodoTitle: w.t("todo"), Footer: w.q.T("footer", "Calendar", r.Calendar, "AsOf", r.AsOf)}
	d.Sections = append(d.Sections, w.figures(), w.course())
	for _, s := range []section{w.heat(), w.retention(), w.movement(), w.top()} {
		if !s.empty() {
			d.Sections = append(d.Sections, s)
		}
	}
	if w.r.Group == nil {
		d.Sections = append(d.Sections, w.points())
	}
	for _, c := range r.Chapters {
		if s := chapterSection(c); !s.empty() {
			d.Sections = append(d.Sections, s)
		}
	}
	d = d.with(w.wrong(), w.definitions())
	d.clean()
	return d
}

// clean takes out of all texts what would turn or hide what stands around them.
func (d *document) clean() {
	tidy := func(texts ...*string) {
		for _, s := range texts {
			*s = bot.Clean(*s)
		}
	}
	tidy(&d.Title, &d.Subtitle)
	for i := range d.Lead {
		tidy(&d.Lead[i])
	}
	for i := range d.Todo {
		tidy(&d.Todo[i].Do, &d.Todo[i].Evidence)
	}
	for i := range d.Sections {
		s := &d.Sections[i]
		tidy(&s.Title, &s.Note)
		for j := range s.Cards {
			tidy(&s.Cards[j].Title, &s.Cards[j].Value, &s.Cards[j].Note)
		}
		for j := range s.Lines {
			tidy(&s.Lines[j])
		}
		for _, t := range s.Table {
			for _, r := range t.Rows {
				for k := range r.Cells {
					r.Cells[k].Text = bot.Clean(r.Cells[k].Text)
				}
			}
		}
	}
}

func (d document) with(more ...section) document {
	for _, s := range more {
		if !s.empty() {
			d.Sections = append(d.Sections, s)
		}
	}
	return d
}

func (s section) empty() bool {
	return len(s.Cards)+len(s.Table)+len(s.Lines) == 0 && s.Bars == nil && s.Heat == nil && s.Note == ""
}

func (w words) t(key string, kv ...any) string { return w.q.T(key, kv...) }

func (w words) title() string {
	return w.t("title."+string(w.r.Period.Kind), "Community", w.r.Community, "Period", w.r.period.String())
}

func (w words) subtitle() string {
	where := w.t("scope.all")
	if w.r.Group != nil {
		where = w.t("scope.group", "Group", w.r.Group.Name)
	}
	return w.t("subtitle", "Where", where, "First", w.r.Period.First, "Last", w.r.Period.Last)
}

// lead tells in a few sentences what happened.
func (w words) lead() (lines []string) {
	r := w.r
	if r.MAU == 0 {
		return []string{w.t("lead.nobody")}
	}
	lines = append(lines, w.t("lead.main", "Active", r.MAU, "Messages", r.Messages, "Daily", decimal(*r.DAUMean), "New", r.NewMembers, "Days", len(r.Days)))
	if last := r.Days; len(last) > 0 && len(last) < r.Period.Days {
		lines = append(lines, w.t("lead.partial", "Known", len(last), "Days", r.Period.Days))
	}
	var up, down []string
	for _, m := range r.Metrics {
		switch text := m.Title + " " + w.value(m, m.Previous) + " → " + w.value(m, m.Value); m.Trend {
		case "up":
			up = append(up, text)
		case "down":
			down = append(down, text)
		}
	}
	if len(up) > 0 {
		lines = append(lines, w.t("lead.up", "What", strings.Join(up, w.t("list"))))
	}
	if len(down) > 0 {
		lines = append(lines, w.t("lead.down", "What", strings.Join(down, w.t("list"))))
	}
	if len(up)+len(down) == 0 && r.metric("mau").Previous != nil {
		lines = append(lines, w.t("lead.steady"))
	}
	return lines
}

// value is a metric's value as people read it.
func (w words) value(m Metric, v *float64) string {
	switch {
	case !m.Measured:
		return w.t("unmeasured")
	case v == nil:
		return "—"
	case m.Unit == Share:
		return percent(*v)
	case m.Unit == Ratio:
		return strconv.FormatFloat(*v, 'f', 2, 64)
	case m.Unit == Seconds:
		return duration(w.q, *v)
	default:
		return decimal(*v)
	}
}

// figures are the metrics as cards.
func (w words) figures() section {
	s := section{Title: w.t("section.figures"), Note: w.t("note.figures", "Previous", w.r.before.String())}
	for _, m := range w.r.Metrics {
		if !m.Measured {
			continue
		}
		c := card{Title: m.Title, Value: w.value(m, m.Value), Trend: m.Trend}
		var notes []string
		if m.Low != nil && m.High != nil {
			c.Range = w.value(m, m.Low) + "–" + w.value(m, m.High)
		}
		if m.Unit != Count {
			notes = append(notes, "n="+strconv.Itoa(m.N))
		}
		if m.Grade != "" {
			notes = append(notes, w.t("grade", "Grade", m.Grade))
		}
		c.Note = strings.Join(notes, " · ")
		if m.Previous != nil {
			c.Then = w.t("previous", "Value", w.value(m, m.Previous))
		}
		s.Cards = append(s.Cards, c)
	}
	return s
}

// course is who was active Day by Day.
func (w words) course() section {
	if len(w.r.Days) < 2 {
		return section{}
	}
	b := &bars{Title: w.t("chart.active")}
	for _, d := range w.r.Days {
		b.Labels, b.Values = append(b.Labels, d.Day), append(b.Values, float64(d.Active))
	}
	return section{Title: w.t("section.course"), Bars: b}
}

func (w words) heat() section {
	h := &heat{Values: w.r.Heat}
	for d := range 7 {
		h.Rows = append(h.Rows, w.t("weekday."+strconv.Itoa(d)))
	}
	for i := range 24 {
		h.Hours = append(h.Hours, (i+4)%24)
	}
	if _, _, h.Most = peak(w.r.Heat); h.Most == 0 {
		return section{}
	}
	day, hour, n := peak(w.r.Heat)
	return section{Title: w.t("section.heat"), Heat: h, Note: w.t("note.heat", "Day", h.Rows[day], "Hour", clockHour(hour), "N", n)}
}

// chapterSection is what a feature tells.
func chapterSection(c bot.ToldChapter) section {
	s := section{Title: c.Title, Note: c.Page.Note}
	for _, f := range c.Page.Figures {
		s.Cards = append(s.Cards, card{Title: f.Title, Value: f.Cell.Text, Note: f.Note})
	}
	for _, t := range c.Page.Tables {
		if len(t.Rows) > 0 {
			s.Table = append(s.Table, t)
		}
	}
	if len(s.Cards)+len(s.Table) == 0 {
		return section{}
	}
	return s
}

// duration is a number of seconds as people read it: two of its largest units.
func duration(q *bot.Query, seconds float64) string {
	s := int(seconds + 0.5)
	switch {
	case s < 60:
		return q.T("time.s", "S", s)
	case s < 3600:
		return q.T("time.m", "M", s/60, "S", s%60)
	default:
		return q.T("time.h", "H", s/3600, "M", s%3600/60)
	}
}

func cell(v any) bot.Cell {
	switch v := v.(type) {
	case int:
		return bot.Cell{Text: strconv.Itoa(v), Value: int64(v)}
	case string:
		return bot.Cell{Text: v}
	default:
		return bot.Cell{Text: fmt.Sprint(v)}
	}
}
