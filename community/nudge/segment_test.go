package nudge_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/nudge"
	"github.com/weilu-im/weilu/tiers"
)

func span(from, to int) *nudge.Span { return &nudge.Span{Min: from, Max: to} }

func TestSegmentsAreRead(t *testing.T) {
	for text, want := range map[string]nudge.Segment{
		"沉默:14-180":           {Silent: span(14, 180)},
		"沉默14到180天":           {Silent: span(14, 180)},
		"沉默＝１４～１８０":           {Silent: span(14, 180)},
		"silent:14+":          {Silent: span(14, -1)},
		"入群30天以上":             {Joined: span(30, -1)},
		"入群≥30 积分≤100":        {Joined: span(30, -1), Points: span(0, 100)},
		"joined>=7 points<=5": {Joined: span(7, -1), Points: span(0, 5)},
		"连续:3+；未签到":           {Streak: span(3, -1), Unchecked: true},
		"连续签到:3-10 还没签到":      {Streak: span(3, 10), Unchecked: true},
		"回归30+":               {Back: span(30, -1)},
		"等级:lurker,koc":       {Tiers: []tiers.Tier{tiers.Lurker, tiers.KOC}},
		"标签:护肤、早起 不含标签:黑名单":   {Tags: []string{"护肤", "早起"}, Without: []string{"黑名单"}},
		"贡献:≤0":               {Given: span(0, 0)},
		"tag:a without:b":     {Tags: []string{"a"}, Without: []string{"b"}},
		"群:g1,g2":             {Groups: []community.GroupID{"g1", "g2"}},
		"所有人":                 {},
	} {
		got, problem := nudge.ReadSegment(text)
		if diff := cmp.Diff(want, got); problem != "" || diff != "" {
			t.Errorf("%s: %s %s", text, problem, diff)
		}
	}
	for text, want := range map[string]string{
		"": "segment.empty", "很久没来": "segment.unknown", "沉默": "segment.span", "沉默:14": "segment.span", "沉默:180-14": "segment.span", "沉默:-3": "segment.span",
		"沉默:1.5+": "segment.span", "沉默:99999999+": "segment.span", "标签": "segment.value", "等级:": "segment.value", "等级:大神": "segment.tier", "群:大群": "segment.group",
		"未签到:是": "segment.unknown", "沉默:14+ 随便": "segment.unknown", "沉默:++3": "segment.span",
	} {
		if _, got := nudge.ReadSegment(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestAllConditionsHoldTogether compares segments with the same conditions asked one by one, on random people.
func TestAllConditionsHoldTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	maybe := func(s *nudge.Span) *nudge.Span {
		if r.IntN(2) == 0 {
			return nil
		}
		return s
	}
	random := func() *nudge.Span {
		from := r.IntN(20)
		return maybe(span(from, from+r.IntN(25)-5))
	}
	in := 0
	for range 100_000 {
		p := nudge.Profile{
			ID: "m1", Tier: tiers.All()[r.IntN(5)], Silent: r.IntN(30), Joined: r.IntN(30), Seen: r.IntN(4), Back: r.IntN(30), Streak: r.IntN(30),
			Waiting: r.IntN(2) == 0, Points: int64(r.IntN(30)), Tags: []string{"a", "B", "c"}[:r.IntN(4)], Groups: []community.GroupID{"g1", "g2"}[:r.IntN(3)],
		}
		s := nudge.Segment{Silent: random(), Joined: random(), Points: random()}
		if r.IntN(3) == 0 {
			s.Tiers = []tiers.Tier{tiers.Lurker, tiers.Interactor}
		}
		if r.IntN(4) == 0 {
			s.Streak = random()
		}
		if r.IntN(4) == 0 {
			s.Back = random()
		}
		s.Unchecked = r.IntN(5) == 0
		if r.IntN(3) == 0 {
			s.Tags = []string{"b", "C"}
		}
		if r.IntN(5) == 0 {
			s.Without = []string{"A"}
		}
		if r.IntN(4) == 0 {
			s.Groups = []community.GroupID{"g2"}
		}
		holds := func(s *nudge.Span, n int) bool {
			return s == nil || n >= s.Min && (s.Max < 0 || n <= s.Max)
		}
		want := holds(s.Silent, p.Silent) && holds(s.Joined, p.Joined) && holds(s.Points, int(p.Points)) && holds(s.Streak, p.Streak) && holds(s.Back, p.Back)
		want = want && (s.Tiers == nil || p.Tier == tiers.Lurker || p.Tier == tiers.Interactor)
		want = want && (s.Tags == nil || len(p.Tags) >= 2) && (s.Without == nil || len(p.Tags) == 0) && (s.Groups == nil || len(p.Groups) == 2)
		if s.Unchecked {
			want = want && p.Waiting
		}
		if s.Streak != nil || s.Back != nil || s.Unchecked {
			want = want && p.Seen <= 2
		}
		if s.Back != nil {
			want = want && p.Back > 0
		}
		if got := s.In(&p); got != want {
			t.Fatalf("%+v in %+v: %v, want %v", p, s, got, want)
		}
		if want {
			in++
		}
	}
	if in < 5000 || in > 95_000 {
		t.Errorf("%d of 100,000 are in", in)
	}
}

func TestQuarters(t *testing.T) {
	for _, quarter := range []string{"2026Q1", "2026Q2", "2026Q3", "2026Q4"} {
		first, after, ok := nudge.QuarterBounds(quarter)
		if !ok || nudge.QuarterOf(first) != quarter || nudge.QuarterOf(after-1) != quarter || nudge.QuarterOf(after) == quarter || nudge.QuarterOf(first-1) == quarter {
			t.Errorf("%s is %s to before %s", quarter, first, after)
		}
	}
	for _, quarter := range []string{"", "2026", "2026Q0", "2026Q5", "2026q1", "02026Q1", "2026Q1x", "1999Q1"} {
		if _, _, ok := nudge.QuarterBounds(quarter); ok {
			t.Errorf("%q is a quarter", quarter)
		}
	}
}

func FuzzReadSegment(f *testing.F) {
	f.Add("等级:lurker 沉默:14-180 标签:a")
	f.Fuzz(func(t *testing.T, text string) {
		s, problem := nudge.ReadSegment(text)
		if problem == "" && s.Silent != nil && s.Silent.Max >= 0 && s.Silent.Max < s.Silent.Min {
			t.Errorf("%q is %+v", text, s.Silent)
		}
	})
}
