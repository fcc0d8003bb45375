package nudge_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// TestTheReportCountsWhoCameBack nudges hundreds of silent people, of whom more come back than of those held out, and counts
// beside the program who did.
func TestTheReportCountsWhoCameBack(t *testing.T) {
	const people = 660
	w := newTown(t, "sqlite", map[string]string{"nudge.private_per_run": "500"})
	var list []bot.Event
	for i := range people {
		list = append(list, w.event(fmt.Sprintf("u%03d", i), "大群", "大家好"))
	}
	w.hears(list...)
	w.tells("boss", "开启触达 唤醒")
	w.until(16, "12:00")
	got, out := map[community.MemberID]bool{}, map[community.MemberID]bool{}
	for _, h := range w.nudges() {
		got[h.member] = true
	}
	var names []struct {
		ID   community.MemberID
		Name string
	}
	if err := w.DB.Conn(t.Context()).Raw(`SELECT id, name FROM members WHERE name LIKE 'u%'`).Scan(&names).Error; err != nil {
		t.Fatal(err)
	}
	for _, m := range names {
		out[m.ID] = !got[m.ID]
	}
	r := rand.New(rand.NewPCG(1, 23))
	w.at = w.at.Add(24 * time.Hour)
	back := map[bool]int{}
	list = nil
	for _, m := range names {
		chance := 0.5
		if out[m.ID] {
			chance = 0.1
		}
		if r.Float64() < chance {
			back[out[m.ID]]++
			list = append(list, w.event(m.Name, "大群", "我回来啦"))
		}
	}
	w.hears(list...)
	held := people - len(got)
	t.Logf("%d got it, %d of them came back; %d were held out, %d of them came back", len(got), back[false], held, back[true])
	if share := float64(held) / people; share < 0.07 || share > 0.13 {
		t.Errorf("%.3f are held out", share)
	}
	w.until(30, "12:00")
	early := w.tells("boss", "触达报告 唤醒")
	if !strings.Contains(early, fmt.Sprintf("触达组 %d 人，对照组 %d 人", len(got), held)) || !strings.Contains(early, "2027-01-09") || strings.Contains(early, "结论") {
		t.Errorf("before the look:\n%s", early)
	}
	w.until(100, "12:00")
	report := w.tells("boss", "触达报告 唤醒 2026Q4")
	_, report, _ = strings.Cut(report, "触达报告")
	t.Log(report)
	for _, want := range []string{fmt.Sprintf("（%d/%d）", back[false], len(got)), fmt.Sprintf("（%d/%d）", back[true], held), "结论：有用"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}

// TestSidesOfAMerge: of two ids that turn out to be one person the side of the older id stands, in what is sent and in what is
// counted; a split makes them two again. Neither hears more for being two.
func TestSidesOfAMerge(t *testing.T) {
	onEach(t, func(t *testing.T, w *town) {
		for i := range 40 {
			w.says(fmt.Sprintf("u%02d", i), "大家好")
		}
		w.tells("boss", "开启触达 唤醒")
		w.until(14, "12:00")
		type side struct {
			MemberID string
			Held     bool
		}
		var sides []side
		if err := w.DB.Conn(t.Context()).Raw(`SELECT member_id, held FROM nudge_units ORDER BY LENGTH(member_id), member_id`).Scan(&sides).Error; err != nil {
			t.Fatal(err)
		}
		var olderHeld, youngerGot string
		for _, s := range sides {
			switch {
			case s.Held && olderHeld == "":
				olderHeld = s.MemberID
			case !s.Held && olderHeld != "" && youngerGot == "":
				youngerGot = s.MemberID
			}
		}
		if youngerGot == "" {
			t.Fatalf("no such pair among %v", sides)
		}
		counted := func() string {
			w.at = w.at.Add(time.Minute)
			_, text, _ := strings.Cut(w.tells("boss", "触达报告 唤醒"), "还没满的")
			return "还没满的" + text
		}
		all := counted()
		if want := fmt.Sprintf("还没满的 %d 人", len(sides)); !strings.HasPrefix(all, want) {
			t.Errorf("%s, want %s", all, want)
		}
		w.tells("boss", fmt.Sprintf("xmerge %s %s", olderHeld, youngerGot)) // the older id is called by the younger one now
		if got, want := counted(), fmt.Sprintf("还没满的 %d 人", len(sides)-1); !strings.HasPrefix(got, want) {
			t.Errorf("as one: %s, want %s", got, want)
		}
		before := len(w.nudges())
		w.until(46, "12:00") // their turn comes again
		for _, h := range w.nudges()[before:] {
			if string(h.member) == youngerGot || string(h.member) == olderHeld {
				t.Errorf("%s is held out by their older id and was nudged", h.member)
			}
		}
		if len(w.nudges()) == before {
			t.Error("nobody was nudged a second time")
		}
		w.tells("boss", "xsplit "+olderHeld)
		w.until(100, "12:00")
		text := w.tells("boss", "触达报告 唤醒 2026Q4")
		if want := fmt.Sprintf("对照组 %d 人", held(sides, func(s side) bool { return s.Held })); !strings.Contains(text, want) {
			t.Errorf("as two again the report lacks %q:\n%s", want, text)
		}
	})
}

// held counts those for whom something is so.
func held[T any](list []T, is func(T) bool) (n int) {
	for _, x := range list {
		if is(x) {
			n++
		}
	}
	return n
}
