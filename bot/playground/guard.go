package playground

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// policy lets the page use what this server serves and nothing else.
const policy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"

// guard answers only requests that were meant for this page: by its own names, and, where they change
// something, from itself.
func (p *Playground) guard(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.fail(w, r, errOrigin) }))
	checked := cross.Handler(p.stillness(next))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !p.ours(r.Host) {
			p.fail(w, r, errHost)
			return
		}
		checked.ServeHTTP(w, r)
	})
}

// stillness refuses whatever could change something, where nothing may be done.
func (p *Playground) stillness(next http.Handler) http.Handler {
	if !p.opts.ReadOnly {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			p.fail(w, r, errReadOnly)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ours tells whether a Host header names this server: a foreign name that leads here is DNS rebinding.
func (p *Playground) ours(host string) bool {
	host = hostname(host)
	return host == "localhost" || host == "127.0.0.1" || host == "::1" ||
		slices.ContainsFunc(p.opts.Hosts, func(h string) bool { return h != "" && hostname(h) == host })
}

// hostname is a host without port and brackets, in lower case.
func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}
