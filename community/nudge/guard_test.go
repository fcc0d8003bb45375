package nudge_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// crowd lets people say something once, who are due to be woken on the 14th Day after.
func crowd(w *town, n int) {
	w.t.Helper()
	for i := range n {
		w.says(fmt.Sprintf("u%02d", i), "大家好")
	}
}

// TestANudgeIsTrueWhenItIsSent: everything that may happen between the decision and its turn to be sent.
func TestANudgeIsTrueWhenItIsSent(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(w *town, user string)
		reason  string
	}{
		"they spoke":            {func(w *town, user string) { w.says(user, "我来了") }, "done"},
		"they want quiet":       {func(w *town, user string) { w.tells(user, "免打扰") }, "muted"},
		"they left":             {func(w *town, user string) { ev := w.event(user, "大群", ""); ev.Kind = bot.Left; w.hears(ev) }, "left"},
		"they are staff now":    {func(w *town, user string) { w.tells(user, "xboss") }, "staff"},
		"the nudge is off":      {func(w *town, _ string) { w.tells("boss", "停止触达 唤醒") }, "off"},
		"another one was first": {func(w *town, user string) { w.beat(user) }, "caps"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, "sqlite", nil)
			crowd(w, 4)
			w.tells("boss", "开启触达 唤醒")
			w.until(14, "10:30", true)
			w.at = w.at.Add(10 * time.Second)
			waiting := w.count(`SELECT COUNT(*) FROM nudge_sends WHERE state = 'planned'`)
			if waiting < 2 {
				t.Fatalf("%d wait", waiting)
			}
			var who string
			if err := w.DB.Conn(t.Context()).Raw(`SELECT m.name FROM nudge_sends s JOIN members m ON m.id = s.member_id WHERE s.state = 'planned' ORDER BY m.id LIMIT 1`).Row().Scan(&who); err != nil {
				t.Fatal(err)
			}
			// The event is taken while the nudge waits: nothing is sent before.
			c.happens(w, who)
			w.at = w.at.Add(time.Minute)
			if err := w.Advance(t.Context(), w.at); err != nil {
				t.Fatal(err)
			}
			if got := w.count(`SELECT COUNT(*) FROM nudge_sends s JOIN members m ON m.id = s.member_id WHERE m.name = ? AND s.state = 'withheld' AND s.reason = ?`, who, c.reason); got != 1 {
				var state, reason string
				_ = w.DB.Conn(t.Context()).Raw(`SELECT s.state, s.reason FROM nudge_sends s JOIN members m ON m.id = s.member_id WHERE m.name = ? ORDER BY s.at DESC`, who).Row().Scan(&state, &reason)
				t.Errorf("%s is %s because of %q", who, state, reason)
			}
			sent := w.count(`SELECT COUNT(*) FROM nudge_sends WHERE state = 'sent' AND family = 'wake'`)
			if want := waiting - 1; c.reason != "off" && sent != want || c.reason == "off" && sent != 0 {
				t.Errorf("%d of %d others got it", sent, want)
			}
		})
	}
}

// beat puts on record that somebody just got another nudge.
func (w *town) beat(user string) {
	w.t.Helper()
	if err := w.DB.Tx(w.t.Context(), func(ctx context.Context) error {
		return w.DB.Conn(ctx).Exec(`INSERT INTO nudge_sends (batch, member_id, family, variant, group_id, at, state, reason)
			SELECT 'x', id, 'share', 'A', '', ?, 'sent', '' FROM members WHERE name = ?`, w.at.UnixMilli(), user).Error
	}); err != nil {
		w.t.Fatal(err)
	}
	w.tells("boss", "xwho") // time passes
}

