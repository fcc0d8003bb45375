package console

import (
	"context"
	"net/http"

	"github.com/weilu-im/weilu/bot"
)

// reader is who asks for a page, and how they want it.
type reader struct {
	Member string // empty: nobody we know
	Name   string
	Role   bot.Role
	Lang   string // zh or en
	Theme  string // light, dark, or empty: as their system is
	out    bool   // they had a session, and may not be here any more
}

func (r reader) actor() bot.Actor {
	return bot.Actor{Member: r.Member, Origin: r.Member, Strong: true, Name: r.Name, Role: r.Role, Active: true, Language: r.Lang}
}

type readerKey struct{}

func readerOf(r *http.Request) reader {
	who, _ := r.Context().Value(readerKey{}).(reader)
	return who
}

// The cookies of how a reader wants the pages.
const (
	langCookie  = "weilu_lang"
	themeCookie = "weilu_theme"
)

// taste is how the reader wants the pages, whoever they are.
func (c *Console) taste(r *http.Request) reader {
	who := reader{Lang: c.opts.Language}
	if k, err := r.Cookie(langCookie); err == nil && (k.Value == "zh" || k.Value == "en") {
		who.Lang = k.Value
	}
	if k, err := r.Cookie(themeCookie); err == nil && (k.Value == "light" || k.Value == "dark") {
		who.Theme = k.Value
	}
	return who
}

func withReader(r *http.Request, who reader) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), readerKey{}, who))
}

// known lets through those who are logged in.
func (c *Console) known(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch who := readerOf(r); {
		case who.Member != "":
			next.ServeHTTP(w, r)
		case who.out:
			c.fail(w, r, errOut)
		case r.Method == http.MethodGet || r.Method == http.MethodHead:
			http.Redirect(w, r, c.base+"/login", http.StatusSeeOther)
		default:
			c.fail(w, r, errUnknown)
		}
	})
}

// look keeps how the reader wants the pages.
func (c *Console) look(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	if err := parse(r); err != nil {
		c.fail(w, r, err)
		return
	}
	for name, allowed := range map[string][]string{langCookie: {"zh", "en"}, themeCookie: {"light", "dark", "auto"}} {
		for _, value := range allowed {
			if r.PostForm.Get(name) == value {
				http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: c.base + "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode})
			}
		}
	}
	http.Redirect(w, r, c.base+backTo(r.PostForm.Get("back")), http.StatusSeeOther)
}
