package nudge_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// TestAYearOfNudges lives a year of a town in which all nudges are on: people talk a lot, a little, in spells or never, check
// in, want quiet and change their minds, leave and come back, and some turn out to be the same. Nobody gets more than the caps.
func TestAYearOfNudges(t *testing.T) {
	w := newTown(t, "sqlite", map[string]string{"community.noise_budget": "10", "nudge.private_per_run": "10"})
	days := 365
	if testing.Short() {
		days = 90
	}
	r := rand.New(rand.NewPCG(20261123, 7))
	const people = 36
	for _, name := range []string{"唤醒", "邀请分享", "支持贡献者", "大使邀请", "欢迎回来", "连续签到"} {
		w.tells("boss", "开启触达 "+name)
		w.tells("boss", "改触达 "+name+" 间隔 7")
	}
	w.tells("boss", "新建触达 全体 沉默:2-20")
	w.tells("boss", "改触达 全体 间隔 7")
	w.tells("boss", "开启触达 全体")
	w.tells("boss", "改触达 邀请分享 渠道 群里")
	w.tells("boss", "改触达 欢迎回来 渠道 群里")
	calendar := w.Community.Calendar
	first := calendar.Day(begins)
	for day := range days {
		var list []bot.Event
		for p := range people {
			user := fmt.Sprintf("u%02d", p)
			group := []string{"大群", "二群"}[p%2]
			at := calendar.Wall(first+community.Day(day)+1, 7+r.IntN(16), r.IntN(60))
			text := ""
			switch p % 6 {
			case 0: // every day, and checks in
				text = []string{"签到", "签到", "早呀"}[r.IntN(3)]
			case 1: // a streak with gaps
				if day%9 < 6 {
					text = "签到"
				}
			case 2: // in spells
				if day/40%2 == p/6%2 && r.IntN(3) == 0 {
					text = "又来了"
				}
			case 3: // now and then
				if r.IntN(25) == 0 {
					text = "路过"
				}
			case 4: // once
				if day == p {
					text = "大家好"
				}
			default: // changes their mind
				if r.IntN(20) == 0 {
					text = []string{"免打扰", "恢复提醒", "你好"}[r.IntN(3)]
				}
			}
			if text == "" {
				continue
			}
			w.at = at
			ev := w.event(user, group, text)
			if p%10 == 3 && r.IntN(10) == 0 {
				ev.Kind = bot.Left
			}
			list = append(list, ev)
		}
		slices.SortStableFunc(list, func(a, b bot.Event) int { return cmp.Compare(a.At.UnixMilli(), b.At.UnixMilli()) })
		for _, ev := range list {
			if err := w.Advance(t.Context(), ev.At); err != nil {
				t.Fatal(err)
			}
			w.at = ev.At
			w.hears(ev)
		}
		if day == 60 || day == 200 {
			w.at = w.at.Add(time.Minute)
			w.tells("boss", fmt.Sprintf("xmerge %s %s", w.member(fmt.Sprintf("u%02d", day/50)), w.member(fmt.Sprintf("u%02d", 20+day/50))))
		}
	}
	if err := w.Advance(t.Context(), w.at.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	reached := w.wantCaps(func(id community.MemberID) community.MemberID { return id })
	w.wantPeace()
	counts := map[string]int{}
	var rows []struct {
		Family, State string
		N             int
	}
	if err := w.DB.Conn(t.Context()).Raw(`SELECT family, state, COUNT(*) AS n FROM nudge_sends GROUP BY family, state`).Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		counts[row.State] += row.N
		if row.State == "sent" {
			counts["family "+row.Family] = row.N
		}
	}
	t.Logf("in %d days %d people were reached: %v", days, reached, counts)
	if reached < people/2 || counts["sent"] < people || counts["held"] == 0 {
		t.Errorf("a year in which hardly anything happens: %d people, %v", reached, counts)
	}
	for _, family := range []string{"wake", "share", "back", "streak"} {
		if counts["family "+family] == 0 {
			t.Errorf("nobody heard of %s", family)
		}
	}
}

// wantPeace checks that nobody was nudged who wanted quiet then.
func (w *town) wantPeace() {
	w.t.Helper()
	var changes []struct {
		MemberID community.MemberID
		Wanted   bool
		At       int64
	}
	if err := w.DB.Conn(w.t.Context()).Raw(`SELECT member_id, wanted, at FROM consent_changes WHERE kind = 'no_nudge' ORDER BY at`).Scan(&changes).Error; err != nil {
		w.t.Fatal(err)
	}
	if len(changes) == 0 {
		w.t.Error("nobody ever wanted quiet")
	}
	for _, h := range w.nudges() {
		quiet := false
		for _, c := range changes {
			if c.MemberID == h.member && bot.FromMillis(c.At).Before(h.at) {
				quiet = c.Wanted
			}
		}
		if quiet && h.state == "sent" {
			w.t.Errorf("%s wanted quiet and was nudged at %s", h.member, h.at)
		}
	}
}
