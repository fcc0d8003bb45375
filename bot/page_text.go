package bot

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// cellShown is how many characters of a cell a chat shows.
const cellShown = 60

// Text is the page as a short message for a chat: the note, a line for each figure, and at most so many lines of
// charts and tables altogether, with a last one that says how many were left out. What members wrote in it takes
// no lines of its own. language is zh or en.
func (p Page) Text(language string, lines int) string {
	t := pageText{english: language == "en", left: lines}
	if p.Note != "" {
		t.add(strings.TrimSpace(Clean(p.Note)))
	}
	for _, f := range p.Figures {
		t.figure(f)
	}
	for _, c := range p.Charts {
		t.chart(c)
	}
	for _, table := range p.Tables {
		t.table(table)
	}
	switch {
	case t.hidden == 0:
	case t.english:
		t.add(fmt.Sprintf("… %d more", t.hidden))
	default:
		t.add(fmt.Sprintf("……还有 %d 行", t.hidden))
	}
	return strings.Join(t.lines, "\n")
}

// pageText is a page on its way to a chat.
type pageText struct {
	english bool
	lines   []string
	left    int // lines that rows may still take
	hidden  int // rows that had no line left
}

func (t *pageText) add(line string) { t.lines = append(t.lines, line) }

// heading is a title above rows; without rows to come it is left out.
func (t *pageText) heading(title string) {
	if title = oneLine(title, cellShown); title != "" && t.left > 0 {
		t.add(title)
	}
}

// row adds a line where there is room for it.
func (t *pageText) row(parts []string) {
	if t.left <= 0 {
		t.hidden++
		return
	}
	t.left--
	t.add("· " + strings.Join(parts, " · "))
}

func (t *pageText) figure(f Figure) {
	line := oneLine(f.Title, cellShown)
	if t.english {
		line += ": "
	} else {
		line += "："
	}
	line += oneLine(f.Cell.Text, cellShown)
	if note := oneLine(f.Note, 2*cellShown); note != "" && t.english {
		line += " (" + note + ")"
	} else if note != "" {
		line += "（" + note + "）"
	}
	t.add(line)
}

func (t *pageText) chart(c Chart) {
	t.heading(c.Title)
	for i, label := range c.Labels {
		parts := []string{oneLine(label, cellShown)}
		for _, s := range c.Series {
			if i < len(s.Values) {
				parts = append(parts, strings.TrimSpace(fmt.Sprintf("%s %.10g", oneLine(s.Name, cellShown), s.Values[i])))
			}
		}
		t.row(parts)
	}
}

func (t *pageText) table(table Table) {
	t.heading(table.Title)
	if len(table.Rows) == 0 && table.Empty != "" {
		t.add(oneLine(table.Empty, 2*cellShown))
	}
	for _, row := range table.Rows {
		var parts []string
		for i, cell := range row.Cells {
			text := oneLine(cell.Text, cellShown)
			if text == "" {
				continue
			}
			if i < len(table.Columns) && table.Columns[i].Numbers { // a number alone says nothing
				text = oneLine(table.Columns[i].Title, cellShown) + " " + text
			}
			parts = append(parts, text)
		}
		t.row(parts)
	}
}

// oneLine is a text that can do nothing to the line that it stands in.
func oneLine(s string, runes int) string {
	s = strings.Join(strings.Fields(Clean(s)), " ")
	if utf8.RuneCountInString(s) > runes {
		return strings.TrimSpace(cut(s, runes-1)) + "…"
	}
	return s
}
