package community_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

var errUndone = errors.New("undone")

func TestWhatIsUndoneIsForgotten(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		all := people(20, "p")
		r := w.room("群", "小助手·G1", all...)
		r.display[all[3]] = "三#3"
		w.login()
		seq := int64(1 << 40)
		observe := func(keep bool, events ...bot.Event) {
			t.Helper()
			err := w.DB.Tx(t.Context(), func(ctx context.Context) error {
				for _, ev := range events {
					seq++
					if err := w.Community.Observe(ctx, &bot.Request{Event: ev, Seq: seq}); err != nil {
						return err
					}
				}
				if !keep {
					return errUndone
				}
				return nil
			})
			if !keep && !errors.Is(err, errUndone) || keep && err != nil {
				t.Fatal(err)
			}
		}
		undo := func(what string, events ...bot.Event) {
			t.Helper()
			before := w.Community.Memory()
			observe(false, events...)
			if after := w.Community.Memory(); after != before {
				t.Errorf("%s is remembered:\nbefore %.600s\nafter  %.600s", what, before, after)
			}
		}
		all[0].nick = "新名"
		undo("a rename", w.list(r))
		r.people = append(r.people[1:], &human{key: "guest", nick: "客"})
		undo("who came and left", w.list(r))
		undo("a message of somebody new", w.said(&human{key: "other", nick: "谁"}, r, "早"))

		r.display[all[3]] = ""
		all[3].nick = "别名"
		w.login()
		w.waits(all[3])
		r.display[all[3]] = "又是#3"
		undo("somebody who was recognised", w.list(r), w.said(all[3], r, "早"))
		w.hear(w.list(r))
		if b := w.bond(all[3]); b.Rule != "tag" {
			t.Errorf("after all that they are %+v", b)
		}
	})
}

// A login of a community as large as an account can hold, and lists that tell nothing new.
func TestALoginOfFiftyGroupsIsQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("25,000 members")
	}
	w := newChatApp(t, "sqlite")
	for g := range 50 {
		w.room(fmt.Sprint("群", g), fmt.Sprintf("小助手·G%d", g+1), people(500, fmt.Sprintf("群%d-", g))...)
	}
	took := func(fn func()) time.Duration {
		began := time.Now()
		fn()
		return time.Since(began)
	}
	first := took(w.login)
	for _, r := range w.rooms {
		for i := range 150 {
			r.people[i].nick += "改"
		}
	}
	again := took(w.login)
	var slowest, sum time.Duration
	for range 20 {
		ev := w.list(w.rooms[7])
		d := took(func() { w.hear(ev) })
		slowest, sum = max(slowest, d), sum+d
	}
	t.Logf("first login %v, login with 30 %% renamed %v, unchanged list %v on average and %v at most", first, again, sum/20, slowest)
	if n := w.count(`SELECT COUNT(*) FROM bindings WHERE session = ? AND rule = 'whole key'`, w.session()); n != 50*350 {
		t.Errorf("%d are bound", n)
	}
	// The figures of a quiet machine are 3 s and 10 ms; this is for one that does other things too.
	if again > 12*time.Second || sum/20 > 40*time.Millisecond {
		t.Error("too slow")
	}
}
