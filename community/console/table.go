package console

import (
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

// table is a table as it is printed.
type table struct {
	Title   string
	Empty   string
	Columns []bot.Column
	Acts    bool // some row has acts
	Rows    []row
	Next    string
	CSV     string // all of it as a file
}

type row struct {
	Cells []cell
	Acts  []actLink
}

type cell struct {
	Text    string
	Title   string // of its column, for narrow screens
	URL     string // where it leads
	Numbers bool
	When    bool   // it is an instant
	Long    bool   // it needs room
	Head    string // its beginning, where it is too long to be shown at once
}

// Of a cell with more than mostShown characters the first mostHead are shown; the rest opens.
const (
	mostShown = 600
	mostHead  = 200
)

// actLink is a command as a button: where nothing more needs to be known, it is given at once.
type actLink struct {
	Label, Command, Args string
	URL                  string // of the form; empty: at once
	Grave                bool
	Back                 string
}

// links turns what a view holds into what leads somewhere.
type links struct {
	c      *Console
	p      *page
	offers []bot.ViewOffer
}

// page fills in everything that a view showed.
func (l *links) page(body *viewBody, offer bot.ViewOffer, read bot.Page, q bot.Query) {
	body.Note, body.Acts = read.Note, l.acts(offer.Acts)
	for _, f := range read.Figures {
		shown := l.cell(f.Cell, bot.Column{})
		body.Figures = append(body.Figures, figure{f.Title, f.Note, shown, utf8.RuneCountInString(shown.Text) > mostDigits})
	}
	for i, chart := range read.Charts {
		body.Charts = append(body.Charts, draw(chart, fmt.Sprintf("chart%d", i)))
	}
	for _, t := range read.Tables {
		body.Tables = append(body.Tables, l.table(t, offer.Name, q))
	}
	if q.After != "" {
		body.First = l.view(offer.Name, q.Params)
	}
	if len(body.Figures)+len(body.Tables) > 0 {
		body.JSON = l.with(offer.Name, q.Params, "format", "json", "after", q.After)
	}
}

func (l *links) table(t bot.Table, view string, q bot.Query) table {
	out := table{Title: t.Title, Empty: t.Empty, Columns: t.Columns}
	for _, r := range t.Rows {
		var shown row
		for i, cell := range r.Cells {
			if i < len(t.Columns) {
				shown.Cells = append(shown.Cells, l.cell(cell, t.Columns[i]))
			}
		}
		shown.Acts = l.acts(r.Acts)
		out.Acts = out.Acts || len(shown.Acts) > 0
		out.Rows = append(out.Rows, shown)
	}
	if t.Next != "" {
		out.Next = l.with(view, q.Params, "after", t.Next)
	}
	if len(t.Rows) > 0 {
		out.CSV = l.with(view, q.Params, "format", "csv", "table", t.Key)
	}
	return out
}

// with is a view with its parameters and more.
func (l *links) with(view string, params map[string]string, more ...string) string {
	all := maps.Clone(params)
	for i := 0; i+1 < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return l.view(view, all)
}

func (l *links) cell(from bot.Cell, column bot.Column) cell {
	out := cell{Text: from.Text, Title: column.Title, Numbers: column.Numbers}
	_, out.When = from.Value.(time.Time)
	if _, yes := from.Value.(bool); out.Text == "" && !yes {
		out.Text = l.print(from.Value)
	}
	out.Long = utf8.RuneCountInString(out.Text) > mostDigits
	if runes := []rune(out.Text); len(runes) > mostShown {
		out.Head = string(runes[:mostHead])
	}
	switch {
	case from.Link != nil:
		out.URL = l.ref(*from.Link)
	case from.Member != "":
		out.URL = l.member(from.Member)
	}
	return out
}

// print is a value that has no text of its own.
func (l *links) print(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.In(l.c.opts.Calendar.Zone()).Format("2006-01-02 15:04")
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

func (l *links) view(name string, params map[string]string) string {
	values := url.Values{}
	for k, v := range params {
		if v != "" {
			values.Set(k, v)
		}
	}
	if len(values) == 0 {
		return l.c.base + "/v/" + url.PathEscape(name)
	}
	return l.c.base + "/v/" + url.PathEscape(name) + "?" + values.Encode()
}

// ref leads to a view, where the reader may see it.
func (l *links) ref(ref bot.ViewRef) string {
	for _, o := range l.offers {
		if o.Name == ref.View {
			return l.view(o.Name, ref.Params)
		}
	}
	return ""
}

// member leads to a member: to the first view that asks for one and nothing else.
func (l *links) member(id string) string {
	for _, o := range l.offers {
		if len(o.Params) == 1 && o.Params[0].Kind == bot.MemberID {
			return l.view(o.Name, map[string]string{o.Params[0].Name: id})
		}
	}
	return ""
}

// others lead to the other views that can be asked for the member that this one was asked for.
func (l *links) others(here bot.ViewOffer, q bot.Query) (list []link) {
	id := ""
	for _, p := range here.Params {
		if v := q.Params[p.Name]; p.Kind == bot.MemberID && isMember(v) {
			id = v
		}
	}
	if id == "" {
		return nil
	}
	for _, o := range l.offers {
		var asks []bot.ParamOffer
		for _, p := range o.Params {
			if p.Kind == bot.MemberID {
				asks = append(asks, p)
			}
		}
		for _, p := range asks {
			title := o.Title
			if len(asks) > 1 {
				title += " · " + p.Title
			}
			if o.Name != here.Name {
				list = append(list, link{title, l.view(o.Name, map[string]string{p.Name: id})})
			}
		}
	}
	return list
}

// acts are those that the reader may do.
func (l *links) acts(acts []bot.Act) (out []actLink) {
	for _, a := range acts {
		o, ok := l.c.offer(l.p.Reader, a.Command)
		if !ok || o.Table && l.c.opts.ReadTable == nil {
			continue
		}
		shown := actLink{Label: a.Label, Command: o.Names[0], Args: a.Args, Grave: a.Grave, Back: l.p.Here}
		if shown.Label == "" {
			shown.Label = shown.Command
		}
		if o.Table || a.Grave || !a.Whole && len(fieldsOf(o.Usage, a.Args)) > 0 {
			values := url.Values{"c": {shown.Command}, "a": {a.Args}, "l": {shown.Label}, "b": {shown.Back}}
			if a.Grave {
				values.Set("g", "1")
			}
			shown.URL = l.c.base + "/do?" + values.Encode()
		}
		out = append(out, shown)
	}
	return out
}
