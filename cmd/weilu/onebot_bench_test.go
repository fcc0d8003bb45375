package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/onebot"
	"github.com/weilu-im/weilu/bot/onebot/onebottest"
)

// BenchmarkOneBot lets an implementation tell 40,000 messages in 1,000 groups, as fast as it can, and measures until the
// program has stored all and answered every check-in; beside a reader that only takes the frames, in the same run.
func BenchmarkOneBot(b *testing.B) {
	const groups, people, messages = 1000, 1000, 40_000
	for b.Loop() {
		bare := flood(b, groups, people, messages, nil)
		a := benchApp(b, filepath.Join(b.TempDir(), "weilu.db"))
		full := flood(b, groups, people, messages, a)
		b.ReportMetric(messages/bare.Seconds(), "bare-messages/s")
		b.ReportMetric(messages/full.Seconds(), "messages/s")
		b.ReportMetric(bare.Seconds()/full.Seconds(), "ratio")
	}
}

// counter takes events and keeps nothing.
type counter struct{ n atomic.Int64 }

func (c *counter) Deliver(_ context.Context, batch []bot.Event) error {
	for _, ev := range batch {
		if ev.Kind == bot.Message {
			c.n.Add(1)
		}
	}
	return nil
}

// flood is how long it takes until all messages are taken, and with a program answered where they ask for it.
func flood(b *testing.B, groups, people, messages int, a *app) time.Duration {
	b.Helper()
	w := onebottest.New(onebottest.Options{})
	defer w.Close()
	var crowd []*onebottest.Person
	for i := range people {
		crowd = append(crowd, w.Person(fmt.Sprintf("成员%d", i)))
	}
	var rooms []*onebottest.Group
	for i := range groups {
		rooms = append(rooms, w.Group(fmt.Sprintf("群%d", i), crowd[i%people], crowd[(i+1)%people], crowd[(i+2)%people]))
	}
	url := make(chan string, 1)
	t, err := onebot.New(onebot.Options{
		Listen: "127.0.0.1:0", Pace: &bot.Pace{}, Log: slog.New(slog.DiscardHandler), Listening: func(s string) { url <- s },
		Timing: onebot.Timing{ListGap: time.Microsecond},
	})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	var sink bot.Sink = &counter{}
	taken := func() int64 { return sink.(*counter).n.Load() }
	ended := make(chan error, 2)
	if a == nil {
		ended <- nil
	} else {
		sink = a.engine
		if err := a.engine.Start(ctx, time.Now()); err != nil {
			b.Fatal(err)
		}
		taken = func() (n int64) {
			if err := a.db.Conn(ctx).Raw(`SELECT COALESCE(MAX(seq), 0) FROM messages`).Scan(&n).Error; err != nil {
				b.Fatal(err)
			}
			if n > 0 {
				n = countRows(b, a.db, "messages")
			}
			return n
		}
		courier := a.engine.Courier(time.Now, t)
		go func() { ended <- courier.Run(ctx) }()
	}
	go func() { ended <- t.Run(ctx, sink) }()
	w.Connect(<-url)
	wait := func(what string, ok func() bool) {
		b.Helper()
		const most = 3 * time.Minute
		for limit := time.Now().Add(most); !ok(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(limit) {
				b.Fatalf("not %s within %s", what, most)
			}
		}
	}
	wait("all lists read", func() bool { return w.Asked("get_group_member_list") >= groups })
	checkins := 0
	began := time.Now()
	for i := range messages {
		text := benchWords(i)
		if i%20 == 0 && checkins < people {
			text = "签到"
			checkins++
		}
		who := i
		if text == "签到" {
			who = checkins - 1
		}
		rooms[who%groups].Say(crowd[who%people], text)
	}
	wait("all taken and answered", func() bool { return taken() >= int64(messages) && (a == nil || answers(w) >= checkins) })
	took := time.Since(began)
	cancel()
	for range 2 {
		if err := <-ended; err != nil {
			b.Error(err)
		}
	}
	return took
}

func answers(w *onebottest.World) (n int) {
	for _, s := range w.Sent() {
		n += strings.Count(s.Text, "连续第 1 天") + strings.Count(s.Text, " 第 1 天 ")
	}
	return n
}
