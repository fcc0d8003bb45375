package console_test

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/console"
)

func TestALinkLogsInOnceAndOnlyByItsButton(t *testing.T) {
	each(t, func(h *house) {
		token := h.link("m2")
		for range 3 { // link previews look, and look again
			status, body := h.stranger().get("/login/" + token)
			if status != http.StatusOK {
				t.Fatal(status, body)
			}
			contains(t, body, "<button", "/login/"+token)
		}
		v := h.stranger()
		status, body := v.post("/login/"+strings.ToLower(token), nil)
		if status != http.StatusOK {
			t.Fatal(status, body)
		}
		contains(t, body, "阿北", "管理员", "m2")
		status, body = h.stranger().post("/login/"+token, nil)
		if status != http.StatusForbidden {
			t.Errorf("replayed: %d %s", status, body)
		}
		contains(t, body, "这个链接不能用")
		if status, _ := v.get("/v/showcase.goods"); status != http.StatusOK {
			t.Errorf("the one who was first is out: %d", status)
		}
	})
}

func TestNothingOfALinkOrASessionIsKeptButHashes(t *testing.T) {
	each(t, func(h *house) {
		token := h.link("m1")
		v := h.as("m2")
		u, _ := url.Parse(h.srv.URL)
		session := v.client.Jar.Cookies(u)[0].Value
		for table, secret := range map[string]string{"console_links": token, "console_sessions": session} {
			var hashes []string
			h.must(h.db.Conn(t.Context()).Table(table).Pluck("hash", &hashes).Error)
			if len(hashes) == 0 || strings.Contains(strings.Join(hashes, " "), secret) {
				t.Errorf("%s: %q", table, hashes)
			}
		}
		if len(token) < 26 {
			t.Errorf("a token of %d characters of 5 bits", len(token))
		}
	})
}

func TestAnOldOrGuessedLinkLogsNobodyIn(t *testing.T) {
	each(t, func(h *house) {
		old := h.link("m1")
		h.later(10 * time.Minute)
		for name, token := range map[string]string{"old": old, "guessed": strings.Repeat("A", 26), "quoted": "%27%20OR%201=1", "up": "..%2f..%2fetc%2fpasswd"} {
			if status, body := h.stranger().post("/login/"+token, nil); status != http.StatusForbidden && status != http.StatusNotFound {
				t.Errorf("%s: %d %s", name, status, body)
			}
		}
		fresh := h.link("m1")
		h.later(10*time.Minute - time.Second)
		if status, body := h.stranger().post("/login/"+fresh, nil); status != http.StatusOK {
			t.Errorf("a link of its last second: %d %s", status, body)
		}
	})
}

func TestWhoGuessesLinksIsSlowedDown(t *testing.T) {
	h := build(t, "sqlite", nil)
	last := 0
	for range 12 {
		last, _ = h.stranger().post("/login/AAAAAAAAAAAAAAAAAAAAAAAAAA", nil)
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the twelfth try: %d", last)
	}
	h.later(time.Minute)
	if status, _ := h.stranger().post("/login/"+h.link("m1"), nil); status != http.StatusOK {
		t.Errorf("a minute later: %d", status)
	}
}

func TestOnlyTheTeamComesIn(t *testing.T) {
	each(t, func(h *house) {
		if status, body := h.stranger().post("/login/"+h.link("m4"), nil); status != http.StatusForbidden {
			t.Errorf("a member: %d %s", status, body)
		} else {
			contains(t, body, "这里只有管理团队能进")
		}
		var sessions int64
		if h.must(h.db.Conn(t.Context()).Table("console_sessions").Count(&sessions).Error); sessions != 0 {
			t.Errorf("%d sessions", sessions)
		}
		for _, path := range []string{"/", "/v/showcase.goods", "/commands", "/do?c=%E5%8A%A0%E5%88%86", "/code.png"} {
			status, body := h.stranger().get(path)
			if status != http.StatusOK { // it led to the login
				t.Errorf("%s: %d", path, status)
			}
			contains(t, body, "一次性的登录链接")
			lacks(t, body, "紫砂壶", "半山壶</b>")
		}
		if status, _ := h.stranger().post("/do", url.Values{"c": {"清空"}}); status != http.StatusUnauthorized {
			t.Errorf("a stranger acts: %d", status)
		}
	})
}

func TestWhoIsDemotedIsOutAtOnce(t *testing.T) {
	each(t, func(h *house) {
		v := h.as("m2")
		_, page := v.get("/commands")
		token := tokens.FindStringSubmatch(page)[1]
		h.must(h.engine.Do(t.Context(), func(ctx context.Context) error { return h.c.Appoint(ctx, "m2", bot.Member) }))
		status, body := v.post("/do", url.Values{"c": {"加分"}, "a": {"m4"}, "f0": {"10"}, "token": {token}})
		if status != http.StatusForbidden || h.balance("m4") != 0 {
			t.Errorf("%d, %d points: %s", status, h.balance("m4"), body)
		}
		contains(t, body, "你现在不能使用后台")
		h.must(h.engine.Do(t.Context(), func(ctx context.Context) error { return h.c.Appoint(ctx, "m2", bot.Manager) }))
		_, body = v.get("/")
		contains(t, body, "一次性的登录链接") // the session did not wait for better times
	})
}

