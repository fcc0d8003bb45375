package points_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/points"
)

func TestConcentrate(t *testing.T) {
	equal := make([]int64, 20)
	rising := make([]int64, 100)
	for i := range equal {
		equal[i] = 7
	}
	for i := range rising {
		rising[i] = int64(i + 1)
	}
	for _, c := range []struct {
		name        string
		balances    []int64
		gini, top10 float64
	}{
		{"one person has all there is", []int64{5}, 0, 1},
		{"all have the same", equal, 0, 0.5},
		{"one of four has everything", []int64{0, 0, 100, 0}, 0.75, 1},
		{"one of two has a quarter", []int64{1, 3}, 0.25, 1},
		{"1 to 100", rising, 0.33, 955.0 / 5050},
		{"two of very much", []int64{1 << 61, 1 << 61}, 0, 1},
	} {
		got := points.Concentrate(c.balances)
		if got == nil || math.Abs(got.Gini-c.gini) > 1e-9 || math.Abs(got.Top10-c.top10) > 1e-9 {
			t.Errorf("%s: %+v, want %v and %v", c.name, got, c.gini, c.top10)
		}
	}
	for _, nothing := range [][]int64{nil, {0}, {0, 0}} {
		if got := points.Concentrate(nothing); got != nil {
			t.Errorf("%v: %+v", nothing, got)
		}
	}
}

// TestGiniIsTheMeanDifference compares with the definition, which takes all pairs.
func TestGiniIsTheMeanDifference(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		balances := rapid.SliceOfN(rapid.Int64Range(0, 1000), 1, 30).Draw(r, "balances")
		var sum, differences float64
		for _, a := range balances {
			sum += float64(a)
			for _, b := range balances {
				differences += math.Abs(float64(a - b))
			}
		}
		got := points.Concentrate(balances)
		if sum == 0 {
			if got != nil {
				r.Fatalf("%+v of nothing", got)
			}
			return
		}
		if want := differences / (2 * float64(len(balances)) * sum); math.Abs(got.Gini-want) > 1e-9 {
			r.Fatalf("%v, want %v", got.Gini, want)
		}
	})
}
