package topic_test

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/topic"
)

// TestNoTopicIsUsedAgainWithinItsCoolOff plays two years of any library: whoever is picked is in season and was not
// used for its cool-off, and nobody is picked only where nobody may be.
func TestNoTopicIsUsedAgainWithinItsCoolOff(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var list []topic.Candidate
		for i := range rapid.IntRange(0, 40).Draw(r, "topics") {
			season, _ := topic.ReadSeason(rapid.SampledFrom([]string{"", "", "夏", "冬", "3-5月", "12-20..01-10"}).Draw(r, "season"))
			list = append(list, topic.Candidate{ID: int64(i + 1), Weight: rapid.IntRange(0, 5).Draw(r, "weight"),
				CoolOff: community.Day(rapid.IntRange(1, 90).Draw(r, "cool-off")), Season: season})
		}
		chance := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 0))
		uses, last := topic.Uses{}, map[int64]community.Day{}
		first := community.Date(2026, 1, 1)
		for date := first; date < first+200; date++ {
			may := map[int64]bool{}
			for _, c := range list {
				used, ever := last[c.ID]
				may[c.ID] = c.Season.Holds(date) && (!ever || date-used >= c.CoolOff)
			}
			id, ok := topic.Pick(list, uses, date, chance)
			any := false
			for _, free := range may {
				any = any || free
			}
			switch {
			case ok != any:
				r.Fatalf("%s: picked %v, and there is one: %v", date, ok, any)
			case ok && !may[id]:
				r.Fatalf("%s: picked %d, which was used on %s", date, id, last[id])
			case ok:
				uses[id], last[id] = append(uses[id], date), date
			}
		}
	})
}

func TestTopicsAreUsedByTheirWeights(t *testing.T) {
	list := []topic.Candidate{{ID: 1, Weight: 1, CoolOff: 1}, {ID: 2, Weight: 3, CoolOff: 1}, {ID: 3, Weight: 6, CoolOff: 1}}
	chance := rand.New(rand.NewPCG(1, 2))
	n := map[int64]int{}
	for range 10_000 {
		id, _ := topic.Pick(list, topic.Uses{}, 0, chance)
		n[id]++
	}
	for id, want := range map[int64]int{1: 1000, 2: 3000, 3: 6000} {
		if got := n[id]; got < want-200 || got > want+200 {
			t.Errorf("topic %d was picked %d times of 10000, not about %d", id, got, want)
		}
	}
}

func TestATopicPlannedLaterIsNotPickedBeforeIt(t *testing.T) {
	list := []topic.Candidate{{ID: 1, CoolOff: 10}}
	chance := rand.New(rand.NewPCG(1, 2))
	for date, want := range map[community.Day]bool{90: true, 91: false, 100: false, 109: false, 110: true} {
		if _, ok := topic.Pick(list, topic.Uses{1: {100}}, date, chance); ok != want {
			t.Errorf("on %d picked: %v", date, ok)
		}
	}
}

func TestSeasons(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "无": "", "夏": "06-01..08-31", "冬天": "12-01..02-29", "6-8月": "06-01..08-31", "6月": "06-01..06-31",
		"12月-2月": "12-01..02-31", "06-01..08-31": "06-01..08-31", "春、秋": "03-01..05-31,09-01..11-30", "12-20至01-10": "12-20..01-10",
	} {
		s, ok := topic.ReadSeason(text)
		if got := s.String(); !ok || got != want {
			t.Errorf("%q is %q, %v, not %q", text, got, ok, want)
		}
		if again, ok := topic.ReadSeason(s.String()); !ok || again.String() != want {
			t.Errorf("%q reads again as %q", want, again)
		}
	}
	for _, text := range []string{"某天", "13月", "06-40..08-31", "6月,", "=1+1"} {
		if s, ok := topic.ReadSeason(text); ok {
			t.Errorf("%q is read as %q", text, s)
		}
	}
	winter, _ := topic.ReadSeason("12-20..01-10")
	for day, want := range map[community.Day]bool{
		community.Date(2026, 12, 19): false, community.Date(2026, 12, 20): true, community.Date(2027, 1, 1): true,
		community.Date(2027, 1, 10): true, community.Date(2027, 1, 11): false,
	} {
		if winter.Holds(day) != want {
			t.Errorf("%s in winter: %v", day, !want)
		}
	}
}

func TestDates(t *testing.T) {
	today := community.Date(2026, 12, 28)
	for word, want := range map[string]string{
		"今天": "2026-12-28", "明天": "2026-12-29", "后天": "2026-12-30", "12-31": "2026-12-31", "1月2日": "2027-01-02", "01-02": "2027-01-02", "2026/12/30": "2026-12-30",
	} {
		if got, ok := topic.ReadDate(word, today); !ok || got.String() != want {
			t.Errorf("%s is %s, %v, not %s", word, got, ok, want)
		}
	}
	for _, word := range []string{"", "昨天", "2-30", "13-01", "3"} {
		if got, ok := topic.ReadDate(word, today); ok {
			t.Errorf("%q is %s", word, got)
		}
	}
}

func TestLettersLeaveOutWhatIsNoWord(t *testing.T) {
	for text, want := range map[string]string{"😀[微笑]！": "", "今天，好吗？": "今天好吗", "ＡＢｃ 1": "abc1"} {
		if got := topic.Letters(text); got != want {
			t.Errorf("the letters of %q are %q", text, got)
		}
	}
}