func TestEachRoleSeesAndDoesItsOwn(t *testing.T) {
	h := build(t, "sqlite", nil)
	v := h.as("m3")
	_, body := v.get("/")
	contains(t, body, "showcase.goods", "协管员")
	lacks(t, body, "showcase.member")
	if status, _ := v.get("/v/showcase.member"); status != http.StatusNotFound {
		t.Errorf("a page of managers: %d", status)
	}
	if status, _ := v.get("/do?c=加分"); status != http.StatusNotFound {
		t.Errorf("a form of managers: %d", status)
	}
	if status, _ := v.run(url.Values{"c": {"加分"}, "a": {"m4"}, "f0": {"10"}}); status != http.StatusNotFound || h.balance("m4") != 0 {
		t.Errorf("a command of managers: %d, %d points", status, h.balance("m4"))
	}
	_, body = v.get("/v/showcase.goods")
	lacks(t, body, "补货", "导入文件", `href="/v/showcase.member`)
	_, body = v.get("/commands")
	lacks(t, body, "加分", "只在群里", "<b>后台</b>")
}

func TestASessionEndsByLogoutIdlenessAndAge(t *testing.T) {
	each(t, func(h *house) {
		first, second := h.as("m1"), h.as("m1")
		u, _ := url.Parse(h.srv.URL)
		stolen := h.stranger()
		stolen.client.Jar, _ = cookiejar.New(nil)
		stolen.client.Jar.SetCookies(u, first.client.Jar.Cookies(u))
		out := func(name string, v *visitor, want bool) {
			t.Helper()
			_, body := v.get("/commands")
			if got := strings.Contains(body, "一次性的登录链接"); got != want {
				t.Errorf("%s: out is %v", name, got)
			}
		}
		out("a copied cookie", stolen, false)
		first.post("/logout", nil)
		out("after the logout", first, true)
		out("the copied cookie after the logout", stolen, true)
		out("the other device", second, false)
		third := h.as("m1")
		third.post("/logout", url.Values{"all": {"1"}})
		out("the other device after a logout everywhere", second, true)

		idle := h.as("m2")
		h.later(11 * time.Hour)
		out("after 11 hours", idle, false)
		h.open()
		out("after a restart", idle, false)
		h.later(13 * time.Hour)
		out("after more than 12 idle hours", idle, true)
	})
}

func TestASessionLastsAWeekAtTheMost(t *testing.T) {
	h := build(t, "sqlite", nil)
	v := h.as("m1")
	h.must(h.db.Tx(t.Context(), func(ctx context.Context) error { // as if it had been used all the time
		return h.db.Conn(ctx).Exec(`UPDATE console_sessions SET expires_at = expires_at + ?`, (30 * 24 * time.Hour).Milliseconds()).Error
	}))
	h.later(7*24*time.Hour - time.Minute)
	if _, body := v.get("/"); strings.Contains(body, "一次性的登录链接") {
		t.Error("out within the week")
	}
	h.later(2 * time.Minute)
	if _, body := v.get("/"); !strings.Contains(body, "一次性的登录链接") {
		t.Error("in after the week")
	}
}

func TestCookiesAreForTheServerOnly(t *testing.T) {
	for address, secure := range map[string]bool{"http://127.0.0.1:8738": false, "https://example.org/console": true} {
		h := build(t, "sqlite", func(o *console.Options) { o.URL = address; o.Hosts = []string{"example.org"} })
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.srv.URL+map[bool]string{true: "/console"}[secure]+"/login/"+h.link("m1"), nil)
		h.must(err)
		resp, err := http.DefaultTransport.RoundTrip(req)
		h.must(err)
		resp.Body.Close()
		if len(resp.Cookies()) != 1 {
			t.Fatalf("%s: %d, cookies %v", address, resp.StatusCode, resp.Cookies())
		}
		k := resp.Cookies()[0]
		if !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Secure != secure || k.Path != map[bool]string{false: "/", true: "/console/"}[secure] {
			t.Errorf("%s: %v", address, k)
		}
	}
}

func TestTheCommandWhispersALink(t *testing.T) {
	each(t, func(h *house) {
		said, err := h.engine.Ask(t.Context(), bot.Event{ID: "e1", At: noon, Text: "后台", Member: "m3"})
		if err != nil || len(said) != 1 || !said[0].Secret || said[0].Member != "m3" {
			t.Fatalf("%+v, %v", said, err)
		}
		_, token, ok := strings.Cut(said[0].Text, "http://127.0.0.1:8738/login/")
		if !ok {
			t.Fatal(said[0].Text)
		}
		status, body := h.stranger().post("/login/"+token, nil)
		if status != http.StatusOK {
			t.Error(status, body)
		}
		contains(t, body, "小周")
		var kept int64
		h.must(h.db.Conn(t.Context()).Raw(`SELECT COUNT(*) FROM outbox WHERE text LIKE ?`, "%"+token+"%").Row().Scan(&kept))
		if kept != 0 {
			t.Error("the token lies in the outbox")
		}
		if said, err = h.engine.Ask(t.Context(), bot.Event{ID: "e2", At: noon, Text: "后台", Member: "m4"}); err != nil || len(said) != 1 || strings.Contains(said[0].Text, "login") {
			t.Errorf("a member: %+v, %v", said, err)
		}
	})
}
