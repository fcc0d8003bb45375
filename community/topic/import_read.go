package topic

import (
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// line is a topic that a table holds.
type line struct {
	definition
	n int // the line of the table
}

// problem is what is wrong with a line: the key of a text and its values.
type problem struct {
	n   int
	key string
	kv  []any
}

// heads are the names of columns of a table, in the order in which they stand where a table has none.
var heads = []struct {
	field string
	names []string
}{
	{"column", []string{"栏目", "column"}}, {"text", []string{"题目", "话题", "text", "topic"}}, {"weight", []string{"权重", "weight"}},
	{"season", []string{"季节", "season"}}, {"audience", []string{"受众", "群", "audience"}}, {"cool_off", []string{"冷却天数", "冷却", "cool_off"}},
	{"host", []string{"主持人回答", "回答", "host"}},
}

// readTable reads topics of a table, with all that is wrong with it. A table of one column holds the words alone.
func (f *topic) readTable(table [][]string) (lines []line, wrong []problem) {
	fields, first := readHeads(table)
	for i, row := range table {
		if i < first || len(row) == 0 {
			continue
		}
		cells := map[string]string{}
		for k, cell := range row {
			if k < len(fields) {
				cells[fields[k]] = cell
			}
		}
		d, problems := f.readLine(cells)
		for _, p := range problems {
			p.n = i + 1
			wrong = append(wrong, p)
		}
		if len(problems) == 0 {
			lines = append(lines, line{d, i + 1})
		}
	}
	return lines, wrong
}

// readHeads tells what the columns of a table are, and in which row the topics begin.
func readHeads(table [][]string) (fields []string, first int) {
	widest := 0
	for i, row := range table {
		widest = max(widest, len(row))
		if len(row) == 0 || len(fields) > 0 || i > 5 {
			continue
		}
		var named []string
		for _, cell := range row {
			named = append(named, headOf(cell))
		}
		if slices.Contains(named, "text") {
			fields, first = named, i+1
		}
	}
	if len(fields) > 0 {
		return fields, first
	}
	if widest == 1 {
		return []string{"text"}, 0
	}
	for _, h := range heads {
		fields = append(fields, h.field)
	}
	return fields, 0
}

func headOf(cell string) string {
	for _, h := range heads {
		if slices.Contains(h.names, bot.Fold(cell)) {
			return h.field
		}
	}
	return ""
}

// readLine reads one topic. Problems have no line yet.
func (f *topic) readLine(cells map[string]string) (d definition, wrong []problem) {
	bad := func(key string, kv ...any) { wrong = append(wrong, problem{key: key, kv: kv}) }
	d = definition{Text: words(cells["text"]), Host: words(cells["host"]), Weight: 1}
	switch col, ok := f.column(cells["column"]); {
	case ok:
		d.Column = col.Name
	case cells["column"] == "" && len(f.cfg.Columns) > 0:
		d.Column = f.cfg.Columns[0].Name
	default:
		bad("columns.unknown", "Columns", f.columnNames())
	}
	if key, kv := f.check(d); key != "" {
		bad(key, kv...)
	}
	amount := func(field string, most int64, into *int) {
		if cells[field] == "" || cells[field] == "0" {
			return
		}
		n, err := community.Amount(cells[field])
		if err != nil || n > most {
			bad("wrong."+field, "Most", most)
			return
		}
		*into = int(n)
	}
	amount("weight", mostWeight, &d.Weight)
	amount("cool_off", mostCoolOff, &d.CoolOff)
	s, ok := readSeason(cells["season"])
	if d.Season = s.String(); !ok {
		bad("wrong.season")
	}
	if d.Audience, ok = readAudience(cells["audience"]); !ok {
		bad("wrong.tier")
	}
	return d, wrong
}

// readAudience reads names of groups with commas between; ok is false where it asks for tiers, since a
// topic is for everybody in its group.
func readAudience(text string) (audience string, ok bool) {
	var names []string
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，、;；", r) }) {
		name = words(name)
		if folded := bot.Fold(name); strings.HasPrefix(folded, "tier") || strings.HasPrefix(folded, "等级") {
			return "", false
		}
		if name != "" && name != "全部" && name != "所有群" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ","), true
}
