// Package uplift says whether something that was done to some people, and for comparison not to others who were chosen
// by chance, made a difference. It is pure: counts in, intervals and verdicts out.
package uplift

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"strings"
)

// z is the quantile of the normal distribution for an interval of 95 %.
const z = 1.959963984540054

// Arm is one side of a comparison: how many people are in it, and how many of them, from 0 to N, did what was hoped for.
type Arm struct{ N, K int }

// Rate is the share who did; 0 where nobody is in the arm.
func (a Arm) Rate() float64 {
	if a.N <= 0 {
		return 0
	}
	return float64(a.K) / float64(a.N)
}

// Wilson is the score interval of 95 % of a proportion (Wilson, 1927). Without anybody it is all of 0 to 1.
func Wilson(k, n int) (lo, hi float64) {
	if n <= 0 {
		return 0, 1
	}
	p, m := float64(k)/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, middle-half), min(1, middle+half)
}

// Result compares those who were treated with those who were held out.
type Result struct {
	Treated, Held Arm
	Diff, Lo, Hi  float64 // the difference of the rates, with its interval of 95 %
	Measured      bool    // there is somebody on both sides; otherwise the numbers are 0
}

// Compare is the difference of two proportions with the hybrid score interval of 95 %, made of the two Wilson intervals
// (Newcombe, Statistics in Medicine 17, 1998, 873–890, method 10).
func Compare(treated, held Arm) Result {
	r := Result{Treated: treated, Held: held}
	if treated.N <= 0 || held.N <= 0 {
		return r
	}
	p, q := treated.Rate(), held.Rate()
	l1, u1 := Wilson(treated.K, treated.N)
	l2, u2 := Wilson(held.K, held.N)
	r.Measured, r.Diff = true, p-q
	r.Lo = r.Diff - math.Sqrt((p-l1)*(p-l1)+(u2-q)*(u2-q))
	r.Hi = r.Diff + math.Sqrt((u1-p)*(u1-p)+(q-l2)*(q-l2))
	return r
}

// power80 is the quantile of the normal distribution for a power of 80 %.
const power80 = 0.8416212335729143

// Detectable is the smallest rise that two arms of these sizes find in four of five cases, at a level of 5 % on both
// sides, where the rate without treatment is base: the variance is that of both together without an effect, and each
// side's own with one (Fleiss, Statistical Methods for Rates and Proportions, for arms of different sizes). It is 1 where
// no rise would be found.
func Detectable(treated, held int, base float64) float64 {
	if treated <= 0 || held <= 0 || base >= 1 {
		return 1
	}
	n, m := float64(treated), float64(held)
	found := func(rise float64) bool {
		p := base + rise
		both := (n*p + m*base) / (n + m)
		without := z * math.Sqrt(both*(1-both)*(1/n+1/m))
		return rise >= without+power80*math.Sqrt(p*(1-p)/n+base*(1-base)/m)
	}
	lo, hi := 0.0, 1-base
	if !found(hi) {
		return 1
	}
	for range 60 {
		if middle := (lo + hi) / 2; found(middle) {
			hi = middle
		} else {
			lo = middle
		}
	}
	return hi
}

// Verdict is what is said of a result.
type Verdict string

// The verdicts.
const (
	Works     Verdict = "works"      // the interval lies above zero
	Harms     Verdict = "harms"      // it lies below
	DoesNot   Verdict = "does_not"   // it holds zero, and nothing that matters
	NotEnough Verdict = "not_enough" // too few people to say
	Early     Verdict = "early"      // the planned look is still to come
)

// What a verdict needs.
const (
	fewest  = 30   // people on each side
	rarest  = 5    // those of the smaller side who are expected to do it, or not to, if nothing made a difference
	matters = 0.10 // a difference of the rates that matters
)

// Verdict is what is said of a result. There is one planned look: before it is due nothing is said, because who looks
// every day and stops at the first difference finds one far more often than in one of twenty cases where there is none.
func (r Result) Verdict(due bool) Verdict {
	switch {
	case !due:
		return Early
	case !r.enough():
		return NotEnough
	case r.Lo > 0:
		return Works
	case r.Hi < 0:
		return Harms
	case r.Lo > -matters && r.Hi < matters:
		return DoesNot
	}
	return NotEnough
}

// enough tells whether there are enough people on both sides to say anything, and enough of both together did it and did not.
func (r Result) enough() bool {
	if !r.Measured || r.Treated.N < fewest || r.Held.N < fewest {
		return false
	}
	all := Arm{r.Treated.N + r.Held.N, r.Treated.K + r.Held.K}
	expected := float64(r.Held.N) * min(all.Rate(), 1-all.Rate())
	return expected >= rarest
}

// Retire tells whether something is to be given up: its interval lies below zero in two months running, the last ones.
func Retire(months []Result) bool {
	if len(months) < 2 {
		return false
	}
	for _, r := range months[len(months)-2:] {
		if !r.enough() || r.Hi >= 0 {
			return false
		}
	}
	return true
}

// Chance is a number from 0 to below 1 that looks drawn by chance and is always the same for the same words: the HMAC-SHA-256
// of them under a secret, so that nobody can choose a name that falls on the side they like.
func Chance(secret []byte, words ...string) float64 {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(strings.Join(words, "\x00")))
	return float64(binary.BigEndian.Uint64(h.Sum(nil))>>11) / (1 << 53)
}
