package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot/onebot/onebottest"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// TestAGroupMoves runs the real program on WeChat and QQ at once, moves a group, and looks whether everybody keeps what
// they have.
func TestAGroupMoves(t *testing.T) { onEach(t, aGroupMoves) }

func aGroupMoves(t *testing.T) {
	s := wechattest.New(wechattest.Options{AutoScan: true, AutoPush: true})
	defer s.Close()
	wang := s.Person("老王", wechattest.Attr{Friend: true, Remark: "王总-0001"})
	ming := s.Person("小明", wechattest.Attr{Friend: true, Remark: "明-0002"})
	hong := s.Person("小红", wechattest.Attr{Friend: true, Remark: "红-0003"})
	old := s.Group("大群", wang, ming, hong)
	old.BotDisplay("小助手·G01")

	w := onebottest.New(onebottest.Options{Token: "secret"})
	defer w.Close()
	ming2, hong2, gang2 := w.Person("明明在QQ"), w.Person("红"), w.Person("小刚")
	w.Befriend(ming2)
	next := w.Group("大群的新家", ming2, hong2, gang2)

	data, address := filepath.Join(t.TempDir(), "data"), freeAddress(t)
	t.Setenv("WEILU_onebot__token", "secret")
	start := func() *runningBot {
		b := startWeChat(t, s, "weilu-hurried", data, "--transport", "wechat,onebot", "--listen", address)
		b.says("logged in as")
		return b
	}
	b := start()
	code := b.bindCode()
	wang.Whisper("绑定 " + code)
	waitSent(t, s, "answer to 绑定", sentInPrivate(wang, "所有者"))
	old.Say(wang, "启用")
	waitSent(t, s, "answer to 启用", sentTo(old, "开始在这个群"))
	old.Say(ming, "签到")
	waitSent(t, s, "check-in", sentTo(old, "小明"))
	old.Say(hong, "签到")
	waitSent(t, s, "check-in", sentTo(old, "小红"))
	b.stop()

	for _, c := range []struct{ group, to, want string }{{"g9", "1", "没有这个群"}, {"g1", "x", "请说清楚"}} {
		if out, errs, code := weilu(t, "", "move-group", c.group, "--to", c.to, "--data", data); code != 0 || !strings.Contains(out, c.want) {
			t.Errorf("move-group %s to %s: exit %d: %s%s", c.group, c.to, code, out, errs)
		}
	}
	out, errs, exit := weilu(t, "", "move-group", "g1", "--to", next.ID(), "--data", data)
	if exit != 0 || !strings.Contains(out, "也在 QQ 群 "+next.ID()) || !strings.Contains(out, "撤销") {
		t.Fatalf("move-group: exit %d: %s%s", exit, out, errs)
	}
	if out, _, _ := weilu(t, "", "move-group", "g1", "--to", "777", "--data", data); !strings.Contains(out, "已经在 QQ 群 "+next.ID()) {
		t.Errorf("moved twice: %s", out)
	}
	b = start()
	told := waitSent(t, s, "move code", sentInPrivate(ming, "绑定我"))
	waitSent(t, s, "announcement", sentTo(old, "搬到 QQ 群 "+next.ID()))
	w.Connect("ws://" + address)
	b.says("onebot: up")

	mine := regexp.MustCompile("绑定我 ([A-Z0-9-]+)").FindStringSubmatch(told.Text)[1]
	next.Say(gang2, "签到") // nobody knows yet who that is
	saidOn(t, w, "check-in of a stranger", inTheGroup(next, "小刚"))
	ming.Whisper("绑定我 " + mine)
	waitSent(t, s, "answer on the wrong side", sentInPrivate(ming, "这个码要在新的那边说"))
	next.Say(ming2, "绑定我 "+mine)
	saidOn(t, w, "answer to 绑定我", inTheGroup(next, "现在有 5 积分"))
	waitSent(t, s, "news on the old side", sentInPrivate(ming, "明明在QQ"))
	next.Say(ming2, "签到")
	saidOn(t, w, "the day is counted on both sides", inTheGroup(next, "已经签过到"))
	next.Say(hong2, "绑定我 "+mine)
	saidOn(t, w, "answer to a used code", inTheGroup(next, "不对，或者已经用过"))
	hong.Whisper("搬家码")
	seen := map[string]bool{}
	again := waitSent(t, s, "another code of 小红", func(m wechattest.Sent) bool { // besides the one that was sent unasked
		if sentInPrivate(hong, "绑定我")(m) && !seen[m.MsgID] {
			seen[m.MsgID] = true
		}
		return sentInPrivate(hong, "绑定我")(m) && len(seen) > 1
	})
	theirs := regexp.MustCompile("绑定我 ([A-Z0-9-]+)").FindStringSubmatch(again.Text)[1]
	hong2.WhisperFrom(next, "绑定我 "+theirs)
	saidOn(t, w, "answer in private", inPrivateTo(hong2, "现在有 5 积分"))
	old.Say(ming, "积分")
	waitSent(t, s, "an answer where it was asked", sentTo(old, "5 积分"))
	wang.Whisper("待认领")
	waitSent(t, s, "who waits", sentInPrivate(wang, "小刚"))
	if groups, errs, _ := weilu(t, "", "view", "community.groups", "--csv", "--table", "moves", "--data", data); !regexp.MustCompile(`g1,大群,` + next.ID() + `,[^,]+,2,1,1\n`).MatchString(groups) {
		t.Errorf("how far the move is: %s%s", groups, errs)
	}
	undo := regexp.MustCompile("撤销 ([A-Z0-9]+)").FindStringSubmatch(out)[1]
	wang.Whisper("撤销 " + undo)
	waitSent(t, s, "answer to 撤销", sentInPrivate(wang, "恢复到操作之前"))
	b.stop()
	if groups, _, _ := weilu(t, "", "view", "community.groups", "--data", data); strings.Count(groups, "大群") != 1 || strings.Contains(groups, "正在搬家") {
		t.Errorf("the groups after the move was taken back:\n%s", groups)
	}

	report := read[verifyJSON](t, "ledger", "verify", "--json", "--data", data)
	if !report.OK {
		t.Errorf("ledger verify: %+v", report)
	}
	ledger, _, _ := weilu(t, "", "ledger", "export", "--data", data)
	if n := strings.Count(ledger, `"key":"checkin/`); n != 3 || !strings.Contains(ledger, "suspense:") {
		t.Errorf("%d check-ins, want 3 with one in suspense: %s", n, ledger)
	}
}
