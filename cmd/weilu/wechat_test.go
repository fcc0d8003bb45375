package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// TestWeChatThroughAProxy is the finished program, unchanged and at its own pace, as an operator and a group see
// it: it logs in through an HTTPS proxy, binds its owner, is silent until 启用, counts a check-in once, ends
// quickly and goes on without a scan.
func TestWeChatThroughAProxy(t *testing.T) {
	s := wechattest.New(wechattest.Options{})
	defer s.Close()
	wang := s.Person("老王", wechattest.Attr{Friend: true, Remark: "王总-0001"})
	ming := s.Person("小明")
	hong := s.Person("小红<b>&amp;")
	group := s.Group("大群", wang, ming, hong)
	group.BotDisplay("小助手·G01")
	data := filepath.Join(t.TempDir(), "data")

	b := startWeChat(t, s, "weilu", data)
	code := b.bindCode()
	b.says("or the file")
	if info, err := os.Stat(filepath.Join(data, "wechat", "login-qr.png")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the code as a picture: %v %v", info, err)
	}
	s.Scan()
	b.says("logged in as")
	group.Say(ming, "签到") // nobody has enabled anything
	wang.Whisper("绑定 " + code)
	waitSent(t, s, "answer to 绑定", sentInPrivate(wang, "所有者"))
	group.Say(wang, "启用")
	waitSent(t, s, "answer to 启用", sentTo(group, "开始在这个群"))
	if all := s.SentTo(group); strings.Contains(all[0].Text, "签到成功") {
		t.Errorf("it answered in a group where nobody had enabled it: %q", all[0].Text)
	}
	group.Say(ming, "签到！")
	if got := waitSent(t, s, "answer to 签到", sentTo(group, "签到成功")); !strings.Contains(got.Text, "小明") {
		t.Errorf("answered %q", got.Text)
	}
	if took := b.stop(); took > 5*time.Second {
		t.Errorf("it took %s to end", took)
	}

	group.Say(hong, "签到") // while nobody listens
	b = startWeChat(t, s, "weilu", data, "--set", "wechat.per_minute=7", "--set", "wechat.per_hour=77", "--set", "wechat.per_day=777")
	if got := waitSent(t, s, "answer to what was said meanwhile", sentTo(group, "小红")); !strings.Contains(got.Text, "签到成功") {
		t.Errorf("answered %q", got.Text)
	}
	wang.Whisper("队列")
	if got := waitSent(t, s, "answer to 队列", sentInPrivate(wang, "排队")); !strings.Contains(got.Text, "/7，") || !strings.Contains(got.Text, "/77，") || !strings.Contains(got.Text, "/777") {
		t.Errorf("the configured pace is not that of the queue: %q", got.Text)
	}
	b.stop()
	if n := s.Logins(); n != 1 {
		t.Errorf("%d scans, want one", n)
	}
	if n := len(s.Tunnels()); n == 0 {
		t.Error("nothing came through the proxy")
	}
	if n := s.Requests().MaxPerSecond(); n > 12 {
		t.Errorf("%d requests in one second", n)
	}
	report := read[verifyJSON](t, "ledger", "verify", "--json", "--data", data)
	if !report.OK || report.Transfers != 2 || report.Sealed != 2 {
		t.Errorf("ledger verify: %+v, want two sealed transfers", report)
	}
}

const killPeople = 60

// TestWeChatKilledAndCut says 2,000 things while the program is killed 20 times and its live session is cut 10 times, at
// random moments; a third of that in the race job.
func TestWeChatKilledAndCut(t *testing.T) { onEach(t, killedAndCut) }

func killedAndCut(t *testing.T) {
	killMessages, kills, cuts := 2000, 20, 10
	if testing.Short() {
		killMessages, kills, cuts = 600, 6, 3
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, seed))
	s := wechattest.New(wechattest.Options{AutoScan: true, AutoPush: true})
	defer s.Close()
	wang := s.Person("老王", wechattest.Attr{Friend: true, Remark: "王总-0001"})
	group := s.Group("大群", wang)
	group.BotDisplay("小助手·G01")
	var people []*wechattest.Person
	for i := range killPeople {
		p := s.Person(fmt.Sprintf("成员%03d", i), wechattest.Attr{Friend: true, Remark: fmt.Sprintf("备注%03d", i)})
		people = append(people, p)
		group.Add(p, wang)
	}
	data := filepath.Join(t.TempDir(), "data")
	b := startWeChat(t, s, "weilu-hurried", data)
	code := b.bindCode()
	b.says("logged in as")
	wang.Whisper("绑定 " + code)
	waitSent(t, s, "answer to 绑定", sentInPrivate(wang, "所有者"))
	group.Say(wang, "启用")
	waitSent(t, s, "answer to 启用", sentTo(group, "开始在这个群"))

	trouble := rnd.Perm(killMessages)[:kills+cuts]
	killAt, cutAt := trouble[:kills], trouble[kills:]
	checkins, said := map[int]bool{}, map[string]int{}
	begin, killed, lived := time.Now(), 0, time.Time{}
	for i := range killMessages {
		who := rnd.IntN(killPeople)
		text := fmt.Sprintf("第 %d 句", i)
		if rnd.IntN(20) == 0 {
			text = "签到"
			checkins[who] = true
		}
		group.Say(people[who], text)
		said[people[who].Nick()]++
		switch {
		case slices.Contains(killAt, i):
			time.Sleep(time.Duration(rnd.IntN(30)) * time.Millisecond)
			b.kill()
			killed++
			b = startWeChat(t, s, "weilu-hurried", data)
			lived = time.Now()
		case slices.Contains(cutAt, i):
			polls(t, s, lived) // only a session that lives can be cut
			cut(t, s, slices.Index(cutAt, i), time.Duration(rnd.IntN(200))*time.Millisecond)
			lived = time.Now()
		}
		time.Sleep(time.Duration(rnd.IntN(20)) * time.Millisecond) // people don't talk all at once
	}
	wang.Whisper("积分") // the last word: when it is answered, everything before it was taken
	waitSent(t, s, "last answer", sentInPrivate(wang, "积分"))
	emptied(t, data)
	b.stop()
	t.Logf("%d messages through %d kills and %d cuts in %s", killMessages, killed, len(cutAt), time.Since(begin).Round(time.Millisecond))
	if ends := s.Logins() - 1; killed != kills || ends < cuts*3/5 {
		t.Errorf("%d kills, %d new logins", killed, ends)
	}

	for _, m := range read[[]memberJSON](t, "members", "--json", "--data", data) {
		if want, member := said[m.Name]; member && m.Messages != want {
			t.Errorf("%d messages of %s counted, want %d", m.Messages, m.Name, want)
		}
		delete(said, m.Name)
	}
	if len(said) > 0 {
		t.Errorf("members lacks %v", said)
	}
	report := read[verifyJSON](t, "ledger", "verify", "--json", "--data", data)
	if !report.OK || report.Transfers != len(checkins) {
		t.Errorf("ledger verify: %+v, want %d transfers", report, len(checkins))
	}
	var texts []string
	for _, m := range s.SentTo(group) {
		texts = append(texts, m.Text)
	}
	var names []string
	for who := range checkins {
		names = append(names, people[who].Nick())
	}
	answeredOnce(t, data, names, texts)
	ids := map[string]int{}
	for _, m := range s.Sent() {
		if ids[m.ClientMsgID]++; ids[m.ClientMsgID] > 1 {
			t.Errorf("sent twice: %q", m.Text)
		}
	}
}

