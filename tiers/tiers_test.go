package tiers_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/tiers"
)

// TestTheDefaultLadder holds the numbers of the community's plan, one below and on each threshold.
func TestTheDefaultLadder(t *testing.T) {
	contributor := tiers.Facts{ActiveDays: 8, Messages: 40, Partners: 5}
	koc := tiers.Facts{ActiveDays: 15, Messages: 150, Partners: 15, Influence: 20}
	with := func(f tiers.Facts, change func(*tiers.Facts)) tiers.Facts {
		change(&f)
		return f
	}
	for name, c := range map[string]struct {
		facts tiers.Facts
		want  tiers.Tier
	}{
		"nothing":                        {tiers.Facts{}, tiers.Lurker},
		"one day with many words":        {tiers.Facts{ActiveDays: 1, Messages: 500, Partners: 50, Influence: 50, Contributions: 9}, tiers.Lurker},
		"two days":                       {tiers.Facts{ActiveDays: 2, Messages: 2}, tiers.Interactor},
		"a contributor by messages":      {contributor, tiers.Contributor},
		"a day too few":                  {with(contributor, func(f *tiers.Facts) { f.ActiveDays = 7 }), tiers.Interactor},
		"a partner too few":              {with(contributor, func(f *tiers.Facts) { f.Partners = 4 }), tiers.Interactor},
		"a message too few":              {with(contributor, func(f *tiers.Facts) { f.Messages = 39 }), tiers.Interactor},
		"two contributions are enough":   {with(contributor, func(f *tiers.Facts) { f.Messages, f.Contributions = 8, 2 }), tiers.Contributor},
		"one contribution is not":        {with(contributor, func(f *tiers.Facts) { f.Messages, f.Contributions = 39, 1 }), tiers.Interactor},
		"a KOC by messages":              {koc, tiers.KOC},
		"too little influence":           {with(koc, func(f *tiers.Facts) { f.Influence = 19 }), tiers.Contributor},
		"a KOC by contributions":         {with(koc, func(f *tiers.Facts) { f.Messages, f.Contributions = 40, 6 }), tiers.KOC},
		"few messages, few of the rest":  {with(koc, func(f *tiers.Facts) { f.Messages, f.Contributions = 149, 5 }), tiers.Contributor},
		"a KOC with a partner too few":   {with(koc, func(f *tiers.Facts) { f.Partners = 14 }), tiers.Contributor},
		"traces make nobody an onlooker": {tiers.Facts{Traces: 9}, tiers.Lurker},
	} {
		if got := tiers.Default().Classify(c.facts, tiers.Lurker).Earned; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if got := tiers.Default().WithOnlookers().Classify(tiers.Facts{Traces: 1}, tiers.Lurker).Earned; got != tiers.Onlooker {
		t.Errorf("with onlookers, one trace: %s", got)
	}
}

// drawn makes facts around the thresholds, where verdicts differ.
func drawn(r *rand.Rand) tiers.Facts {
	return tiers.Facts{ActiveDays: r.IntN(20), Messages: r.IntN(200), Partners: r.IntN(20), Contributions: r.IntN(8), Influence: r.IntN(25), Traces: r.IntN(3)}
}

// slowly says which tier facts earn under the default ladder, from the words of the plan and not from a Ladder.
func slowly(f tiers.Facts) tiers.Tier {
	switch {
	case f.ActiveDays >= 15 && f.Partners >= 15 && f.Influence >= 20 && (f.Contributions >= 6 || f.Messages >= 150):
		return tiers.KOC
	case f.ActiveDays >= 8 && f.Partners >= 5 && (f.Contributions >= 2 || f.Messages >= 40):
		return tiers.Contributor
	case f.ActiveDays >= 2:
		return tiers.Interactor
	}
	return tiers.Lurker
}

// TestExplanationAndDecisionAgree draws 100,000 members: the explanation names exactly what decides, doing what it says
// is missing earns the tier, and doing one less does not.
func TestExplanationAndDecisionAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	ladder, seen := tiers.Default(), map[tiers.Tier]int{}
	for range 100_000 {
		f, held := drawn(r), tiers.All()[r.IntN(5)]
		v := ladder.Classify(f, held)
		seen[v.Earned]++
		if want := slowly(f); v.Earned != want {
			t.Fatalf("%+v: %s, want %s", f, v.Earned, want)
		}
		for _, c := range v.Checks {
			if met := len(c.Missing()) == 0; met != c.Met() || met == c.Tier.Above(v.Earned) {
				t.Fatalf("%+v: the check of %s says %v, the verdict %s", f, c.Tier, met, v.Earned)
			}
			if missing := c.Missing(); len(missing) > 0 {
				step(t, ladder, f, c, missing)
			}
			if c.Tier == v.Held && c.Low() != v.Low {
				t.Fatalf("%+v holds %s: low is %v in the verdict only", f, held, v.Low)
			}
		}
	}
	t.Logf("earned: %v", seen)
	if len(seen) != 4 {
		t.Errorf("only %v were earned", seen)
	}
}

