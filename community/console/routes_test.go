package console_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/console"
)

// open are the routes that answer anybody, with what they answer a stranger. Every other route, and every one that is added
// later, must send strangers away.
var open = map[string]int{
	"GET /static/*": http.StatusOK, "GET /login": http.StatusOK, "GET /login/{token}": http.StatusOK, "POST /login/{token}": http.StatusForbidden, "POST /look": http.StatusSeeOther,
	"GET /visit": http.StatusSeeOther, "POST /visit": http.StatusSeeOther,
	"GET /live": http.StatusUnauthorized, "GET /mine/{token}": http.StatusOK, "POST /mine/{token}": http.StatusForbidden,
}

// routes are all routes of a console of the house.
func (h *house) routes() []string {
	h.t.Helper()
	list := console.New(h.opts).Routes()
	if len(list) < 10 || !slices.Contains(list, "POST /do") {
		h.t.Fatalf("the routes are %q", list)
	}
	return list
}

// knock asks for a route as its pattern says, and follows nothing.
func (v *visitor) knock(route string, change func(*http.Request)) (status int, where, body string) {
	v.h.t.Helper()
	method, path, _ := strings.Cut(route, " ")
	path = strings.NewReplacer("/static/*", "/static/page.css", "{token}", strings.Repeat("A", 26), "{view}", "showcase.goods").Replace(path)
	form := url.Values{"c": {"清空"}, "token": {"x"}, "weilu_theme": {"dark"}}
	if method == http.MethodGet && path == "/do" {
		path += "?c=" + url.QueryEscape("清空")
	}
	req, err := http.NewRequestWithContext(v.h.t.Context(), method, v.h.srv.URL+path, strings.NewReader(form.Encode()))
	v.h.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if change != nil {
		change(req)
	}
	client := *v.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	v.h.must(err)
	defer resp.Body.Close()
	var all io.Reader = resp.Body
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		all = io.LimitReader(all, 1) // it does not end
	}
	text, err := io.ReadAll(all)
	v.h.must(err)
	return resp.StatusCode, resp.Header.Get("Location"), string(text)
}

// sentAway checks that a visitor is nobody to all routes.
func (v *visitor) sentAway(who string) {
	v.h.t.Helper()
	for _, route := range v.h.routes() {
		status, where, body := v.knock(route, nil)
		want, isOpen := open[route]
		switch {
		case isOpen && status != want:
			v.h.t.Errorf("%s, %s: %d, want %d", who, route, status, want)
		case isOpen:
		case strings.HasPrefix(route, "GET ") && (status != http.StatusSeeOther || where != "/login"),
			!strings.HasPrefix(route, "GET ") && status != http.StatusUnauthorized:
			v.h.t.Errorf("%s, %s: %d to %q", who, route, status, where)
		}
		if strings.Contains(body, "清空了") || strings.Contains(body, "蜜兰香") {
			v.h.t.Errorf("%s sees or does something at %s: %s", who, route, body)
		}
	}
}

func TestEveryRouteSendsStrangersAway(t *testing.T) {
	each(t, func(h *house) {
		h.stranger().sentAway("nobody")
		forged := h.stranger()
		u, err := url.Parse(h.srv.URL)
		h.must(err)
		forged.client.Jar.SetCookies(u, []*http.Cookie{{Name: "weilu_console", Value: strings.Repeat("A", 43)}})
		forged.sentAway("a forged session")

		a, b, other := h.as("m1"), h.as("m1"), h.as("m2")
		if status, _ := a.post("/logout", url.Values{"all": {"1"}}); status != http.StatusOK {
			t.Errorf("logout everywhere: %d", status)
		}
		b.sentAway("a session after logout everywhere")
		if status, _, _ := other.knock("GET /commands", nil); status != http.StatusOK {
			t.Errorf("the session of somebody else: %d", status)
		}
		h.later(13 * time.Hour)
		other.sentAway("a session that was left alone")
	})
}

func TestEveryRouteIsClosedToWhoIsNoLongerOfTheTeam(t *testing.T) {
	each(t, func(h *house) {
		for _, route := range h.routes() {
			v := h.as("m2")
			h.must(h.engine.Do(t.Context(), func(ctx context.Context) error { return h.c.Appoint(ctx, "m2", bot.Member) }))
			status, _, body := v.knock(route, nil)
			if _, isOpen := open[route]; !isOpen && status != http.StatusForbidden || strings.Contains(body, "清空了") || strings.Contains(body, "蜜兰香") {
				t.Errorf("demoted, %s: %d", route, status)
			}
			v.knock("GET /", nil) // which ends the session
			v.sentAway("demoted, and asking again")
			h.must(h.engine.Do(t.Context(), func(ctx context.Context) error { return h.c.Appoint(ctx, "m2", bot.Manager) }))
			h.later(time.Minute)
		}
	})
}

func TestNoLinkThatIsUsedOldForgedOrAMembersOpensARoute(t *testing.T) {
	each(t, func(h *house) {
		used := h.link("m1")
		h.stranger().post("/login/"+used, nil)
		old := h.link("m1")
		h.later(11 * time.Minute)
		for name, token := range map[string]string{"used": used, "old": old, "forged": strings.Repeat("B", 26), "a member's": h.link("m4"), "nobody's": h.link("m99")} {
			v := h.stranger()
			if status, body := v.post("/login/"+token, nil); status != http.StatusForbidden {
				t.Errorf("%s: %d %s", name, status, body)
			}
			v.sentAway("with a link that is " + name)
			h.later(time.Minute)
		}
	})
}

