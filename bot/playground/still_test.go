package playground_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/weilu-im/weilu/bot/playground"
)

// TestNothingHappensWhereThePageIsToLookAt tries all routes that could change something, also those that are added later.
func TestNothingHappensWhereThePageIsToLookAt(t *testing.T) {
	opts := options(&toyClock{})
	opts.ReadOnly = true
	s := &stage{t: t, p: playground.New(opts), sink: &sink{}}
	s.srv = httptest.NewServer(s.p.Handler())
	t.Cleanup(s.srv.Close)
	before := s.lines("g:main")
	tried := 0
	err := chi.Walk(s.p.Handler().(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method == http.MethodGet {
			return nil
		}
		tried++
		status, answer := s.do(s.request(method, route, strings.NewReader(`{"room":"g1","as":"u1","text":"签到","name":"x","move":"hour"}`)))
		if status != http.StatusForbidden || answer["error"] != "read_only" || !strings.Contains(answer["message"].(string), "只读") {
			t.Errorf("%s %s: %d %v", method, route, status, answer)
		}
		return nil
	})
	if err != nil || tried < 8 {
		t.Errorf("%d routes tried, %v", tried, err)
	}
	if after := s.lines("g:main"); len(after) != len(before) {
		t.Errorf("the lines are %v", after)
	}
	status, state := s.do(s.request(http.MethodGet, "/api/state", nil))
	if status != http.StatusOK || state["groups"] == nil {
		t.Errorf("looking: %d", status)
	}
}
