package console

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

func (c *Console) routes() chi.Router {
	r := chi.NewRouter()
	r.Use(c.guard, c.stillness, middleware.GetHead)
	r.Get("/static/*", c.static)
	r.Post("/look", c.look)
	r.Get("/live", c.live)
	r.With(c.peek, c.recognise, c.known).Get("/live/now", c.overview)
	r.Group(func(r chi.Router) {
		r.Use(c.limit, c.remember, c.recognise, c.often)
		r.Get("/login", c.loginHelp)
		r.Get("/login/{token}", c.loginButton)
		r.Post("/login/{token}", c.login)
		r.Get("/mine/{token}", c.mineButton)
		r.Post("/mine/{token}", c.mine)
		if c.opts.Visitor != nil {
			r.Get("/visit", c.visit)
			r.Post("/visit", c.visit)
		}
		r.Group(func(r chi.Router) {
			r.Use(c.known)
			r.Get("/", c.overview)
			r.Get("/code.png", c.code)
			r.Get("/v/{view}", c.view)
			r.Get("/commands", c.commands)
			r.Get("/do", c.form)
			r.Post("/do", c.act)
			r.Post("/logout", c.logout)
		})
		r.NotFound(func(w http.ResponseWriter, r *http.Request) { c.fail(w, r, errNotFound) })
	})
	r.NotFound(func(w http.ResponseWriter, r *http.Request) { c.fail(w, r, errNotFound) })
	r.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) { c.fail(w, r, errNotFound) })
	return r
}

// How much a request may hold.
const (
	mostForm  = 256 << 10
	mostTable = 8 << 20
)

// limit keeps bodies short.
func (c *Console) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most := int64(mostForm)
		if r.URL.Path == "/do" && c.opts.ReadTable != nil {
			most = mostTable
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		next.ServeHTTP(w, r)
	})
}
