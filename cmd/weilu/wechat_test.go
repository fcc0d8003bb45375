package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	b = startWeChat(t, s, "weilu", data)
	if got := waitSent(t, s, "answer to what was said meanwhile", sentTo(group, "小红")); !strings.Contains(got.Text, "签到成功") {
		t.Errorf("answered %q", got.Text)
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

// TestWeChatRiskMustBeAccepted refuses to log in before somebody has read the notice.
func TestWeChatRiskMustBeAccepted(t *testing.T) {
	data := t.TempDir()
	_, errs, code := weilu(t, "", "run", "--transport", "wechat", "--data", data)
	if code != 1 || !strings.Contains(errs, "--accept-risk") || !strings.Contains(errs, "风险") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if left, err := os.ReadDir(data); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

const killPeople = 60

// TestWeChatKilledAndCut says 2,000 things while the program is killed 20 times and its session is cut 10 times; a third
// of that in the race job.
func TestWeChatKilledAndCut(t *testing.T) { onEach(t, killedAndCut) }

func killedAndCut(t *testing.T) {
	const seed = 20240501
	killMessages, kills, cuts := 2000, 20, 10
	if testing.Short() {
		killMessages, kills, cuts = 600, 6, 3
	}
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

	checkins := map[int]bool{}
	begin := time.Now()
	killed, cut := 0, 0
	for i := range killMessages {
		who := rnd.IntN(killPeople)
		text := fmt.Sprintf("第 %d 句", i)
		if rnd.IntN(20) == 0 {
			text = "签到"
			checkins[who] = true
		}
		group.Say(people[who], text)
		if i*kills/killMessages != (i+1)*kills/killMessages {
			b.kill()
			killed++
			if killed%2 == 0 {
				s.Logout([]int{1100, 1101}[killed/2%2])
				cut++
			}
			b = startWeChat(t, s, "weilu-hurried", data)
		}
		time.Sleep(time.Duration(rnd.IntN(20)) * time.Millisecond) // people don't talk all at once
	}
	if killed < kills || cut < cuts {
		t.Fatalf("only %d kills and %d cuts", killed, cut)
	}
	wang.Whisper("积分") // the last word: when it is answered, everything before it was taken
	waitSent(t, s, "last answer", sentInPrivate(wang, "积分"))
	b.stop()
	t.Logf("%d messages through %d kills and %d cuts in %s", killMessages, killed, cut, time.Since(begin).Round(time.Millisecond))

	messages := 0
	for _, m := range read[[]memberJSON](t, "members", "--json", "--data", data) {
		messages += m.Messages
	}
	if want := killMessages + 1; messages != want { // and 启用
		t.Errorf("%d messages counted, want %d", messages, want)
	}
	report := read[verifyJSON](t, "ledger", "verify", "--json", "--data", data)
	if !report.OK || report.Transfers != len(checkins) {
		t.Errorf("ledger verify: %+v, want %d transfers", report, len(checkins))
	}
	answered := map[string]int{}
	for _, m := range s.SentTo(group) {
		for i := range killPeople {
			if name := fmt.Sprintf("成员%03d", i); strings.Contains(m.Text, "签到成功") && strings.Contains(m.Text, name) {
				answered[name]++
			}
		}
	}
	for name, n := range answered {
		if n > 1 {
			t.Errorf("%s was congratulated %d times on one check-in", name, n)
		}
	}
	ids := map[string]int{}
	for _, m := range s.Sent() {
		if ids[m.ClientMsgID]++; ids[m.ClientMsgID] > 1 {
			t.Errorf("sent twice: %q", m.Text)
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
