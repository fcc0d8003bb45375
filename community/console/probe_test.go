package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/community/console"
)

func TestProbesAnswerWhateverNameTheyAreAskedBy(t *testing.T) {
	h := build(t, "sqlite", nil)
	var reasons []console.Reason
	const token = "0123456789abcdef"
	wall := time.Now()
	probes := console.Probes{
		Ready:   func(context.Context) []console.Reason { return reasons },
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "weilu_up 1") }),
		Token:   token, Wall: func() time.Time { return wall },
	}
	handler := probes.Before(console.New(h.opts).Handler())
	ask := func(method, path, authorization string) (int, string) {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
		r.Host = "10.1.2.3:8738" // as a load balancer and Prometheus have it
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	want := func(method, path, authorization string, status int, text string) {
		t.Helper()
		if got, body := ask(method, path, authorization); got != status || !strings.Contains(body, text) || strings.Contains(body, token) {
			t.Errorf("%s %s %q: %d %s, want %d %s", method, path, authorization, got, body, status, text)
		}
	}
	want("GET", "/healthz", "", http.StatusOK, "ok")
	want("HEAD", "/healthz", "", http.StatusOK, "")
	want("POST", "/healthz", "", http.StatusForbidden, "") // left to the pages, which refuse the name
	want("GET", "/readyz", "", http.StatusOK, `{"ready":true,"reasons":[]}`)
	reasons = []console.Reason{{"transport", "away"}}
	want("GET", "/readyz", "", http.StatusServiceUnavailable, `{"ready":false,"reasons":[{"check":"transport","code":"away"}]}`)
	want("GET", "/login", "", http.StatusForbidden, "") // the pages still know their names

	want("GET", "/metrics", "Bearer "+token, http.StatusOK, "weilu_up 1")
	for _, wrong := range []string{"", token, "Basic " + token, "bearer", "Bearer ", "Bearer " + token[:15], "Bearer " + token + "x"} {
		want("GET", "/metrics", wrong, http.StatusUnauthorized, "token")
	}
	for range 3 {
		want("GET", "/metrics", "Bearer x", http.StatusUnauthorized, "")
	}
	want("GET", "/metrics", "Bearer x", http.StatusTooManyRequests, "")
	want("GET", "/metrics", "Bearer "+token, http.StatusOK, "weilu_up 1") // who has the token is not kept out
	for range 30 {
		_, _ = ask("GET", "/metrics", "Bearer "+token)
	}
	want("GET", "/metrics", "Bearer "+token, http.StatusTooManyRequests, "")
	wall = wall.Add(time.Minute)
	want("GET", "/metrics", "Bearer "+token, http.StatusOK, "")

	probes.Token = ""
	handler = probes.Before(console.New(h.opts).Handler())
	want("GET", "/metrics", "Bearer ", http.StatusNotFound, "metrics_token")
}
