package console

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// Probes is what machines ask: load balancers whether the bot lives and is ready, Prometheus how it fares. They ask by
// whatever name and address they have, without a session; so no answer holds anything of members or of the configuration.
type Probes struct {
	// Ready tells what keeps the bot from its work; nothing: it is ready. It must be cheap, because anybody may ask.
	Ready func(ctx context.Context) []Reason
	// Metrics answers who shows Token; nil or an empty Token: there are none.
	Metrics http.Handler
	Token   string
	Wall    func() time.Time
}

// Reason is why the bot is not ready, in words that are the same for ever.
type Reason struct {
	Check string `json:"check"`
	Code  string `json:"code"`
}

// How often metrics are read at the most.
const (
	scrapesAtOnce = 20
	scrapesEvery  = 500 * time.Millisecond
)

// Before answers GET /healthz, /readyz and /metrics, and leaves the rest to next.
func (p Probes) Before(next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", next)
	mux.Handle("GET /healthz", bare(func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") }))
	mux.Handle("GET /readyz", bare(p.ready))
	mux.Handle("GET /metrics", bare(p.metrics()))
	return mux
}

// bare answers with headers that keep browsers from making anything of it.
func bare(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next(w, r)
	})
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}

func (p Probes) ready(w http.ResponseWriter, r *http.Request) {
	answer := struct {
		Ready   bool     `json:"ready"`
		Reasons []Reason `json:"reasons"`
	}{Reasons: append([]Reason{}, p.Ready(r.Context())...)}
	answer.Ready = len(answer.Reasons) == 0
	w.Header().Set("Content-Type", "application/json")
	if !answer.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// metrics answers who shows the token. Wrong ones are slowed down by where they come from; they never keep out who has the
// right one, which may come from the same proxy.
func (p Probes) metrics() http.HandlerFunc {
	attempts, scrapes := newAttempts(triesEvery, triesAtOnce), rate.NewLimiter(rate.Every(scrapesEvery), scrapesAtOnce)
	want := sha256.Sum256([]byte(p.Token))
	return func(w http.ResponseWriter, r *http.Request) {
		if p.Metrics == nil || p.Token == "" {
			plain(w, http.StatusNotFound, "there are no metrics: console.metrics_token is not set")
			return
		}
		shown, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		got := sha256.Sum256([]byte(shown))
		now := p.Wall()
		switch {
		case !bearer || subtle.ConstantTimeCompare(got[:], want[:]) != 1:
			if !attempts.may(r.RemoteAddr, now) {
				slow(w)
				return
			}
			attempts.failed(r.RemoteAddr, now)
			w.Header().Set("WWW-Authenticate", `Bearer realm="weilu metrics"`)
			plain(w, http.StatusUnauthorized, "the token is missing or wrong")
		case !scrapes.AllowN(now, 1):
			slow(w)
		default:
			p.Metrics.ServeHTTP(w, r)
		}
	}
}

func slow(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "10")
	plain(w, http.StatusTooManyRequests, "too many requests")
}
