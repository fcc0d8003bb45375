package console_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/console"
)

func owner(context.Context) (string, error) { return "m1", nil }

func TestACommandIsGivenOnceHoweverOftenItsFormIsSent(t *testing.T) {
	each(t, func(h *house) {
		v := h.as("m2")
		_, page := v.get("/commands")
		form := url.Values{"c": {"加分"}, "f0": {"m4"}, "f1": {"10"}, "f2": {"分享了 好内容"}, "token": {tokens.FindStringSubmatch(page)[1]}}
		for range 3 {
			status, body := v.post("/do", form)
			if status != http.StatusOK {
				t.Fatal(status, body)
			}
			contains(t, body, "已给 小明 加 10 分", "分享了 好内容", "撤销这次操作")
		}
		if got := h.balance("m4"); got != 10 {
			t.Errorf("%d points", got)
		}
		form.Set("f1", "5")
		v.post("/do", form)
		if got := h.balance("m4"); got != 15 {
			t.Errorf("another amount out of the same form: %d points", got)
		}
		// The same form of somebody else is a command of theirs, and shows nothing of the first.
		if _, body := h.as("m1").post("/do", form); !strings.Contains(body, "现在有 20 分") || h.balance("m4") != 20 {
			t.Errorf("%d points: %s", h.balance("m4"), body)
		}
	})
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)

// press sends the form on a page whose button says words.
func (v *visitor) press(page, words string) (int, string) {
	v.h.t.Helper()
	before, _, ok := strings.Cut(page, words+"</button>")
	i := strings.LastIndex(before, "<form")
	if !ok || i < 0 {
		v.h.t.Fatalf("no button %q: %s", words, page)
	}
	values := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(before[i:], -1) {
		values.Set(m[1], m[2])
	}
	return v.post("/do", values)
}

func TestWhatIsAskedBackIsAnsweredByButtons(t *testing.T) {
	each(t, func(h *house) {
		v := h.as("m2")
		_, body := v.run(url.Values{"c": {"加分"}, "a": {"m4"}, "f0": {"5000"}, "b": {"/v/showcase.goods"}})
		contains(t, body, "要给 小明 加 5000 分", "确认执行", `href="/v/showcase.goods"`)
		if h.balance("m4") != 0 {
			t.Error("it did not wait")
		}
		_, body = v.press(body, "确认执行")
		contains(t, body, "已给 小明 加 5000 分")
		if h.balance("m4") != 5000 {
			t.Errorf("%d points", h.balance("m4"))
		}
		_, body = v.press(body, "撤销这次操作")
		contains(t, body, "已撤销")
		if h.balance("m4") != 0 {
			t.Errorf("%d points after the undo", h.balance("m4"))
		}
		var actors []string
		h.must(h.db.Conn(t.Context()).Table("audits").Distinct().Pluck("actor", &actors).Error)
		if fmt.Sprint(actors) != "[m2]" {
			t.Errorf("the audit has %v", actors)
		}
	})
}

func TestSomebodyIsFoundByName(t *testing.T) {
	h := build(t, "sqlite", nil)
	v := h.as("m2")
	_, body := v.run(url.Values{"c": {"加分"}, "f0": {"小明"}, "f1": {"10"}})
	contains(t, body, "已给 小明 加 10 分")
	status, body := v.run(url.Values{"c": {"加分"}, "f0": {"@小红"}, "f1": {"10"}, "f2": {"谢谢"}})
	if status != http.StatusUnprocessableEntity {
		t.Error(status)
	}
	contains(t, body, "请选一位", `value="m5"`, `value="m6"`, `value="10"`, ">谢谢</textarea>")
	_, body = v.run(url.Values{"c": {"加分"}, "f0": {"@小红"}, "f0id": {"m6"}, "f1": {"10"}})
	contains(t, body, "已给 小红 加 10 分")
	if h.balance("m6") != 10 || h.balance("m5") != 0 {
		t.Errorf("%d and %d points", h.balance("m5"), h.balance("m6"))
	}
	// Who changes their mind after choosing means the new name.
	_, body = v.run(url.Values{"c": {"加分"}, "f0": {"小明"}, "f0id": {"m6"}, "f1": {"1"}})
	contains(t, body, "已给 小明 加 1 分")
	_, body = v.run(url.Values{"c": {"加分"}, "f0": {"查无此人"}, "f1": {"10"}})
	contains(t, body, "没有找到这个人")
	_, body = v.run(url.Values{"c": {"加分"}, "f0": {"img"}, "f1": {"10"}})
	lacks(t, body, "<img src=x")
}

func TestATableIsGivenAsAFile(t *testing.T) {
	h := build(t, "sqlite", nil)
	v := h.as("m1")
	_, page := v.get("/do?c=导入")
	contains(t, page, `type="file"`, "multipart/form-data")
	lacks(t, page, "required")
	send := func(content string) string {
		var file bytes.Buffer
		form := multipart.NewWriter(&file)
		h.must(form.WriteField("c", "导入"))
		h.must(form.WriteField("token", content))
		part, err := form.CreateFormFile("file", "x.csv")
		h.must(err)
		fmt.Fprint(part, content)
		h.must(form.Close())
		_, body := v.do(http.MethodPost, "/do", form.FormDataContentType(), &file)
		return body
	}
	contains(t, send("name,n\n小明,3\n"), "读到 2 行", "小明")
	contains(t, send("a,b\n\"broken\n"), "没读懂")
	_, body := v.run(url.Values{"c": {"导入"}})
	contains(t, body, "读到 0 行")
	h = build(t, "sqlite", func(o *console.Options) { o.ReadTable = community.ReadTable })
	v = h.as("m1")
	contains(t, send("\xd0\xcf\x11\xe0"), "旧版或加密的 Excel")
}

func TestANumberHasNoSpaces(t *testing.T) {
	h := build(t, "sqlite", nil)
	v := h.as("m1")
	_, body := v.run(url.Values{"c": {"加分"}, "f0": {"m4"}, "f1": {"1 000"}, "f2": {"奖励"}})
	contains(t, body, "数字里不要有空格", `aria-invalid="true"`)
	if n := h.balance("m4"); n != 0 {
		t.Errorf("%d points", n)
	}
}

func TestAFormAsksForWhatIsNotKnown(t *testing.T) {
	h := build(t, "sqlite", nil)
	v := h.as("m1")
	_, body := v.get("/do?c=加分&a=m4&l=送分&g=1&b=/v/showcase.goods")
	contains(t, body, "<h1 dir=\"auto\">送分</h1>", `name="a" value="m4"`, `name="f0"`, "数量", "原因", "拿走")
	lacks(t, body, ">谁<")
	_, body = v.get("/do?c=任命")
	contains(t, body, ">谁<", "<option>管理员</option>")
	_, body = v.get("/do?c=合并&a=m4")
	contains(t, body, `class="literal">到<`)
	for _, path := range []string{"/do", "/do?c=没有", "/do?c=后台", "/do?c=只在群里", "/do?c=加分&a=" + strings.Repeat("x", 600)} {
		if status, _ := v.get(path); status != http.StatusNotFound {
			t.Errorf("%.40s: %d", path, status)
		}
	}
}
