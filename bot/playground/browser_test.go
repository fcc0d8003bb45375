package playground_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/playground"
)

// browser is a tab of a real browser and what it complained about.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex // guards what follows
	complaints []string
	foreign    []string
}

func openBrowser(t *testing.T, width, height int64) *browser {
	t.Helper()
	exe := ""
	for _, name := range []string{"chromium", "google-chrome", "chromium-browser"} {
		if path, err := exec.LookPath(name); err == nil {
			exe = path
			break
		}
	}
	if exe == "" {
		t.Skip("no chromium or google-chrome in PATH: the page was not looked at")
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
	b.do(network.Enable(), log.Enable(), runtime.Enable(), emulation.SetDeviceMetricsOverride(width, height, 1, width < 700))
	return b
}

func (b *browser) hear(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch ev := ev.(type) {
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.LevelError || ev.Entry.Level == log.LevelWarning {
			b.complaints = append(b.complaints, ev.Entry.Text+" "+ev.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, ev.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.APITypeError || ev.Type == runtime.APITypeWarning {
			b.complaints = append(b.complaints, fmt.Sprint(ev.Args))
		}
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

// open loads a page and waits until it listens.
func (b *browser) open(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url), chromedp.WaitReady("html[data-ready=yes]"))
}

// sees waits until a condition in the page's own language holds.
func (b *browser) sees(condition string) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, chromedp.Poll(condition, nil, chromedp.WithPollingTimeout(8*time.Second))); err != nil {
		b.t.Fatalf("never came true: %s: %v", condition, err)
	}
}

func (b *browser) says(words string) {
	b.t.Helper()
	b.sees(fmt.Sprintf("document.getElementById('log').innerText.includes(%q)", words))
}

func (b *browser) click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(selector, chromedp.ByQuery))
}

// press presses a key as a keyboard does: what the page prevents doesn't happen, unlike with chromedp.KeyEvent.
func (b *browser) press(key string) {
	b.t.Helper()
	code := map[string]int64{"Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40}[key]
	down := input.DispatchKeyEvent(input.KeyDown).WithKey(key).WithCode(key).WithWindowsVirtualKeyCode(code)
	if key == "Enter" {
		down = down.WithText("\r")
	}
	b.do(down, input.DispatchKeyEvent(input.KeyUp).WithKey(key).WithCode(key).WithWindowsVirtualKeyCode(code))
}

// types writes into the field of the composer.
func (b *browser) types(text string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible("#text", chromedp.ByQuery), chromedp.SendKeys("#text", text, chromedp.ByQuery))
}

// clean fails the test where the browser complained, asked somebody else, or scrolls sideways.
func (b *browser) clean() {
	b.t.Helper()
	b.sees("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.complaints)+len(b.foreign) > 0 {
		b.t.Errorf("the browser complained: %q, asked others: %q", b.complaints, b.foreign)
	}
}

// shot writes a picture of the page where PLAYGROUND_SHOTS names a directory: for people to look at.
func (b *browser) shot(name string) {
	b.t.Helper()
	dir := os.Getenv("PLAYGROUND_SHOTS")
	if dir == "" {
		return
	}
	var data []byte
	b.do(chromedp.CaptureScreenshot(&data))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), data, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func TestTheWholeStoryInABrowser(t *testing.T) {
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"wide", 1280, 800}, {"phone", 390, 844}} {
		t.Run(size.name, func(t *testing.T) {
			b := openBrowser(t, size.width, size.height)
			s := newStage(t, nil)
			s.clock.due = func(at time.Time) {
				s.sink.say(bot.Outgoing{Text: "早安", SaidAt: at, Route: bot.Route{Chat: "main"}})
			}
			b.open(s.srv.URL + "/#" + "g%3Amain")
			speak(b)
			switchPersona(b)
			b.do(chromedp.Evaluate("document.getElementById('back').click()", nil)) // on a phone the clock is on the screen of the list
			b.click("[data-move=morning]")
			b.sees("document.getElementById('now').textContent.includes('11月3日 周二 08:00')")
			b.do(chromedp.Evaluate("location.hash='#g%3Amain'", nil))
			b.says("早安")
			b.says("时间来到 11月3日")
			b.shot("story-" + size.name)
			b.clean()
			if got := s.sink.delivered(); len(got) < 2 || !got[0].ToBot || len(got[0].Mentions) != 1 || got[0].Mentions[0].User != "u2" {
				t.Errorf("delivered %+v", got)
			}
		})
	}
}

