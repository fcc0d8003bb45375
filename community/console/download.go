package console

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// How much a download holds at the most.
const (
	rowsOfFile  = 1000 // that are read at once
	pagesOfFile = 100
)

// byteOrder begins a CSV file, so that spreadsheets read it as UTF-8.
const byteOrder = "\ufeff"

// download answers with a view as a file: all rows of one table as CSV, or the page as JSON.
func (c *Console) download(w http.ResponseWriter, r *http.Request, view string, q bot.Query) {
	q.Limit = rowsOfFile
	var data []byte
	var name, kind string
	var err error
	switch format := r.URL.Query().Get("format"); format {
	case "json":
		var page bot.Page
		if page, err = c.opts.Engine.View(r.Context(), view, q); err == nil {
			data, err = page.JSON()
		}
		name, kind = view+".json", "application/json; charset=utf-8"
	case "csv":
		key := r.URL.Query().Get("table")
		data, err = c.csv(r.Context(), view, key, q)
		name, kind = strings.TrimSuffix(view+"."+key, ".")+".csv", "text/csv; charset=utf-8"
	default:
		err = errNotFound
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	_, _ = w.Write(data)
}

// file answers with one of a view's own files.
func (c *Console) file(w http.ResponseWriter, r *http.Request, view, name string, q bot.Query) {
	data, kind, err := c.opts.Engine.ViewFile(r.Context(), view, name, q)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	_, _ = w.Write(data)
}

// csv is all of a table, whatever part of it a page shows.
func (c *Console) csv(ctx context.Context, view, key string, q bot.Query) ([]byte, error) {
	var all bot.Table
	q.After = ""
	for n := range pagesOfFile {
		page, err := c.opts.Engine.View(ctx, view, q)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(page.Tables, func(t bot.Table) bool { return t.Key == key })
		if i < 0 {
			return nil, errNotFound
		}
		t := page.Tables[i]
		if n == 0 {
			all = t
		} else {
			all.Rows = append(all.Rows, t.Rows...)
		}
		if t.Next == "" {
			break
		}
		q.After = t.Next
	}
	out := bytes.NewBufferString(byteOrder)
	err := all.CSV(out)
	return out.Bytes(), err
}
