package console_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/community/console"
)

func TestOnlyRequestsForThesePagesAreAnswered(t *testing.T) {
	h := build(t, "sqlite", nil)
	v := h.as("m1")
	for name, c := range map[string]struct {
		host, origin, site string
		want               int
	}{
		"a foreign name":                        {host: "evil.example", want: http.StatusForbidden},
		"a foreign name, a port":                {host: "evil.example:8738", want: http.StatusForbidden},
		"a foreign page":                        {origin: "https://evil.example", site: "cross-site", want: http.StatusForbidden},
		"a foreign page without words about it": {origin: "https://evil.example", want: http.StatusForbidden},
		"a page of a sister":                    {site: "same-site", want: http.StatusForbidden},
		"its own page":                          {site: "same-origin", want: http.StatusOK},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.srv.URL+"/do", strings.NewReader(url.Values{"c": {"清空"}, "token": {name}}.Encode()))
		h.must(err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if c.host != "" {
			req.Host = c.host
		}
		if c.origin != "" {
			req.Header.Set("Origin", c.origin)
		}
		if c.site != "" {
			req.Header.Set("Sec-Fetch-Site", c.site)
		}
		if status, body := v.send(req); status != c.want || (strings.Contains(body, "清空了")) != (c.want == http.StatusOK) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	h := build(t, "sqlite", nil)
	v := h.as("m1")
	for _, path := range []string{"/", "/v/showcase.goods", "/commands", "/nowhere", "/static/base.css", "/login"} {
		resp, err := v.client.Get(h.srv.URL + path)
		h.must(err)
		resp.Body.Close()
		csp := resp.Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'self'") || strings.Contains(csp, "unsafe") || resp.Header.Get("X-Content-Type-Options") != "nosniff" ||
			resp.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", path, resp.Header)
		}
		if cached := resp.Header.Get("Cache-Control"); !strings.Contains(cached, "no-store") && !strings.HasPrefix(path, "/static") {
			t.Errorf("%s may be cached: %q", path, cached)
		}
	}
}

func TestNoFileButThePagesOwnIsServed(t *testing.T) {
	h := build(t, "sqlite", nil)
	for _, path := range []string{"/static/../console.go", "/static/..%2fconsole.go", "/static/%2e%2e/%2e%2e/go.mod", "/static/layout.html", "/static/", "/static//etc/passwd", "/v/..%2f..", "/v/x", "/code.png/../x"} {
		status, body := h.as("m1").get(path)
		if status != http.StatusNotFound && status != http.StatusMovedPermanently {
			t.Errorf("%s: %d", path, status)
		}
		lacks(t, body, "package console", "module github", "{{define")
	}
	if status, body := h.stranger().get("/static/page.css"); status != http.StatusOK || !strings.Contains(body, ".side") {
		t.Errorf("the style: %d", status)
	}
}

func TestWhatIsTooLongIsRefusedKindly(t *testing.T) {
	h := build(t, "sqlite", nil)
	v := h.as("m1")
	status, body := v.run(url.Values{"c": {"加分"}, "a": {"m4"}, "f0": {"10"}, "f1": {strings.Repeat("长", 10_000)}})
	if status != http.StatusOK || !strings.Contains(body, "answer") {
		t.Errorf("10,000 characters: %d", status)
	}
	status, body = v.run(url.Values{"c": {"加分"}, "f0": {strings.Repeat("长", 10_000)}, "f1": {"10"}})
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a name of 10,000 characters: %d %s", status, body)
	}
	if status, _ := v.get("/v/showcase.goods?q=" + strings.Repeat("x", 10_000)); status != http.StatusOK {
		t.Errorf("a search of 10,000 characters: %d", status)
	}
	status, body = v.post("/do", url.Values{"c": {"清空"}, "x": {strings.Repeat("x", 9<<20)}})
	if status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of 9 MB: %d", status)
	}
	contains(t, body, "太长")
	var file bytes.Buffer
	form := multipart.NewWriter(&file)
	h.must(form.WriteField("c", "导入"))
	part, err := form.CreateFormFile("file", "x.csv")
	h.must(err)
	fmt.Fprint(part, strings.Repeat("a,b\n", 3<<20))
	h.must(form.Close())
	if status, _ := v.do(http.MethodPost, "/do", form.FormDataContentType(), &file); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a file of 12 MB: %d", status)
	}
	if status, _ := v.do(http.MethodPost, "/look", "application/x-www-form-urlencoded", strings.NewReader("weilu_theme=zz;x")); status != http.StatusBadRequest {
		t.Errorf("a wish that is no form: %d", status)
	}
	for _, path := range []string{"/", "/commands"} {
		if status, body := v.do(http.MethodHead, path, "", nil); status != http.StatusOK || body != "" {
			t.Errorf("HEAD %s: %d %s", path, status, body)
		}
	}
	if status, _ := v.post("/look", url.Values{"back": {strings.Repeat("x", 1<<20)}}); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a wish of 1 MB: %d", status)
	}
}

func TestNobodyIsLedElsewhere(t *testing.T) {
	h := build(t, "sqlite", nil)
	v := h.as("m1")
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for back, want := range map[string]string{
		"//evil.example": "/", "https://evil.example/": "/", "/\\evil.example": "/", "/v/../../x": "/", "javascript:alert(1)": "/", "": "/",
		"/v/showcase.goods?q=a": "/v/showcase.goods?q=a", "/commands": "/commands",
	} {
		resp, err := v.client.PostForm(h.srv.URL+"/look", url.Values{"back": {back}, "weilu_theme": {"dark"}})
		h.must(err)
		resp.Body.Close()
		if got := resp.Header.Get("Location"); got != want {
			t.Errorf("%q leads to %q", back, got)
		}
	}
	_, body := v.get("/do?c=清空&b=https://evil.example/")
	lacks(t, body, `href="https://evil`, `name="b" value="https`)
}

func TestTheDemosVisitorIsLetInByItsOwnPagesOnly(t *testing.T) {
	h := build(t, "sqlite", nil)
	if status, _ := h.stranger().get("/visit"); status != http.StatusNotFound {
		t.Errorf("without a demo: %d", status)
	}
	h = build(t, "sqlite", func(o *console.Options) { o.Visitor = owner })
	for site, in := range map[string]bool{"same-origin": true, "none": true, "cross-site": false, "same-site": false} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.srv.URL+"/visit", nil)
		h.must(err)
		req.Header.Set("Sec-Fetch-Site", site)
		if _, body := h.stranger().send(req); strings.Contains(body, "林岚") != in {
			t.Errorf("from %s: in is not %v", site, in)
		}
	}
}
