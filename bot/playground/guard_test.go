package playground_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot/playground"
)

// serve is a stage of a playground that does not run.
func serve(t *testing.T, p *playground.Playground) *stage {
	t.Helper()
	srv := httptest.NewServer(p.Handler())
	t.Cleanup(srv.Close)
	return &stage{t: t, p: p, srv: srv}
}

func TestHostileInputIsRefusedKindlyAndChangesNothing(t *testing.T) {
	s := newStage(t, nil)
	for _, c := range []struct {
		name, path, code string
		body             any
		status           int
	}{
		{"a message of a megabyte", "say", "too_long", say(strings.Repeat("长", 1<<20/3), nil), 413},
		{"ten thousand and one characters", "say", "too_long", say(strings.Repeat("a", 10_001), nil), 413},
		{"nothing at all", "say", "empty", say(" \n", nil), 400},
		{"only invisible characters", "say", "empty", say("\u200b\u202e\u0000", nil), 400},
		{"no JSON", "say", "bad", []byte("{\xff\xfe"), 400},
		{"a stranger", "say", "nobody", say("x", map[string]any{"as": "zz"}), 404},
		{"somebody outside the group", "say", "not_member", say("x", map[string]any{"as": "u3"}), 409},
		{"somebody else's private chat", "say", "no_room", say("x", map[string]any{"room": "p:u2"}), 404},
		{"a mention of nobody", "say", "nobody", say("x", map[string]any{"mentions": []string{"zz"}}), 404},
		{"a quote of nothing", "say", "quote_gone", say("x", map[string]any{"quote": "zz"}), 409},
		{"a huge nonce", "say", "bad", say("x", map[string]any{"nonce": strings.Repeat("n", 65)}), 400},
		{"a name of nothing", "rename", "no_name", map[string]any{"room": "g:main", "as": "u1", "name": "\u200b \t"}, 400},
		{"a nameless person", "people", "no_name", map[string]any{"name": ""}, 400},
		{"joining twice", "join", "member", map[string]any{"room": "g:main", "as": "u1"}, 409},
		{"leaving in private", "leave", "no_room", map[string]any{"room": "p:u1", "as": "u1"}, 404},
		{"recalling what never was", "recall", "not_yours", map[string]any{"room": "g:main", "as": "u1", "line": "zz"}, 409},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, answer := s.post(c.path, c.body)
			if status != c.status || answer["error"] != c.code || answer["message"] == "error."+c.code || answer["message"] == "" {
				t.Errorf("%d %v", status, answer)
			}
		})
	}
	if n := len(s.sink.delivered()); n > 0 {
		t.Errorf("%d events were delivered", n)
	}
}

func TestHostileWordsAreCarriedAsTheyAreAndShownClean(t *testing.T) {
	s := newStage(t, nil)
	raw := "{\"room\":\"g:main\",\"as\":\"u1\",\"text\":\"<script>\u202e\\u0007\xff</script>\"}"
	s.must("say", []byte(raw))
	if got := last(s.lines("g:main"))["text"]; got != "<script>\uFFFD</script>" {
		t.Errorf("shown %q", got)
	}
	if got := last(s.sink.delivered()).Text; !utf8.ValidString(got) || !strings.Contains(got, "\u202e") {
		t.Errorf("delivered %q", got)
	}
	s.must("rename", map[string]any{"room": "g:main", "as": "u1", "name": "<img src=x>\u202e" + strings.Repeat("长", 100)})
	if got := last(s.sink.delivered()).From.Name; !strings.HasPrefix(got, "<img src=x>长") || utf8.RuneCountInString(got) != 60 {
		t.Errorf("name %q", got)
	}
}

func TestOnlyOurOwnPageMayAct(t *testing.T) {
	s := newStage(t, nil)
	for name, change := range map[string]func(*http.Request){
		"a cross-site fetch":  func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"an old browser":      func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "https://evil.example") },
		"a sandboxed frame":   func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "null") },
		"a rebound host name": func(r *http.Request) { r.Host = "evil.example" },
	} {
		req := s.request("POST", "/api/say", strings.NewReader(`{"room":"g:main","as":"u1","text":"x"}`))
		change(req)
		if status, answer := s.do(req); status != http.StatusForbidden {
			t.Errorf("%s: %d %v", name, status, answer)
		}
	}
	if n := len(s.sink.delivered()); n > 0 {
		t.Errorf("%d events were delivered", n)
	}
}

func TestOnlyOurOwnNamesAreServed(t *testing.T) {
	s := serve(t, playground.New(playground.Options{Hosts: []string{"Chat.Example:8080"}}))
	for host, want := range map[string]int{
		"localhost": 200, "localhost:1": 200, "127.0.0.1:9": 200, "[::1]:9": 200, "[::1]": 200, "chat.example": 200, "CHAT.example:1": 200,
		"evil.example": 403, "localhost.evil.example": 403, "127.0.0.1.evil.example": 403, "192.168.1.5": 403,
	} {
		req := s.request("GET", "/api/state", nil)
		req.Host = host
		if status, _ := s.do(req); status != want {
			t.Errorf("%s: %d, want %d", host, status, want)
		}
	}
}

func TestThePageAllowsNothingFromOutside(t *testing.T) {
	s := serve(t, playground.New(playground.Options{}))
	resp, err := http.DefaultClient.Do(s.request("GET", "/", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	csp := resp.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the policy %q lacks %q", csp, want)
		}
	}
	for key, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"} {
		if got := resp.Header.Get(key); got != want {
			t.Errorf("%s: %q", key, got)
		}
	}
	for _, bad := range []string{"style=", "<style", "onclick", "http://", "https://", "<script>"} {
		if strings.Contains(string(body), bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

func TestFilesOfThePageAreServedAndNothingElse(t *testing.T) {
	s := serve(t, playground.New(playground.Options{}))
	for path, want := range map[string]int{
		"/static/chat.css": 200, "/static/js/main.js": 200, "/static/index.html": 404, "/static/../page.go": 404, "/static/js": 404, "/static/none": 404, "/media/x": 404, "/x": 404,
	} {
		resp, err := http.DefaultClient.Do(s.request("GET", path, nil))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
}
