package bot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// JSON is the page for programs: {"note", "figures": {key: value}, "tables": {key: [{column: value}]}, "charts",
// "next": {table: cursor}}, where note and next are left out when there are none. A value is Cell.Value, with
// times as RFC 3339 in UTC, and Cell.Text where there is none; texts are cleaned. Rows keep the order of their
// columns. It fails where two things of a page have one key, or none.
func (p Page) JSON() ([]byte, error) {
	figures, tables := object{}, object{}
	for _, f := range p.Figures {
		if err := figures.add(f.Key, f.Cell.value()); err != nil {
			return nil, fmt.Errorf("page: figures: %w", err)
		}
	}
	next := map[string]string{}
	for _, t := range p.Tables {
		rows, err := t.objects()
		if err == nil {
			err = tables.add(t.Key, rows)
		}
		if err != nil {
			return nil, fmt.Errorf("page: table %s: %w", t.Key, err)
		}
		if t.Next != "" {
			next[t.Key] = t.Next
		}
	}
	type series struct {
		Name   string    `json:"name"`
		Values []float64 `json:"values"`
	}
	type chart struct {
		Title  string   `json:"title"`
		Labels []string `json:"labels"`
		Series []series `json:"series"`
	}
	charts := []chart{}
	for _, c := range p.Charts {
		drawn := chart{Clean(c.Title), []string{}, []series{}}
		for _, label := range c.Labels {
			drawn.Labels = append(drawn.Labels, Clean(label))
		}
		for _, s := range c.Series {
			drawn.Series = append(drawn.Series, series{Clean(s.Name), append([]float64{}, s.Values...)})
		}
		charts = append(charts, drawn)
	}
	return encode(struct {
		Note    string            `json:"note,omitempty"`
		Figures object            `json:"figures"`
		Tables  object            `json:"tables"`
		Charts  []chart           `json:"charts"`
		Next    map[string]string `json:"next,omitempty"`
	}{Clean(p.Note), figures, tables, charts, next})
}

// value is what a cell means to a program.
func (c Cell) value() any {
	switch v := c.Value.(type) {
	case nil:
		return Clean(c.Text)
	case string:
		return Clean(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	default:
		return v
	}
}

// objects are the rows of a table under the keys of their columns.
func (t Table) objects() ([]object, error) {
	rows := make([]object, 0, len(t.Rows))
	for _, row := range t.Rows {
		if len(row.Cells) != len(t.Columns) {
			return nil, fmt.Errorf("row %s has %d cells under %d columns", row.Key, len(row.Cells), len(t.Columns))
		}
		var o object
		for i, cell := range row.Cells {
			if err := o.add(t.Columns[i].Key, cell.value()); err != nil {
				return nil, err
			}
		}
		rows = append(rows, o)
	}
	return rows, nil
}

// object is a JSON object that keeps the order of its keys.
type object struct {
	keys   []string
	values map[string]any
}

func (o *object) add(key string, value any) error {
	if _, taken := o.values[key]; taken || key == "" {
		return fmt.Errorf("the key %q names nothing, or two things", key)
	}
	if o.values == nil {
		o.values = map[string]any{}
	}
	o.keys, o.values[key] = append(o.keys, key), value
	return nil
}

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, key := range o.keys {
		name, err := encode(key)
		if err != nil {
			return nil, err
		}
		value, err := encode(o.values[key])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}

// encode is JSON in which names may hold &, < and >.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
