package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

var pointsIn = regexp.MustCompile(`\d+`)

// TestWeChatFriendsAreAcceptedAndKnown asks to be a friend of the bot, as a member and as somebody from elsewhere.
func TestWeChatFriendsAreAcceptedAndKnown(t *testing.T) {
	s := wechattest.New(wechattest.Options{AutoScan: true, AutoPush: true})
	defer s.Close()
	wang := s.Person("老王", wechattest.Attr{Friend: true, Remark: "王总-0001"})
	ming, stranger := s.Person("小明"), s.Person("骗子")
	group := s.Group("大群", wang, ming, s.Person("小红"))
	group.BotDisplay("小助手·G01")
	b := startWeChat(t, s, "weilu-hurried", filepath.Join(t.TempDir(), "data"), "--set", "wechat.accept_friends=true")
	code := b.bindCode()
	b.says("logged in as")
	wang.Whisper("绑定 " + code)
	waitSent(t, s, "answer to 绑定", sentInPrivate(wang, "所有者"))
	group.Say(wang, "启用")
	waitSent(t, s, "answer to 启用", sentTo(group, "开始在这个群"))
	group.Say(ming, "签到")
	waitSent(t, s, "answer to 签到", sentTo(group, "签到成功"))

	group.Say(ming, "明细")
	if hint := waitSent(t, s, "hint", sentTo(group, "再私聊我「明细」")); !strings.Contains(hint.Text, "小明") {
		t.Errorf("the hint is %q", hint.Text)
	}

	stranger.AskFriend("加一下")
	ming.AskFriend(`我是群里的"小明"`)
	ming.AskFriend("通过一下嘛")
	if hello := waitSent(t, s, "greeting", sentInPrivate(ming, "小明")); !strings.Contains(hello.Text, "帮助") {
		t.Errorf("greeted with %q", hello.Text)
	}
	if got := s.Accepted(); len(got) != 1 || got[0] != ming || !ming.IsFriend() {
		t.Errorf("accepted %v", got)
	}
	b.says("a friend request waits")
	group.Say(ming, "积分")
	aloud := waitSent(t, s, "answer to 积分", sentTo(group, "积分，小明"))
	ming.Whisper("积分")
	alone := waitSent(t, s, "answer to 积分 in private", sentInPrivate(ming, "积分，小明"))
	if want, got := pointsIn.FindString(aloud.Text), pointsIn.FindString(alone.Text); want == "" || got != want {
		t.Errorf("%q in the group and %q in private", aloud.Text, alone.Text)
	}
	group.Say(ming, "明细")
	waitSent(t, s, "what is private, in private", sentInPrivate(ming, "最近 1 笔"))
	b.stop()
	greeted := 0
	for _, m := range s.Sent() {
		if m.Person == stranger {
			t.Errorf("told a stranger %q", m.Text)
		}
		if m.Person == ming && strings.Contains(m.Text, "小助手") {
			greeted++
		}
	}
	if greeted != 1 {
		t.Errorf("greeted %d times", greeted)
	}
}
