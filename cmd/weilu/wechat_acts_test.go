package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// TestWeChatActsOnlyWhereItMay is adopted into groups by name and by code, and is sent away and called back by 停用 and 启用.
func TestWeChatActsOnlyWhereItMay(t *testing.T) {
	s := wechattest.New(wechattest.Options{AutoScan: true, AutoPush: true})
	defer s.Close()
	wang := s.Person("老王", wechattest.Attr{Friend: true, Remark: "王总-0001"})
	ming, hong, gang := s.Person("小明"), s.Person("小红"), s.Person("小刚")
	named, coded, other := s.Group("大群", wang, ming, hong), s.Group("小群", wang, hong), s.Group("别的群", wang, gang)
	for i, g := range []*wechattest.Group{named, coded, other} {
		g.BotDisplay(fmt.Sprintf("小助手·G%02d", i+1))
	}
	b := startWeChat(t, s, "weilu-hurried", filepath.Join(t.TempDir(), "data"), "--set", "wechat.adopt=[大群, G02]")
	code := b.bindCode()
	b.says("logged in as")
	wang.Whisper("绑定 " + code)
	waitSent(t, s, "answer to 绑定", sentInPrivate(wang, "所有者"))
	other.Say(gang, "签到")
	named.Say(ming, "签到")
	waitSent(t, s, "answer where it was adopted by name", sentTo(named, "签到成功"))
	coded.Say(hong, "签到")
	waitSent(t, s, "answer where it was adopted by code", sentTo(coded, "签到成功"))
	named.Say(wang, "停用")
	waitSent(t, s, "answer to 停用", sentTo(named, "先安静"))
	named.Say(hong, "积分")
	named.Say(ming, "签到")
	wang.Whisper("队列") // everything before it was heard when it is answered
	waitSent(t, s, "answer to 队列", sentInPrivate(wang, "排队"))
	if n := len(s.SentTo(named)); n != 2 {
		t.Errorf("it said %d things in a group that it was sent away from", n)
	}
	named.Say(wang, "启用")
	waitSent(t, s, "answer to 启用", sentTo(named, "开始在这个群"))
	named.Say(hong, "积分")
	waitSent(t, s, "answer after 启用", sentTo(named, "小红"))
	b.stop()
	if n := len(s.SentTo(other)); n != 0 {
		t.Errorf("it said %d things in a group that nobody gave it", n)
	}
}

// TestWeChatEndsInTheMiddleOfItsWork is told to end while many speak to it and its words are slow: it finishes what it began.
func TestWeChatEndsInTheMiddleOfItsWork(t *testing.T) { onEach(t, endsBusy) }

func endsBusy(t *testing.T) {
	const people = 60
	s := wechattest.New(wechattest.Options{AutoScan: true, AutoPush: true})
	defer s.Close()
	wang := s.Person("老王", wechattest.Attr{Friend: true, Remark: "王总-0001"})
	groups := []*wechattest.Group{s.Group("大群", wang), s.Group("小群", wang), s.Group("新群", wang)}
	members := make([]*wechattest.Person, people)
	for i := range members {
		members[i] = s.Person(fmt.Sprintf("成员%03d", i), wechattest.Attr{Remark: fmt.Sprintf("备注%03d", i)})
		groups[i%len(groups)].AddMany(wang, members[i])
	}
	data := filepath.Join(t.TempDir(), "data")
	adopt := []string{"--set", "wechat.adopt=[大群, 小群, 新群]"}
	b := startWeChat(t, s, "weilu-hurried", data, adopt...)
	b.says("logged in as")
	slow := s.Fault(wechattest.Fault{Path: "webwxsendmsg", Kind: wechattest.Slow(400 * time.Millisecond), Taken: true})
	for i, p := range members {
		groups[i%len(groups)].Say(p, "签到")
		if i == people/2 { // something is being said: it was taken, and is not answered yet
			if _, err := s.WaitSent(t.Context(), len(s.Sent())+1); err != nil {
				t.Fatal(err)
			}
			if took := b.stop(); took > 5*time.Second {
				t.Errorf("it took %s to end", took)
			}
		}
	}
	if n := slow.Hits(); n == 0 || strings.Count(fmt.Sprint(s.Sent()), "成员") >= people {
		t.Fatalf("%d words were slow: that was not the middle of its work", n)
	}
	whole := func(when string) verifyJSON {
		t.Helper()
		queue := read[bot.QueueView](t, "queue", "--json", "--data", data)
		for _, trouble := range queue.Troubles {
			t.Errorf("%s: %s %d: %s", when, trouble.Outcome, trouble.Count, trouble.Reason)
		}
		report := read[verifyJSON](t, "ledger", "verify", "--json", "--data", data)
		if !report.OK || report.Transfers != report.Sealed || report.Transfers == 0 {
			t.Errorf("%s: ledger verify: %+v", when, report)
		}
		return report
	}
	whole("after the end")
	slow.Clear()
	b = startWeChat(t, s, "weilu-hurried", data, adopt...)
	for i := range people {
		waitSent(t, s, fmt.Sprintf("answer to number %d", i), func(m wechattest.Sent) bool { return strings.Contains(m.Text, fmt.Sprintf("成员%03d", i)) })
	}
	b.stop()
	if report := whole("at last"); report.Transfers != people {
		t.Errorf("%d transfers, want %d", report.Transfers, people)
	}
	for _, m := range read[[]memberJSON](t, "members", "--json", "--data", data) {
		if m.Messages != 1 && m.Name != "王总-0001" && m.Name != "老王" {
			t.Errorf("%s said 1 thing and %d are counted", m.Name, m.Messages)
		}
	}
	for i := range people {
		answers := 0
		for _, m := range s.Sent() {
			answers += strings.Count(m.Text, fmt.Sprintf("成员%03d", i))
		}
		if answers != 1 {
			t.Errorf("number %d was answered %d times", i, answers)
		}
	}
}
