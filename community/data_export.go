package community

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// DataExport is everything that is kept of one member, to be written as JSON.
type DataExport struct {
	Storage  bot.Storage
	Personal []bot.PersonalOf
	Text     func(feature, key string, kv ...any) string // in the member's language
	KeepDays int                                         // how many days raw texts are kept
	At       time.Time
}

// Write writes what is kept of the person that an id stands for, under all of their ids and of one moment: only rows
// of theirs, without what a feature hides, one row in memory at a time. It reads tables only.
func (e *DataExport) Write(ctx context.Context, member MemberID, w io.Writer) error {
	out := &dataWriter{w: bufio.NewWriter(w)}
	write := func(ctx context.Context) error { return e.write(ctx, member, out) }
	var err error
	if db, ok := e.Storage.(interface {
		Snapshot(ctx context.Context, fn func(ctx context.Context) error) error
	}); ok {
		err = db.Snapshot(ctx, write)
	} else {
		err = write(ctx)
	}
	if err != nil {
		return fmt.Errorf("export the data of %s: %w", member, err)
	}
	return out.w.Flush()
}

func (e *DataExport) write(ctx context.Context, member MemberID, out *dataWriter) error {
	of, err := Aliases(ctx, e.Storage)
	if err != nil {
		return err
	}
	member = of.Resolve(member)
	ids := []string{string(member)}
	for alias := range of {
		if of.Resolve(alias) == member {
			ids = append(ids, string(alias))
		}
	}
	slices.Sort(ids[1:])
	out.raw("{\n\"member\": ").value(string(member)).raw(",\n\"ids\": ").value(ids).raw(",\n\"as_of\": ").value(e.At.UTC().Format(time.RFC3339)).raw(",\n\"kept\": [")
	first := true
	for _, kept := range e.Personal {
		n, err := countTable(ctx, e.Storage, firstOf(kept), ids)
		if err != nil {
			return err
		}
		if !first {
			out.raw(",")
		}
		first = false
		out.raw("\n{\"what\": ").value(e.Text(kept.Feature, kept.Text, "N", n, "Days", e.KeepDays)).raw(", \"tables\": {")
		if err := e.tables(ctx, kept, ids, out); err != nil {
			return err
		}
		out.raw("}}")
	}
	out.raw("\n]}\n")
	return out.err
}

func (e *DataExport) tables(ctx context.Context, kept bot.PersonalOf, ids []string, out *dataWriter) error {
	first := true
	for _, t := range kept.Tables {
		where, args := theirs(t, ids)
		if where == "" {
			continue
		}
		if !first {
			out.raw(",")
		}
		first = false
		out.raw("\n").value(t.Name).raw(": [")
		rows, err := e.Storage.Conn(ctx).Raw(`SELECT * FROM `+t.Name+` WHERE `+where, args...).Rows()
		if err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		if err := writeRows(rows, t, out); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		out.raw("]")
	}
	return out.err
}

func writeRows(rows *sql.Rows, t bot.PersonalTable, out *dataWriter) error {
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for n := 0; rows.Next(); n++ {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if n > 0 {
			out.raw(",")
		}
		separator := "\n  {"
		for i, column := range columns {
			if slices.Contains(t.Hide, column) {
				continue
			}
			out.raw(separator).value(column).raw(": ").value(spoken(column, values[i]))
			separator = ", "
		}
		out.raw("}")
	}
	return rows.Err()
}

// spoken is a value of a column as people read it: times and Days instead of numbers.
func spoken(column string, v any) any {
	switch n, ok := v.(int64); {
	case ok && (column == "at" || strings.HasSuffix(column, "_at")):
		if n == 0 {
			return nil
		}
		return bot.FromMillis(n).Format(time.RFC3339)
	case ok && (column == "day" || strings.HasSuffix(column, "_day")):
		return time.Unix(0, 0).UTC().AddDate(0, 0, int(n)).Format(time.DateOnly)
	}
	return v
}

// dataWriter writes JSON in pieces and keeps the first error.
type dataWriter struct {
	w   *bufio.Writer
	err error
}

func (o *dataWriter) raw(s string) *dataWriter {
	if o.err == nil {
		_, o.err = o.w.WriteString(s)
	}
	return o
}

func (o *dataWriter) value(v any) *dataWriter {
	b, err := json.Marshal(v)
	if err != nil && o.err == nil {
		o.err = err
	}
	return o.raw(string(b))
}
