package uplift_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/weilu-im/weilu/community/uplift"
)

func near(a, b float64) bool { return math.Abs(a-b) < 0.00006 }

// TestKnownIntervals are the examples of Newcombe's papers (1998, I table I and II table II), to four places.
func TestKnownIntervals(t *testing.T) {
	for _, c := range []struct {
		k, n   int
		lo, hi float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		if lo, hi := uplift.Wilson(c.k, c.n); !near(lo, c.lo) || !near(hi, c.hi) {
			t.Errorf("Wilson(%d, %d) = %.4f to %.4f, want %.4f to %.4f", c.k, c.n, lo, hi, c.lo, c.hi)
		}
	}
	for _, c := range []struct {
		a, b   uplift.Arm
		lo, hi float64
	}{
		{uplift.Arm{N: 70, K: 56}, uplift.Arm{N: 80, K: 48}, 0.0524, 0.3339},
		{uplift.Arm{N: 10, K: 9}, uplift.Arm{N: 10, K: 3}, 0.1705, 0.8090},
		{uplift.Arm{N: 7, K: 6}, uplift.Arm{N: 7, K: 2}, 0.0582, 0.8062},
		{uplift.Arm{N: 56, K: 5}, uplift.Arm{N: 29, K: 0}, -0.0381, 0.1926},
		{uplift.Arm{N: 10, K: 0}, uplift.Arm{N: 20, K: 0}, -0.1611, 0.2775},
		{uplift.Arm{N: 10, K: 10}, uplift.Arm{N: 10, K: 0}, 0.6075, 1},
	} {
		if r := uplift.Compare(c.a, c.b); !near(r.Lo, c.lo) || !near(r.Hi, c.hi) {
			t.Errorf("Compare(%v, %v) = %.4f to %.4f, want %.4f to %.4f", c.a, c.b, r.Lo, r.Hi, c.lo, c.hi)
		}
	}
}

func drawn(r *rand.Rand, n int, p float64) (a uplift.Arm) {
	for a.N = 0; a.N < n; a.N++ {
		if r.Float64() < p {
			a.K++
		}
	}
	return a
}

// TestTheIntervalCoversTheTruth simulates members with a known effect 1,000 times, with a tenth held out.
func TestTheIntervalCoversTheTruth(t *testing.T) {
	r := rand.New(rand.NewPCG(20261123, 1))
	for _, c := range []struct {
		n            int
		base, effect float64
	}{{2000, 0.30, 0.08}, {600, 0.20, 0.10}, {5000, 0.50, -0.03}} {
		covered := 0
		for range 1000 {
			x := uplift.Compare(drawn(r, c.n*9/10, c.base+c.effect), drawn(r, c.n/10, c.base))
			if x.Lo <= c.effect && c.effect <= x.Hi {
				covered++
			}
		}
		t.Logf("%d members, %.0f %% without and %+.0f points with: the interval covers the truth in %.1f %% of 1,000 runs", c.n, 100*c.base, 100*c.effect, float64(covered)/10)
		if covered < 930 || covered > 970 {
			t.Errorf("covered in %d of 1,000 runs", covered)
		}
	}
}

// TestFalseAlarms looks where there is no effect: once as planned, and for comparison every day.
func TestFalseAlarms(t *testing.T) {
	r := rand.New(rand.NewPCG(20261123, 2))
	once, daily := 0, 0
	for range 1000 {
		var treated, held uplift.Arm
		alarmed := false
		for range 40 { // days
			a, b := drawn(r, 45, 0.3), drawn(r, 5, 0.3)
			treated.N, treated.K, held.N, held.K = treated.N+a.N, treated.K+a.K, held.N+b.N, held.K+b.K
			if v := uplift.Compare(treated, held).Verdict(true); v == uplift.Works || v == uplift.Harms {
				alarmed = true
			}
		}
		if alarmed {
			daily++
		}
		if v := uplift.Compare(treated, held).Verdict(true); v == uplift.Works || v == uplift.Harms {
			once++
		}
	}
	t.Logf("false alarms in 1,000 runs without effect: %.1f %% with one look, %.1f %% looking daily", float64(once)/10, float64(daily)/10)
	if once > 65 {
		t.Errorf("%d false alarms with one planned look", once)
	}
	if daily < 2*once {
		t.Errorf("looking daily gave %d false alarms, one look %d: the plan is worth nothing", daily, once)
	}
}

