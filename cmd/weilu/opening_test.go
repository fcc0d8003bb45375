package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// TestOpeningBalancesInWeChat brings people of an old system in before the first login, and lets them ask what they have.
func TestOpeningBalancesInWeChat(t *testing.T) {
	s := wechattest.New(wechattest.Options{AutoScan: true, AutoPush: true})
	defer s.Close()
	wang := s.Person("老王", wechattest.Attr{Friend: true})
	ming := s.Person("小明")
	hong := s.Person("改名了", wechattest.Attr{Remark: "王红-0002"})
	gang := s.Person("也改名了")
	twin, other := s.Person("双胞胎"), s.Person("双胞胎")
	group := s.Group("大群", wang, ming, hong, gang, twin, other)
	group.BotDisplay("小助手·G07")
	group.SetDisplay(gang, "刚子#3")

	dir := t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "old.csv")
	if err := os.WriteFile(file, []byte("\xef\xbb\xbf编码,昵称,编号,备注,群,积分\r\n1,小明,,,G07,100\r\n2,小红,,王红-0002,G07,200\r\n3,小刚,3,,G07,300\r\n4,双胞胎,,,G07,400\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, errs, code := weilu(t, "", "opening", file, "--data", data); code != 0 || !strings.Contains(out, "4 rows with 1000 points imported: 4 new members") {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	b := startWeChat(t, s, "weilu-hurried", data)
	code := b.bindCode()
	b.says("logged in as")
	wang.Whisper("绑定 " + code)
	waitSent(t, s, "answer to 绑定", sentInPrivate(wang, "所有者"))
	group.Say(wang, "启用")
	waitSent(t, s, "answer to 启用", sentTo(group, "开始在这个群"))
	for _, c := range []struct {
		who  *wechattest.Person
		want string
	}{{ming, "100 积分，小明"}, {hong, "200 积分，改名了"}, {gang, "300 积分，刚子"}, {twin, "0 积分，双胞胎"}, {wang, "0 积分，老王"}} {
		group.Say(c.who, "积分")
		waitSent(t, s, "balance of "+c.who.Nick(), sentTo(group, c.want))
	}
	b.stop()
	if report := read[verifyJSON](t, "ledger", "verify", "--json", "--data", data); !report.OK || report.Transfers != 4 {
		t.Errorf("ledger verify: %+v", report)
	}
	out, _, exit := weilu(t, "", "opening", file, "--data", data)
	if exit != 0 || !strings.Contains(out, "nothing changes") {
		t.Errorf("again: exit %d: %s", exit, out)
	}
}
