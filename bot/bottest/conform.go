package bottest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/weilu-im/weilu/bot"
)

// Side is a transport with what stands on its other side: one group in which somebody talks.
type Side struct {
	Transport bot.Transport
	Begin     func()            // called once Run has begun: whatever else it takes until the group is heard; may be nil
	Say       func(text string) // somebody says something in the group
	Cut       func()            // breaks whatever connects the two, which comes back by itself; nil: nothing does
	Said      func() []Words    // what the group heard from the bot
}

// Words are one message of the bot.
type Words struct {
	Text    string
	Picture bool
}

// patience is how long anything may take.
const patience = 30 * time.Second

// Conform tests what every transport promises: what is said is heard in order and once, however often it can't be stored
// and whatever is cut; hostile words are passed on as they are; what is sent arrives once and whole; what is declared as a
// capability works, and what is not is rejected; and the end is clean. open is called for each part.
func Conform(t *testing.T, open func(t *testing.T) Side) {
	t.Helper()
	for name, part := range map[string]func(t *testing.T, c *conformer){
		"heard in order": heardInOrder, "cuts": nothingIsLostByCuts, "hostile words": hostileWords,
		"said once": saidOnce, "long texts": longTexts, "capabilities": capabilities, "the end": cleanEnd,
	} {
		t.Run(name, func(t *testing.T) {
			c := &conformer{t: t, Side: open(t), changed: make(chan struct{}), seen: map[string]bool{}}
			c.run()
			part(t, c)
			c.stop()
		})
	}
}

// conformer runs a side, and takes its events as the engine does: each once.
type conformer struct {
	Side
	t    *testing.T
	stop func()

	mu      sync.Mutex // guards what follows
	events  []bot.Event
	seen    map[string]bool
	changed chan struct{}
	refuse  int
	ended   bool
}

// Deliver implements bot.Sink.
func (c *conformer) Deliver(_ context.Context, batch []bot.Event) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		c.t.Error("something is delivered after the end of the run")
	}
	if c.refuse > 0 {
		c.refuse--
		return errors.New("the disk is full")
	}
	for _, ev := range batch {
		if ev.ID == "" || ev.Transport != c.Transport.Name() || ev.At.IsZero() || ev.At.Location() != time.UTC || ev.SeenAt.IsZero() {
			c.t.Errorf("an event without what it needs: %+v", ev)
		}
		if !c.seen[ev.ID] {
			c.seen[ev.ID] = true
			c.events = append(c.events, ev)
		}
	}
	close(c.changed)
	c.changed = make(chan struct{})
	return nil
}

func (c *conformer) run() {
	c.t.Helper()
	ctx, cancel := context.WithCancel(c.t.Context())
	done := make(chan error, 1)
	go func() {
		err := c.Transport.Run(ctx, c)
		c.mu.Lock()
		c.ended = true
		c.mu.Unlock()
		done <- err
	}()
	c.stop = sync.OnceFunc(func() {
		began := time.Now()
		cancel()
		select {
		case err := <-done:
			if err != nil && !errors.Is(err, context.Canceled) {
				c.t.Errorf("the run ends with %v", err)
			}
		case <-time.After(patience):
			c.t.Error("the run does not end")
		}
		if took := time.Since(began); took > 10*time.Second {
			c.t.Errorf("the end takes %s", took)
		}
	})
	c.t.Cleanup(c.stop)
	if c.Begin != nil {
		c.Begin()
	}
}

// heard are the messages so far.
func (c *conformer) heard() (list []bot.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ev := range c.events {
		if ev.Kind == bot.Message && !ev.From.Self {
			list = append(list, ev)
		}
	}
	return list
}

// hears waits for the n-th message.
func (c *conformer) hears(n int) bot.Event {
	c.t.Helper()
	timeout := time.After(patience)
	for {
		c.mu.Lock()
		changed := c.changed
		c.mu.Unlock()
		if list := c.heard(); len(list) >= n {
			return list[n-1]
		}
		select {
		case <-changed:
		case <-timeout:
			c.t.Fatalf("%d of %d messages were heard", len(c.heard()), n)
		}
	}
}

// route is where words to the group go: where the first message came from.
func (c *conformer) route() (bot.Route, bot.Person) {
	c.t.Helper()
	c.Say("开始")
	ev := c.hears(1)
	if ev.Private || ev.Chat == "" || ev.From.User == "" || ev.Form != bot.Text {
		c.t.Fatalf("a message in a group: %+v", ev)
	}
	return bot.Route{Transport: c.Transport.Name(), Chat: ev.Chat}, ev.From
}

// says waits until the group has heard something of which ok holds.
func (c *conformer) says(what string, ok func([]Words) bool) []Words {
	c.t.Helper()
	for limit := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if list := c.Said(); ok(list) {
			return list
		} else if time.Now().After(limit) {
			c.t.Fatalf("not %s: %+v", what, list)
		}
	}
}

func (c *conformer) wantOrder(from, to int) {
	c.t.Helper()
	c.hears(to)
	for i, ev := range c.heard()[from:to] {
		if want := fmt.Sprintf("第 %d 句", from+i); ev.Text != want {
			c.t.Fatalf("the %d. message is %q, want %q", from+i, ev.Text, want)
		}
	}
	if n := len(c.heard()); n != to {
		c.t.Errorf("%d messages, want %d", n, to)
	}
}

