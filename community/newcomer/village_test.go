package newcomer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// noon is a Monday's, in Shanghai.
var noon = time.Date(2026, 11, 2, 4, 0, 0, 0, time.UTC)

// village is a community with commands that merge and split people, in which a check-in earns nothing.
type village struct {
	*communitytest.Parts
	transcript.World
	t  *testing.T
	n  int
	at time.Time
}

func eachVillage(t *testing.T, fn func(t *testing.T, v *village)) {
	dbtest.Each(t, nil, func(t *testing.T, db *database.DB) {
		v := &village{t: t, at: noon}
		w, err := communitytest.BuildIn(db, func(p *communitytest.Parts) []bot.Feature {
			v.Parts = p
			return append(assemble(p), v.direct())
		})(t.Context(), map[string]string{"points.checkin": "0"}, noon)
		if err != nil {
			t.Fatal(err)
		}
		v.World = w
		fn(t, v)
	})
}

// direct are commands that merge and split, and an observer that fails together with everything around it.
func (v *village) direct() bot.Feature {
	f := bot.Feature{Name: "direct", Locales: fstest.MapFS{"zh.yaml": {Data: []byte("x: x")}, "en.yaml": {Data: []byte("x: x")}}}
	add := func(name string, run func(ctx context.Context, r *bot.Request, args []string) error) {
		f.Commands = append(f.Commands, bot.Command{Names: []string{name}, Usage: "x", Help: "x", Run: func(ctx context.Context, r *bot.Request) error {
			return run(ctx, r, strings.Fields(r.Args))
		}})
	}
	add("xmerge", func(ctx context.Context, r *bot.Request, a []string) error {
		return v.Community.Merge(ctx, r, community.MemberID(a[0]), community.MemberID(a[1]), "test")
	})
	add("xsplit", func(ctx context.Context, r *bot.Request, a []string) error {
		return v.Community.Split(ctx, r, community.MemberID(a[0]))
	})
	f.Observe = func(_ context.Context, r *bot.Request) error {
		if r.Text == "poison" {
			panic(errors.New("poison"))
		}
		return nil
	}
	return f
}

func (v *village) event(kind bot.Kind, user, text string) bot.Event {
	v.n++
	v.at = v.at.Add(time.Second)
	return bot.Event{ID: fmt.Sprintf("village/%d", v.n), Kind: kind, Form: bot.Text, Text: text, At: v.at, SeenAt: v.at,
		Transport: "village", Chat: "c1", ChatName: "大群", From: bot.Person{User: bot.UserID(user), Name: user, Stable: true}}
}

// hear delivers events together, and gives what is said to them.
func (v *village) hear(events ...bot.Event) []string {
	v.t.Helper()
	if err := v.Deliver(v.t.Context(), events); err != nil {
		v.t.Fatal(err)
	}
	return v.said()
}

func (v *village) said() (texts []string) {
	v.t.Helper()
	said, err := v.Said(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	for _, s := range said {
		texts = append(texts, s.Text)
	}
	return texts
}

func (v *village) says(user, text string) []string {
	v.t.Helper()
	return v.hear(v.event(bot.Message, user, text))
}

func (v *village) pass(d time.Duration) []string {
	v.t.Helper()
	v.at = v.at.Add(d)
	if err := v.Advance(v.t.Context(), v.at); err != nil {
		v.t.Fatal(err)
	}
	return v.said()
}

func (v *village) joins(users ...string) {
	v.t.Helper()
	for _, user := range users {
		v.hear(v.event(bot.Joined, user, ""))
	}
}

// id is the member that a user is at first.
func (v *village) id(user string) (id string) {
	v.t.Helper()
	if err := v.DB.Conn(v.t.Context()).Raw(`SELECT member_id FROM bindings WHERE user_id = ?`, user).Row().Scan(&id); err != nil {
		v.t.Fatal(err)
	}
	return id
}

// has tells whether the accounts of users hold so much each.
func (v *village) has(want string, users ...string) {
	v.t.Helper()
	var got []string
	for _, user := range users {
		n, err := v.Ledger.Balance(v.t.Context(), points.Member(v.id(user)))
		if err != nil {
			v.t.Fatal(err)
		}
		got = append(got, fmt.Sprint(n))
	}
	if got := strings.Join(got, " "); got != want {
		v.t.Errorf("%v have %s, want %s", users, got, want)
	}
}

const (
	introduces = "#自我介绍 我喜欢骑车和做饭，住在杭州"
	answers    = "#回答 昨天的晚霞特别好看"
)

func (v *village) walks(user string) {
	v.t.Helper()
	v.says(user, introduces)
	v.says(user, answers)
	v.says(user, "签到")
	v.pass(2 * time.Minute)
}

func TestPeopleWhoTurnOutToBeOneArePaidOnce(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		v.joins("甲", "乙")
		v.walks("甲")
		v.walks("乙")
		v.has("20 20", "甲", "乙")
		v.says("老大", fmt.Sprintf("xmerge %s %s", v.id("乙"), v.id("甲")))
		v.has("20 0", "甲", "乙")
		if got := v.says("乙", "新手任务"); !strings.Contains(got[0], "都走完") {
			t.Errorf("said %q", got)
		}
		v.says("老大", "xsplit "+v.id("乙"))
		v.has("20 20", "甲", "乙")
	})
}

