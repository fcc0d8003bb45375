package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/community"
)

// wechatConfig is the section wechat.
type wechatConfig struct {
	Adopt         []string `yaml:"adopt" doc:"groups in which the bot acts from the first login, by name or by code (G07); elsewhere a manager says 启用"`
	AcceptFriends bool     `yaml:"accept_friends" doc:"whether friend requests are accepted, slowly; who is a friend can be spoken to in private"`
	PerMinute     int      `yaml:"per_minute" doc:"words that the account says in a minute at the most"`
	PerHour       int      `yaml:"per_hour" doc:"in an hour"`
	PerDay        int      `yaml:"per_day" doc:"in 24 hours"`
	QuietFrom     string   `yaml:"quiet_from" doc:"local time from which only answers and red alerts are sent, HH:MM"`
	QuietUntil    string   `yaml:"quiet_until" doc:"until then; equal to quiet_from means never quiet"`
	DeafHours     int      `yaml:"deaf_hours" doc:"hours without a single message, while these hours were busy before, after which the operator is told"`
}

func wechatDefaults() wechatConfig {
	return wechatConfig{Adopt: []string{}, PerMinute: 8, PerHour: 80, PerDay: 400, QuietFrom: "00:00", QuietUntil: "07:00", DeafHours: 6}
}

// The greatest pace that can be configured: beyond it accounts were limited (docs/wechat.md).
const (
	mostPerMinute = 15
	mostPerHour   = 200
	mostPerDay    = 1500
)

// Validate tells everything that is wrong with the values.
func (c wechatConfig) Validate() error {
	return errors.Join(atMost("per_minute", c.PerMinute, mostPerMinute), atMost("per_hour", c.PerHour, mostPerHour), atMost("per_day", c.PerDay, mostPerDay),
		atMost("deaf_hours", c.DeafHours, 72), timeOfDay("quiet_from", c.QuietFrom), timeOfDay("quiet_until", c.QuietUntil))
}

// pace is how fast the account speaks with these values; what they don't name is the transport's own.
func (c wechatConfig) pace() *bot.Pace {
	p := bot.PersonPace()
	p.PerMinute, p.PerHour, p.PerDay = c.PerMinute, c.PerHour, c.PerDay
	p.QuietFrom, _ = community.TimeOfDay(c.QuietFrom) // validated
	p.QuietUntil, _ = community.TimeOfDay(c.QuietUntil)
	return &p
}

// options are what the transport is made with: what the configuration says, where nothing else was prepared.
func (c wechatConfig) options(g *Globals, log *slog.Logger, resume bool) wechat.Options {
	o := g.WeChat
	o.Dir, o.Out, o.Terminal, o.Log, o.Resume = g.Data, os.Stderr, isatty.IsTerminal(os.Stderr.Fd()), log, resume
	o.Timing.DeafAfter = time.Duration(c.DeafHours) * time.Hour
	if o.Pace == nil {
		o.Pace = c.pace()
	}
	return o
}

// adopts tells whether the bot acts in a group from the first sight of it.
func (c wechatConfig) adopts(name, code string) bool {
	return slices.ContainsFunc(c.Adopt, func(a string) bool {
		return bot.Fold(a) == bot.Fold(name) || code != "" && community.GroupCode("#"+a) == code
	})
}

// riskNotice is what an operator must know before an account logs in for the first time.
const riskNotice = `
  Before you log in: a notice of risk / 登录前请知悉风险

  Weilu speaks the protocol of web WeChat, which Tencent does not offer to programs. Since January 2025 many
  accounts were warned, limited or banned for logging in this way. Use an account that you can afford to lose,
  with real-name verification and a history of normal use; never your own main account. Keep the phone online.
  Community data is safe if the account is lost: ` + "`weilu move-account`" + ` moves the community to another one.

  网页版微信协议并非官方开放接口，登录的账号可能被警告、限制或封禁。请使用可以承受损失的小号，不要用您的主号。
  账号丢失不会丢失社区数据。详见 docs/wechat.md。

`

// riskAccepted is where the operator's consent is kept, in the data directory.
const riskAccepted = "wechat-risk-accepted"

// acceptRisk makes sure that the operator knows the risk, once per data directory. Where in is a person, they are asked.
func acceptRisk(dir string, accepted, person bool, in io.Reader, out io.Writer, now time.Time) error {
	kept := filepath.Join(dir, riskAccepted)
	if _, err := os.Stat(kept); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fmt.Fprintln(out, strings.TrimRight(riskNotice, "\n"))
	if !accepted {
		if !person {
			return &exitError{1, errors.New("the risk was not accepted: read the notice above and start again with --accept-risk")}
		}
		fmt.Fprintf(out, "\nType yes to go on / 输入 yes 继续: ")
		answer, err := bufio.NewReader(in).ReadString('\n')
		if err != nil && answer == "" || !strings.EqualFold(strings.TrimSpace(answer), "yes") {
			return &exitError{1, errors.New("the risk was not accepted, nothing was done")}
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(kept, []byte(now.UTC().Format(time.RFC3339)+"\n"), 0o600)
}
