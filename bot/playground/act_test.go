package playground_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

func say(text string, more map[string]any) map[string]any {
	body := map[string]any{"room": "g:main", "as": "u1", "text": text}
	for k, v := range more {
		body[k] = v
	}
	return body
}

func TestWhatIsSaidBecomesEventsInOrder(t *testing.T) {
	s := newStage(t, nil)
	s.must("say", say("@小红 @围炉 早", map[string]any{"mentions": []string{"u2", "playground-bot", "u2"}}))
	first := last(s.lines("g:main"))["id"].(string)
	s.must("say", say("回你", map[string]any{"as": "u2", "quote": first}))
	s.must("say", map[string]any{"room": "p:u1", "as": "u1", "text": "积分"})
	s.must("tap", map[string]any{"room": "g:main", "as": "u1", "whom": "u2"})
	s.must("recall", map[string]any{"room": "g:main", "as": "u1", "line": first})
	s.must("rename", map[string]any{"room": "g:main", "as": "u1", "name": " 明\n明 "})
	s.must("leave", map[string]any{"room": "g:main", "as": "u1"})
	s.must("join", map[string]any{"room": "g:main", "as": "u1"})
	born := s.must("people", map[string]any{"name": "阿新"})["id"].(string)
	s.must("join", map[string]any{"room": "g:main", "as": born})

	got := s.sink.delivered()
	kinds := []bot.Kind{bot.Message, bot.Message, bot.Message, bot.Tapped, bot.Recalled, bot.Renamed, bot.Left, bot.Joined, bot.Joined}
	if len(got) != len(kinds) {
		t.Fatalf("%d events", len(got))
	}
	ids := map[string]bool{}
	for i, ev := range got {
		if ev.Kind != kinds[i] || !strings.HasPrefix(ev.ID, "playground/") || ids[ev.ID] || !ev.From.Stable || ev.Transport != "playground" {
			t.Errorf("event %d: %+v", i, ev)
		}
		if i > 0 && ev.At.Sub(got[i-1].At) < time.Millisecond {
			t.Errorf("event %d is not later than the one before", i)
		}
		ids[ev.ID] = true
	}
	if m := got[0]; !m.ToBot || len(m.Mentions) != 1 || m.Mentions[0].User != "u2" || m.Chat != "main" || m.ChatName != "围炉读书会" || m.Len != 9 {
		t.Errorf("message %+v", m)
	}
	if q := got[1].Quote; q == nil || q.ID != first || q.From.User != "u1" || !strings.HasSuffix(q.Text, "早") {
		t.Errorf("quote %+v", q)
	}
	if p := got[2]; !p.Private || p.Chat != "" || p.ToBot {
		t.Errorf("private %+v", p)
	}
	if got[4].Ref != first || got[5].From.Name != "明 明" || got[7].From.Name != "明 明" {
		t.Errorf("recall %+v rename %+v join %+v", got[4], got[5].From, got[7].From)
	}
}

func TestAFailedMessageIsMarkedAndRetriedAsTheSame(t *testing.T) {
	s := newStage(t, nil)
	s.sink.setBroken(true)
	body := say("签到", map[string]any{"nonce": "n1"})
	status, answer := s.post("say", body)
	if status != http.StatusServiceUnavailable || answer["error"] != "undelivered" {
		t.Fatalf("%d %v", status, answer)
	}
	line := last(s.lines("g:main"))
	if line["state"] != "failed" || line["nonce"] != "n1" {
		t.Errorf("line %v", line)
	}
	s.clock.set(s.clock.Now().Add(time.Hour))
	s.sink.setBroken(false)
	s.must("say", map[string]any{"room": "g:main", "as": "u1", "nonce": "n1"})
	s.must("say", body) // the page lost the answer and asks again
	got := s.sink.delivered()
	if len(got) != 2 || got[0].ID != got[1].ID || !got[0].At.Equal(got[1].At) {
		t.Errorf("delivered %+v", got)
	}
	if told := s.told("g:main"); told != "小明 text 签到 -\n围炉 text @小明\u2005签到成功 +5，已连续 3 天 -\n" {
		t.Errorf("told %q", told)
	}
}