func TestOnePersonWalksUnderSeveralIdsAndSplitPeopleKeepTheirOwn(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		v.joins("甲", "乙")
		v.says("甲", introduces)
		v.says("老大", fmt.Sprintf("xmerge %s %s", v.id("乙"), v.id("甲")))
		if got := v.says("乙", "新手任务"); !strings.Contains(got[0], "✅自我介绍 ⬜回答") {
			t.Errorf("said %q", got)
		}
		v.says("乙", answers)
		v.says("乙", "签到")
		if got := v.pass(2 * time.Minute); len(got) != 1 || !strings.Contains(got[0], "走完了新手三步") {
			t.Errorf("said %q", got)
		}
		v.has("20 0", "甲", "乙")
		v.says("老大", "xsplit "+v.id("乙"))
		v.has("20 0", "甲", "乙")
		if got := v.says("乙", "新手任务"); !strings.Contains(got[0], "⬜自我介绍 ✅回答一个小问题 ✅第一次签到") {
			t.Errorf("said %q", got)
		}
		if got := v.says("乙", introduces); len(got) != 1 || !strings.Contains(got[0], "走完了新手三步") {
			t.Errorf("said %q", got)
		}
		v.has("20 20", "甲", "乙")
	})
}

func TestAPathGoesOnUnderAnOlderId(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		v.says("丙", "早上好")
		v.joins("甲")
		v.says("老大", fmt.Sprintf("xmerge %s %s", v.id("甲"), v.id("丙")))
		if got := v.says("丙", introduces); len(got) != 1 || !strings.Contains(got[0], "很高兴认识你") {
			t.Errorf("said %q", got)
		}
	})
}

func TestWhatIsRolledBackIsNotRemembered(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		v.joins("甲", "丙")
		v.says("甲", answers)
		v.says("甲", "签到")
		// The path is complete, the poison undoes that, and everything runs once more without it.
		got := v.hear(v.event(bot.Message, "甲", introduces), v.event(bot.Message, "丙", "poison"))
		if len(got) != 1 || !strings.Contains(got[0], "走完了新手三步") {
			t.Errorf("said %q", got)
		}
		v.has("20", "甲")
		got = v.hear(v.event(bot.Joined, "丁", ""), v.event(bot.Message, "丙", "poison"), v.event(bot.Message, "丁", introduces))
		if len(got) != 1 || !strings.Contains(got[0], "很高兴认识你") {
			t.Errorf("said %q", got)
		}
	})
}

func TestAReminderIsHeldBackWhereSomebodyHasGoneOn(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		v.joins("甲", "乙")
		v.at = noon.Add(22*time.Hour + 30*time.Minute)
		// It is said, and waits to be sent.
		if err := v.Engine.Advance(t.Context(), v.at, false); err != nil {
			t.Fatal(err)
		}
		if got := v.said(); len(got) != 1 || !strings.Contains(got[0], "@甲 @乙 发一条带") {
			t.Fatalf("said %q", got)
		}
		v.says("甲", introduces)
		if got := v.pass(2 * time.Minute); len(got) != 1 || !strings.Contains(got[0], "@乙 发一条带") || !strings.Contains(got[0], "@甲 很高兴认识你") {
			t.Errorf("said %q", got)
		}
		var states []string
		if err := v.DB.Conn(t.Context()).Raw(`SELECT state FROM outbox WHERE guard = 'still' ORDER BY id`).Scan(&states).Error; err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"withheld", "sent"}, states); diff != "" {
			t.Error(diff)
		}
		if got := v.pass(24 * time.Hour); len(got) != 0 {
			t.Errorf("said %q on the second day", got)
		}
	})
}

func TestThePageShowsWhoIsStuckWhere(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		v.joins("甲", "乙", "加微信领福利")
		v.walks("甲")
		v.says("乙", introduces)
		v.pass(24 * time.Hour)
		read := func(role bot.Role, limit int, after string) (lines []string, next string) {
			q := bot.Query{At: v.at, Limit: limit, After: after, Actor: bot.Actor{Role: role, Language: "zh"}}
			page, err := v.Engine.View(t.Context(), "newcomer.paths", q)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range page.Figures {
				lines = append(lines, fmt.Sprint(f.Key, " ", f.Cell.Value, " ", f.Note))
			}
			for _, row := range page.Tables[0].Rows {
				var parts []string
				for _, c := range row.Cells {
					parts = append(parts, c.Text)
				}
				for _, a := range row.Acts {
					parts = append(parts, "["+a.Command+" "+a.Args+"]")
				}
				lines = append(lines, strings.Join(parts, "|"))
			}
			return lines, page.Tables[0].Next
		}
		figures := []string{"begun 3 ", "introduction 2 D1 2 · D3 2 · D7 2", "answer 1 D1 1 · D3 1 · D7 1", "checkin 1 D1 1 · D3 1 · D7 1", "completed 1 D1 1 · D3 1 · D7 1"}
		second := "乙|大群|2026-11-02 12:00|1|回答一个小问题、第一次签到|D1"
		third := "新朋友|大群|2026-11-02 12:00|1|自我介绍、回答一个小问题、第一次签到|D1"
		got, _ := read(bot.Moderator, 0, "")
		if diff := cmp.Diff(append(figures[:5:5], second, third), got); diff != "" {
			t.Error(diff)
		}
		got, next := read(bot.Manager, 1, "")
		if diff := cmp.Diff(append(figures[:5:5], second+"|[重置新手任务 "+v.id("乙")+"]"), got); diff != "" {
			t.Error(diff)
		}
		got, next = read(bot.Moderator, 1, next)
		if diff := cmp.Diff(append(figures[:5:5], third), got); diff != "" || next != "" {
			t.Error(diff, next)
		}
	})
}
