package console_test

import (
	"context"
	"fmt"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/weilu-im/weilu/community/console"
)

// browser is a tab of a real browser and what it complained about.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex // guards what follows
	complaints []string
	foreign    []string
}

func openBrowser(t *testing.T, width, height int64, scheme string) *browser {
	t.Helper()
	exe := ""
	for _, name := range []string{"chromium", "google-chrome", "chromium-browser"} {
		if path, err := exec.LookPath(name); err == nil {
			exe = path
			break
		}
	}
	if exe == "" {
		t.Skip("no chromium or google-chrome in PATH: the pages were not looked at")
	}
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(exe), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.WindowSize(int(width), int(height)), chromedp.Flag("log-level", "3"),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("accept-lang", "zh-CN"),
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancelTab := chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {}))
	t.Cleanup(cancelTab)
	ctx, cancelTime := context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(cancelTime)
	b := &browser{t: t, ctx: ctx}
	chromedp.ListenTarget(ctx, b.hear)
	b.do(network.Enable(), log.Enable(), runtime.Enable(), emulation.SetDeviceMetricsOverride(width, height, 1, width < 700),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}))
	return b
}

func (b *browser) hear(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch ev := ev.(type) {
	case *log.EventEntryAdded:
		if strings.Contains(ev.Entry.Text, "status of 422") {
			return // a form that asks again
		}
		if ev.Entry.Level == log.LevelError || ev.Entry.Level == log.LevelWarning {
			b.complaints = append(b.complaints, ev.Entry.Text+" "+ev.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, ev.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		b.complaints = append(b.complaints, fmt.Sprint(ev.Args))
	case *network.EventRequestWillBeSent:
		if u := ev.Request.URL; !strings.HasPrefix(u, "http://127.0.0.1:") && !strings.HasPrefix(u, "data:") {
			b.foreign = append(b.foreign, u)
		}
	}
}

func (b *browser) do(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// sees waits until a condition in the page's own language holds, also while one page follows another.
func (b *browser) sees(condition string) {
	b.t.Helper()
	var err error
	for range 160 {
		var is bool
		if err = chromedp.Run(b.ctx, chromedp.Evaluate(condition, &is)); err == nil && is {
			return
		}
		if chromedp.Run(b.ctx, chromedp.Sleep(50*time.Millisecond)) != nil {
			break
		}
	}
	b.t.Fatalf("never came true: %s: %v", condition, err)
}

func (b *browser) says(words string) {
	b.t.Helper()
	b.sees(fmt.Sprintf("document.readyState === 'complete' && document.body.innerText.includes(%q)", words))
}

func (b *browser) click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(selector, chromedp.ByQuery))
}

// value is what an expression in the page's own language is.
func value[T any](b *browser, expression string) (v T) {
	b.t.Helper()
	b.do(chromedp.Evaluate(expression, &v))
	return v
}

// clean fails the test where the browser complained, asked somebody else, or the page scrolls sideways.
func (b *browser) clean() {
	b.t.Helper()
	if over := value[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); over > 0 {
		b.t.Errorf("the page is %d too wide: %s", over, value[string](b, `[...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll')).map((e) => e.tagName + '.' + e.className).slice(0, 5).join(' ')`))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.complaints)+len(b.foreign) > 0 {
		b.t.Errorf("the browser complained: %q, asked others: %q", b.complaints, b.foreign)
	}
}

// shot writes a picture of the page where CONSOLE_SHOTS names a directory: for people to look at.
func (b *browser) shot(name string) {
	b.t.Helper()
	dir := os.Getenv("CONSOLE_SHOTS")
	if dir == "" {
		return
	}
	var data []byte
	b.do(chromedp.FullScreenshot(&data, 100))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), data, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// faint lists what is hard to read: text with less contrast than 4.5 to what is behind it.
const faint = `(() => {
  const parse = (c) => { const m = c.match(/[\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m };
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 }); return .2126 * r + .7152 * g + .0722 * b };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c } return [255, 255, 255, 1] };
  const found = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || !e.getClientRects().length || e.closest('.unseen, .skip, svg')) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) found.push(e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 20) + ' ' + ratio.toFixed(2));
  }
  return found.join('\n');
})()`

func (b *browser) readable() {
	b.t.Helper()
	if found := value[string](b, faint); found != "" {
		b.t.Errorf("hard to read:\n%s", found)
	}
}

func TestTheWholeStoryInABrowser(t *testing.T) {
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"wide", 1280, 800}, {"phone", 390, 844}} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(size.name+"-"+scheme, func(t *testing.T) {
				h := build(t, "sqlite", func(o *console.Options) {
					o.Status = func(context.Context) (console.Status, error) {
						return console.Status{Transport: "wechat", State: console.Up, Since: noon.Add(-50 * time.Hour), Waiting: 3, Oldest: noon.Add(-time.Minute), Later: 12, Failed: 1}, nil
					}
				})
				b := openBrowser(t, size.width, size.height, scheme)
				story(b, h, size.name+"-"+scheme)
			})
		}
	}
}

