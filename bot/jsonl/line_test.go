package jsonl_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/jsonl"
)

func TestDecode(t *testing.T) {
	at := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	base := func(change func(*bot.Event)) bot.Event {
		ev := bot.Event{ID: "jsonl/e1", Kind: bot.Message, Form: bot.Text, At: at, SeenAt: at, Transport: "jsonl", Chat: "c1",
			From: bot.Person{User: "u1", Stable: true}}
		change(&ev)
		return ev
	}
	for name, c := range map[string]struct {
		in   string
		want bot.Event
	}{
		"the least":                            {`{"id":"e1","time":"2024-05-01T00:00:00Z","chat":"c1","from":"u1"}`, base(func(*bot.Event) {})},
		"an offset becomes UTC":                {`{"id":"e1","time":"2024-05-01T08:00:00+08:00","chat":"c1","from":"u1"}`, base(func(*bot.Event) {})},
		"a byte order mark and unknown fields": {"\xef\xbb\xbf" + `{"id":"e1","time":"2024-05-01T00:00:00Z","chat":"c1","from":"u1","x":{"y":[1]}}`, base(func(*bot.Event) {})},
		"history": {`{"id":"e1","time":"2024-05-01T00:00:00Z","chat":"c1","from":"u1","kind":"link","len":362,"mentions":["u2","","u3"]}`,
			base(func(ev *bot.Event) {
				ev.Form, ev.Len = bot.Link, 362
				ev.Mentions = []bot.Person{{User: "u2", Stable: true}, {User: "u3", Stable: true}}
			})},
		"text and name": {`{"id":"e1","time":"2024-05-01T00:00:00Z","chat":"c1","from":"u1","text":"签到","name":"小明","chat_name":"大群"}`,
			base(func(ev *bot.Event) { ev.Text, ev.From.Name, ev.ChatName = "签到", "小明", "大群" })},
		"a private word has no chat": {`{"id":"e1","time":"2024-05-01T00:00:00Z","chat":"c1","from":"u1","private":true}`,
			base(func(ev *bot.Event) { ev.Private, ev.Chat = true, "" })},
		"a join": {`{"id":"e1","time":"2024-05-01T00:00:00Z","chat":"c1","from":"u1","kind":"join","by":"u2"}`,
			base(func(ev *bot.Event) { ev.Kind, ev.Form, ev.By = bot.Joined, "", &bot.Person{User: "u2", Stable: true} })},
		"a leave": {`{"id":"e1","time":"2024-05-01T00:00:00Z","chat":"c1","from":"u1","kind":"leave"}`,
			base(func(ev *bot.Event) { ev.Kind, ev.Form = bot.Left, "" })},
		"a recall": {`{"id":"e1","time":"2024-05-01T00:00:00Z","chat":"c1","from":"u1","kind":"recall","ref":"e0"}`,
			base(func(ev *bot.Event) { ev.Kind, ev.Form, ev.Ref = bot.Recalled, "", "jsonl/e0" })},
		"an answer": {`{"id":"e1","time":"2024-05-01T00:00:00Z","chat":"c1","from":"u1","quote":"e0"}`,
			base(func(ev *bot.Event) { ev.Quote = &bot.Quote{ID: "jsonl/e0"} })},
	} {
		t.Run(name, func(t *testing.T) {
			got, id, err := jsonl.Decode([]byte(c.in))
			if err != nil || id != "e1" {
				t.Fatalf("id %q, %v", id, err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"no JSON":           {`hello`, "not an event"},
		"half of it":        {`{"id":"e1"`, "not an event"},
		"a list":            {`[]`, "not an event"},
		"null":              {`null`, "id: missing\ntime: missing\nfrom: missing\nchat: missing"},
		"two on a line":     {`{"id":"e1"}{"id":"e2"}`, "not an event"},
		"a number for text": {`{"id":"e1","text":5}`, "not an event"},
		"nothing in it":     {`{}`, "id: missing\ntime: missing\nfrom: missing\nchat: missing"},
		"an unknown kind":   {`{"id":"e1","time":"2024-05-01T00:00:00Z","chat":"c1","from":"u1","kind":"poke"}`, `kind: unknown "poke"`},
		"a recall of what":  {`{"id":"e1","time":"2024-05-01T00:00:00Z","chat":"c1","from":"u1","kind":"recall"}`, `ref: missing`},
		"a length below 0":  {`{"id":"e1","time":"2024-05-01T00:00:00Z","chat":"c1","from":"u1","len":-1}`, `len: negative`},
		"half a length":     {`{"id":"e1","time":"2024-05-01T00:00:00Z","chat":"c1","from":"u1","len":1.5}`, `not an event`},
		"a date alone":      {`{"id":"e1","time":"2024-05-01","chat":"c1","from":"u1"}`, "time: not like"},
		"Unix seconds":      {`{"id":"e1","time":"1714521600","chat":"c1","from":"u1"}`, "time: not like"},
		"the year 1":        {`{"id":"e1","time":"0001-01-01T00:00:00Z","chat":"c1","from":"u1"}`, "time: year 1"},
		"the year 9999":     {`{"id":"e1","time":"9999-01-01T00:00:00Z","chat":"c1","from":"u1"}`, "time: year 9999"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := jsonl.Decode([]byte(c.in))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestDecodeErrorsAreShortAndPrintable(t *testing.T) {
	for _, in := range []string{
		`{"id":"e1","len":` + strings.Repeat("9", 1<<20) + `}`,
		`{"id":"e1","time":"` + strings.Repeat("漢", 1<<20) + `"}`,
		`{"id":"e1","time":"2024-05-01T00:00:00Z","chat":"c1","from":"u1","kind":"` + strings.Repeat("漢", 1<<20) + `"}`,
		`{"id":"e1","time":"2024-05-01T00:00:00Z","chat":"c1","from":"u1","kind":"\u001b[2J"}`,
		"\x1b[2J", `{"id":"e1","time":"\u001b[2J","chat":"c1","from":"u1"}`, "{\"id\":\"e1\",\"\x1b[2J",
	} {
		_, _, err := jsonl.Decode([]byte(in))
		if err == nil {
			t.Errorf("%.40q is taken", in)
			continue
		}
		if s := err.Error(); len(s) > 300 || strings.ContainsAny(s, "\x00\x1b") || strings.ToValidUTF8(s, "") != s {
			t.Errorf("the error of %.40q is %d bytes: %.100q", in, len(s), s)
		}
	}
}
