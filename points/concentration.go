package points

import "slices"

// topPeople is how many people are the top of a concentration.
const topPeople = 10

// Concentration tells how unevenly balances lie. Where nobody has anything it is nil.
type Concentration struct {
	// Gini is 0 where all have the same, and comes close to 1 where one has everything.
	Gini float64
	// Top10 is the part of everything that the ten richest have.
	Top10 float64
}

// Concentrate measures balances, of which none is below zero. Those of zero count as people too.
//
// The Gini coefficient is that of Corrado Gini, 1912, as the mean difference of all pairs over twice
// the mean: with balances x rising and i from 1 to n, (2 Σ i·x) / (n Σ x) - (n + 1) / n.
func Concentrate(balances []int64) *Concentration {
	sorted := slices.Sorted(slices.Values(balances))
	n := float64(len(sorted))
	var sum, ranked, top float64
	for i, x := range sorted {
		sum += float64(x)
		ranked += float64(i+1) * float64(x)
		if i >= len(sorted)-topPeople {
			top += float64(x)
		}
	}
	if sum == 0 {
		return nil
	}
	return &Concentration{Gini: max(0, 2*ranked/(n*sum)-(n+1)/n), Top10: top / sum}
}
