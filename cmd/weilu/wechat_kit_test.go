package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/onebot"
	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// hurried is the program with the patience of a test: it waits for WeChat as little as it can, and says as
// much as it likes.
func hurried() {
	os.Exit(run(os.Args[1:], func(g *Globals) {
		g.WeChat = wechat.Options{
			Pace: &bot.Pace{},
			Timing: wechat.Timing{
				PollGap: 20 * time.Millisecond, FailGap: 100 * time.Millisecond, BackOff: 100 * time.Millisecond, BackOffMax: time.Second,
				Rounds: []time.Duration{50 * time.Millisecond}, Lasting: time.Second, FetchGap: 20 * time.Millisecond,
				PushWait: 5 * time.Second, QRPause: time.Second, PieceGap: time.Millisecond, BanWindow: time.Millisecond,
			},
		}
		g.OneBot = onebot.Options{
			Pace: &bot.Pace{},
			Timing: onebot.Timing{
				Say: 2 * time.Second, Look: 300 * time.Millisecond, BackOff: 10 * time.Millisecond, BackOffMax: 100 * time.Millisecond,
				Away: time.Second, ListGap: time.Millisecond,
			},
		}
	}))
}

// runningBot is the real program as a process, in front of what it takes for WeChat or QQ.
type runningBot struct {
	t    *testing.T
	cmd  *exec.Cmd
	errs *lines
	read sync.WaitGroup
}

// onEach runs a test with the programs' data in SQLite and in PostgreSQL.
func onEach(t *testing.T, fn func(t *testing.T)) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			if dialect != "sqlite" {
				t.Setenv("WEILU_database__dsn", dbtest.DSN(t, dialect))
			}
			fn(t)
		})
	}
}

// startWeChat runs the program called name (weilu, or weilu-hurried) on dir, behind the server's HTTPS proxy.
func startWeChat(t *testing.T, s *wechattest.Server, name, dir string, args ...string) *runningBot {
	t.Helper()
	ca, err := s.CAFile(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	proxy, _ := s.Proxy()
	env := []string{"HTTPS_PROXY=" + proxy, "https_proxy=" + proxy, "SSL_CERT_FILE=" + ca, "NO_PROXY=", "no_proxy="}
	if !slices.Contains(args, "--transport") {
		args = append(args, "--transport", "wechat")
	}
	return launch(t, name, env, append([]string{"run", "--data", dir, "--accept-risk"}, args...)...)
}

// launch runs the program called name as a process.
func launch(t *testing.T, name string, env []string, args ...string) *runningBot {
	t.Helper()
	b := &runningBot{t: t, errs: newLines()}
	b.cmd = exec.Command(name, args...)
	b.cmd.Env = append(os.Environ(), env...)
	b.cmd.Dir = t.TempDir()
	errs, err := b.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b.read.Go(func() { b.errs.collect(errs, nil) })
	t.Cleanup(func() {
		if b.cmd.ProcessState == nil {
			b.kill()
		}
		if strings.Contains(strings.Join(b.errs.all, "\n"), "DATA RACE") {
			t.Error("the program has a data race")
		}
		if t.Failed() {
			t.Logf("%s said: %s", name, strings.Join(b.errs.all[max(0, len(b.errs.all)-20):], "\n"))
		}
	})
	return b
}

var bindCodeLine = regexp.MustCompile(`^bind code: (\S+)$`)

// bindCode waits for the code that the program prints at its first start.
func (b *runningBot) bindCode() (code string) {
	b.t.Helper()
	b.errs.wait(b.t, "bind code", func(all []string) bool {
		return slices.ContainsFunc(all, func(l string) bool {
			m := bindCodeLine.FindStringSubmatch(l)
			if m != nil {
				code = m[1]
			}
			return m != nil
		})
	})
	return code
}

// says waits until the program has printed a line with this in it.
func (b *runningBot) says(part string) {
	b.t.Helper()
	b.errs.wait(b.t, fmt.Sprintf("line with %q", part), func(all []string) bool {
		return slices.ContainsFunc(all, func(l string) bool { return strings.Contains(l, part) })
	})
}

// stop is SIGTERM; it answers how long the end took.
func (b *runningBot) stop() time.Duration {
	b.t.Helper()
	begin := time.Now()
	if err := b.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.t.Fatal(err)
	}
	if code := b.wait(); code != 0 {
		b.t.Errorf("the program ended with %d", code)
	}
	return time.Since(begin)
}

func (b *runningBot) kill() {
	_ = b.cmd.Process.Kill()
	b.wait()
}

// wait answers the exit code, -1 after a signal.
func (b *runningBot) wait() int {
	b.t.Helper()
	timeout := time.AfterFunc(deadline, func() {
		b.t.Error("the program does not end")
		_ = b.cmd.Process.Kill()
	})
	defer timeout.Stop()
	b.read.Wait()
	_ = b.cmd.Wait() // the state tells more
	return b.cmd.ProcessState.ExitCode()
}

// waitSent waits until the bot has said something that fits.
func waitSent(t *testing.T, s *wechattest.Server, what string, ok func(wechattest.Sent) bool) wechattest.Sent {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	all, err := s.WaitSentThat(ctx, func(all []wechattest.Sent) bool { return slices.ContainsFunc(all, ok) })
	if err != nil {
		t.Fatalf("no %s: %v; sent so far: %+v", what, err, all)
	}
	return all[slices.IndexFunc(all, ok)]
}

func sentTo(g *wechattest.Group, part string) func(wechattest.Sent) bool {
	return func(m wechattest.Sent) bool { return m.Group == g && strings.Contains(m.Text, part) }
}

func sentInPrivate(p *wechattest.Person, part string) func(wechattest.Sent) bool {
	return func(m wechattest.Sent) bool { return m.Person == p && strings.Contains(m.Text, part) }
}
