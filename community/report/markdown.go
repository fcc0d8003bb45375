package report

import (
	"strings"
	"unicode"

	"github.com/weilu-im/weilu/bot"
)

// markdown prints a document as Markdown. Names and words of members can't become marks.
func (d document) markdown() []byte {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, "") + "\n") }
	line("# ", plain(d.Title))
	line()
	line(plain(d.Subtitle))
	line()
	for _, s := range d.Lead {
		line(plain(s), "  ")
	}
	line()
	if len(d.Todo) > 0 {
		line("## ", plain(d.TodoTitle))
		line()
		for i, s := range d.Todo {
			line(string(rune('1'+i)), ". **", plain(s.Do), "** ", plain(s.Evidence))
		}
		line()
	}
	for _, s := range d.Sections {
		s.markdown(line)
	}
	line("---")
	line()
	line(plain(d.Footer))
	return []byte(b.String())
}

func (s section) markdown(line func(...string)) {
	line("## ", plain(s.Title))
	line()
	if s.Note != "" {
		line(plain(s.Note))
		line()
	}
	for _, c := range s.Cards {
		line("- **", plain(c.Title), "**: ", plain(c.Value), arrow(c.Trend), bracketed(c.Range), bracketed(c.Note), bracketed(c.Then))
	}
	if len(s.Cards) > 0 {
		line()
	}
	if s.Bars != nil {
		line("| | ", plain(s.Bars.Title), " |")
		line("|---|---:|")
		for i, label := range s.Bars.Labels {
			line("| ", plain(label), " | ", decimal(s.Bars.Values[i]), " |")
		}
		line()
	}
	if s.Heat != nil {
		s.Heat.table().markdown(line)
	}
	for _, t := range s.Table {
		mdTable(t).markdown(line)
	}
	for _, l := range s.Lines {
		line("- ", plain(l))
	}
	if len(s.Lines) > 0 {
		line()
	}
}

type mdTable bot.Table

func (t mdTable) markdown(line func(...string)) {
	if t.Title != "" {
		line("**", plain(t.Title), "**")
		line()
	}
	head, rule := "|", "|"
	for _, c := range t.Columns {
		head += " " + plain(c.Title) + " |"
		if rule += "---"; c.Numbers {
			rule += ":"
		}
		rule += "|"
	}
	line(head)
	line(rule)
	for _, r := range t.Rows {
		text := "|"
		for _, c := range r.Cells {
			text += " " + plain(c.Text) + " |"
		}
		line(text)
	}
	line()
}

// table is the map as numbers.
func (h *heat) table() mdTable {
	t := mdTable{Columns: []bot.Column{{}}}
	for _, hour := range h.Hours {
		t.Columns = append(t.Columns, bot.Column{Key: clockHour(hour), Title: clockHour(hour)[:2], Numbers: true})
	}
	for d, name := range h.Rows {
		cells := []bot.Cell{cell(name)}
		for _, hour := range h.Hours {
			cells = append(cells, cell(h.Values[d][hour]))
		}
		t.Rows = append(t.Rows, row(name, cells...))
	}
	return t
}

func arrow(trend string) string {
	switch trend {
	case "up":
		return " ↑"
	case "down":
		return " ↓"
	}
	return ""
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return " (" + plain(s) + ")"
}

// plain is a text in one line in which no character means anything to Markdown or HTML.
func plain(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(bot.Clean(s)), " ") {
		switch {
		case r == '<':
			b.WriteString("&lt;")
			continue
		case r == '&':
			b.WriteString("&amp;")
			continue
		case strings.ContainsRune("\\`*_{}[]|>#~!", r):
			b.WriteByte('\\')
		case unicode.Is(unicode.Cc, r):
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
