package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/weilu-im/weilu/bot"
)

// printViews lists views with what they can be asked for.
func printViews(w io.Writer, offers []bot.ViewOffer) {
	lines := [][]string{{"view", "title", "role", "parameters"}}
	for _, o := range offers {
		var params []string
		for _, p := range o.Params {
			value := "VALUE"
			if p.Kind == bot.Choice {
				value = strings.Join(p.Choices, "|")
			}
			params = append(params, p.Name+"="+value)
		}
		lines = append(lines, []string{o.Name, o.Title, o.Role.String(), strings.Join(params, " ")})
	}
	printAligned(w, lines, nil)
}

// printPage shows a page on a terminal: nothing that members wrote can do anything to it.
func printPage(w io.Writer, page bot.Page, lang string) error {
	out := bufio.NewWriter(w)
	if page.Note != "" {
		for line := range strings.SplitSeq(bot.Clean(page.Note), "\n") {
			fmt.Fprintln(out, printable(line))
		}
	}
	var figures [][]string
	for _, f := range page.Figures {
		figures = append(figures, []string{f.Title, narrowed(f.Cell.Text), f.Note})
	}
	printAligned(out, figures, nil)
	for _, c := range page.Charts {
		printChart(out, c)
	}
	more := map[string]string{"zh": "……还有，用 --all 看全部", "en": "… there are more: --all shows them"}
	for i, t := range page.Tables {
		if i > 0 || len(figures) > 0 || len(page.Charts) > 0 || page.Note != "" {
			fmt.Fprintln(out)
		}
		if t.Title != "" {
			fmt.Fprintln(out, printable(t.Title))
		}
		if len(t.Rows) == 0 {
			fmt.Fprintln(out, printable(t.Empty))
			continue
		}
		head, right := make([]string, len(t.Columns)), make([]bool, len(t.Columns))
		for i, c := range t.Columns {
			head[i], right[i] = c.Title, c.Numbers
		}
		lines := [][]string{head}
		for _, row := range t.Rows {
			var line []string
			for _, cell := range row.Cells {
				line = append(line, narrowed(cell.Text))
			}
			lines = append(lines, line)
		}
		if printAligned(out, lines, right); t.Next != "" {
			fmt.Fprintln(out, more[lang])
		}
	}
	return out.Flush()
}

// printChart shows a chart as the table of its values.
func printChart(w io.Writer, c bot.Chart) {
	fmt.Fprintf(w, "\n%s\n", printable(c.Title))
	head, right := []string{""}, []bool{false}
	for _, s := range c.Series {
		head, right = append(head, s.Name), append(right, true)
	}
	lines := [][]string{head}
	for i, label := range c.Labels {
		line := []string{label}
		for _, s := range c.Series {
			value := ""
			if i < len(s.Values) {
				value = fmt.Sprintf("%.10g", s.Values[i])
			}
			line = append(line, value)
		}
		lines = append(lines, line)
	}
	printAligned(w, lines, right)
}

// widest is how many columns of a terminal a cell may take.
const widest = 40

// printAligned prints lines of cells under each other; Chinese characters are two columns wide.
func printAligned(w io.Writer, lines [][]string, right []bool) {
	var widths []int
	for _, line := range lines {
		for i, cell := range line {
			line[i] = printable(cell)
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], uniseg.StringWidth(line[i]))
		}
	}
	for _, line := range lines {
		var b strings.Builder
		for i, cell := range line {
			pad := strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell))
			if i < len(right) && right[i] {
				b.WriteString(pad + cell + "  ")
			} else {
				b.WriteString(cell + pad + "  ")
			}
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}

// narrowed is a text cut to what a cell may take.
func narrowed(s string) string {
	s = printable(s)
	if uniseg.StringWidth(s) <= widest {
		return s
	}
	var b strings.Builder
	width := 0
	for state := -1; s != ""; {
		var cluster string
		var w int
		cluster, s, w, state = uniseg.FirstGraphemeClusterInString(s, state)
		if width += w; width >= widest {
			break
		}
		b.WriteString(cluster)
	}
	return b.String() + "…"
}