func story(b *browser, h *house, name string) {
	b.t.Helper()
	look := func(page string) {
		b.t.Helper()
		b.shot(name + "-" + page)
		b.readable()
		b.clean()
	}
	b.do(chromedp.Navigate(h.srv.URL + "/login"))
	look("1-door")
	b.do(chromedp.Navigate(h.srv.URL + "/login/" + h.link("m1")))
	b.says("只能用一次")
	look("2-link")
	b.click("main button")
	b.says("等待发送")
	look("3-overview")
	if strings.HasPrefix(name, "phone") {
		b.click(".menu-button")
		b.sees("document.querySelector('.side').getClientRects().length > 0")
		look("4-menu")
	}
	b.do(chromedp.Evaluate("[...document.querySelectorAll('.side summary')].find((s) => s.textContent.includes('积分')).click()", nil))
	b.do(chromedp.Evaluate("[...document.querySelectorAll('.side a')].find((a) => a.innerText.trim() === '商品').click()", nil))
	b.says("凤凰单丛")
	look("5-view")
	b.do(chromedp.Navigate(h.srv.URL + "/v/showcase.member?id=小红"))
	b.says("是哪一位")
	look("6-which")
	b.do(chromedp.Navigate(h.srv.URL + "/commands"))
	b.do(chromedp.Evaluate("[...document.querySelectorAll('.command')].filter((d) => ['加分', '任命'].includes(d.querySelector('b').innerText)).forEach((d) => { d.open = true })", nil))
	look("7-commands")
	b.do(chromedp.Navigate(h.srv.URL + "/do?c=加分&l=送分&b=/v/showcase.goods"))
	b.do(chromedp.SendKeys("#f-f0", "小红", chromedp.ByQuery), chromedp.SendKeys("#f-f1", "5000", chromedp.ByQuery), chromedp.SendKeys("#f-f2", "带新人很用心", chromedp.ByQuery))
	b.click("main .go button")
	b.says("请选一位")
	look("8-several")
	b.click("input[value=m6]")
	b.click("main .go button")
	b.says("要给 小红 加 5000 分")
	look("9-confirm")
	b.click("main .go button")
	b.says("已给 小红 加 5000 分")
	look("a-done")
	if got := h.balance("m6"); got != 5000 {
		b.t.Errorf("%d points", got)
	}
	b.do(chromedp.Navigate(h.srv.URL + "/do?c=清空&l=下架&g=1&b=/v/showcase.goods"))
	look("b-grave")
}

func TestThePagesAreReachedByKeyboard(t *testing.T) {
	h := build(t, "sqlite", nil)
	b := openBrowser(t, 1280, 800, "light")
	b.do(chromedp.Navigate(h.srv.URL + "/login/" + h.link("m1")))
	b.says("只能用一次")
	for range 12 { // the button is reached, and pressed
		b.do(chromedp.KeyEvent(kb.Tab))
		if value[string](b, "document.activeElement.innerText || ''") == "进入" {
			break
		}
	}
	b.do(chromedp.KeyEvent(kb.Enter))
	b.says("等待发送")
	b.do(chromedp.KeyEvent(kb.Tab))
	if got := value[string](b, "document.activeElement.className"); got != "skip" {
		t.Errorf("the first stop is %q", got)
	}
	b.do(chromedp.KeyEvent(kb.Enter))
	b.sees("location.hash === '#main'")
	b.do(chromedp.Navigate(h.srv.URL + "/v/showcase.goods"))
	seen := map[string]bool{}
	for range 60 {
		b.do(chromedp.KeyEvent(kb.Tab))
		seen[value[string](b, "document.activeElement.name || document.activeElement.innerText || ''")] = true
		if value[bool](b, `document.activeElement !== document.body && getComputedStyle(document.activeElement).outlineStyle === 'none'`) {
			t.Errorf("no focus is seen on %s", value[string](b, "document.activeElement.outerHTML.slice(0, 200)"))
		}
	}
	for _, want := range []string{"商品", "命令", "退出登录", "weilu_theme", "weilu_lang", "q", "period", "查看", "导入文件", "补货", "下架", "下一页 →"} {
		if !seen[want] {
			t.Errorf("%q is not reached: %v", want, seen)
		}
	}
	b.clean()
}

func TestACodeToScanIsShown(t *testing.T) {
	picture := paint(t, 160, color.Black)
	h := build(t, "sqlite", func(o *console.Options) {
		o.Status = func(context.Context) (console.Status, error) {
			return console.Status{Transport: "wechat", State: console.Scanning, Since: noon, Code: picture}, nil
		}
	})
	b := openBrowser(t, 390, 844, "light")
	b.do(chromedp.Navigate(h.srv.URL + "/login/" + h.link("m1")))
	b.click("main button")
	b.says("等待扫码")
	b.sees("document.querySelector('.scan img').naturalWidth === 160")
	b.shot("code")
	b.do(chromedp.Navigate(h.srv.URL + "/v/showcase.member")) // a page that says so shows it, too
	b.sees("document.querySelector('.scan img').naturalWidth === 160")
	b.shot("code-on-a-page")
	b.do(chromedp.Navigate(h.srv.URL + "/v/showcase.goods"))
	b.sees("document.querySelector('.scan') === null")
	b.clean()
}

func TestItWorksWithoutScripts(t *testing.T) {
	h := build(t, "sqlite", nil)
	b := openBrowser(t, 390, 844, "dark")
	b.do(emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(h.srv.URL+"/login/"+h.link("m1")))
	b.click("main button")
	b.do(chromedp.WaitVisible(".figures", chromedp.ByQuery))
	b.click(".menu-button")
	b.do(chromedp.WaitVisible(".side .look", chromedp.ByQuery))
	b.click(".side .look button[value=light]")
	b.do(chromedp.WaitReady("html[data-theme=light]", chromedp.ByQuery))
}