func TestEveryRouteAnswersTheTeamByTheirRoles(t *testing.T) {
	each(t, func(h *house) {
		for member, role := range map[community.MemberID]bot.Role{"m1": bot.Owner, "m2": bot.Manager, "m3": bot.Moderator} {
			for _, route := range h.routes() {
				v := h.as(member)
				status, where, body := v.knock(route, nil)
				refused := status == http.StatusUnauthorized || status == http.StatusForbidden || where == "/login"
				manages := route == "GET /do" || route == "POST /do" // the form and the act of a manager's command
				switch {
				case route == "POST /logout", route == "POST /login/{token}", route == "POST /mine/{token}", route == "GET /code.png":
				case manages && role < bot.Manager:
					if status != http.StatusNotFound && !strings.Contains(body, "没有") || strings.Contains(body, "清空了") {
						t.Errorf("%s at %s: %d %s", role, route, status, body)
					}
				case status >= http.StatusBadRequest || refused:
					t.Errorf("%s at %s: %d to %q", role, route, status, where)
				}
				h.later(time.Minute)
			}
		}
	})
}

func TestEveryRouteRefusesForeignPagesAndNames(t *testing.T) {
	h := build(t, "sqlite", func(o *console.Options) { o.Visitor = owner })
	v := h.as("m1")
	for _, route := range h.routes() {
		foreign := func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }
		if status, _, body := v.knock(route, foreign); !strings.HasPrefix(route, "GET ") && (status != http.StatusForbidden || !strings.Contains(body, "不是从后台发出")) {
			t.Errorf("from a foreign page, %s: %d %s", route, status, body)
		}
		if status, _, body := v.knock(route, func(r *http.Request) { r.Host = "evil.example" }); status != http.StatusForbidden || !strings.Contains(body, "地址不对") {
			t.Errorf("by a foreign name, %s: %d %s", route, status, body)
		}
	}
}

// stored is everything that the console can change, in words.
func (h *house) stored() string {
	h.t.Helper()
	var out bytes.Buffer
	for _, table := range []string{"console_sessions", "console_links", "inbox", "outbox", "transfers", "audits", "undos", "members"} {
		var rows []map[string]any
		h.must(h.db.Conn(h.t.Context()).Table(table).Find(&rows).Error)
		fmt.Fprintln(&out, table, rows)
	}
	return out.String()
}

func TestNothingChangesWhereThePagesAreToLookAt(t *testing.T) {
	for _, dialect := range []string{"sqlite", "postgres"} {
		h := build(t, dialect, func(o *console.Options) { o.Visitor, o.ReadOnly = owner, true })
		before := h.stored()
		for _, route := range h.routes() {
			v := h.stranger()
			status, _, body := v.knock(route, nil)
			switch method, _, _ := strings.Cut(route, " "); {
			case route == "POST /look", route == "GET /code.png":
			case method != http.MethodGet && (status != http.StatusForbidden || !strings.Contains(body, "这里只能看")):
				t.Errorf("%s: %d %s", route, status, body)
			case method == http.MethodGet && status >= http.StatusBadRequest:
				t.Errorf("%s: %d %s", route, status, body)
			}
			h.later(time.Second)
		}
		if status, body := h.stranger().get("/commands"); status != http.StatusOK || !strings.Contains(body, "只读") || !strings.Contains(body, "林岚") {
			t.Errorf("the commands: %d %s", status, body)
		}
		for _, method := range []string{"PUT", "DELETE", "PATCH", "OPTIONS"} {
			if status, _ := h.stranger().do(method, "/do", "", nil); status != http.StatusForbidden {
				t.Errorf("%s: %d", method, status)
			}
		}
		if after := h.stored(); before != after {
			t.Errorf("%s: it was\n%s\nand is\n%s", dialect, before, after)
		}
	}
}

func TestTheTeamCanLogInWhereNothingCanBeDone(t *testing.T) {
	h := build(t, "sqlite", func(o *console.Options) { o.ReadOnly = true })
	h.stranger().sentAwayReadOnly()
	v := h.as("m1")
	if status, _, body := v.knock("POST /do", nil); status != http.StatusForbidden || !strings.Contains(body, "这里只能看") {
		t.Errorf("a command: %d %s", status, body)
	}
	if status, body := v.post("/logout", nil); status != http.StatusOK || strings.Contains(body, "林岚") {
		t.Errorf("logout: %d %s", status, body)
	}
}

func (v *visitor) sentAwayReadOnly() {
	v.h.t.Helper()
	if status, where, _ := v.knock("GET /commands", nil); status != http.StatusSeeOther || where != "/login" {
		v.h.t.Errorf("a stranger: %d to %q", status, where)
	}
}

func TestWhoAsksTooOftenIsSlowedDown(t *testing.T) {
	h := build(t, "sqlite", nil)
	known, c := h.as("m1"), console.New(h.opts).Handler()
	count := func(remote string) (n int) {
		for range 300 {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/login", nil)
			r.RemoteAddr = remote
			w := httptest.NewRecorder()
			if c.ServeHTTP(w, r); w.Code == http.StatusOK {
				n++
			} else if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
				t.Fatal(w.Code)
			}
		}
		return n
	}
	if n := count("192.0.2.1:1"); n != 80 {
		t.Errorf("a stranger got %d pages at once", n)
	}
	if n := count("192.0.2.2:1"); n != 80 {
		t.Errorf("another got %d", n)
	}
	h.later(5 * time.Second)
	if n := count("192.0.2.1:9"); n != 20 {
		t.Errorf("five seconds later: %d", n)
	}
	ok := 0
	for range 300 {
		if status, _, _ := known.knock("GET /commands", nil); status == http.StatusOK {
			ok++
		}
	}
	if ok < 200 || ok > 240 {
		t.Errorf("who is logged in got %d pages at once", ok)
	}
}