// answeredOnce looks whether the check-in of everybody was answered once in what was said, or was being said at a kill.
func answeredOnce(t *testing.T, data string, names, texts []string) {
	t.Helper()
	answered, unknown := 0, unknownWords(t, data)
	for _, name := range names {
		n := 0
		for _, text := range texts {
			if strings.Contains(text, "签到成功") {
				n += strings.Count(text, name)
			}
		}
		switch {
		case n > 1:
			t.Errorf("%s was congratulated %d times on one check-in", name, n)
		case n == 0 && !slices.ContainsFunc(unknown, func(text string) bool { return strings.Contains(text, "签到成功") && strings.Contains(text, name) }):
			t.Errorf("the check-in of %s was not answered, though nothing to them was being said at a kill", name)
		}
		answered += n
	}
	t.Logf("%d of %d check-ins were answered", answered, len(names))
}

// emptied waits until nothing waits to be said: what could not be addressed between two logins is tried again 10 seconds
// later.
func emptied(t *testing.T, data string) {
	t.Helper()
	for limit := time.Now().Add(deadline); ; time.Sleep(200 * time.Millisecond) {
		if q := read[bot.QueueView](t, "queue", "--json", "--data", data); q.Waiting+q.Later == 0 {
			return
		} else if time.Now().After(limit) {
			t.Fatalf("%d things wait to be said, %d later", q.Waiting, q.Later)
		}
	}
}

// unknownWords are the texts of which nobody knows whether they were said: they were being said at a kill, so they are
// never said again.
func unknownWords(t *testing.T, data string) (texts []string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "export")
	if _, errs, code := weilu(t, "", "export", "--data", data, "--out", dir); code != 0 {
		t.Fatalf("export: exit %d: %s", code, errs)
	}
	f, err := os.Open(filepath.Join(dir, "outbox.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for dec := json.NewDecoder(f); ; {
		var row struct{ Text, State string }
		if err := dec.Decode(&row); errors.Is(err, io.EOF) {
			return texts
		} else if err != nil {
			t.Fatal(err)
		}
		if row.State == string(bot.Unknown) {
			texts = append(texts, row.Text)
		}
	}
}

// cut ends what lives between the program and WeChat: the connections, for a moment, or the session.
func cut(t *testing.T, s *wechattest.Server, n int, moment time.Duration) {
	t.Helper()
	if s.Session() == 0 {
		t.Error("there is no session to cut")
	}
	switch ret := [...]int{0, 1100, 1101, 1102, 0}[n%5]; {
	case ret != 0:
		s.Logout(ret)
	case n%2 == 0:
		s.Down()
		time.Sleep(moment)
		s.Up()
	default:
		s.Fault(wechattest.Fault{Kind: wechattest.Reset, Times: 3})
	}
}

// polls waits until the program is logged in and has asked for news since then.
func polls(t *testing.T, s *wechattest.Server, since time.Time) {
	t.Helper()
	for limit := time.Now().Add(deadline); s.Session() == 0 || len(s.Requests().Since(since).To("synccheck")) == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("the program does not come back")
		}
	}
}

// TestWeChatStopsWhenItMayBeBanned ends with an error that says what to do, and is not in a hurry to come back.
func TestWeChatStopsWhenItMayBeBanned(t *testing.T) {
	s := wechattest.New(wechattest.Options{AutoScan: true, AutoPush: true})
	defer s.Close()
	s.RefuseLogin(1203)
	data := filepath.Join(t.TempDir(), "data")
	for _, want := range []string{"refuses this account", "--resume"} {
		b := startWeChat(t, s, "weilu", data)
		if code := b.wait(); code != 1 {
			t.Errorf("exit %d", code)
		}
		if all := strings.Join(b.errs.all, "\n"); !strings.Contains(all, want) {
			t.Errorf("it does not say %q: %s", want, all)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := s.WaitSent(ctx, 1); err == nil {
		t.Error("it said something")
	}
}
