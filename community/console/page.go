package console

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"path"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

//go:embed web
var web embed.FS

// frames are the pages by name, each with the layout around it.
var frames = func() map[string]*template.Template {
	all := map[string]*template.Template{}
	layout := template.Must(template.New("layout.html").Funcs(parts()).ParseFS(web, "web/layout.html", "web/parts.html"))
	for _, name := range []string{"overview", "view", "commands", "form", "answer", "login", "mine", "error"} {
		all[name] = template.Must(template.Must(layout.Clone()).ParseFS(web, "web/"+name+".html"))
	}
	return all
}()

// page is what a template is given.
type page struct {
	console *Console
	Reader  reader
	Title   string
	Here    string // the path and query that this page is at, for coming back
	At      string // the part of the navigation that it belongs to
	Token   string // makes what its forms do happen once
	Refresh int    // seconds after which it is worth another look; 0: never
	Body    any

	request *http.Request // that it answers
	nav     []navSection  // read once
	waiting []bot.WaitingOffer
	partial bool // not everything that waits could be counted
}

func (c *Console) newPage(r *http.Request) *page {
	who := readerOf(r)
	if who.Lang == "" {
		who = c.taste(r) // it failed before anybody was recognised
	}
	here := "/"
	if r.Method == http.MethodGet {
		here = r.URL.Path
		if r.URL.RawQuery != "" {
			here += "?" + r.URL.RawQuery
		}
	}
	return &page{console: c, Reader: who, Here: backTo(here), Token: rand.Text(), request: r}
}

// show answers with the page called name.
func (p *page) show(w http.ResponseWriter, status int, name string, body any) {
	p.Body = body
	var out bytes.Buffer
	if err := frames[name].ExecuteTemplate(&out, "layout", p); err != nil {
		p.console.log.Error("console: a page could not be drawn", "page", name, "err", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}

// T is a text of the console in the reader's language.
func (p *page) T(key string, kv ...any) string {
	return p.console.opts.Engine.Text(p.Reader.Lang, featureName, key, kv...)
}

// Base is the path that all links begin with.
func (p *page) Base() string { return p.console.base }

// Community is what the community is called.
func (p *page) Community() string {
	if p.console.opts.Name != "" {
		return p.console.opts.Name
	}
	return p.T("brand")
}

// Chats is where the chats of a demo are.
func (p *page) Chats() string { return p.console.opts.Chats }

// Visiting tells whether anybody may come in.
func (p *page) Visiting() bool { return p.console.opts.Visitor != nil }

// ReadOnly tells whether nothing may be done.
func (p *page) ReadOnly() bool { return p.console.opts.ReadOnly }

// Public tells whether everybody may look, so that nobody logs in or out.
func (p *page) Public() bool { return p.console.public() }

// RoleName is what the reader is.
func (p *page) RoleName() string {
	return p.console.opts.Engine.Text(p.Reader.Lang, "help", "role."+p.Reader.Role.String())
}

// Initial stands for the reader's face.
func (p *page) Initial() string {
	for _, r := range p.Reader.Name {
		return strings.ToUpper(string(r))
	}
	return "·"
}

// static serves the files of the pages; browsers ask each time whether they are still the same.
func (c *Console) static(w http.ResponseWriter, r *http.Request) {
	file := path.Join("web", path.Clean("/"+strings.TrimPrefix(r.URL.Path, "/static")))
	data, err := web.ReadFile(file)
	if err != nil || strings.HasSuffix(file, ".html") {
		c.fail(w, r, errNotFound)
		return
	}
	sum := sha256.Sum256(data)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, web, file)
}
