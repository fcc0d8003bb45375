package wechat_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

func TestACrashBeforeTheCursorIsSavedBringsTheMessagesAgain(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	into := newSink()
	p := run(t, s, t.TempDir(), into).up()
	g.Say(ming, "一")
	into.hears(t, "一")
	before := snapshot(t, p.dir)
	g.Say(ming, "二")
	into.hears(t, "二")
	p.stop()
	g.Say(ming, "三")
	twice := into.again()
	run(t, s, before, into).up()
	into.hears(t, "三")
	if into.again() == twice {
		t.Error("what was delivered before the crash was not delivered again")
	}
	if got := into.texts(); len(got) != 3 {
		t.Errorf("heard %q", got)
	}
}

// snapshot copies a directory that the program is writing to: a file that was put in its place while it was copied is
// copied again.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	for range 100 {
		to := t.TempDir()
		err := os.CopyFS(to, os.DirFS(dir))
		if err == nil {
			return to
		}
		if !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	t.Fatalf("%s does not hold still", dir)
	return ""
}

// cursor is the position in the saved login.
func cursor(t *testing.T, dir string) int64 {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, "wechat", "session.json"))
	if err != nil {
		return -1
	}
	var saved struct {
		SyncKey struct{ List []struct{ Key, Val int64 } }
	}
	if err := json.Unmarshal(content, &saved); err != nil {
		t.Fatal(err)
	}
	return saved.SyncKey.List[1].Val
}

func TestTheSavedCursorIsNeverAheadOfWhatIsStored(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true, QuietLogin: true, Batch: 3})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	into := newSink()
	p := run(t, s, t.TempDir(), into).up()
	into.setRefuse(errors.New("disk full"))
	at := cursor(t, p.dir)
	for range 10 {
		g.Say(ming, "一")
	}
	soon(t, "the alarm", func() bool { began, _ := p.rang("storage"); return began == 1 })
	if now := cursor(t, p.dir); now != at {
		t.Errorf("the cursor moved from %d to %d", at, now)
	}
	into.setRefuse(nil)
	into.until(t, "all ten", func(e []bot.Event) bool { return count(e, bot.Message) == 10 })
	soon(t, "the end of the alarm", func() bool { _, over := p.rang("storage"); return over == 1 })
	soon(t, "the cursor to follow", func() bool { return cursor(t, p.dir) >= at+10 })
}

func TestTheLoginIsReadableByItsOwnerOnly(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true})
	p := run(t, s, t.TempDir(), newSink()).up()
	p.stop()
	files, err := os.ReadDir(filepath.Join(p.dir, "wechat"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		info, err := f.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f.Name(), info.Mode(), err)
		}
		names = append(names, f.Name())
	}
	if !slices.Equal(names, []string{"device", "hours.json", "session.json"}) {
		t.Errorf("the directory holds %v", names)
	}
}

func TestASavedLoginThatIsBrokenMeansAScan(t *testing.T) {
	for name, content := range map[string]string{"empty": "", "no JSON": "{", "another form": "[]", "no cursor": `{"WechatDomain":"wx.qq.com"}`} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, wechattest.Options{AutoScan: true})
			dir := t.TempDir()
			if err := os.MkdirAll(filepath.Join(dir, "wechat"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "wechat", "session.json"), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			run(t, s, dir, newSink()).up()
		})
	}
}

func TestEveryRequestNamesTheSameDevice(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	dir := t.TempDir()
	named := map[string]int{}
	for login := range 3 { // by a scan, with the saved session, and by a scan again
		if login == 2 {
			s.RefusePush(true)
			s.Logout(1101)
		}
		p := run(t, s, dir, newSink()).up()
		g.Say(ming, "一")
		p.sink.hears(t, "一")
		if _, err := p.Send(t.Context(), bot.Outgoing{Route: p.chatOf(), Text: "二"}); err != nil {
			t.Fatal(err)
		}
		p.stop()
	}
	file, err := os.ReadFile(filepath.Join(dir, "wechat", "device"))
	if err != nil {
		t.Fatal(err)
	}
	device := strings.TrimSpace(string(file))
	for _, r := range s.Requests() {
		if r.Device != "" && r.Device != device {
			t.Errorf("%s names %s, not %s", r.Path, r.Device, device)
		}
		if r.Device == device {
			named[r.Path]++
		}
	}
	for _, path := range []string{"webwxinit", "webwxstatusnotify", "synccheck", "webwxsync", "webwxsendmsg", "webwxbatchgetcontact"} {
		if named[path] == 0 {
			t.Errorf("%s named no device", path)
		}
	}
	if s.Logins() != 2 {
		t.Errorf("%d logins", s.Logins())
	}
}

func TestALoginThatCannotBeSavedIsTold(t *testing.T) {
	s := serve(t, wechattest.Options{AutoScan: true, QuietLogin: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	p := run(t, s, t.TempDir(), newSink()).up()
	file := filepath.Join(p.dir, "wechat", "session.json")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(file, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	g.Say(ming, "一")
	p.sink.hears(t, "一")
	soon(t, "the alarm", func() bool { began, _ := p.rang("disk"); return began == 1 })
	g.Say(ming, "二")
	p.sink.hears(t, "二")
	if err := os.RemoveAll(file); err != nil {
		t.Fatal(err)
	}
	g.Say(ming, "三")
	p.sink.hears(t, "三")
	soon(t, "the end of the alarm", func() bool { _, over := p.rang("disk"); return over == 1 })
	if got := p.sink.texts(); !slices.Equal(got, []string{"一", "二", "三"}) {
		t.Errorf("heard %q", got)
	}
	if began, _ := p.rang("disk"); began != 1 || cursor(t, p.dir) < 0 {
		t.Errorf("the alarm rang %d times; the cursor is %d", began, cursor(t, p.dir))
	}
}

func TestASavedLoginThatCannotBeReadIsTold(t *testing.T) {
	s := serve(t, wechattest.Options{})
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "wechat", "session.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	p := run(t, s, dir, newSink())
	soon(t, "the alarm", func() bool { began, _ := p.rang("disk"); return began == 1 })
}

func TestForgetLeavesOnlyWhatIsOfTheCommunity(t *testing.T) {
	dir := t.TempDir()
	if err := wechat.Forget(dir); err != nil {
		t.Errorf("where nothing is: %v", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "wechat"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"session.json", "device", "stopped.json", "login-qr.png", "hours.json"} {
		if err := os.WriteFile(filepath.Join(dir, "wechat", name), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := wechat.Forget(dir); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Join(dir, "wechat"))
	if err != nil || len(left) != 1 || left[0].Name() != "hours.json" {
		t.Errorf("left: %v, %v", left, err)
	}
}