func TestAFailedDeedChangesNothingAndIsRetriedAsTheSame(t *testing.T) {
	s := newStage(t, nil)
	s.sink.setBroken(true)
	join := map[string]any{"room": "g:main", "as": "u3"}
	if status, _ := s.post("join", join); status != http.StatusServiceUnavailable {
		t.Fatalf("status %d", status)
	}
	if told := s.told("g:main"); told != "" {
		t.Errorf("told %q", told)
	}
	s.sink.setBroken(false)
	s.must("join", join)
	s.must("leave", join)
	s.must("join", join)
	got := s.sink.delivered()
	if got[0].ID != got[1].ID || got[3].ID == got[1].ID {
		t.Errorf("ids %q %q %q", got[0].ID, got[1].ID, got[3].ID)
	}
}

func TestTheClockFiresWhatIsDueOnTheWay(t *testing.T) {
	s := newStage(t, nil)
	s.clock.due = func(at time.Time) {
		o := toGroup("早安")
		o.SaidAt = at
		s.sink.say(o)
	}
	for _, move := range []string{"hour", "morning", "week"} {
		s.must("clock", map[string]any{"move": move})
	}
	if got := s.clock.Now().In(shanghai).Format(time.DateTime); got != "2026-11-10 08:00:00" {
		t.Errorf("the clock shows %s", got)
	}
	var shown []string
	for _, l := range s.lines("g:main") {
		shown = append(shown, l["kind"].(string)+" "+l["at"].(string)[5:16])
	}
	if len(shown) != 11 || shown[0] != "clock 11-02T10:30" || shown[1] != "text 11-03T08:00" || last(shown) != "clock 11-10T08:00" {
		t.Errorf("shown %q", shown)
	}
	if status, _ := s.post("clock", map[string]any{"move": "back"}); status != http.StatusBadRequest {
		t.Errorf("a move backwards: %d", status)
	}
}

func TestTheClockMovesOnceAtATime(t *testing.T) {
	s := newStage(t, nil)
	inside, end := make(chan struct{}), make(chan struct{})
	s.clock.due = func(time.Time) { close(inside); <-end }
	done := make(chan int)
	go func() {
		status, _ := s.post("clock", map[string]any{"move": "morning"})
		done <- status
	}()
	<-inside
	if status, answer := s.post("clock", map[string]any{"move": "hour"}); status != http.StatusConflict || answer["error"] != "moving" {
		t.Errorf("%d %v", status, answer)
	}
	close(end)
	if status := <-done; status != http.StatusOK {
		t.Errorf("the first move: %d", status)
	}
}

func TestPicturesAreShownAndServed(t *testing.T) {
	s := newStage(t, nil)
	data := paint(t, 20, 10)
	req := s.request("POST", "/api/picture?room=g:main&as=u1&nonce=p1", strings.NewReader(string(data)))
	if status, answer := s.do(req); status != http.StatusOK {
		t.Fatalf("%d %v", status, answer)
	}
	ev := last(s.sink.delivered())
	if ev.Form != bot.Image || !strings.HasPrefix(ev.Media, "sha256:") || ev.Text != "" {
		t.Errorf("event %+v", ev)
	}
	pic := last(s.lines("g:main"))["picture"].(map[string]any)
	if pic["width"] != 20.0 || pic["height"] != 10.0 {
		t.Errorf("picture %v", pic)
	}
	resp, err := http.DefaultClient.Do(s.request("GET", "/"+pic["url"].(string), nil))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Content-Type") != "image/png" || resp.ContentLength != int64(len(data)) {
		t.Errorf("%d bytes of %s", resp.ContentLength, resp.Header.Get("Content-Type"))
	}
	for want, body := range map[string]string{"picture_kind": "<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_size": string(data) + strings.Repeat("x", 2<<20)} {
		if _, answer := s.do(s.request("POST", "/api/picture?room=g:main&as=u1", strings.NewReader(body))); answer["error"] != want {
			t.Errorf("%s: %v", want, answer)
		}
	}
}
