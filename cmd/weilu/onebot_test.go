package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot/onebot/onebottest"
)

// freeAddress is one at which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// startOneBot runs the program on dir, where implementations connect to it at the address.
func startOneBot(t *testing.T, name, dir, address string, args ...string) *runningBot {
	t.Helper()
	return launch(t, name, []string{"WEILU_onebot__token=secret"}, append([]string{"run", "--transport", "onebot", "--listen", address, "--data", dir}, args...)...)
}

// saidOn waits until the bot has said something that fits.
func saidOn(t *testing.T, w *onebottest.World, what string, ok func(onebottest.Sent) bool) onebottest.Sent {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	s, err := w.WaitFor(ctx, ok)
	if err != nil {
		t.Fatalf("no %s: %v; said so far: %+v", what, err, w.Sent())
	}
	return s
}

// inPrivateTo is something said to somebody in private.
func inPrivateTo(p *onebottest.Person, part string) func(onebottest.Sent) bool {
	return func(s onebottest.Sent) bool { return s.User == p.ID() && strings.Contains(s.Text, part) }
}

// inTheGroup is something said in a group.
func inTheGroup(g *onebottest.Group, part string) func(onebottest.Sent) bool {
	return func(s onebottest.Sent) bool { return s.Group == g.ID() && strings.Contains(s.Text, part) }
}

// TestOneBotFromTheManual is the finished program, unchanged and at its own pace, as docs/onebot.md has it.
func TestOneBotFromTheManual(t *testing.T) {
	w := onebottest.New(onebottest.Options{Token: "secret", Beat: 500 * time.Millisecond})
	defer w.Close()
	wang, ming := w.Person("老王"), w.Person("小明<b>&amp;[CQ:at]")
	w.Befriend(wang)
	g := w.Group("大群", wang, ming)
	data, address := filepath.Join(t.TempDir(), "data"), freeAddress(t)
	b := startOneBot(t, "weilu", data, address)
	code := b.bindCode()
	w.Connect("ws://" + address + "/onebot/v11/ws")
	b.says("onebot: up")
	wang.Whisper("绑定 " + code)
	saidOn(t, w, "answer to 绑定", inPrivateTo(wang, "所有者"))
	g.Say(ming, "签到") // nobody enabled the bot here
	g.Say(wang, "启用")
	saidOn(t, w, "answer to 启用", inTheGroup(g, "开始在这个群"))
	asked := g.Send(ming, onebottest.At(w.Bot()), onebottest.Text(" 签到"))
	if s := saidOn(t, w, "answer to 签到", inTheGroup(g, "签到成功")); s.Quotes != asked.ID() || !strings.Contains(s.Text, "小明<b>&amp;[CQ:at]") || len(s.Mentions) > 0 {
		t.Errorf("the answer to 签到: %+v", s)
	}
	if took := b.stop(); took > 8*time.Second {
		t.Errorf("the end took %s", took)
	}
	report := read[verifyJSON](t, "ledger", "verify", "--json", "--data", data)
	if !report.OK || report.Transfers != 1 || report.Sealed != 1 {
		t.Errorf("ledger verify: %+v, want one sealed transfer", report)
	}
	if _, errs, code := weilu(t, "", "run", "--transport", "onebot", "--data", data); code == 0 || !strings.Contains(errs, "neither an address to listen at nor one to dial") {
		t.Errorf("without an address: exit %d: %s", code, errs)
	}
	if _, errs, code := weilu(t, "", "run", "--transport", "jsonl", "--listen", "127.0.0.1:0", "--data", data); code != 2 || !strings.Contains(errs, "--listen is for") {
		t.Errorf("--listen without onebot: exit %d: %s", code, errs)
	}
}

// TestOneBotKilledAndCut says 3,000 things in five groups while the program is killed 20 times and the connection is cut
// 50 times, at random moments; a fifth of that in the race job.
func TestOneBotKilledAndCut(t *testing.T) { onEach(t, oneBotKilledAndCut) }

func oneBotKilledAndCut(t *testing.T) {
	messages, kills, cuts := 3000, 20, 50
	if testing.Short() {
		messages, kills, cuts = 600, 4, 10
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, seed))
	w := onebottest.New(onebottest.Options{Token: "secret", CQ: seed%2 == 0, Split: seed%3 == 0})
	defer w.Close()
	wang := w.Person("老王")
	w.Befriend(wang)
	var people []*onebottest.Person
	for i := range killPeople {
		people = append(people, w.Person(fmt.Sprintf("成员%03d", i)))
	}
	var groups []*onebottest.Group
	for i := range 5 {
		groups = append(groups, w.Group(fmt.Sprintf("群%d", i), append([]*onebottest.Person{wang}, people...)...))
	}
	data, address := filepath.Join(t.TempDir(), "data"), freeAddress(t)
	b := startOneBot(t, "weilu-hurried", data, address, "--set", "onebot.adopt=[群0, 群1, 群2, 群3, 群4]")
	w.Connect("ws://" + address)
	b.says("onebot: up")
	wang.Whisper("积分")
	saidOn(t, w, "first answer", inPrivateTo(wang, "积分"))

	trouble := rnd.Perm(messages)[:kills+cuts]
	checkins, said, begin := map[int]bool{}, map[string]int{}, time.Now()
	for i := range messages {
		who, text := rnd.IntN(killPeople), fmt.Sprintf("第 %d 句", i)
		if rnd.IntN(20) == 0 {
			text = "签到"
			checkins[who] = true
		}
		groups[rnd.IntN(len(groups))].Say(people[who], text)
		said[people[who].Nick()]++
		switch at := slices.Index(trouble, i); {
		case at >= kills:
			time.Sleep(time.Duration(rnd.IntN(20)) * time.Millisecond)
			w.Kill()
		case at >= 0:
			time.Sleep(time.Duration(rnd.IntN(30)) * time.Millisecond)
			b.kill()
			b = startOneBot(t, "weilu-hurried", data, address, "--set", "onebot.adopt=[群0, 群1, 群2, 群3, 群4]")
		}
		time.Sleep(time.Duration(rnd.IntN(4)) * time.Millisecond) // people don't talk all at once
	}
	b.says("onebot: up")
	groups[0].Say(wang, "积分") // the last word: when it is answered, everything before it was taken
	saidOn(t, w, "last answer", inTheGroup(groups[0], "积分"))
	emptied(t, data)
	b.stop()
	t.Logf("%d messages through %d kills and %d cuts in %s", messages, kills, cuts, time.Since(begin).Round(time.Millisecond))

	for _, m := range read[[]memberJSON](t, "members", "--json", "--data", data) {
		if want, member := said[m.Name]; member && m.Messages != want {
			t.Errorf("%d messages of %s counted, want %d", m.Messages, m.Name, want)
		}
		delete(said, m.Name)
	}
	if len(said) > 0 {
		t.Errorf("members lacks %v", said)
	}
	if report := read[verifyJSON](t, "ledger", "verify", "--json", "--data", data); !report.OK {
		t.Errorf("ledger verify: %+v", report)
	}
	ledger, _, _ := weilu(t, "", "ledger", "export", "--data", data)
	if n := strings.Count(ledger, `"key":"checkin/`); n != len(checkins) {
		t.Errorf("%d transfers for check-ins, want %d", n, len(checkins))
	}
	var texts, names []string
	for _, m := range w.Sent() {
		texts = append(texts, m.Text)
	}
	for who := range checkins {
		names = append(names, people[who].Nick())
	}
	answeredOnce(t, data, names, texts)
}