func TestVerdicts(t *testing.T) {
	for name, c := range map[string]struct {
		treated, held uplift.Arm
		due           bool
		want          uplift.Verdict
	}{
		"works":                         {uplift.Arm{N: 900, K: 450}, uplift.Arm{N: 100, K: 30}, true, uplift.Works},
		"the same before the look":      {uplift.Arm{N: 900, K: 450}, uplift.Arm{N: 100, K: 30}, false, uplift.Early},
		"harms":                         {uplift.Arm{N: 900, K: 180}, uplift.Arm{N: 100, K: 40}, true, uplift.Harms},
		"does not, with enough people":  {uplift.Arm{N: 9000, K: 2700}, uplift.Arm{N: 1000, K: 300}, true, uplift.DoesNot},
		"what matters may be in it":     {uplift.Arm{N: 1890, K: 680}, uplift.Arm{N: 210, K: 63}, true, uplift.NotEnough},
		"hardly anybody does it":        {uplift.Arm{N: 900, K: 0}, uplift.Arm{N: 100, K: 2}, true, uplift.NotEnough},
		"too few to say":                {uplift.Arm{N: 270, K: 90}, uplift.Arm{N: 30, K: 9}, true, uplift.NotEnough},
		"a large difference of too few": {uplift.Arm{N: 200, K: 200}, uplift.Arm{N: 29, K: 0}, true, uplift.NotEnough},
		"nobody held out":               {uplift.Arm{N: 200, K: 100}, uplift.Arm{}, true, uplift.NotEnough},
	} {
		if got := uplift.Compare(c.treated, c.held).Verdict(c.due); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	few := uplift.Compare(uplift.Arm{N: 20, K: 1}, uplift.Arm{N: 10, K: 9})
	bad, good := uplift.Compare(uplift.Arm{N: 900, K: 180}, uplift.Arm{N: 100, K: 40}), uplift.Compare(uplift.Arm{N: 900, K: 450}, uplift.Arm{N: 100, K: 30})
	for name, c := range map[string]struct {
		months []uplift.Result
		want   bool
	}{"one month": {[]uplift.Result{bad}, false}, "two": {[]uplift.Result{good, bad, bad}, true}, "one between": {[]uplift.Result{bad, good, bad}, false}, "none measured": {[]uplift.Result{{}, {}}, false},
		"too few": {[]uplift.Result{few, few}, false}} {
		if got := uplift.Retire(c.months); got != c.want {
			t.Errorf("retire after %s: %v", name, got)
		}
	}
}

func TestDetectable(t *testing.T) {
	r := rand.New(rand.NewPCG(20261123, 3))
	for _, c := range []struct {
		n, m int
		base float64
	}{{900, 100, 0.3}, {900, 100, 0.1}, {1800, 200, 0.5}} {
		rise, found := uplift.Detectable(c.n, c.m, c.base), 0
		for range 1000 {
			if uplift.Compare(drawn(r, c.n, c.base+rise), drawn(r, c.m, c.base)).Lo > 0 {
				found++
			}
		}
		t.Logf("%d and %d people at %.0f %%: a rise of %.1f points is found in %.1f %% of 1,000 runs", c.n, c.m, 100*c.base, 100*rise, float64(found)/10)
		if found < 760 || found > 840 {
			t.Errorf("found in %d of 1,000 runs, not in about 800", found)
		}
	}
	if got := uplift.Detectable(30, 30, 0.95); got != 1 {
		t.Errorf("where nothing can be found: %v", got)
	}
	if got := uplift.Detectable(100, 100, 1); got != 1 {
		t.Errorf("where everybody does it already: %v", got)
	}
	if got := uplift.Detectable(0, 100, 0.3); got != 1 {
		t.Errorf("without anybody: %v", got)
	}
}

// TestChanceIsEvenAndIndependent looks at 100,000 ids: a tenth falls below 0.1, tenths are even, and what one family says
// tells nothing of another.
func TestChanceIsEvenAndIndependent(t *testing.T) {
	var tenths [10]int
	both, one, other := 0, 0, 0
	const n = 100_000
	for i := range n {
		id := fmt.Sprintf("m%d", i)
		x, y := uplift.Chance([]byte("secret"), "wake", "2026Q4", id), uplift.Chance([]byte("secret"), "share", "2026Q4", id)
		tenths[int(10*x)]++
		if x < 0.1 {
			one++
		}
		if y < 0.1 {
			other++
		}
		if x < 0.1 && y < 0.1 {
			both++
		}
	}
	chi := 0.0
	for _, k := range tenths {
		chi += float64((k-n/10)*(k-n/10)) / (n / 10)
	}
	t.Logf("chi-squared of tenths, 9 degrees: %.1f; held out %.2f %% and %.2f %%, in both %.2f %%", chi, 100*float64(one)/n, 100*float64(other)/n, 100*float64(both)/n)
	if chi > 27.9 { // one in a thousand
		t.Errorf("tenths are uneven: %v", tenths)
	}
	if share := float64(both) / n; share < 0.009 || share > 0.011 {
		t.Errorf("%.4f are held out of both", share)
	}
	if uplift.Chance([]byte("a"), "b", "c") == uplift.Chance([]byte("a"), "bc") {
		t.Error("words run into each other")
	}
}

func FuzzCompare(f *testing.F) {
	f.Add(10, 3, 5, 5)
	f.Fuzz(func(t *testing.T, n, k, m, l int) {
		if n < 0 || m < 0 || k < 0 || l < 0 || k > n || l > m || n > 1<<40 || m > 1<<40 {
			t.Skip()
		}
		r := uplift.Compare(uplift.Arm{N: n, K: k}, uplift.Arm{N: m, K: l})
		if r.Measured && !(r.Lo <= r.Diff+1e-12 && r.Diff <= r.Hi+1e-12 && r.Lo >= -1-1e-12 && r.Hi <= 1+1e-12) {
			t.Errorf("%+v", r)
		}
	})
}
