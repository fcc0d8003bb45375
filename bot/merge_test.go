package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

func checkin(group string, i int) bot.Outgoing {
	return bot.Outgoing{
		Group: group, Text: fmt.Sprint("签到成功，小明", i, "！"), Ref: fmt.Sprint(i), Priority: bot.Answer,
		Merge: "done", MergeHead: "签到成功：", MergeItem: fmt.Sprintf("小明%d 第3天 +5", i),
	}
}

func TestFiveHundredWhoCheckInWithinAMinuteAreAllAnswered(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		x := &paced{name: "x", pace: bot.PersonPace()}
		st := newStreet(t, db, noon, x)
		for i := range 500 {
			st.until(t, noon.Add(time.Duration(i)*time.Minute/500))
			st.say(t, checkin("x/g", i))
		}
		st.pass(t, 10*time.Minute)
		last := x.sent[len(x.sent)-1].at.Sub(noon)
		t.Logf("500 check-ins in %d messages, the last after %s", len(x.sent), last.Round(time.Millisecond))
		if len(x.sent) > 12 || last > 3*time.Minute {
			t.Errorf("%d messages, the last after %s", len(x.sent), last)
		}
		if n := len(db.strings(t, `SELECT text FROM outbox WHERE state = 'sent' AND settled_at > 0`)); n != 500 {
			t.Errorf("%d are settled as sent", n)
		}
		heard := st.heard.all()
		slices.Sort(heard)
		if len(slices.Compact(heard)) != 500 {
			t.Errorf("%d were heard of", len(heard))
		}
		var all strings.Builder
		for _, d := range x.sent {
			if n := utf8.RuneCountInString(d.Text); n > 1500 {
				t.Errorf("a message of %d characters", n)
			}
			all.WriteString(d.Text + "、")
		}
		for i := range 500 {
			if n := strings.Count(all.String(), fmt.Sprintf("小明%d ", i)) + strings.Count(all.String(), fmt.Sprintf("小明%d！", i)); n != 1 {
				t.Errorf("%d is said %d times", i, n)
			}
		}
		if x.sent[0].Text != "签到成功，小明0！" || !x.sent[0].at.Equal(noon) {
			t.Errorf("the first was answered at %s: %s", x.sent[0].at, x.sent[0].Text)
		}
	})
}

func TestWhatIsMergedWithWhat(t *testing.T) {
	o := func(text, merge, head, item string) bot.Outgoing {
		return bot.Outgoing{Group: "x/g", Text: text, Ref: text, Priority: bot.Answer, Merge: merge, MergeHead: head, MergeItem: item}
	}
	in := func(group string, o bot.Outgoing) bot.Outgoing { o.Group = group; return o }
	with := func(o bot.Outgoing, change func(o *bot.Outgoing)) bot.Outgoing { change(&o); return o }
	cases := []struct {
		name string
		say  []bot.Outgoing
		want []string
	}{
		{"one alone says its own text", []bot.Outgoing{o("one", "m", "all: ", "1")}, []string{"one"}},
		{"several say their items", []bot.Outgoing{o("一", "m", "大家：", "甲"), o("二", "m", "大家：", "乙")}, []string{"大家：甲、乙"}},
		{"in English with commas", []bot.Outgoing{o("one", "m", "all: ", "Tom"), o("two", "m", "all: ", "Ann")}, []string{"all: Tom, Ann"}},
		{"items that hold the comma go on lines", []bot.Outgoing{o("一", "m", "大家：", "甲、乙"), o("二", "m", "大家：", "丙")}, []string{"大家：\n甲、乙\n丙"}},
		{"items that hold a line go on lines", []bot.Outgoing{o("一", "m", "大家：", "甲\n乙"), o("二", "m", "大家：", "丙")}, []string{"大家：\n甲\n乙\n丙"}},
		{"not with another kind", []bot.Outgoing{o("一", "m", "", "甲"), o("二", "n", "", "乙")}, []string{"一", "二"}},
		{"not with another group", []bot.Outgoing{o("一", "m", "", "甲"), in("x/h", o("二", "m", "", "乙"))}, []string{"一", "二"}},
		{"not in private", []bot.Outgoing{
			with(o("一", "m", "", "甲"), func(o *bot.Outgoing) { o.Group, o.Member = "", "x/p" }),
			with(o("二", "m", "", "乙"), func(o *bot.Outgoing) { o.Group, o.Member = "", "x/p" }),
		}, []string{"一", "二"}},
		{"not with a picture", []bot.Outgoing{o("一", "m", "", "甲"), with(o("二", "m", "", "乙"), func(o *bot.Outgoing) { o.Picture = []byte("png") })}, []string{"一", "二"}},
		{"not what is too late", []bot.Outgoing{
			o("一", "m", "大家：", "甲"), with(o("二", "m", "", "乙"), func(o *bot.Outgoing) { o.NotAfter = noon.Add(-time.Second) }), o("三", "m", "", "丙"),
		}, []string{"大家：甲、丙"}},
		{"not what must not be said", []bot.Outgoing{o("一", "m", "大家：", "甲"), o("二", "m", "大家：", "坏"), o("三", "m", "大家：", "丙")}, []string{"大家：甲、丙", "二"}},
		{"not what must not be said together", []bot.Outgoing{o("一", "m", "大家：", "b"), o("二", "m", "大家：", "a")}, []string{"一", "二"}},
		{"a later one may join an earlier message", []bot.Outgoing{o("一", "m", "大家：", "甲"), o("points", "", "", ""), o("三", "m", "", "丙")}, []string{"大家：甲、丙", "points"}},
	}
	each(t, func(t *testing.T, db *storage) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				db.clear(t)
				x := &paced{name: "x"}
				st := newStreet(t, db, noon, x)
				st.screen = func(text string) (string, bool) {
					return "坏", strings.Contains(text, "坏") || strings.Contains(text, "b、a")
				}
				st.say(t, c.say...)
				st.pass(t, time.Minute)
				if got := said(x.sent); !slices.Equal(got, c.want) {
					t.Errorf("said %q, want %q", got, c.want)
				}
			})
		}
	})
}

