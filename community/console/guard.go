package console

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// policy lets a page use what this server serves and nothing else; pictures in answers are part of the page.
const policy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; img-src 'self' data:"

// guard answers only requests that were meant for these pages: by their own names, and, where they change
// something, from themselves.
func (c *Console) guard(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.fail(w, r, errOrigin) }))
	if c.opts.URL != "" {
		if origin := originOf(c.opts.URL); origin != "" {
			// Behind a proxy the Host that arrives may be another than the one that the browser knows.
			_ = cross.AddTrustedOrigin(origin) // a URL that was validated
		}
	}
	checked := cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !c.ours(r.Host) {
			c.fail(w, r, errHost)
			return
		}
		checked.ServeHTTP(w, r)
	})
}

// ours tells whether a Host header names this server: a foreign name that leads here is DNS rebinding.
func (c *Console) ours(host string) bool {
	host = hostname(host)
	return host == "localhost" || host == "127.0.0.1" || host == "::1" || host == strings.ToLower(hostOf(c.opts.URL)) ||
		slices.ContainsFunc(c.opts.Hosts, func(h string) bool { return h != "" && hostname(h) == host })
}

// hostname is a host without port and brackets, in lower case.
func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// originOf is an address without its path.
func originOf(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return ""
	}
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}