// speak writes a message with two mentions, chosen by keyboard, and hears the answer.
func speak(b *browser) {
	b.t.Helper()
	b.types("@")
	b.sees("document.querySelectorAll('#complete .offer').length === 2")
	b.press("ArrowDown")
	b.press("ArrowUp")
	b.press("Enter")
	b.types("@小")
	b.sees("document.querySelectorAll('#complete .offer').length === 1")
	b.press("Escape")
	b.sees("document.getElementById('complete').hidden")
	b.types("红")
	b.sees("!document.getElementById('complete').hidden")
	b.press("Enter")
	b.types("签到")
	b.sees("document.getElementById('text').value === '@围炉\u2005@小红\u2005签到'")
	b.press("Enter")
	b.sees("document.getElementById('text').value === ''")
	b.says("签到成功 +5")
	b.sees("document.querySelector('#log .bot .badge') !== null && document.querySelector('#log .bot .mention.mine') !== null")
}

// switchPersona becomes the newcomer, who joins and asks in private.
func switchPersona(b *browser) {
	b.t.Helper()
	b.click("#as")
	b.do(chromedp.WaitVisible("#who[open]"))
	b.do(chromedp.Evaluate("[...document.querySelectorAll('#who-list button')].find((b) => b.innerText.includes('新来的')).click()", nil))
	b.do(chromedp.WaitVisible("#gate .button.main"))
	b.click("#gate .button.main")
	b.says("新来的\u2069 加入了群聊")
	b.do(chromedp.Evaluate("location.hash='#private'", nil))
	b.says("私聊")
	b.types("签到")
	b.press("Enter")
	b.says("签到成功 +5")
}

func TestAMessageThatFailedIsRetriedInTheBrowser(t *testing.T) {
	b := openBrowser(t, 390, 844)
	s := newStage(t, nil)
	s.sink.setBroken(true)
	b.open(s.srv.URL + "/?lang=en#g%3Amain")
	b.types("签到")
	b.press("Enter")
	b.says("Not sent")
	s.sink.setBroken(false)
	b.click(".failed-mark")
	b.says("签到成功 +5")
	b.sees("document.querySelector('.failed') === null")
	if got := s.sink.delivered(); len(got) != 2 || got[0].ID != got[1].ID {
		t.Errorf("delivered %+v", got)
	}
}

func TestAPageComesBackAfterTheServerWasAway(t *testing.T) {
	b := openBrowser(t, 1280, 800)
	s := newStage(t, nil)
	b.open(s.srv.URL + "/#g%3Amain")
	s.stop()
	b.sees("!document.getElementById('banner').hidden")
	b.types("还在吗")
	b.press("Enter")
	b.sees("document.getElementById('text').value === '还在吗'") // what was written is not lost
	b.shot("lost")
	s.start()
	b.sees("document.getElementById('banner').hidden")
	b.press("Enter")
	b.says("还在吗")
}

func TestHostileNamesAndWordsAreOnlyWords(t *testing.T) {
	b := openBrowser(t, 390, 844)
	evil := `<img src=x onerror="document.title='owned'">`
	s := newStage(t, func(o *playground.Options) {
		o.People[0].Name = evil
		o.Groups[0].Name = evil
	})
	b.open(s.srv.URL + "/#g%3Amain")
	b.types(evil + strings.Repeat("W", 300) + "\u202e")
	b.press("Enter")
	b.sees("document.querySelector('#log .words')?.textContent.startsWith('<img')")
	b.click("#show-members")
	b.sees("document.querySelectorAll('img').length === 1 && document.title !== 'owned'") // the one of the viewer
	b.clean()
}

// paint is a picture to send.
func paint(t *testing.T, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			img.Set(x, y, color.RGBA{uint8(200 + x*50/width), uint8(90 + y*120/height), uint8(60 + (x^y)&31), 255})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var _ playground.Clock = (*toyClock)(nil)
