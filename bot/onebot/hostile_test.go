package onebot_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/onebot"
	"github.com/weilu-im/weilu/bot/onebot/onebottest"
)

// TestNonsenseIsLeftOut hears frames that no implementation should send, and goes on.
func TestNonsenseIsLeftOut(t *testing.T) {
	w := onebottest.New(onebottest.Options{})
	ming := w.Person("小明")
	g := w.Group("大群", ming)
	b := setUp(t, onebot.Options{}, w)
	b.notes.wait(t, bot.MembersSeen, 1)
	for _, frame := range []string{
		"", "null", "[]", "1", `"x"`, "{", "{}", `{"post_type":1}`, `{"post_type":"message"}`, `{"post_type":"message","message_type":"group"}`,
		`{"post_type":"message","message_type":"group","group_id":1,"message_id":1}`,
		`{"post_type":"message","message_type":"group","group_id":{"a":1},"user_id":[1],"message":{}}`,
		`{"post_type":"notice","notice_type":"group_increase"}`, `{"post_type":"notice","notice_type":"notify","sub_type":"poke"}`,
		`{"post_type":"notice","notice_type":"group_recall","group_id":1,"message_id":"x"}`, `{"post_type":"request","request_type":"friend"}`,
		`{"post_type":"notice","notice_type":"group_increase","group_id":500000,"user_id":0}`, `{"post_type":"notice","notice_type":"group_increase","user_id":7}`,
		`{"post_type":"notice","notice_type":"group_decrease","group_id":500000}`, `{"post_type":"notice","notice_type":"group_card","group_id":500000,"card_new":"x"}`,
		`{"post_type":"notice","notice_type":"friend_add","user_id":"0"}`, `{"post_type":"what"}`, `{"echo":"1-x","retcode":0}`, `{"echo":{"a":1},"status":"ok"}`, strings.Repeat("[", 100_000),
		`{"post_type":"message","message_type":"group","group_id":500000,"user_id":7,"message":` + strings.Repeat(`{"type":"node","data":`, 20_000) + `1` + strings.Repeat("}", 20_001),
		"{\"post_type\":\"message\",\"x\":\"\xff\xfe\"}",
	} {
		w.Raw(frame)
	}
	g.Say(ming, "还在")
	if ev := b.notes.wait(t, bot.Message, 1); !strings.Contains(ev.Text, "还在") && len(b.notes.all(bot.Message)) < 2 {
		b.notes.wait(t, bot.Message, 2)
	}
	if w.Asked("get_login_info") != 1 {
		t.Error("the connection did not live through it")
	}
	for _, ev := range b.notes.all("") {
		if ev.Kind == bot.Joined || ev.Kind == bot.Left || ev.Kind == bot.Renamed {
			t.Errorf("it happened to nobody, or nowhere: %+v", ev)
		}
	}
	hostile := strings.Repeat("\u202e'; DROP TABLE members;--<script>\x00\x1b[31m", 400)
	g.Send(ming, onebottest.Text(hostile), onebottest.At(ming))
	last := b.notes.all(bot.Message)
	ev := b.notes.wait(t, bot.Message, len(last)+1)
	if !utf8.ValidString(ev.Text) || !strings.HasPrefix(ev.Text, "\u202e'; DROP") {
		t.Errorf("a hostile text is not passed on as it is, for the engine to clean: %q", ev.Text[:20])
	}
	if _, err := b.send(inGroup(g, "x\u202ey\x00z[CQ:at,qq=all]&amp;")); err != nil {
		t.Fatal(err)
	}
	if s := w.Sent()[0]; s.Text != "xyz[CQ:at,qq=all]&amp;" || len(s.Mentions) > 0 {
		t.Errorf("sent %q", s.Text)
	}
}