// step does what an explanation says is missing.
func step(t *testing.T, ladder tiers.Ladder, f tiers.Facts, c tiers.Check, missing []tiers.Part) {
	t.Helper()
	after := f
	for _, p := range missing {
		*fact(&after, p.Fact) += p.Missing()
	}
	if got := ladder.Classify(after, tiers.Lurker).Earned; c.Tier.Above(got) {
		t.Fatalf("%+v: doing all that %s lacks (%v) earns %s", f, c.Tier, missing, got)
	}
	for _, p := range missing {
		less := after
		*fact(&less, p.Fact)--
		if got := ladder.Classify(less, tiers.Lurker).Earned; !c.Tier.Above(got) {
			t.Fatalf("%+v: one less of %s earns %s as well", f, p.Fact, got)
		}
	}
}

func fact(f *tiers.Facts, name tiers.Fact) *int {
	return map[tiers.Fact]*int{
		tiers.ActiveDays: &f.ActiveDays, tiers.Messages: &f.Messages, tiers.Partners: &f.Partners,
		tiers.Contributions: &f.Contributions, tiers.Influence: &f.Influence, tiers.Traces: &f.Traces,
	}[name]
}

// TestTheCheapestStepIsOffered takes of two ways the one of which the smaller share is missing.
func TestTheCheapestStepIsOffered(t *testing.T) {
	for name, c := range map[string]struct {
		facts tiers.Facts
		want  tiers.Part
	}{
		"messages are nearer":      {tiers.Facts{ActiveDays: 8, Partners: 5, Messages: 30, Contributions: 1}, tiers.Part{Requirement: tiers.Requirement{Fact: tiers.Messages, Least: 40}, Has: 30}},
		"contributions are nearer": {tiers.Facts{ActiveDays: 8, Partners: 5, Messages: 10, Contributions: 1}, tiers.Part{Requirement: tiers.Requirement{Fact: tiers.Contributions, Least: 2}, Has: 1}},
	} {
		next, ok := tiers.Default().Classify(c.facts, tiers.Lurker).Next()
		if !ok || next.Tier != tiers.Contributor {
			t.Fatalf("%s: next is %v", name, next)
		}
		if diff := cmp.Diff([]tiers.Part{c.want}, next.Missing()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, ok := tiers.Default().Classify(tiers.Facts{}, tiers.KOC).Next(); ok {
		t.Error("there is something above the highest tier")
	}
}

func TestLaddersThatAreWrong(t *testing.T) {
	need := func(f tiers.Fact, n int) []tiers.Need { return []tiers.Need{{{Fact: f, Least: n}}} }
	low := tiers.Rung{Tier: tiers.Lurker}
	for name, c := range map[string]struct {
		ladder tiers.Ladder
		want   string
	}{
		"nothing":                {nil, "at least two"},
		"no lurkers":             {tiers.Ladder{{Tier: tiers.Interactor}, {Tier: tiers.KOC, Needs: need(tiers.Messages, 1)}}, "lowest tier is lurker"},
		"lurkers who need":       {tiers.Ladder{{Tier: tiers.Lurker, Needs: need(tiers.Messages, 1)}, {Tier: tiers.KOC, Needs: need(tiers.Messages, 1)}}, "needs nothing"},
		"a tier nobody knows":    {tiers.Ladder{low, {Tier: "gold", Needs: need(tiers.Messages, 1)}}, `no tier "gold"`},
		"the wrong order":        {tiers.Ladder{low, {Tier: tiers.KOC, Needs: need(tiers.Messages, 1)}, {Tier: tiers.Interactor, Needs: need(tiers.Messages, 2)}}, "the order is"},
		"a fact nobody knows":    {tiers.Ladder{low, {Tier: tiers.KOC, Needs: need("likes", 1)}}, `"likes"`},
		"at least nothing":       {tiers.Ladder{low, {Tier: tiers.KOC, Needs: need(tiers.Messages, 0)}}, "numbers begin with 1"},
		"nothing needed":         {tiers.Ladder{low, {Tier: tiers.KOC}}, "needs nothing"},
		"a need without a way":   {tiers.Ladder{low, {Tier: tiers.KOC, Needs: []tiers.Need{{}}}}, "nothing meets"},
		"a higher one asks less": {tiers.Ladder{low, {Tier: tiers.Interactor, Needs: need(tiers.Messages, 5)}, {Tier: tiers.KOC, Needs: need(tiers.Messages, 4)}}, "would not be interactor"},
	} {
		if err := c.ladder.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for name, good := range map[string]tiers.Ladder{"default": tiers.Default(), "with onlookers": tiers.Default().WithOnlookers()} {
		if err := good.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// course is one ladder, whose reviews are on each 30th Day.
func course(l tiers.Ladder, acts ...tiers.Act) tiers.Course {
	c := tiers.Course{Eras: []tiers.Era{{Ladder: l}}, Acts: map[string][]tiers.Act{}, Review: func(d tiers.Day) bool { return d%30 == 0 }}
	for _, a := range acts {
		c.Acts[a.Member] = append(c.Acts[a.Member], a)
	}
	return c
}

// lived walks from Day 1 through facts and gives what changed, as "day cause from>to".
func lived(c tiers.Course, s tiers.Standing, days tiers.Day, facts func(tiers.Day) tiers.Facts) (log []string, after tiers.Standing) {
	for day := tiers.Day(1); day <= days; day++ {
		for i, step := range [...]func() (tiers.Standing, []tiers.Change){
			func() (tiers.Standing, []tiers.Change) { return c.Said("m1", s, day) },
			func() (tiers.Standing, []tiers.Change) { return c.Night("m1", s, facts(day), day) },
		} {
			var changes []tiers.Change
			s, changes = step()
			for _, ch := range changes {
				log = append(log, strings.Join([]string{day2(day + tiers.Day(i)), string(ch.Cause), string(ch.From) + ">" + string(ch.To)}, " "))
			}
		}
	}
	return log, s
}

func day2(d tiers.Day) string { return string(rune('0'+d/10)) + string(rune('0'+d%10)) }

var (
	busy  = tiers.Facts{ActiveDays: 10, Messages: 60, Partners: 6}
	star  = tiers.Facts{ActiveDays: 20, Messages: 200, Partners: 20, Influence: 25}
	quiet = tiers.Facts{}
)

// TestNights are the promotions, reviews, locks and confirmations of somebody's life.
func TestNights(t *testing.T) {
	from := func(day tiers.Day, after, before tiers.Facts) func(tiers.Day) tiers.Facts {
		return func(d tiers.Day) tiers.Facts {
			if d >= day {
				return after
			}
			return before
		}
	}
	confirming := tiers.Default()
	confirming[3].Confirm = true
	for name, c := range map[string]struct {
		course tiers.Course
		days   tiers.Day
		facts  func(tiers.Day) tiers.Facts
		want   []string
	}{
		"earned on the 5th, held from the 6th": {course(tiers.Default()), 9, from(5, busy, quiet), []string{"06 promoted lurker>contributor"}},
		"warned, and lost one tier a fortnight later": {course(tiers.Default()), 80, from(10, quiet, busy),
			[]string{"02 promoted lurker>contributor", "30 reviewed contributor>contributor", "44 demoted contributor>interactor",
				"60 reviewed interactor>interactor", "74 demoted interactor>lurker"}},
		"warned, and back in time": {course(tiers.Default()), 50, func(d tiers.Day) tiers.Facts {
			if d >= 20 && d < 40 {
				return quiet
			}
			return busy
		}, []string{"02 promoted lurker>contributor", "30 reviewed contributor>contributor", "44 recovered contributor>contributor"}},
		"nine tenths are enough to stay": {course(tiers.Default()), 50, from(10, tiers.Facts{ActiveDays: 8, Messages: 36, Partners: 5}, busy),
			[]string{"02 promoted lurker>contributor"}},
		"less than that is not": {course(tiers.Default()), 31, from(10, tiers.Facts{ActiveDays: 8, Messages: 35, Partners: 5}, busy),
			[]string{"02 promoted lurker>contributor", "30 reviewed contributor>contributor"}},
		"a KOC waits for a manager": {course(confirming, tiers.Act{Member: "m1", Kind: tiers.Confirm, Day: 7}), 9, from(3, star, quiet),
			[]string{"04 promoted lurker>contributor", "04 awaiting contributor>koc", "07 confirmed contributor>koc"}},
		"not yet, and asked again after four weeks": {course(confirming, tiers.Act{Member: "m1", Kind: tiers.Decline, Day: 7}), 40, from(3, star, quiet),
			[]string{"04 promoted lurker>contributor", "04 awaiting contributor>koc", "07 refused contributor>koc", "35 awaiting contributor>koc"}},
		"a yes to nothing changes nothing": {course(confirming, tiers.Act{Member: "m1", Kind: tiers.Confirm, Day: 7}), 9, from(3, busy, quiet),
			[]string{"04 promoted lurker>contributor"}},
		"locked until the 20th, then by the facts": {course(tiers.Default(), tiers.Act{Member: "m1", Kind: tiers.Lock, Tier: tiers.KOC, Day: 5, Until: 20}), 50, from(1, quiet, quiet),
			[]string{"05 locked lurker>koc", "30 reviewed koc>koc", "44 demoted koc>contributor"}},
		"a lock holds a tier down": {course(tiers.Default(), tiers.Act{Member: "m1", Kind: tiers.Lock, Tier: tiers.Lurker, Day: 5, Until: 20}), 25, from(10, busy, quiet),
			[]string{"05 locked lurker>lurker", "21 promoted lurker>contributor"}},
		"unlocked by a manager": {course(tiers.Default(), tiers.Act{Member: "m1", Kind: tiers.Lock, Tier: tiers.Lurker, Day: 5}, tiers.Act{Member: "m1", Kind: tiers.Unlock, Day: 12}), 25,
			from(10, busy, quiet), []string{"05 locked lurker>lurker", "12 unlocked lurker>lurker", "13 promoted lurker>contributor"}},
		"another ladder from the 10th": {tiers.Course{Eras: []tiers.Era{{Ladder: tiers.Default().WithOnlookers()}, {From: 10, Ladder: tiers.Default()}}, Review: func(tiers.Day) bool { return false }}, 12,
			from(1, tiers.Facts{Traces: 2}, quiet), []string{"02 promoted lurker>onlooker", "10 reladder onlooker>lurker"}},
	} {
		log, _ := lived(c.course, tiers.Standing{}, c.days, c.facts)
		if diff := cmp.Diff(c.want, log); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestRestingNightsChangeNothing compares walking every night with walking only those that don't rest.
func TestRestingNightsChangeNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	skipped := 0
	for range 2_000 {
		c := course(tiers.Default().WithOnlookers())
		c.Eras = append(c.Eras, tiers.Era{From: tiers.Day(r.IntN(90)), Ladder: tiers.Default()})
		c.Eras[0].Ladder[4].Confirm = r.IntN(2) == 0
		if r.IntN(3) == 0 {
			day := tiers.Day(r.IntN(60) + 1)
			c.Acts["m1"] = []tiers.Act{{Member: "m1", Kind: tiers.Lock, Tier: tiers.All()[r.IntN(5)], Day: day, Until: day + tiers.Day(r.IntN(30))}}
		}
		var every, some tiers.Standing
		f, before := drawn(r), tiers.Facts{ActiveDays: -1}
		for day := tiers.Day(1); day < 120; day++ {
			if r.IntN(8) == 0 {
				f = drawn(r)
			}
			every, _ = c.Said("m1", every, day)
			every, _ = c.Night("m1", every, f, day)
			some, _ = c.Said("m1", some, day)
			if f == before && c.Rests("m1", some, day) {
				skipped++
			} else {
				some, _ = c.Night("m1", some, f, day)
			}
			if before = f; every != some {
				t.Fatalf("day %d: %+v, but with rests %+v", day, every, some)
			}
		}
	}
	if skipped < 50_000 {
		t.Errorf("only %d nights rested", skipped)
	}
}

func TestTiersHaveAnOrder(t *testing.T) {
	if !slices.IsSortedFunc(tiers.All(), func(a, b tiers.Tier) int {
		if a.Above(b) {
			return 1
		}
		return -1
	}) {
		t.Error("a tier stands above the next")
	}
	if !tiers.Lurker.Above("") || tiers.Lurker.Above(tiers.Lurker) {
		t.Error("none is not below all, or a tier is above itself")
	}
	if _, err := tiers.Parse("gold"); err == nil {
		t.Error("gold is a tier")
	}
}
