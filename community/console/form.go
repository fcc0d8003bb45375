package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// asking is a command that is about to be given.
type asking struct {
	Command string // the name that it is given by
	Args    string // what is known already
	Help    string
	Label   string // what the button says
	Fields  []field
	Table   bool
	Grave   bool
	Back    string // where it came from
	Problem string
}

// offer finds a command that the reader may give in a page.
func (c *Console) offer(who reader, name string) (bot.Offer, bool) {
	name = bot.Fold(strings.TrimSpace(name))
	for _, o := range c.opts.Engine.Offers(who.Lang) {
		if slices.ContainsFunc(o.Names, func(n string) bool { return bot.Fold(n) == name }) {
			return o, o.Role <= who.Role && o.Where != bot.InGroup && !leadsHere(o)
		}
	}
	return bot.Offer{}, false
}

// mostArgs is how long known arguments are at the most: they are ids.
const mostArgs = 500

// asks reads which command a request is about, before its fields are filled in.
func (c *Console) asks(who reader, values url.Values) (asking, bool) {
	o, ok := c.offer(who, values.Get("c"))
	args := strings.TrimSpace(bot.Clean(values.Get("a")))
	if !ok || len(args) > mostArgs || o.Table && c.opts.ReadTable == nil {
		return asking{}, false
	}
	a := asking{Command: o.Names[0], Args: args, Help: o.Help, Label: values.Get("l"), Table: o.Table, Grave: values.Get("g") != "", Back: backTo(values.Get("b"))}
	if a.Label == "" || len(a.Label) > 100 {
		a.Label = a.Command
	}
	a.Fields = fieldsFor(o, args)
	return a, true
}

// fieldsFor are what is asked for with a command. Beside a file everything may be left out.
func fieldsFor(o bot.Offer, args string) []field {
	fields := fieldsOf(o.Usage, args)
	for i := range fields {
		fields[i].Optional = fields[i].Optional || o.Table
	}
	return fields
}

// form asks for what a command still needs.
func (c *Console) form(w http.ResponseWriter, r *http.Request) {
	a, ok := c.asks(readerOf(r), r.URL.Query())
	if !ok {
		c.fail(w, r, errNotFound)
		return
	}
	c.showForm(w, r, http.StatusOK, a)
}

func (c *Console) showForm(w http.ResponseWriter, r *http.Request, status int, a asking) {
	p := c.newPage(r)
	p.Title, p.At = a.Label, belongs(a.Back)
	p.show(w, status, "form", a)
}

// belongs is the part of the navigation that a page which leads back belongs to.
func belongs(back string) string {
	view, ok := strings.CutPrefix(back, "/v/")
	if !ok {
		return "commands"
	}
	view, _, _ = strings.Cut(view, "?")
	return view
}

// mostFound is how many people are offered where several are called so.
const mostFound = 12

// fill puts what was entered into the fields; ok is false where something has to be entered again.
func (c *Console) fill(r *http.Request, a *asking, p *page) (ok bool, err error) {
	ok = true
	for i := range a.Fields {
		f := &a.Fields[i]
		if f.Kind == literalField {
			continue
		}
		f.Value = strings.TrimSpace(r.PostForm.Get(f.Name))
		if f.Kind == numberField && strings.ContainsFunc(f.Value, unicode.IsSpace) {
			f.Problem, ok = p.T("form.spaces"), false
		}
		if f.Kind != memberField || f.Value == "" {
			continue
		}
		f.People, err = c.people(r, f.Value)
		if chosen := r.PostForm.Get(f.Name + "id"); slices.ContainsFunc(f.People, func(p choice) bool { return p.Value == chosen }) {
			f.Value = chosen
		}
		switch {
		case err != nil:
			return false, err
		case isMember(f.Value):
			f.Value, f.People = bot.Fold(f.Value), nil
		case len(f.People) == 1:
			f.Value, f.People = f.People[0].Value, nil
		case len(f.People) == 0:
			f.Problem, ok = p.T("form.nobody"), false
		default:
			f.Problem, ok = p.T("form.several"), false
		}
	}
	return ok, nil
}

// people are those who are called as is said; nobody, where it is an id.
func (c *Console) people(r *http.Request, said string) (list []choice, err error) {
	said = strings.TrimLeft(strings.TrimSpace(said), "@＠")
	if isMember(said) {
		return nil, nil
	}
	found, err := community.Lookup(r.Context(), c.opts.Storage, string([]rune(said)[:min(len([]rune(said)), 60)]), mostFound)
	for _, f := range found {
		list = append(list, choice{string(f.ID), bot.Clean(f.Name)})
	}
	return list, err
}

// isMember tells whether a word is a member's id: m12.
func isMember(s string) bool {
	digits, ok := strings.CutPrefix(bot.Fold(s), "m")
	return ok && digits != "" && len(digits) < 20 && strings.Trim(digits, "0123456789") == ""
}
