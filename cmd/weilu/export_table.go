package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/config/database"
)

// exportWriter writes a file and knows its digest.
type exportWriter struct {
	file *os.File
	buf  *bufio.Writer
	sum  hash.Hash
	n    int64
}

func newExportWriter(dir, name string) (*exportWriter, error) {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, plain(err)
	}
	return &exportWriter{file: f, buf: bufio.NewWriter(f), sum: sha256.New()}, nil
}

// Write implements io.Writer.
func (w *exportWriter) Write(b []byte) (int, error) {
	w.sum.Write(b)
	w.n += int64(len(b))
	return w.buf.Write(b)
}

// end makes the file durable and tells what it is.
func (w *exportWriter) end(rows *int64) (exportedFile, error) {
	err := errors.Join(w.buf.Flush(), w.file.Sync(), w.file.Close())
	return exportedFile{filepath.Base(w.file.Name()), rows, w.n, hex.EncodeToString(w.sum.Sum(nil))}, err
}

func exportFile(dir, name string, write func(*exportWriter) error) (exportedFile, error) {
	w, err := newExportWriter(dir, name)
	if err != nil {
		return exportedFile{}, err
	}
	err = write(w)
	f, endErr := w.end(nil)
	return f, errors.Join(err, endErr)
}

// exportTable writes a table as JSON Lines and as CSV in one pass; a row at a time is in memory.
func exportTable(ctx context.Context, db *database.DB, t database.Table, e explainedTable, dir string, bar *progress) ([]exportedFile, error) {
	lines, err := newExportWriter(dir, t.Name+".jsonl")
	if err != nil {
		return nil, err
	}
	sheet, err := newExportWriter(dir, t.Name+".csv")
	if err != nil {
		return nil, errors.Join(err, lines.file.Close())
	}
	x := &tableExport{about: e, lines: lines, sheet: csv.NewWriter(sheet)}
	t.Columns = slices.DeleteFunc(t.Columns, func(c database.Column) bool { return leftOut[t.Name+"."+c.Name] != "" })
	_, err = io.WriteString(sheet, "\ufeff") // without it Excel reads another encoding
	if err == nil {
		err = x.head()
	}
	rows := int64(0)
	if err == nil {
		err = db.Rows(ctx, t, func(values []any) error {
			if x.secret(values) {
				return nil
			}
			rows++
			bar.add(1)
			return x.row(values)
		})
	}
	x.sheet.Flush()
	err = errors.Join(err, x.sheet.Error())
	a, errA := lines.end(&rows)
	b, errB := sheet.end(&rows)
	if err = errors.Join(err, errA, errB); err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	return []exportedFile{a, b}, nil
}

type tableExport struct {
	about explainedTable
	lines io.Writer
	sheet *csv.Writer
	cells []string
}

func (x *tableExport) head() error {
	x.cells = make([]string, len(x.about.Columns))
	for i, c := range x.about.Columns {
		x.cells[i] = c.Name
	}
	return x.sheet.Write(x.cells)
}

// secret tells whether a row must stay here, and takes the words out of one that only its reader may see.
func (x *tableExport) secret(values []any) bool {
	at := func(name string) int {
		return slices.IndexFunc(x.about.Columns, func(c explained) bool { return c.Name == name })
	}
	switch x.about.Name {
	case "settings":
		return values[at("key")] == "secret"
	case "outbox":
		if n, ok := values[at("secret")].(int64); ok && n != 0 {
			values[at("text")], values[at("picture")] = "", nil
		}
	}
	return false
}

func (x *tableExport) row(values []any) error {
	line := []byte{'{'}
	for i, c := range x.about.Columns {
		v := exported(c.Unit, values[i])
		if i > 0 {
			line = append(line, ',')
		}
		name, err := json.Marshal(c.Name)
		if err != nil {
			return err
		}
		value, err := json.Marshal(v)
		if err != nil {
			return err
		}
		line = append(append(append(line, name...), ':'), value...)
		x.cells[i] = cell(v)
	}
	if _, err := x.lines.Write(append(line, '}', '\n')); err != nil {
		return err
	}
	return x.sheet.Write(x.cells)
}

// exported is a value as an export has it, in the unit of its column.
func exported(unit string, v any) any {
	switch n := v.(type) {
	case []byte:
		return base64.StdEncoding.EncodeToString(n)
	case int64:
		switch unit {
		case "ms":
			if n == 0 {
				return nil
			}
			return bot.FromMillis(n).Format(time.RFC3339Nano)
		case "day":
			if n == 0 {
				return nil
			}
			return time.Unix(0, 0).UTC().AddDate(0, 0, int(n)).Format(time.DateOnly)
		case "flag":
			return n != 0
		}
	}
	return v
}

// cell is a value for a spreadsheet, which computes nothing of it.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return bot.Guarded(v)
	}
	return fmt.Sprint(v)
}
