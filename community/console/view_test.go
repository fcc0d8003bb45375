package console_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/community/console"
)

func TestAViewIsAPage(t *testing.T) {
	each(t, func(h *house) {
		v := h.as("m2")
		_, body := v.get("/v/showcase.goods?q=壶&period=month&month=2026-10")
		contains(t, body, "<h1 dir=\"auto\">商品</h1>", "查询：壶|month", "本月兑换", ">128<", "比上月多 12 件", "37.5%",
			`<option value="month" selected>本月</option>`, `type="month"`, `value="2026-10"`, `type="date"`,
			"<svg", "<title id=\"chart0t\">每天发出和花掉的积分</title>", "<desc", "polyline", "<rect class=\"bar c0\"",
			"2026-11-02 12:00", `data-label="积分"`, `class="when"`, `<details class="more">`, `href="/v/showcase.member?id=m4"`, "导入文件", "补货", "下一页",
			"&lt;script&gt;", "&lt;img src=x")
		lacks(t, body, "<script>alert", "<img src=x", "没有这个", "NaN", "style=")
		contains(t, body, `href="/v/showcase.goods?after=2&amp;month=2026-10&amp;period=month&amp;q=%E5%A3%B6"`)
		_, body = v.get("/v/showcase.goods?after=2")
		contains(t, body, "回到第一页")
		lacks(t, body, "下一页")
		_, body = v.get("/v/showcase.member?id=小明")
		contains(t, body, "看的是 m4", "空空")
		_, body = v.get("/v/showcase.member?id=小红")
		contains(t, body, "是哪一位", "/v/showcase.member?id=m5", "/v/showcase.member?id=m6")
		if status, _ := v.get("/v/showcase.none"); status != http.StatusNotFound {
			t.Error(status)
		}
	})
}

func TestAViewIsDownloaded(t *testing.T) {
	h := build(t, "sqlite", nil)
	v := h.as("m2")
	_, body := v.get("/v/showcase.goods")
	contains(t, body, "/v/showcase.goods?format=csv&amp;table=goods", "format=json")
	_, file := v.get("/v/showcase.goods?format=csv&table=goods&after=2")
	if !strings.HasPrefix(file, "\ufeff名称,谁上架的,积分,库存,上架时间\n") || strings.Contains(file, "\n=HYPERLINK") || !strings.Contains(file, "凤凰单丛") || !strings.Contains(file, "HYPERLINK") {
		t.Error(file)
	}
	_, file = v.get("/v/showcase.goods?format=json")
	var page struct {
		Figures map[string]any
		Tables  map[string][]map[string]any
	}
	h.must(json.Unmarshal([]byte(file), &page))
	if page.Figures["sold"] != 128.0 || page.Tables["goods"][1]["price"] != 200.0 {
		t.Error(file)
	}
	for _, path := range []string{"/v/showcase.goods?format=xml", "/v/showcase.goods?format=csv&table=none", "/v/none?format=csv"} {
		if status, _ := v.get(path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _ := h.as("m3").get("/v/showcase.member?format=json"); status != http.StatusNotFound {
		t.Errorf("a moderator downloads a page of managers: %d", status)
	}
}

func TestARowsButtonGivesItsCommand(t *testing.T) {
	h := build(t, "sqlite", nil)
	v := h.as("m2")
	_, body := v.get("/v/showcase.goods")
	contains(t, body, "/do?a=1&amp;b=%2Fv%2Fshowcase.goods&amp;c=%E4%B8%8A%E6%9E%B6&amp;l=%E8%A1%A5%E8%B4%A7")
	_, body = v.run(url.Values{"c": {"上架"}, "a": {"1"}, "f0": {"7"}})
	contains(t, body, "已上架 1 7")
}

func TestPagesAreInTheReadersLanguage(t *testing.T) {
	h := build(t, "sqlite", nil)
	v := h.as("m1")
	_, body := v.post("/look", url.Values{"weilu_lang": {"en"}, "back": {"/v/showcase.goods"}})
	contains(t, body, `lang="en"`, "Goods", "Next page", "This week", "Log out everywhere")
	_, body = v.get("/commands")
	contains(t, body, "<b>grant</b>", "Just like saying them")
	_, body = v.post("/look", url.Values{"weilu_theme": {"dark"}, "back": {"/commands"}})
	contains(t, body, `data-theme="dark"`, `content="dark"`)
	_, body = v.get("/nowhere")
	contains(t, body, "There is no such page", `data-theme="dark"`)
}

func TestTheOverviewTellsHowTheBotFares(t *testing.T) {
	s := console.Status{Transport: "wechat", State: console.Scanning, Since: noon.Add(-time.Hour), Code: []byte("PNG"), Waiting: 3, Oldest: noon.Add(-time.Minute), Later: 2,
		Paused: true, Until: noon.Add(time.Hour), Limited: noon.Add(2 * time.Hour), Failed: 4}
	var broken error
	h := build(t, "sqlite", func(o *console.Options) {
		o.Status = func(context.Context) (console.Status, error) { return s, broken }
	})
	v := h.as("m3")
	_, body := v.get("/")
	contains(t, body, "等待扫码", "11:00 起", `src="/code.png"`, `http-equiv="refresh"`, "最早的从 11:59 等到现在", "另有 2 条", "已暂停发言，到 13:00", "14:00 前不发言", ">4<")
	if status, png := v.get("/code.png"); status != http.StatusOK || png != "PNG" {
		t.Error(status, png)
	}
	if _, body := h.stranger().get("/code.png"); body == "PNG" {
		t.Error("a stranger may scan")
	}
	s = console.Status{Transport: "wechat", State: console.Up}
	_, body = v.get("/")
	contains(t, body, "在线", "没有积压", "都发出去了")
	lacks(t, body, "code.png", "refresh")
	if status, _ := v.get("/code.png"); status != http.StatusNotFound {
		t.Error(status)
	}
	broken = errors.New("disk on fire")
	status, body := v.get("/")
	if status != http.StatusInternalServerError {
		t.Error(status)
	}
	contains(t, body, "出了点小问题")
	lacks(t, body, "fire")
}

func TestTheConsoleLivesUnderAPath(t *testing.T) {
	h := build(t, "sqlite", func(o *console.Options) {
		o.URL, o.Hosts, o.Visitor = "https://example.org/console", nil, owner
		o.Chats = "../"
	})
	v := h.stranger()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.srv.URL+"/console/login", nil)
	h.must(err)
	req.Host = "example.org"
	status, body := v.send(req)
	if status != http.StatusOK {
		t.Fatal(status, body)
	}
	contains(t, body, `href="/console/static/base.css"`, `action="/console/visit"`, `href="../"`)
	for _, attr := range []string{`href="/`, `action="/`, `src="/`} {
		if n, m := strings.Count(body, attr), strings.Count(body, attr+"console/"); n != m {
			t.Errorf("%d of %d %s… leave the path", n-m, n, attr)
		}
	}
}
