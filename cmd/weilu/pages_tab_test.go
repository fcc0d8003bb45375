package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// tab is a tab of a real browser and what it complained about.
type tab struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // chromedp's tab is its context

	mu         sync.Mutex // guards what follows
	complaints []string
	foreign    []string
}

// openTab opens a tab, or skips the test where no browser is installed.
func openTab(t *testing.T) *tab {
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
	if testing.Short() {
		t.Skip("-short: the pages are not looked at")
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(exe), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Flag("log-level", "3"), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("force-prefers-reduced-motion", true))
	t.Cleanup(cancel)
	ctx, cancelTab := chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {}))
	t.Cleanup(cancelTab)
	ctx, cancelTime := context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancelTime)
	b := &tab{t: t, ctx: ctx}
	chromedp.ListenTarget(ctx, b.hear)
	b.do(network.Enable(), log.Enable(), runtime.Enable())
	return b
}

func (b *tab) hear(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch ev := ev.(type) {
	case *log.EventEntryAdded:
		if (ev.Entry.Level == log.LevelError || ev.Entry.Level == log.LevelWarning) && !strings.Contains(ev.Entry.Text, "status of 404") {
			b.complaints = append(b.complaints, ev.Entry.Text+" "+ev.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, ev.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		b.complaints = append(b.complaints, fmt.Sprint(ev.Args))
	case *network.EventRequestWillBeSent:
		if u := ev.Request.URL; !strings.HasPrefix(u, "http://127.0.0.1:") && !strings.HasPrefix(u, "data:") && u != "about:blank" {
			b.foreign = append(b.foreign, u)
		}
	}
}

func (b *tab) do(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// value is what an expression in the page's own language is.
func value[T any](b *tab, expression string) (v T) {
	b.t.Helper()
	b.do(chromedp.Evaluate(expression, &v))
	return v
}

// clean fails the test where the browser complained since it was asked last, or asked somebody else.
func (b *tab) clean() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.complaints)+len(b.foreign) > 0 {
		b.t.Errorf("the browser complained: %q, asked others: %q", b.complaints, b.foreign)
	}
	b.complaints, b.foreign = nil, nil
}

// shot writes a picture of the page where CONSOLE_SHOTS names a directory: for people to look at.
func (b *tab) shot(name string) {
	b.t.Helper()
	dir := os.Getenv("CONSOLE_SHOTS")
	if dir == "" {
		return
	}
	var data []byte
	if err := chromedp.Run(b.ctx, chromedp.FullScreenshot(&data, 100)); err != nil {
		b.t.Logf("no picture of %s: %v", name, err) // a browser has its limits
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), data, 0o600); err != nil {
		b.t.Fatal(err)
	}
}
