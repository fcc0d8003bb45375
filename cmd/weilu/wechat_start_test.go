package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
	"github.com/weilu-im/weilu/community"
)

// TestWeChatRiskMustBeAccepted refuses to log in before somebody has read the notice.
func TestWeChatRiskMustBeAccepted(t *testing.T) {
	data := t.TempDir()
	_, errs, code := weilu(t, "yes\n", "run", "--transport", "wechat", "--data", data) // a pipe is no person
	if code != 1 || !strings.Contains(errs, "--accept-risk") || !strings.Contains(errs, "风险") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if left, err := os.ReadDir(data); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// TestWeChatAPersonIsAskedAboutTheRisk answers at the prompt.
func TestWeChatAPersonIsAskedAboutTheRisk(t *testing.T) {
	for said, accepted := range map[string]bool{
		"yes\n": true, "YES\r\n": true, "  yes  \n": true, "yes": true, "no\n": false, "y\n": false, "\n": false, "": false, "yes, but\n": false, "no\nyes\n": false,
	} {
		t.Run(said, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			var shown strings.Builder
			err := acceptRisk(data, false, true, strings.NewReader(said), &shown, time.Now())
			if (err == nil) != accepted || !strings.Contains(shown.String(), "封禁") || !strings.Contains(shown.String(), "Type yes") {
				t.Errorf("%v after %s", err, shown.String())
			}
			shown.Reset()
			err = acceptRisk(data, false, true, strings.NewReader("no\n"), &shown, time.Now()) // who said yes once is not asked again
			if (err == nil) != accepted || (shown.Len() == 0) != accepted {
				t.Errorf("then %v after %q", err, shown.String())
			}
		})
	}
}

// TestWeChatTellsTheOwnerHowToBindAtEveryStart prints no code before a start can succeed, and says how to get one until
// there is an owner.
func TestWeChatTellsTheOwnerHowToBindAtEveryStart(t *testing.T) {
	s := wechattest.New(wechattest.Options{AutoScan: true, AutoPush: true})
	defer s.Close()
	wang := s.Person("老王", wechattest.Attr{Friend: true, Remark: "王总-0001"})
	data := filepath.Join(t.TempDir(), "data")
	for key, value := range map[string]string{"HTTPS_PROXY": "http://127.0.0.1:99999", "SSL_CERT_FILE": t.TempDir()} {
		t.Run(key, func(t *testing.T) {
			t.Setenv(key, value)
			out, errs, code := weilu(t, "", "run", "--transport", "wechat", "--data", data, "--accept-risk")
			if code != 1 || !strings.Contains(errs, key) || strings.Contains(out+errs, "bind code") {
				t.Errorf("exit %d: %s%s", code, out, errs)
			}
		})
	}
	b := startWeChat(t, s, "weilu-hurried", data)
	code := b.bindCode()
	b.says("logged in as")
	b.stop()
	b = startWeChat(t, s, "weilu-hurried", data)
	b.says("weilu bind-code")
	b.says("logged in as")
	wang.Whisper("绑定 " + code)
	waitSent(t, s, "answer to 绑定", sentInPrivate(wang, "所有者"))
	b.stop()
	b = startWeChat(t, s, "weilu-hurried", data)
	b.says("serving")
	b.stop()
	if slices.ContainsFunc(b.errs.all, func(l string) bool { return strings.Contains(l, "bind") }) {
		t.Errorf("there is an owner: %q", b.errs.all)
	}
}

// TestWeChatSettingsReachTheTransport gives every key of the section another value than it has by itself.
func TestWeChatSettingsReachTheTransport(t *testing.T) {
	g := &Globals{Data: t.TempDir(), Set: map[string]string{
		"wechat.per_minute": "3", "wechat.per_hour": "33", "wechat.per_day": "333", "wechat.quiet_from": "22:30", "wechat.quiet_until": "06:15",
		"wechat.deaf_hours": "9", "wechat.adopt": "[大群, G07]",
	}}
	s, _, err := load(g)
	if err != nil {
		t.Fatal(err)
	}
	o := s.WeChat.options(g, slog.New(slog.DiscardHandler), true)
	if o.Timing.DeafAfter != 9*time.Hour || !o.Resume || o.Dir != g.Data {
		t.Errorf("the options are %+v", o)
	}
	tr, err := wechat.New(o)
	if err != nil {
		t.Fatal(err)
	}
	want := bot.PersonPace()
	want.PerMinute, want.PerHour, want.PerDay = 3, 33, 333
	want.QuietFrom, want.QuietUntil = 22*time.Hour+30*time.Minute, 6*time.Hour+15*time.Minute
	if diff := cmp.Diff(&want, tr.Capabilities().Pace); diff != "" {
		t.Errorf("the pace (-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		name, code string
		adopted    bool
	}{{"大群", "", true}, {"别的群", community.GroupCode("小助手·G07"), true}, {"别的群", community.GroupCode("小助手·G08"), false}, {"大群二", "", false}, {"", "", false}} {
		if s.WeChat.adopts(c.name, c.code) != c.adopted {
			t.Errorf("%q %q: adopted is not %t", c.name, c.code, c.adopted)
		}
	}
}