// TestTheOthersOfAGroupHearOfItAfterAll: where one of five spoke, the message is said anew to the other four, and the group is
// charged once.
func TestTheOthersOfAGroupHearOfItAfterAll(t *testing.T) {
	onEach(t, func(t *testing.T, w *town) {
		crowd(w, 12)
		w.tells("boss", "改触达 唤醒 渠道 群里")
		w.tells("boss", "改触达 唤醒 文案B 无")
		w.tells("boss", "开启触达 唤醒")
		w.until(14, "10:30", true)
		w.at = w.at.Add(10 * time.Second)
		var who string
		if err := w.DB.Conn(t.Context()).Raw(`SELECT m.name FROM nudge_sends s JOIN members m ON m.id = s.member_id WHERE s.state = 'planned' ORDER BY m.id LIMIT 1`).Row().Scan(&who); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`SELECT COUNT(*) FROM nudge_sends WHERE state = 'planned'`); n != 5 {
			t.Fatalf("%d are named", n)
		}
		w.says(who, "我来啦")
		for range 4 {
			w.at = w.at.Add(time.Minute)
			if err := w.Advance(t.Context(), w.at); err != nil {
				t.Fatal(err)
			}
		}
		states := map[string]int{}
		for _, h := range w.nudges() {
			states[h.state]++
			if h.state == "sent" && strings.Contains(h.text, who) {
				t.Errorf("%s is named after all: %s", who, h.text)
			}
		}
		if states["withheld"] != 5 || states["sent"] != 4 {
			t.Errorf("named in messages: %v", states)
		}
		if used := w.count(`SELECT used FROM noise`); used != 1 {
			t.Errorf("the group was charged %d times", used)
		}
		if n := w.count(`SELECT COUNT(*) FROM nudge_sends WHERE state = 'withheld' AND reason = 'done'`); n != 1 {
			t.Errorf("%d are on record as done", n)
		}
	})
}

// TestFailuresStopANudge: three of the last ten messages fail, and the managers hear of it.
func TestFailuresStopANudge(t *testing.T) {
	w := newTown(t, "sqlite", nil)
	crowd(w, 9)
	w.tells("boss", "开启触达 唤醒")
	w.until(14, "10:30", true)
	w.at = w.at.Add(10 * time.Second)
	claimed, err := w.Engine.Claim(t.Context(), w.at, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range claimed {
		outcome := bot.Sent
		if i%2 == 0 {
			outcome = bot.Failed
		}
		if err := w.Engine.Settle(t.Context(), w.at, bot.Result{Outgoing: o, Outcome: outcome}); err != nil {
			t.Fatal(err)
		}
		on := w.count(`SELECT COUNT(*) FROM nudge_families WHERE name = 'wake' AND running`)
		if failed := i/2 + 1; on != 1 && failed < 3 || on != 0 && failed >= 3 {
			t.Errorf("after %d failures running is %d", failed, on)
		}
	}
	if got := w.tells("boss", "触达 唤醒"); !strings.Contains(got, "发送失败太多") {
		t.Error(got)
	}
	if n := w.count(`SELECT COUNT(*) FROM outbox WHERE feature = 'nudge' AND text LIKE '%排查好以后%'`); n != 1 {
		t.Errorf("managers were told %d times", n)
	}
}

// TestACrashSaysNothingTwice: what was decided is on record with what is to be said, so that the same time of day that comes
// again decides for nobody a second time.
func TestACrashSaysNothingTwice(t *testing.T) {
	w := newTown(t, "sqlite", nil)
	crowd(w, 6)
	w.tells("boss", "开启触达 唤醒")
	w.until(14, "10:40")
	before := len(w.nudges())
	w.says("boss", "大家好")
	answer := w.tells("boss", "执行触达 唤醒")
	if !strings.Contains(answer, "没有要发的人") || before == 0 {
		t.Errorf("after %d nudges: %s", before, answer)
	}
	if err := w.Deliver(t.Context(), []bot.Event{w.event("boss", "", "触达报告")}); err != nil {
		t.Fatal(err)
	}
	if after := len(w.nudges()); after != before {
		t.Errorf("%d nudges, and %d then", before, after)
	}
}