func heardInOrder(_ *testing.T, c *conformer) {
	const messages = 120
	for i := range messages {
		if i%40 == 20 {
			c.mu.Lock()
			c.refuse = 2
			c.mu.Unlock()
		}
		c.Say(fmt.Sprintf("第 %d 句", i))
	}
	c.wantOrder(0, messages)
}

func nothingIsLostByCuts(t *testing.T, c *conformer) {
	if c.Cut == nil {
		return // nothing lies between the two
	}
	const rounds, each = 6, 5
	c.Say("第 0 句")
	c.hears(1)
	n := 1
	for range rounds {
		for range each {
			c.Say(fmt.Sprintf("第 %d 句", n))
			n++
		}
		c.Cut()
		for range each {
			c.Say(fmt.Sprintf("第 %d 句", n))
			n++
		}
	}
	c.wantOrder(0, n)
}

func hostileWords(t *testing.T, c *conformer) {
	words := []string{
		"'; DROP TABLE members;--", "<script>alert(1)</script>", "[CQ:at,qq=all]&amp;&#91;", "\u202e倒过来", "👨\u200d👩\u200d👧 e\u0301", `{"post_type":"x"}`,
		"=1+1", strings.Repeat("长", 3000), "%s%n\\x00", "a\nb\tc",
	}
	for i, text := range words {
		c.Say(text)
		if got := bot.CleanAll(c.hears(i + 1).Text); got != bot.CleanAll(text) {
			t.Errorf("heard %q, want %q", got, text)
		}
	}
}

func saidOnce(t *testing.T, c *conformer) {
	to, who := c.route()
	for i := range 10 {
		o := bot.Outgoing{ID: int64(i + 1), Text: fmt.Sprintf("第 %d 次：<b>&amp;[CQ:face,id=1]", i), Route: to, SaidAt: time.Now()}
		if i == 5 {
			o.Mentions = []bot.Person{who}
		}
		if _, err := c.Transport.Send(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(20 * time.Millisecond)
	list := c.says("ten messages", func(list []Words) bool { return len(list) >= 10 })
	if len(list) != 10 {
		t.Errorf("%d messages, want 10", len(list))
	}
	for i, w := range list {
		if !strings.HasSuffix(w.Text, fmt.Sprintf("第 %d 次：<b>&amp;[CQ:face,id=1]", i)) {
			t.Errorf("the %d. is %q", i, w.Text)
		}
	}
	for name, o := range map[string]bot.Outgoing{"nobody": {Text: "x", Route: bot.Route{Transport: to.Transport}}} {
		if _, err := c.Transport.Send(t.Context(), o); !errors.Is(err, bot.ErrRejected) && !errors.Is(err, bot.ErrDown) && c.Transport.Name() != "jsonl" {
			t.Errorf("to %s: %v", name, err)
		}
	}
}

func longTexts(t *testing.T, c *conformer) {
	to, _ := c.route()
	text := strings.Repeat(strings.Repeat("字", 97)+"👨\u200d👩\u200d👧。\n", 50)
	if _, err := c.Transport.Send(t.Context(), bot.Outgoing{ID: 1, Text: text, Route: to, SaidAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
	spaceless := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
	}
	c.says("the whole text", func(list []Words) bool {
		var all strings.Builder
		for _, w := range list {
			if strings.HasPrefix(strings.TrimSpace(w.Text), "\u200d") {
				t.Fatal("a sign is cut in two")
			}
			all.WriteString(w.Text)
		}
		return spaceless(all.String()) == spaceless(text)
	})
}

func capabilities(t *testing.T, c *conformer) {
	to, _ := c.route()
	var can bot.Capabilities
	if capable, ok := c.Transport.(bot.Capable); ok {
		can = capable.Capabilities()
	}
	if can.Pictures {
		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 40))); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Transport.Send(t.Context(), bot.Outgoing{ID: 1, Text: "看图", Picture: picture.Bytes(), Route: to, SaidAt: time.Now()}); err != nil {
			t.Fatal(err)
		}
		c.says("a picture", func(list []Words) bool { return slices.ContainsFunc(list, func(w Words) bool { return w.Picture }) })
	}
	receipt, err := c.Transport.Send(t.Context(), bot.Outgoing{ID: 2, Text: "说错了", Route: to, SaidAt: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	n := len(c.Said())
	_, err = c.Transport.Send(t.Context(), bot.Outgoing{ID: 3, Action: bot.TakeBack, Token: receipt.ID, Text: "不该说的", Route: to, SaidAt: time.Now()})
	if can.TakeBack != (err == nil) || !can.TakeBack && !errors.Is(err, bot.ErrRejected) {
		t.Errorf("taking back is declared as %t, and answered with %v", can.TakeBack, err)
	}
	if _, err := c.Transport.Send(t.Context(), bot.Outgoing{ID: 4, Action: "no such action", Text: "不该说的", Route: to, SaidAt: time.Now()}); !errors.Is(err, bot.ErrRejected) {
		t.Errorf("an unknown action: %v", err)
	}
	time.Sleep(20 * time.Millisecond)
	if more := c.Said(); len(more) != n || slices.ContainsFunc(more, func(w Words) bool { return strings.Contains(w.Text, "不该说的") }) {
		t.Errorf("an action that is no speech was said: %+v", more[min(n, len(more)):])
	}
}

func cleanEnd(_ *testing.T, c *conformer) {
	const messages = 20
	for i := range messages {
		c.Say(fmt.Sprintf("第 %d 句", i))
	}
	c.wantOrder(0, messages)
	c.stop()
}
