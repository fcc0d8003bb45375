package bottest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

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

func cleanEnd(_ *testing.T, c *conformer) {
	const messages = 20
	for i := range messages {
		c.Say(fmt.Sprintf("第 %d 句", i))
	}
	c.wantOrder(0, messages)
	c.stop()
}

func comesBackGently(t *testing.T, c *conformer) {
	if c.Line == nil {
		return // nothing lies between the two
	}
	const away, most = time.Second, 60
	c.Say("第 0 句")
	c.hears(1)
	before := 0
	if c.Line.Tried != nil {
		before = c.Line.Tried()
	}
	c.Line.Down()
	c.Say("第 1 句")
	time.Sleep(away)
	if c.Line.Tried != nil {
		if n := c.Line.Tried() - before; n < 2 || n > most {
			t.Errorf("%d tries to come back in %s, want 2 to %d", n, away, most)
		}
	}
	c.Line.Up()
	c.Say("第 2 句")
	c.wantOrder(0, 3)
}

// nothingIsLostByKills lets the process die while it takes what it can't store any more, and another one go on.
func nothingIsLostByKills(_ *testing.T, c *conformer) {
	if c.Again == nil {
		return
	}
	const rounds, each = 4, 5
	n := 0
	say := func() {
		for range each {
			c.Say(fmt.Sprintf("第 %d 句", n))
			n++
		}
	}
	for range rounds {
		say()
		c.hears(n)
		c.mu.Lock()
		c.dead = true
		c.mu.Unlock()
		if !c.Deaf {
			say()
			time.Sleep(30 * time.Millisecond) // so that it is on its way
		}
		c.stop()
		if !c.Deaf {
			say()
		}
		c.mu.Lock()
		c.dead, c.ended = false, false
		c.mu.Unlock()
		c.Transport = c.Again()
		c.run()
	}
	say()
	c.wantOrder(0, n)
}

func whomWordsAreFor(t *testing.T, c *conformer) {
	c.Say("第一句")
	if ev := c.hears(1); ev.ToBot || len(ev.Mentions) > 0 || ev.Quote != nil {
		t.Errorf("plain words: %+v", ev)
	}
	c.Address("你好")
	if ev := c.hears(2); !ev.ToBot || len(ev.Mentions) != 1 || ev.Mentions[0].Self || !strings.Contains(ev.Text, "你好") {
		t.Errorf("words to the bot that mention somebody: %+v", ev)
	}
	c.Answer("再说一句")
	if ev := c.hears(3); ev.Quote == nil || ev.Quote.Text != "第一句" && ev.Quote.ID != c.heard()[0].ID || ev.Text != "再说一句" || ev.ToBot {
		t.Errorf("an answer: %+v", ev)
	}
}
