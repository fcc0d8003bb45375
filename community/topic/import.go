package topic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// The limits of an import.
const (
	mostImported  = 2_000
	problemsShown = 15
	previewed     = 5
	longestSaying = 10_000 // characters of a message that arrive
)

// importTopics is 导入题库, with a table, or with lines of a message: topics alone, or cells as in CSV.
func (f *topic) importTopics(ctx context.Context, r *bot.Request) error {
	table := r.Table
	if len(table) == 0 {
		if r.Len > longestSaying {
			return r.Refuse("import.long")
		}
		var err error
		table, err = readLines(r.Text)
		var unread *community.TableError
		switch {
		case errors.As(err, &unread):
			return bot.Refuse(unread.Text(r.In("community")))
		case err != nil:
			return r.Refuse("import.yaml")
		}
	}
	lines, wrong := f.readTable(table)
	switch {
	case len(wrong) > 0:
		return bot.Refuse(problems(r, wrong))
	case len(lines) == 0:
		return r.Refuse("import.none")
	case len(lines) > mostImported:
		return r.Refuse("import.many", "Most", mostImported)
	}
	if err := f.settle(ctx, r); err != nil {
		return err
	}
	fresh, repeated, err := f.fresh(ctx, lines)
	if err != nil {
		return err
	}
	if len(fresh) == 0 {
		return r.Refuse("import.all_known", "Repeated", repeated)
	}
	preview := []string{r.T("import.preview", "Fresh", len(fresh), "Repeated", repeated)}
	for _, l := range fresh[:min(previewed, len(fresh))] {
		preview = append(preview, r.T("import.line", "Column", l.Column, "Text", l.Text))
	}
	if ok, err := f.c.Confirmations.Ask(ctx, r, strings.Join(preview, "\n")); err != nil || !ok {
		return err
	}
	n := 0
	for _, l := range fresh {
		_, ok, err := f.store(ctx, l.definition, origins{source: imported, batch: r.Seq, at: r.At.UnixMilli()})
		if err != nil {
			return err
		}
		if ok {
			n++
		}
	}
	if err := f.keep(ctx, r); err != nil {
		return err
	}
	return f.answer(ctx, r, change{"topic.import", "import-topics", fmt.Sprintf("batch/%d", r.Seq)}, batch{r.Seq}, map[string]any{"added": n, "repeated": repeated},
		r.T("import.done", "Added", n, "Repeated", repeated))
}

// readLines reads the lines below the command's name, which is the first line: a YAML list, a table as CSV under the
// names of its columns, or else a topic on each line as it stands, commas and all. An error is a *community.TableError or errYAML.
func readLines(text string) ([][]string, error) {
	_, below, _ := strings.Cut(text, "\n")
	head, _, _ := strings.Cut(strings.TrimSpace(below), "\n")
	if headed(head) {
		table, err := community.ReadTable(strings.NewReader(below))
		return append([][]string{nil}, table...), err
	}
	if strings.HasPrefix(head, "- ") {
		if table, ok := readYAML(below); ok {
			return table, nil
		}
		if key, _, ok := strings.Cut(head[len("- "):], ":"); ok && headOf(strings.TrimSpace(key)) != "" {
			return nil, errYAML
		}
	}
	table := [][]string{nil}
	for _, line := range strings.Split(below, "\n") {
		line = strings.TrimLeft(strings.TrimSpace(line), "-· \t")
		if line == "" {
			table = append(table, nil)
			continue
		}
		table = append(table, []string{line})
	}
	return table, nil
}

// headed tells whether a line names the columns of a table.
func headed(line string) bool {
	cells := strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ';' || r == '\t' })
	for _, cell := range cells {
		if len(cells) > 1 && headOf(strings.TrimSpace(cell)) == "text" {
			return true
		}
	}
	return false
}

// fresh are the topics that the library doesn't have, each once.
func (f *topic) fresh(ctx context.Context, lines []line) (fresh []line, repeated int, err error) {
	all, err := f.entries(ctx, `1 = 1`)
	if err != nil {
		return nil, 0, err
	}
	known := map[string]bool{}
	for _, e := range all {
		known[e.Column+"/"+letters(e.Text)] = true
	}
	for _, l := range lines {
		key := l.Column + "/" + letters(l.Text)
		if known[key] {
			repeated++
			continue
		}
		known[key] = true
		fresh = append(fresh, l)
	}
	return fresh, repeated, nil
}

// problems are what is wrong with an import, all at once.
func problems(r *bot.Request, wrong []problem) string {
	lines := []string{r.T("import.wrong", "Count", len(wrong))}
	for _, p := range wrong[:min(problemsShown, len(wrong))] {
		lines = append(lines, r.T("import.wrong_line", "Line", p.n, "Problem", r.T(p.key, p.kv...)))
	}
	if more := len(wrong) - problemsShown; more > 0 {
		lines = append(lines, r.T("import.wrong_more", "Count", more))
	}
	return strings.Join(lines, "\n")
}

// batch is what an undo of an import needs.
type batch struct {
	Batch int64 `json:"batch"`
}

// undoImport removes the topics of an import, and frees the dates that they are planned for. What was posted stays.
func (f *topic) undoImport(ctx context.Context, r *bot.Request, payload []byte) error {
	var p batch
	if err := json.Unmarshal(payload, &p); err != nil {
		return err
	}
	list, err := f.entries(ctx, `t.batch = ? AND t.source = 'import' ORDER BY t.id`, p.Batch)
	if err != nil {
		return err
	}
	for _, e := range list {
		if _, err := f.setState(ctx, r, e.id, e.state, removed); err != nil {
			return err
		}
	}
	return nil
}
