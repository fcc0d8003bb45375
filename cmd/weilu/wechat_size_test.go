package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// TestWeChatOfManyLargeGroups logs the whole program in to 50 groups of 500 members each, and looks at what it needs.
func TestWeChatOfManyLargeGroups(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the greatest memory of a process is read from /proc")
	}
	groups, size := 50, 500
	if testing.Short() {
		groups = 5
	}
	s := wechattest.New(wechattest.Options{AutoScan: true})
	defer s.Close()
	wang := s.Person("老王", wechattest.Attr{Friend: true, Remark: "王总"})
	var last *wechattest.Group
	for g := range groups {
		people := []*wechattest.Person{wang}
		for i := range size - 2 { // and the bot
			people = append(people, s.Person(fmt.Sprintf("第%d群的%d号", g, i)))
		}
		last = s.Group(fmt.Sprintf("%d群", g), people...)
		last.BotDisplay(fmt.Sprintf("小助手·G%d", g+1))
	}
	data := filepath.Join(t.TempDir(), "data")
	b := startWeChat(t, s, "weilu-hurried", data)
	code := b.bindCode()
	b.says("logged in as")
	begin := time.Now()
	wang.Whisper("绑定 " + code)
	waitSent(t, s, "answer to 绑定", sentInPrivate(wang, "所有者"))
	ready := time.Since(begin)
	last.Say(wang, "启用")
	waitSent(t, s, "answer to 启用", sentTo(last, "开始在这个群"))
	for _, p := range last.Members()[2:100] {
		last.Say(p, "签到")
	}
	wang.Whisper("积分")
	waitSent(t, s, "last answer", sentInPrivate(wang, "积分"))
	needed := mostMemory(t, b.cmd.Process.Pid)
	b.stop()
	const most = 250 << 10 // KiB
	t.Logf("%d groups of %d: first answer %s after the login, %d MB at the most", groups, size, ready.Round(time.Millisecond), needed>>10)
	if needed > most && !testing.Short() { // the race job is short, and needs more
		t.Errorf("%d MB, want at most %d", needed>>10, most>>10)
	}
	if n := len(read[[]memberJSON](t, "members", "--json", "--data", data)); n < 99 {
		t.Errorf("%d members have done something", n)
	}
}

// mostMemory answers the most that a running process ever held, in KiB. What the system tells of a process that has ended
// (getrusage) will not do: a process begins with the greatest size of the one that started it, here the whole test.
func mostMemory(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		var kib int
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kib); n == 1 {
			return kib
		}
	}
	t.Fatal("the system does not tell the greatest memory of a process")
	return 0
}
