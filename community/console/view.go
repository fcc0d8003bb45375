package console

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/go-chi/chi/v5"

	"github.com/weilu-im/weilu/bot"
)

// viewBody is a view as it is printed.
type viewBody struct {
	Name    string
	Note    string
	Scan    bool // the code that logs the bot in waits to be scanned
	Params  []param
	Acts    []actLink
	Figures []figure
	Charts  []drawing
	Tables  []table
	First   string // the first page, where this is another
	JSON    string // the same for programs
	Files   []link // the same to be kept
	Limited bool   // it was asked for with parameters
	Others  []link // where more is shown of the member that it was asked for
}

// param is a parameter as it is asked for.
type param struct {
	bot.ParamOffer
	Value  string
	Chosen []chosen // of a choice
	People []link   // of whom one is meant
	None   bool     // nobody is called so
}

type chosen struct {
	choice
	Is bool
}

type link struct{ Text, URL string }

// figure is one number as it is printed.
type figure struct {
	Title, Note string
	Cell        cell
	Words       bool // it is no number, but words that need room
}

// mostDigits is how many characters of a figure are printed large.
const mostDigits = 9

// view shows one view of a feature.
func (c *Console) view(w http.ResponseWriter, r *http.Request) {
	p := c.newPage(r)
	name := chi.URLParam(r, "view")
	offers := c.opts.Engine.Views(p.Reader.actor())
	i := slices.IndexFunc(offers, func(o bot.ViewOffer) bool { return o.Name == name })
	if i < 0 {
		c.fail(w, r, errNotFound)
		return
	}
	offer, asked := offers[i], r.URL.Query()
	p.Title, p.At = offer.Title, offer.Name
	body := &viewBody{Name: name}
	q := bot.Query{Params: map[string]string{}, After: asked.Get("after"), At: c.opts.Clock().UTC(), Actor: p.Reader.actor()}
	for _, o := range offer.Params {
		f, err := c.param(r, name, o, asked)
		if err != nil {
			c.fail(w, r, err)
			return
		}
		q.Params[o.Name] = f.Value
		body.Limited = body.Limited || asked.Get(o.Name) != ""
		body.Params = append(body.Params, f)
	}
	if asked.Has("file") {
		c.file(w, r, name, asked.Get("file"), q)
		return
	}
	if asked.Has("format") {
		c.download(w, r, name, q)
		return
	}
	read, err := c.opts.Engine.View(r.Context(), name, q)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	links := &links{c: c, p: p, offers: offers}
	links.page(body, offer, read, q)
	if read.Login {
		s, err := c.opts.Status(r.Context())
		if body.Scan = err == nil && len(s.Code) > 0; body.Scan {
			p.Refresh = 5
		}
	}
	body.Others = links.others(offer, q)
	for _, file := range offer.Files {
		values := url.Values{"file": {file}}
		for k, v := range q.Params {
			if v != "" {
				values.Set(k, v)
			}
		}
		body.Files = append(body.Files, link{file, c.base + "/v/" + name + "?" + values.Encode()})
	}
	p.show(w, http.StatusOK, "view", body)
}

// param reads a parameter. Somebody who is named instead of their id is looked up.
func (c *Console) param(r *http.Request, view string, o bot.ParamOffer, asked url.Values) (param, error) {
	f := param{ParamOffer: o, Value: asked.Get(o.Name)}
	for i, v := range o.Choices {
		f.Chosen = append(f.Chosen, chosen{choice{v, o.Options[i]}, v == f.Value})
	}
	if o.Kind != bot.MemberID || f.Value == "" || isMember(f.Value) {
		return f, nil
	}
	found, err := c.people(r, f.Value)
	if err != nil {
		return f, err
	}
	switch len(found) {
	case 0:
		f.None = true
	case 1:
		f.Value = found[0].Value
	default:
		for _, person := range found {
			values := url.Values{}
			for k := range asked {
				values.Set(k, asked.Get(k))
			}
			values.Set(o.Name, person.Value)
			values.Del("after")
			f.People = append(f.People, link{person.Text + " " + person.Value, c.base + "/v/" + view + "?" + values.Encode()})
		}
	}
	return f, nil
}