func TestAnAnswerWaitsForOthersOnlyWhereTheGroupIsBusyAndNobodyElseWaits(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		x := &paced{name: "x", pace: bot.Pace{MergeWait: 25 * time.Second}}
		st := newStreet(t, db, noon, x)
		st.say(t, checkin("x/g", 1)) // at once: nothing was said lately
		st.pass(t, 2*time.Second)
		st.say(t, checkin("x/g", 2)) // waits
		st.pass(t, 10*time.Second)
		st.say(t, checkin("x/g", 3)) // joins
		st.say(t, checkin("x/h", 4)) // another group
		st.pass(t, 20*time.Second)
		st.say(t, checkin("x/g", 5)) // waits, until somebody asks something else
		st.pass(t, 5*time.Second)
		st.say(t, answer("x/g", "points"))
		st.pass(t, time.Minute)
		st.say(t, checkin("x/g", 6)) // at once: the last thing said there was no check-in
		st.pass(t, time.Second)
		if got, want := when(x.sent, noon), []float64{0, 12, 27, 37, 37, 97}; !slices.Equal(got, want) {
			t.Errorf("sent after %v, want %v: %q", got, want, said(x.sent))
		}
	})
}

func TestABundleHasOneOutcome(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		for outcome, err := range map[string]error{"unknown": bot.ErrUnknown, "failed": bot.ErrRejected} {
			db.clear(t)
			x := &paced{name: "x", pace: bot.Pace{PerHour: 2}, answer: func(bot.Outgoing) error { return err }}
			st := newStreet(t, db, noon, x)
			st.say(t, checkin("x/g", 1), checkin("x/g", 2), checkin("x/g", 3))
			st.pass(t, time.Minute)
			st.heard.want(t, "1="+outcome, "2="+outcome, "3="+outcome)
			st.open(t) // it counts as one message
			st.say(t, answer("x/g", "a"), answer("x/g", "b"))
			st.pass(t, time.Minute)
			if got := len(x.sent); got != 2 {
				t.Errorf("%d messages after a restart, want 2: %q", got, said(x.sent))
			}
		}
	})
}

func TestABundleThatWasNotTakenKeepsItsPlace(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		x := &paced{name: "x", answer: func(bot.Outgoing) error { return bot.ErrDown }}
		st := newStreet(t, db, noon, x)
		st.say(t, checkin("x/g", 1), checkin("x/g", 2), answer("x/g", "a"))
		st.pass(t, time.Second)
		// Nobody can overtake them while they would be sorted anew.
		if got := db.strings(t, `SELECT transport FROM outbox`); !slices.Equal(got, []string{"x", "x", "x"}) {
			t.Errorf("they wait for %q", got)
		}
		x.answer, x.sent = nil, nil
		st.say(t, answer("x/g", "b"), checkin("x/g", 3))
		st.pass(t, time.Minute)
		if got := said(x.sent); len(got) != 3 || !strings.Contains(got[0], "小明3") || got[1] != "a" || got[2] != "b" {
			t.Errorf("said %q", got)
		}
	})
}
