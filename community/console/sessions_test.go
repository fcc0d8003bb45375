package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// numbers are those of sessions in a page.
var numbers = regexp.MustCompile(`"number":\s*"([0-9a-f]{8})"`)

func TestSessionsAreListedAndEnded(t *testing.T) {
	each(t, func(h *house) {
		owner, phone, manager, moderator := h.as("m1"), h.as("m1"), h.as("m2"), h.as("m3")
		count := func(v *visitor) int {
			t.Helper()
			status, body := v.get("/v/console.sessions?format=json")
			if status != http.StatusOK {
				t.Fatal(status, body)
			}
			return len(numbers.FindAllString(body, -1))
		}
		if a, b, c := count(owner), count(manager), count(moderator); a != 4 || b != 2 || c != 1 {
			t.Errorf("the owner sees %d, the manager %d, the moderator %d", a, b, c)
		}
		_, list := moderator.get("/v/console.sessions?format=json")
		own := numbers.FindStringSubmatch(list)[1]
		_, list = owner.get("/v/console.sessions?format=json")
		var others []string
		for _, m := range numbers.FindAllStringSubmatch(list, -1) {
			if m[1] != own {
				others = append(others, m[1])
			}
		}
		for _, number := range others { // those of higher roles are none to a moderator
			if _, body := moderator.run(url.Values{"c": {"退出后台"}, "a": {"#" + number}}); !strings.Contains(body, "没有这个登录") {
				t.Errorf("a moderator ended %s: %s", number, body)
			}
		}
		if n := count(owner); n != 4 {
			t.Errorf("then there are %d", n)
		}
		unused := h.link("m3")
		if status, body := owner.run(url.Values{"c": {"退出后台"}, "a": {"#" + own}}); status != http.StatusOK || !strings.Contains(body, "1 个登录已经退出") {
			t.Errorf("one session: %d %s", status, body)
		}
		moderator.sentAway("a session that was ended by the owner")
		if status, _ := h.stranger().post("/login/"+unused, nil); status != http.StatusForbidden {
			t.Errorf("a link from before: %d", status)
		}
		if _, body := manager.run(url.Values{"c": {"退出后台"}, "f0": {"m1"}}); !strings.Contains(body, "职位更低") {
			t.Errorf("a manager ends the owner's: %s", body)
		}
		if _, body := manager.run(url.Values{"c": {"退出后台"}}); !strings.Contains(body, "1 个登录已经退出") {
			t.Errorf("one's own: %s", body)
		}
		manager.sentAway("after logging out by the command")
		if status, _ := phone.get("/commands"); status != http.StatusOK || count(owner) != 2 {
			t.Errorf("the owner's other device: %d", status)
		}
		_, audit := owner.get("/v/community.audit?format=json")
		if strings.Count(audit, "console.logout") != 2 {
			t.Errorf("the audit: %s", audit)
		}
	})
}

// TestTheAuditOffersToUndo presses the button that the page of the audit has while a code is good.
func TestTheAuditOffersToUndo(t *testing.T) {
	each(t, func(h *house) {
		manager, owner := h.as("m2"), h.as("m1")
		if _, body := manager.run(url.Values{"c": {"加分"}, "f0": {"m4"}, "f1": {"10"}, "f2": {"帮忙"}}); h.balance("m4") != 10 {
			t.Fatal(body)
		}
		_, page := owner.get("/v/community.audit")
		offered := regexp.MustCompile(`name="a" value="([A-Z0-9]{6})"|[?&;]a=([A-Z0-9]{6})`)
		m := offered.FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("the audit offers no undo: %s", page)
		}
		code := m[1] + m[2]
		if status, body := owner.run(url.Values{"c": {"撤销"}, "a": {code}}); status != http.StatusOK || h.balance("m4") != 0 {
			t.Errorf("undone: %d, %d points: %s", status, h.balance("m4"), body)
		}
		_, page = owner.get("/v/community.audit")
		if strings.Contains(page, code) {
			t.Errorf("the used code is still offered")
		}
		_, audit := owner.get("/v/community.audit?format=json")
		if !strings.Contains(audit, `"undo"`) {
			t.Errorf("the undo is not audited: %s", audit)
		}
		manager.run(url.Values{"c": {"加分"}, "f0": {"m4"}, "f1": {"20"}, "f2": {"帮忙"}})
		if _, page := owner.get("/v/community.audit"); !offered.MatchString(page) {
			t.Error("a second code is not offered")
		}
		h.mu.Lock()
		h.now = h.now.Add(25 * time.Hour) // of the community; the session goes by real time
		h.mu.Unlock()
		if _, page := owner.get("/v/community.audit"); offered.MatchString(page) || !strings.Contains(page, "阿北") {
			t.Errorf("after 25 hours the audit still offers to undo, or shows nothing: %s", page)
		}
	})
}
