package bottest

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/weilu-im/weilu/bot"
)

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

// mentionsAndQuotes says something to somebody, in answer to what they said.
func mentionsAndQuotes(t *testing.T, c *conformer) {
	to, who := c.route()
	var can bot.Capabilities
	if capable, ok := c.Transport.(bot.Capable); ok {
		can = capable.Capabilities()
	}
	if _, err := c.Transport.Send(t.Context(), bot.Outgoing{
		ID: 1, Event: c.heard()[0].ID, Priority: bot.Answer, Text: "收到，谢谢你", Mentions: []bot.Person{who}, Route: to, SaidAt: time.Now(),
	}); err != nil {
		t.Fatal(err)
	}
	w := c.says("an answer", func(list []Words) bool { return len(list) > 0 })[0]
	if !strings.HasSuffix(w.Text, "收到，谢谢你") {
		t.Errorf("said %q", w.Text)
	}
	if really := slices.Contains(w.Mentions, who.User); really != can.Mentions || !really && len(w.Mentions) > 0 {
		t.Errorf("mentions are declared as %t, and %q are mentioned", can.Mentions, w.Mentions)
	}
	if !can.Mentions && !strings.Contains(w.Text, "@"+who.Called()) {
		t.Errorf("nobody is addressed: %q", w.Text)
	}
	if (w.Quotes == "开始") != can.Quotes || !can.Quotes && w.Quotes != "" {
		t.Errorf("quotes are declared as %t, and %q is quoted", can.Quotes, w.Quotes)
	}
}
