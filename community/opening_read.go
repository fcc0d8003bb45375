package community

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

// Bounds of a file of opening balances.
const (
	mostOpeningRow  = 1_000_000_000 // points of one person
	mostOpeningID   = 100           // bytes of an id
	mostOpeningText = 200           // characters of everything else
)

// OpeningRow is somebody whom an old system knows, with the points that they have there.
type OpeningRow struct {
	Line    int
	ID      string // who they are in the old system
	Name    string // nickname
	Display string // name in the group; empty where not known
	Remark  string // what the bot's account calls them; empty where not known
	Group   string // name or code; empty where there is only one
	Points  int64
	Note    string
}

// LineProblem is what is wrong with a line of a file.
type LineProblem struct {
	Line    int
	Problem string
}

// openingColumns are the columns by all their names, folded.
var openingColumns = map[string]string{
	"name": "name", "昵称": "name", "display": "display", "群昵称": "display", "tag": "tag", "编号": "tag", "remark": "remark", "备注": "remark",
	"group": "group", "群": "group", "points": "points", "积分": "points", "id": "id", "编码": "id", "note": "note", "说明": "note",
}

// ReadOpening reads a table of people and their balances, as ReadTable does, with a row of column names. Problems are all
// lines that are wrong; the error is of the file as a whole.
func ReadOpening(in io.Reader) (rows []OpeningRow, problems []LineProblem, err error) {
	table, err := ReadTable(in)
	if err != nil {
		return nil, nil, err
	}
	first := slices.IndexFunc(table, func(cells []string) bool { return len(cells) > 0 })
	columns, err := openingHead(table[first])
	if err != nil {
		return nil, nil, err
	}
	sheet := openingSheet{columns: columns, lines: map[string]int{}}
	for i, cells := range table[first+1:] {
		sheet.read(first+i+2, cells)
	}
	return sheet.rows, sheet.problems, nil
}

// openingHead says which column is where.
func openingHead(head []string) (columns []string, err error) {
	columns = make([]string, len(head))
	var problems []error
	for i, name := range head {
		name = bot.Fold(strings.TrimSpace(name))
		columns[i] = openingColumns[name]
		switch {
		case name == "":
		case columns[i] == "":
			problems = append(problems, fmt.Errorf("unknown column %q: the columns are id/编码, name/昵称, points/积分, and if you like display/群昵称, tag/编号, remark/备注, group/群, note/说明", name))
		case slices.Contains(columns[:i], columns[i]):
			problems = append(problems, fmt.Errorf("the column %s is there twice", columns[i]))
		}
	}
	for _, needed := range [...]string{"id", "name", "points"} {
		if !slices.Contains(columns, needed) {
			problems = append(problems, fmt.Errorf("the first line names no column %s", needed))
		}
	}
	return columns, errors.Join(problems...)
}

// openingSheet is the file while it is read.
type openingSheet struct {
	columns  []string
	rows     []OpeningRow
	problems []LineProblem
	lines    map[string]int // where an id, a remark or a tag was seen first
}

func (s *openingSheet) wrong(line int, format string, args ...any) {
	s.problems = append(s.problems, LineProblem{line, fmt.Sprintf(format, args...)})
}

// read takes one line; an empty one is left out.
func (s *openingSheet) read(line int, cells []string) {
	value := map[string]string{}
	for i, cell := range cells {
		switch {
		case cell == "":
		case i >= len(s.columns):
			s.wrong(line, "more cells than the first line has columns")
			return
		case utf8.RuneCountInString(cell) > mostOpeningText:
			s.wrong(line, "%s is longer than %d characters", s.columns[i], mostOpeningText)
			return
		default:
			value[s.columns[i]] = cell
		}
	}
	if delete(value, ""); len(value) == 0 {
		return
	}
	before := len(s.problems)
	row := OpeningRow{Line: line, ID: value["id"], Name: value["name"], Display: value["display"], Remark: value["remark"], Group: value["group"], Note: value["note"]}
	switch {
	case row.ID == "":
		s.wrong(line, "no id")
	case len(row.ID) > mostOpeningID:
		s.wrong(line, "the id is longer than %d bytes", mostOpeningID)
	}
	if row.Name == "" {
		s.wrong(line, "no name")
	}
	var err error
	if row.Points, err = strconv.ParseInt(bot.Fold(value["points"]), 10, 64); err != nil || row.Points < 0 || row.Points > mostOpeningRow {
		s.wrong(line, "points is a whole number from 0 to %d, not %q", mostOpeningRow, value["points"])
	}
	s.tag(&row, value["tag"])
	s.once(line, "id", row.ID)
	s.once(line, "remark", row.Remark)
	s.once(line, "tag", tagKey(row))
	if len(s.problems) == before {
		s.rows = append(s.rows, row)
	}
}

// tag adds the number to the name in the group, where it is not there already.
func (s *openingSheet) tag(row *OpeningRow, tag string) {
	if tag == "" {
		return
	}
	tag = strings.TrimSpace(strings.TrimPrefix(bot.Fold(tag), "#"))
	number := Trait{Display: "#" + tag}.Tag()
	switch has := (Trait{Display: row.Display}).Tag(); {
	case number == "":
		s.wrong(row.Line, "tag is a number of at most 9 digits, not %q", tag)
	case has == "" && row.Display == "":
		row.Display = row.Name + "#" + tag
	case has == "":
		row.Display += "#" + tag
	case has != number:
		s.wrong(row.Line, "the tag is %s, and the name in the group says %s", number, has)
	}
}

func tagKey(row OpeningRow) string {
	if tag := (Trait{Display: row.Display}).Tag(); tag != "" {
		return tag + " in " + cmp.Or(row.Group, "the group")
	}
	return ""
}

// once tells where something that is one person's stands again.
func (s *openingSheet) once(line int, what, value string) {
	if value == "" {
		return
	}
	key := what + "\x00" + value
	if first, twice := s.lines[key]; twice {
		s.wrong(line, "%s %s stands on line %d already", what, value, first)
		return
	}
	s.lines[key] = line
}
