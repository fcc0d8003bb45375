package bot_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// Whatever is said, in whatever order, through whatever goes wrong and however often the process starts anew: no limit
// is ever passed in any window, each receiver's order is kept, and everything ends in exactly one final state.
func TestNoLimitIsEverPassedAndNothingIsLostOrSaidTwice(t *testing.T) {
	db := &storage{DB: dbtest.Open(t, "sqlite", owners())}
	sent, restarts := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		db.clear(t)
		x := &paced{name: "x", pace: drawPace(rt)}
		st := newStreet(t, db, noon, x)
		x.takes = time.Duration(rapid.IntRange(0, 3).Draw(rt, "takes")) * time.Second
		trouble := rapid.IntRange(0, 30).Draw(rt, "trouble")
		x.answer = func(bot.Outgoing) error {
			switch n := rapid.IntRange(0, 99).Draw(rt, "answer"); {
			case n >= trouble:
				return nil
			case n%4 == 0:
				return bot.ErrDown
			case n%4 == 1:
				return bot.ErrUnknown
			case n%4 == 2:
				return bot.ErrRejected
			}
			return &bot.LimitedError{Until: st.now.Add(time.Minute)}
		}
		id := 0
		for range rapid.IntRange(1, 12).Draw(rt, "acts") {
			switch rapid.IntRange(0, 5).Draw(rt, "act") {
			case 0:
				st.open(t)
				restarts++
			case 1:
				st.pass(t, time.Duration(rapid.IntRange(1, 7200).Draw(rt, "seconds"))*time.Second)
			case 2: // the process dies between the claim and the answer
				st.dies(t, x)
				restarts++
			default:
				st.say(t, many(rapid.IntRange(1, 12).Draw(rt, "n"), func(int) bot.Outgoing { id++; return drawOutgoing(rt, st.now, id) })...)
				st.pass(t, time.Duration(rapid.IntRange(0, 30).Draw(rt, "then"))*time.Second)
			}
		}
		trouble = 0
		st.pass(t, 30*24*time.Hour)
		checkLimits(rt, x)
		checkOrder(rt, x)
		if left := db.strings(t, `SELECT ref FROM outbox WHERE state IN ('pending', 'sending') OR settled_at = 0`); len(left) > 0 {
			rt.Fatalf("without a final state: %v", left)
		}
		if n := len(db.strings(t, `SELECT ref FROM outbox`)); n != id || len(st.heard.all()) != id {
			rt.Fatalf("%d said, %d in the outbox, %d heard of", id, n, len(st.heard.all()))
		}
		sent += len(x.sent)
	})
	t.Logf("%d messages, %d restarts", sent, restarts)
}

// dies makes the process end while something is being sent: the transport has it, and nobody learns of that.
func (st *street) dies(t *testing.T, x *paced) {
	t.Helper()
	before, answers := len(x.sent), x.answer
	x.answer = nil
	st.s.failWith(func(query string) error {
		if len(x.sent) > before {
			return context.DeadlineExceeded
		}
		return nil
	})
	_, _, err := st.courier.Step(t.Context())
	st.s.heal()
	if len(x.sent) > before && err == nil {
		t.Fatal("it was written down although the process was dead")
	}
	x.answer = answers
	st.open(t)
}

func drawPace(rt *rapid.T) bot.Pace {
	span := func(name string, most int) time.Duration {
		return time.Duration(rapid.IntRange(0, most).Draw(rt, name)) * time.Second
	}
	limit := func(name string, most int) int { return rapid.IntRange(0, most).Draw(rt, name) }
	from := span("from", 86_399)
	return bot.Pace{
		Gap: span("gap", 6), Jitter: span("jitter", 3), Burst: limit("burst", 3),
		PerMinute: limit("minute", 8), PerHour: limit("hour", 20), PerDay: rapid.SampledFrom([]int{0, 5, 15, 40}).Draw(rt, "day"),
		GroupGap: span("group gap", 15), PictureGap: span("picture gap", 30), PicturesPerHour: limit("pictures", 5),
		QuietFrom: from, QuietUntil: (from + span("night", 10*3600)) % (24 * time.Hour),
		MergeWait: span("merge", 25), Pauses: []time.Duration{time.Minute, 5 * time.Minute},
	}
}

func drawOutgoing(rt *rapid.T, now time.Time, id int) bot.Outgoing {
	o := bot.Outgoing{
		Group: fmt.Sprint("x/", rapid.IntRange(0, 3).Draw(rt, "group")), Text: fmt.Sprint(id, ";"), Ref: fmt.Sprint(id),
		Priority: rapid.SampledFrom([]bot.Priority{bot.Alert, bot.Answer, bot.Notice, bot.Post, bot.Friendly}).Draw(rt, "priority"),
	}
	switch rapid.IntRange(0, 9).Draw(rt, "kind") {
	case 0:
		o.Picture = []byte("png")
	case 1, 2, 3:
		o.Merge, o.MergeHead, o.MergeItem = "m", "all: ", o.Text
	case 4:
		o.Group, o.Member = "", "x/somebody"
	case 5:
		o.NotAfter = now.Add(time.Minute)
	case 6:
		o.NotBefore, o.Dated = now.Add(10*time.Second), true
	}
	return o
}

