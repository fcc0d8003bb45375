package community

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

// Bounds of a table that somebody hands in.
const (
	MostTableBytes   = 10 << 20
	MostTableRows    = 100_000
	MostTableColumns = 50
	mostTableCell    = 2_000    // characters
	mostTableText    = 40 << 20 // bytes of all cells: an xlsx file can name one long text many times
)

// TableError says why a file is no table that can be read. Key is the text to refuse it with, whose values are Line
// and Most.
type TableError struct {
	Key  string // table.empty, table.large, table.rows, table.columns, table.cell, table.quote, table.text, table.old or table.broken
	Line int    // 0: the file as a whole
	Most int    // the bound that it goes beyond; 0: none
}

// tableErrors are the problems in the words of operators.
var tableErrors = map[string]string{
	"table.empty":   "the file is empty",
	"table.large":   "the file is larger than %d MB, packed or unpacked",
	"table.rows":    "more than %d lines",
	"table.columns": "more than %d columns",
	"table.cell":    "a cell has more than %d characters; perhaps a quotation mark is not closed",
	"table.quote":   "a quotation mark is not closed, or stands in the wrong place",
	"table.text":    "not a text in UTF-8 or GB18030: save the file as \"CSV UTF-8\" or as .xlsx",
	"table.old":     "an old or encrypted Excel file: save it without a password as .xlsx or CSV",
	"table.broken":  "not an .xlsx file that can be read: open it and save it again, or save it as CSV",
}

func (e *TableError) Error() string {
	text := tableErrors[e.Key]
	if e.Most > 0 {
		text = fmt.Sprintf(text, e.Most)
	}
	if e.Line > 0 {
		text = fmt.Sprintf("line %d: %s", e.Line, text)
	}
	return text
}

// Text is the problem in the language spoken here: r is r.In("community"), of a request or a query.
func (e *TableError) Text(r interface {
	T(key string, kv ...any) string
}) string {
	return r.T(e.Key, "Line", e.Line, "Most", e.Most)
}

// ReadTable reads a CSV file, in UTF-8, UTF-16 with its mark or GB18030, whose cells are parted by commas, semicolons or
// tabs, or the first sheet of an .xlsx file. Row i is line i+1 of the file: lines without cells are empty rows. Cells are
// clean and trimmed; numbers of a sheet are as they are stored, not as they are shown. What is wrong with the file is a
// *TableError.
func ReadTable(in io.Reader) ([][]string, error) {
	data, err := io.ReadAll(io.LimitReader(in, MostTableBytes+1))
	if err != nil {
		return nil, err
	}
	t := &table{}
	switch {
	case len(data) > MostTableBytes:
		err = &TableError{Key: "table.large", Most: MostTableBytes >> 20}
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		err = t.sheet(data)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		err = &TableError{Key: "table.old"}
	default:
		err = t.csv(data)
	}
	if err != nil {
		return nil, err
	}
	if len(t.rows) == 0 {
		return nil, &TableError{Key: "table.empty"}
	}
	return t.rows, nil
}

// table is a file while it is read.
type table struct {
	rows [][]string
	text int // bytes
}

// add takes the cells of a line, which comes after all before.
func (t *table) add(line int, cells []string) error {
	clean := make([]string, 0, min(len(cells), MostTableColumns))
	for i, cell := range cells {
		if cell == "" { // as are thousands before a cell that is far away
			continue
		}
		if cell = cleanCell(cell); cell == "" {
			continue
		}
		switch {
		case i >= MostTableColumns:
			return &TableError{Key: "table.columns", Line: line, Most: MostTableColumns}
		case utf8.RuneCountInString(cell) > mostTableCell:
			return &TableError{Key: "table.cell", Line: line, Most: mostTableCell}
		}
		if t.text += len(cell); t.text > mostTableText {
			return &TableError{Key: "table.large", Line: line, Most: mostTableText >> 20}
		}
		for len(clean) < i {
			clean = append(clean, "")
		}
		clean = append(clean, cell)
	}
	if len(clean) == 0 {
		return nil
	}
	if line > MostTableRows {
		return &TableError{Key: "table.rows", Most: MostTableRows}
	}
	for len(t.rows) < line-1 {
		t.rows = append(t.rows, nil)
	}
	t.rows = append(t.rows, slices.Clip(clean))
	return nil
}

// cleanCell is a cell in one line, as it can be stored and shown.
func cleanCell(cell string) string {
	return strings.TrimSpace(breaks.Replace(bot.Clean(cell)))
}

var breaks = strings.NewReplacer("\n", " ", "\t", " ")
