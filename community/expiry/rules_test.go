package expiry

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/community"
)

func TestDecide(t *testing.T) {
	const today = 1000
	for name, c := range map[string]struct {
		after int
		lots  []lot
		want  string
	}{
		"young points are left alone until their first notice":    {90, []lot{{day: 950, left: 5}}, "next +11"},
		"30 Days before people are told":                          {90, []lot{{day: 939, left: 5}}, "first 939 next +23"},
		"what follows soon is told with it":                       {90, []lot{{day: 939, left: 5}, {day: 945, left: 5}, {day: 968, left: 5}, {day: 969, left: 5}}, "first 939 945 968 next +23"},
		"what is old when expiry is switched on is told of first": {90, []lot{{day: 10, left: 5}, {day: 800, left: 5}}, "first 10 800 next +23"},
		"nobody is told again within a week":                      {30, []lot{{day: 996, left: 5, told: told{5, 997, 0, 1027}}, {day: 998, left: 5}}, "next +2"},
		"7 Days before people are told again":                     {90, []lot{{day: 916, left: 5, told: told{5, 977, 0, 1007}}}, "last 916 next +7"},
		"a last notice that was missed puts off what it is about": {90, []lot{{day: 900, left: 5, told: told{5, 961, 0, 991}}}, "last 900 next +7"},
		"what was told of twice expires":                          {90, []lot{{day: 909, left: 5, told: told{5, 970, 993, 1000}}}, "expire 909 next +62"},
		"and not a Day before":                                    {90, []lot{{day: 910, left: 5, told: told{5, 971, 994, 1001}}}, "next +1"},
		"what is told of once does not expire":                    {90, []lot{{day: 900, left: 5, told: told{5, 960, 0, 1010}}}, "next +3"},
		"more than was told of is told of anew":                   {90, []lot{{day: 909, left: 6, told: told{5, 970, 993, 1000}}}, "first 909 next +23"},
		"a longer time holds at once":                             {365, []lot{{day: 909, left: 5, told: told{5, 970, 993, 1000}}}, "next +275"},
		"a shorter time keeps what was promised":                  {30, []lot{{day: 909, left: 5, told: told{5, 970, 993, 1003}}}, "next +2"},
		"what is earned today is not told of":                     {30, []lot{{day: 1000, left: 5}}, "next +1"},
	} {
		t.Run(name, func(t *testing.T) {
			p := decide(c.lots, c.after, today)
			p.announce(c.after, today)
			var words []string
			for _, part := range []struct {
				name string
				lots []lot
			}{{"expire", p.expire}, {"first", p.first}, {"last", p.last}} {
				for i, l := range part.lots {
					if i == 0 {
						words = append(words, part.name)
					}
					words = append(words, fmt.Sprint(int(l.day)))
				}
			}
			words = append(words, fmt.Sprintf("next +%d", int(p.next-today)))
			if got := strings.Join(words, " "); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// TestNothingExpiresUnannounced lets somebody earn, spend and be given back while the job is off now and then.
func TestNothingExpiresUnannounced(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		after := rapid.SampledFrom([]int{30, 31, 40, 90}).Draw(t, "after")
		reliable := rapid.Bool().Draw(t, "reliable")
		lots := []lot{}
		type saying struct {
			on     community.Day
			amount int64
		}
		firsts, lasts := map[community.Day][]saying{}, map[community.Day][]saying{}
		var next, lastFirst community.Day
		for today := community.Day(1); today < 260; today++ {
			for range rapid.IntRange(0, 1).Draw(t, "earns") {
				if n := len(lots); n == 0 || lots[n-1].day != today {
					lots = append(lots, lot{day: today})
				}
				lots[len(lots)-1].left += rapid.Int64Range(1, 5).Draw(t, "earned")
			}
			if len(lots) > 0 && rapid.IntRange(0, 9).Draw(t, "spends") == 0 {
				spent := rapid.Int64Range(1, 20).Draw(t, "spent")
				for len(lots) > 0 && spent > 0 {
					take := min(spent, lots[0].left)
					lots[0].left, spent = lots[0].left-take, spent-take
					if lots[0].left == 0 {
						lots = lots[1:]
					}
				}
			}
			if !reliable && len(lots) > 0 && rapid.IntRange(0, 9).Draw(t, "back") == 0 {
				lots[0].left += 3
			}
			if today < next || !reliable && rapid.IntRange(0, 3).Draw(t, "off") == 0 {
				continue
			}
			if len(lots) == 0 {
				next = 0
				continue
			}
			p := decide(lots, after, today)
			expired := map[community.Day]bool{}
			for _, l := range p.expire {
				expired[l.day] = true
				heard := func(list []saying, before community.Day) bool {
					for _, s := range list {
						if s.on <= today-before && s.amount >= l.left {
							return true
						}
					}
					return false
				}
				switch {
				case int(today-l.day) <= after:
					t.Fatalf("what was earned on %d expires on %d", l.day, today)
				case !heard(firsts[l.day], firstNotice) || !heard(lasts[l.day], lastNotice):
					t.Fatalf("what was earned on %d expires on %d, announced on %v and %v", l.day, today, firsts[l.day], lasts[l.day])
				case reliable && int(today-l.day) > after+1+noticeGap:
					t.Fatalf("what was earned on %d expires on %d only", l.day, today)
				}
			}
			if len(p.first) > 0 {
				remembered := slices.ContainsFunc(lots, func(l lot) bool { return l.first == lastFirst })
				if lastFirst > 0 && today-lastFirst < noticeGap && remembered {
					t.Fatalf("told on %d and %d", lastFirst, today)
				}
				lastFirst = today
			}
			changed := p.announce(after, today)
			for _, l := range p.first {
				firsts[l.day] = append(firsts[l.day], saying{today, l.left})
			}
			for _, l := range p.last {
				lasts[l.day] = append(lasts[l.day], saying{today, l.left})
			}
			kept := []lot{}
			for _, l := range lots {
				for _, c := range changed {
					if c.day == l.day {
						l = c
					}
				}
				if !expired[l.day] {
					kept = append(kept, l)
				}
			}
			lots = kept
			if next = p.next; next <= today {
				t.Fatalf("looks again on %d on %d", next, today)
			}
			if reliable {
				for _, l := range lots {
					if int(today-l.day) > after+1+noticeGap {
						t.Fatalf("what was earned on %d is there on %d: %+v", l.day, today, l)
					}
				}
			}
		}
	})
}