// checkLimits looks at every window that begins with something that reached the other side.
func checkLimits(rt *rapid.T, x *paced) {
	type one struct {
		at    time.Time
		group string
	}
	var all []one
	var pictures []time.Time
	groups := map[string]time.Time{}
	for _, d := range x.taken() {
		all = append(all, one{d.at, d.Group})
		if len(d.Picture) > 0 {
			all, pictures = append(all, one{d.at, d.Group}), append(pictures, d.at) // a picture and its words
		}
		if last, ok := groups[d.Group]; ok && d.Group != "" && d.at.Sub(last) < x.pace.GroupGap {
			rt.Fatalf("%s after another in %s", d.at.Sub(last), d.Group)
		}
		groups[d.Group] = d.at
	}
	window := func(span time.Duration, limit int, what string) {
		for i := limit; limit > 0 && i < len(all); i++ {
			if got := all[i].at.Sub(all[i-limit].at); got < span && (limit > 1 || !all[i].at.Equal(all[i-1].at)) {
				rt.Fatalf("%d within %s, which is too many in %s", limit+1, got, what)
			}
		}
	}
	window(time.Minute, x.pace.PerMinute, "a minute")
	window(time.Hour, x.pace.PerHour, "an hour")
	window(24*time.Hour, x.pace.PerDay, "a day")
	for i := 1; i < len(pictures); i++ {
		if got := pictures[i].Sub(pictures[i-1]); got < x.pace.PictureGap {
			rt.Fatalf("a picture %s after another", got)
		}
		if n := x.pace.PicturesPerHour; n > 0 && i >= n && pictures[i].Sub(pictures[i-n]) < time.Hour {
			rt.Fatalf("%d pictures within %s", n+1, pictures[i].Sub(pictures[i-n]))
		}
	}
	burst := max(x.pace.Burst, 1)
	for i := burst + 1; i < len(all); i++ { // one more, because a picture with words may overdraw by one
		if got := all[i].at.Sub(all[i-burst-1].at); got < x.pace.Gap {
			rt.Fatalf("%d within %s, with a gap of %s", burst+2, got, x.pace.Gap)
		}
	}
}

// checkOrder compares what was said to each receiver, with each urgency, with the order in which it was enqueued. In a
// message of several the first one counts. What is dated or was not due yet has an order of its own.
func checkOrder(rt *rapid.T, x *paced) {
	type line struct {
		to       string
		priority bot.Priority
	}
	last, times := map[line]int64{}, map[int64]int{}
	for _, d := range x.taken() {
		times[d.ID]++
		if times[d.ID] > 1 {
			rt.Fatalf("%d was said %d times", d.ID, times[d.ID])
		}
		if d.Dated {
			continue
		}
		l := line{d.Group + d.Member, d.Priority}
		if d.ID < last[l] {
			rt.Fatalf("%d was overtaken by %d", d.ID, last[l])
		}
		last[l] = d.ID
	}
}

// With 5,000 things that wait behind a limit, for one group or for many, a claim takes a few milliseconds.
func TestAClaimIsQuickHoweverMuchWaits(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		for name, groups := range map[string]int{"one group": 1, "fifty groups": 50} {
			t.Run(name, func(t *testing.T) {
				db.clear(t)
				x := &paced{name: "x", pace: bot.Pace{GroupGap: time.Hour}}
				st := newStreet(t, db, noon, x)
				st.say(t, many(5000, func(i int) bot.Outgoing { return answer(fmt.Sprint("x/", i%groups), fmt.Sprint(i)) })...)
				st.step(t) // sorts them
				took := make([]time.Duration, 100)
				for i := range took {
					st.say(t, answer(fmt.Sprint("x/new", i), "new"))
					begin := time.Now()
					st.step(t)
					took[i] = time.Since(begin)
				}
				slices.Sort(took)
				median := took[len(took)/2] // what else the machine does comes in bursts
				t.Logf("5,000 wait for %s: half of the rounds take at most %s, the longest %s", name, median.Round(time.Microsecond), took[len(took)-1].Round(time.Microsecond))
				if median > 20*time.Millisecond {
					t.Errorf("a round takes %s", median)
				}
			})
		}
	})
}

func (st *street) step(t testing.TB) {
	t.Helper()
	if _, _, err := st.courier.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkPacedClaim(b *testing.B) {
	db := &storage{DB: dbtest.Open(b, "sqlite", owners())}
	x := &paced{name: "x", pace: bot.Pace{GroupGap: time.Nanosecond}, answer: func(bot.Outgoing) error { return bot.ErrDown }}
	st := newStreet(b, db, noon, x)
	st.say(b, many(5000, func(i int) bot.Outgoing { return answer("x/g", fmt.Sprint(i)) })...)
	for b.Loop() {
		st.now = st.now.Add(2 * time.Minute)
		st.step(b)
	}
}
