package playground

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/weilu-im/weilu/bot"
)

func (p *Playground) routes() http.Handler {
	r := chi.NewRouter()
	r.Use(p.guard)
	r.Get("/", p.page)
	r.Get("/static/*", static)
	r.Get("/media/{digest}", func(w http.ResponseWriter, r *http.Request) {
		p.album.serve(w, chi.URLParam(r, "digest"))
	})
	r.Get("/events", p.stream)
	r.Get("/api/state", p.serveState)
	r.Get("/api/lines", p.serveLines)

	r.Post("/api/say", post(p, func(m message) (any, error) { return nil, p.say(m) }))
	r.Post("/api/picture", p.postPicture)
	for path, kind := range map[string]bot.Kind{"join": bot.Joined, "leave": bot.Left, "rename": bot.Renamed, "recall": bot.Recalled, "tap": bot.Tapped} {
		do := map[bot.Kind]doer{bot.Joined: join, bot.Left: leave, bot.Renamed: rename, bot.Recalled: recall, bot.Tapped: tap}[kind]
		r.Post("/api/"+path, post(p, func(d deed) (any, error) { return nil, p.act(kind, d, do) }))
	}
	r.Post("/api/people", post(p, func(d deed) (any, error) { return p.born(d.Name) }))
	r.Post("/api/clock", func(w http.ResponseWriter, r *http.Request) {
		unhurried(w) // moving may take longer than a server's limit for answers
		post(p, func(b struct {
			Move string `json:"move"`
		}) (any, error) {
			return nil, p.move(b.Move)
		})(w, r)
	})
	return r
}
