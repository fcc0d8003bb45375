package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/stage"
)

// TestAYearOfRituals lives a year of a community with everything on in virtual time: every occurrence ends, none of them
// by a failure, nobody is talked to at night unless a manager dated it, and no group hears more than its budget. In the
// race job the year has 120 days, in which points still expire.
func TestAYearOfRituals(t *testing.T) {
	y := newYear(t)
	began := time.Now()
	days := 365
	if testing.Short() {
		days = 120
	}
	y.live(days)
	took := time.Since(began)
	list, err := y.a.engine.Occurrences(t.Context(), y.begin, y.st.Now())
	if err != nil {
		t.Fatal(err)
	}
	ended := map[string]int{}
	for _, o := range list {
		feature, _, _ := strings.Cut(o.Job, ".")
		ended[feature+" "+string(o.Ending)+" "+o.Reason]++
		if o.Ending == bot.ToCome {
			t.Errorf("%s %s of %s has not ended", o.Job, o.Key, o.Slot)
		}
		if o.Reason == bot.SkippedFailed {
			t.Errorf("%s %s of %s failed", o.Job, o.Key, o.Slot)
		}
	}
	y.wantQuiet()
	t.Logf("%d occurrences, %d things said, %d events of members in %s: %v", len(list), len(y.said), y.events, took, ended)
	if len(list) < days {
		t.Errorf("only %d occurrences", len(list))
	}
	// The aim is 20 s with two cores for itself. Beside the tests of other packages, which write as much, it takes up to
	// three times as long, and under the race detector, which has -short, its clock means nothing.
	if took > 60*time.Second && !testing.Short() {
		t.Errorf("the year took %s", took)
	}
	if problems := y.log.String(); problems != "" {
		t.Errorf("the log holds\n%.2000s", problems)
	}
}

// year is the whole program on a stage.
type year struct {
	t      *testing.T
	a      *app
	st     *stage.Stage
	begin  time.Time
	rnd    *rand.Rand
	said   []bot.Outgoing
	events int
	log    strings.Builder
}

