package community

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/weilu-im/weilu/bot"
)

// WriteSheets makes an .xlsx file with a sheet for each table, called by its key. A cell holds the value that programs read,
// or else the text, which is text whatever it begins with: no formula of a member is ever computed.
func WriteSheets(tables []bot.Table) (data []byte, err error) {
	book := excelize.NewFile()
	defer func() { _ = book.Close() }() // nothing of it lies outside of memory
	taken := map[string]bool{}
	for i, t := range tables {
		name := sheetName(t.Key, taken)
		if i == 0 {
			err = book.SetSheetName(book.GetSheetName(0), name)
		} else {
			_, err = book.NewSheet(name)
		}
		if err == nil {
			err = writeSheet(book, name, t)
		}
		if err != nil {
			return nil, fmt.Errorf("sheet %s: %w", name, err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		return nil, fmt.Errorf("write .xlsx: %w", err)
	}
	return b.Bytes(), nil
}

// sheetName is a name that Excel takes and no other sheet has.
func sheetName(key string, taken map[string]bool) string {
	base := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return '_'
		}
		return r
	}, bot.Clean(key))
	runes := []rune(base + "")
	if len(runes) == 0 {
		runes = []rune("sheet")
	}
	name := string(runes[:min(28, len(runes))])
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = string(runes[:min(25, len(runes))]) + fmt.Sprint(n)
	}
	taken[strings.ToLower(name)] = true
	return name
}

func writeSheet(book *excelize.File, name string, t bot.Table) error {
	w, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	head := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = sheetText(c.Title)
	}
	if err := w.SetRow("A1", head); err != nil {
		return err
	}
	for n, r := range t.Rows {
		cells := make([]any, len(r.Cells))
		for i, c := range r.Cells {
			switch v := c.Value.(type) {
			case int64, float64, bool:
				cells[i] = v
			default:
				cells[i] = sheetText(c.Text)
			}
		}
		at, err := excelize.CoordinatesToCellName(1, n+2)
		if err != nil {
			return err
		}
		if err := w.SetRow(at, cells); err != nil {
			return err
		}
	}
	return w.Flush()
}

// sheetText is a text as long as a cell may hold.
func sheetText(s string) string {
	runes := []rune(bot.Clean(s))
	return string(runes[:min(32_000, len(runes))])
}