func newYear(t *testing.T) *year {
	y := &year{t: t, begin: time.Date(2026, 1, 1, 9, 0, 0, 0, time.FixedZone("CST", 8*60*60)), rnd: rand.New(rand.NewPCG(1, 2))}
	s := defaults()
	allRituals(s)
	y.st = stage.New(y.begin, func() error { return nil })
	var err error
	y.a, err = open(t.Context(), s, slog.New(slog.NewTextHandler(&y.log, &slog.HandlerOptions{Level: slog.LevelWarn})), openOptions{
		dsn: filepath.Join(t.TempDir(), "weilu.db"), adopt: adoptAll, secret: []byte("year"),
		onSaid: func(o bot.Outgoing) { y.said = append(y.said, o); y.st.Hear(o) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := y.a.close(); err != nil {
			t.Error(err)
		}
	})
	if err := y.st.Open(t.Context(), y.a.engine, y.a.community); err != nil {
		t.Fatal(err)
	}
	return y
}

// allRituals switches everything on that speaks by the clock.
func allRituals(s *settings) {
	s.Points.Expiry.AfterDays = 90
	s.Proof.PostRoot = true
	s.Admission.Enabled, s.Admission.Screening, s.Admission.Core, s.Admission.Way = true, "预备群", "大群", "扫群公告里的码"
}

// live lets days of talk and check-ins pass, with newcomers, and with a manager who plans at the beginning.
func (y *year) live(days int) {
	y.t.Helper()
	zone := y.st.Zone()
	people := []string{"小明", "小红", "阿强", "小雨", "大壮"}
	asleep := days * 11 / 20 // for three days
	y.happens(y.event("大群", "老王", "大家好，我是老王"), y.event("二群", "老王", "大家好"))
	y.appoint("老王", bot.Owner)
	for _, command := range yearPlans {
		y.tells(command)
	}
	for day := range days {
		if day == asleep || day == asleep+1 {
			continue
		}
		y.until(time.Date(2026, 1, 2+day, 9, 30, 0, 0, zone), day%30 == 20 || day == asleep+2)
		if day%60 == 10 {
			y.tells("开始剧本 开箱挑战 明天 20:00")
		}
		if day%10 == 5 {
			y.applies(fmt.Sprintf("申请人%d号", day))
		}
		var batch []bot.Event
		for _, who := range people[max(0, len(people)-12):] {
			switch y.rnd.IntN(4) {
			case 0:
				batch = append(batch, y.event("大群", who, "签到"))
			case 1:
				batch = append(batch, y.event("二群", who, fmt.Sprintf("今天是第 %d 天，我做了第 %d 件小事", day, y.rnd.IntN(1000))))
			case 2:
				batch = append(batch, y.event("大群", who, "参加 晨练"), y.event("大群", who, fmt.Sprintf("打卡 晨练 第 %d 天", day)))
			}
		}
		if day%7 == 3 {
			who := fmt.Sprintf("新人%d号", day)
			people = append(people, who)
			joined := y.event("大群", who, "")
			joined.Kind = bot.Joined
			batch = append(batch, joined)
		}
		y.happens(batch...)
	}
	y.until(y.st.Now().Add(24*time.Hour), false)
}

// tells lets the manager give a command, and confirm it where that is asked for.
func (y *year) tells(command string) {
	y.t.Helper()
	before := len(y.said)
	y.happens(y.event("大群", "老王", command))
	for _, o := range y.said[before:] {
		if code := asksToConfirm.FindString(o.Text); code != "" {
			y.happens(y.event("大群", "老王", code))
		}
	}
}

var asksToConfirm = regexp.MustCompile(`确认 \d{4}`)

// applies lets somebody come to the screening group, answer, and be passed.
func (y *year) applies(who string) {
	y.t.Helper()
	joined := y.event("预备群", who, "")
	joined.Kind = bot.Joined
	y.happens(joined)
	for range 3 {
		y.until(y.st.Now().Add(2*time.Minute), false)
		y.happens(y.event("预备群", who, "我是朋友介绍来的，平时喜欢做饭和跑步"))
	}
	y.tells("通过 @" + who)
}

// event is somebody's message now.
func (y *year) event(chat bot.ChatID, who, text string) bot.Event {
	y.events++
	return bot.Event{
		ID: fmt.Sprintf("year/%d", y.events), Kind: bot.Message, At: y.st.Now().UTC(), SeenAt: y.st.Now().UTC(), Transport: "year", Session: "s1",
		Chat: chat, ChatName: string(chat), From: bot.Person{User: bot.UserID(who), Name: who, Stable: true, Friend: true}, Form: bot.Text, Text: text, Len: len([]rune(text)),
	}
}

func (y *year) happens(batch ...bot.Event) {
	y.t.Helper()
	if err := y.st.Deliver(y.t.Context(), batch); err != nil {
		y.t.Fatal(err)
	}
}

// until lets time pass, with the program awake or not.
func (y *year) until(at time.Time, asleep bool) {
	y.t.Helper()
	pass := y.st.Advance
	if asleep {
		pass = y.st.Sleep
	}
	if err := pass(y.t.Context(), at); err != nil {
		y.t.Fatal(err)
	}
	if err := y.a.seal(y.t.Context()); err != nil {
		y.t.Fatal(err)
	}
}

func (y *year) appoint(who string, role bot.Role) {
	y.t.Helper()
	err := y.a.engine.Do(y.t.Context(), func(ctx context.Context) error {
		id, err := y.a.community.Introduce(ctx, "year", bot.Person{User: bot.UserID(who), Name: who, Stable: true, Friend: true}, y.st.Now())
		if err != nil {
			return err
		}
		return y.a.community.Appoint(ctx, id, role)
	})
	if err != nil {
		y.t.Fatal(err)
	}
}

// yearPlans are what the manager says at the beginning of the year.
var yearPlans = []string{
	"定时 每天 8点 早安，新的一天",
	"定时 每个工作日 18:30 下班啦，今天辛苦了",
	"定时 每周五20:00 跳过节假日 周末聊点轻松的",
	"定时 每天 23:30 晚安",
	"定时 每天 6点 早起的朋友早安",
	"定时 每月1号 10点 新的一个月",
	"开始剧本 主理人见面会 1月20日 20:00",
	"新建挑战 晨练 360天 累计100天 今天 每次1分",
	"开启触达 唤醒", "开启触达 邀请分享", "开启触达 支持贡献者", "开启触达 大使邀请", "开启触达 欢迎回来", "开启触达 连续签到",
}

// wantQuiet looks at everything that was said unasked to groups.
func (y *year) wantQuiet() {
	type spoken struct {
		group string
		day   community.Day
	}
	heard := map[spoken]int{}
	for _, o := range y.said {
		if o.Group == "" || o.Priority < bot.Post {
			continue
		}
		at := o.SaidAt
		if o.NotBefore.After(at) {
			at = o.NotBefore
		}
		if until, night := y.a.community.Noise.Quiet(at); night && !o.Dated {
			y.t.Errorf("at %s, before %s: %s", at, until, o.Text)
		}
		heard[spoken{o.Group, y.a.community.Calendar.Day(o.SaidAt)}]++
	}
	for s, n := range heard {
		if n > y.a.settings.Community.NoiseBudget {
			y.t.Errorf("%s heard %d things on %s", s.group, n, s.day)
		}
	}
}
