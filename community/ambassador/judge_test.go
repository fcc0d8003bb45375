package ambassador_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/ambassador"
)

func TestJudge(t *testing.T) {
	who := func(id community.MemberID) community.MemberID {
		return map[community.MemberID]community.MemberID{"a2": "a", "n1b": "n1"}[id] + map[bool]community.MemberID{true: id}[id != "a2" && id != "n1b"]
	}
	caps := ambassador.Caps{Day: 2, Month: 3}
	claim := func(id int64, day community.Day, member, owner community.MemberID, more ...func(*ambassador.Claim)) ambassador.Claim {
		c := ambassador.Claim{ID: id, Day: day, Member: member, Owner: owner}
		for _, fn := range more {
			fn(&c)
		}
		return c
	}
	back := func(c *ambassador.Claim) { c.Back = true }
	unseen := func(c *ambassador.Claim) { c.Unseen = true }
	staff := func(c *ambassador.Claim) { c.Staff = true }
	review := func(r ambassador.Review) func(*ambassador.Claim) { return func(c *ambassador.Claim) { c.Review = r } }
	day := community.Date(2026, 11, 2)
	for name, test := range map[string]struct {
		claims []ambassador.Claim
		want   []ambassador.Judged
	}{
		"one":                        {[]ambassador.Claim{claim(1, day, "n1", "a")}, []ambassador.Judged{{ambassador.Counts, true}}},
		"the first counts":           {[]ambassador.Claim{claim(1, day, "n1", "a"), claim(2, day, "n1b", "b")}, []ambassador.Judged{{ambassador.Counts, true}, {ambassador.Second, false}}},
		"one's own":                  {[]ambassador.Claim{claim(1, day, "a2", "a")}, []ambassador.Judged{{ambassador.Self, false}}},
		"a refused one stays first":  {[]ambassador.Claim{claim(1, day, "n1", "a", review(ambassador.Refused)), claim(2, day, "n1", "b")}, []ambassador.Judged{{ambassador.Cancelled, false}, {ambassador.Second, false}}},
		"one that is passed by":      {[]ambassador.Claim{claim(1, day, "n1", "a", review(ambassador.Passed)), claim(2, day, "n1", "b")}, []ambassador.Judged{{ambassador.PassedBy, false}, {ambassador.Counts, true}}},
		"back":                       {[]ambassador.Claim{claim(1, day, "n1", "a", back), claim(2, day, "n1", "b", back)}, []ambassador.Judged{{ambassador.Back, false}, {ambassador.Back, false}}},
		"unseen":                     {[]ambassador.Claim{claim(1, day, "n1", "a", unseen), claim(2, day, "n2", "a", unseen, review(ambassador.Accepted))}, []ambassador.Judged{{ambassador.Waits, false}, {ambassador.Counts, true}}},
		"staff":                      {[]ambassador.Claim{claim(1, day, "n1", "a", staff)}, []ambassador.Judged{{ambassador.Staff, false}}},
		"each other":                 {[]ambassador.Claim{claim(1, day, "b", "a"), claim(2, day, "a2", "b")}, []ambassador.Judged{{ambassador.Counts, true}, {ambassador.Circle, false}}},
		"in a ring":                  {[]ambassador.Claim{claim(1, day, "b", "a"), claim(2, day, "c", "b"), claim(3, day, "a", "c")}, []ambassador.Judged{{ambassador.Counts, true}, {ambassador.Counts, true}, {ambassador.Circle, false}}},
		"a house code has no circle": {[]ambassador.Claim{claim(1, day, "n1", ""), claim(2, day, "n2", "n1")}, []ambassador.Judged{{ambassador.Counts, true}, {ambassador.Counts, true}}},
		"the caps of a Day": {
			[]ambassador.Claim{claim(1, day, "n1", "a"), claim(2, day, "n2", "a2"), claim(3, day, "n3", "a"), claim(4, day+1, "n4", "a"), claim(5, day+2, "n5", "a"), claim(6, day+40, "n6", "a")},
			[]ambassador.Judged{{ambassador.Counts, true}, {ambassador.Counts, true}, {ambassador.Counts, false}, {ambassador.Counts, true}, {ambassador.Counts, false}, {ambassador.Counts, true}},
		},
	} {
		got := ambassador.Judge(test.claims, who, caps)
		for i, want := range test.want {
			if id := test.claims[i].ID; got[id] != want {
				t.Errorf("%s: claim %d is %v, want %v", name, id, got[id], want)
			}
		}
	}
}

// TestParts is the product's table of parts: 20 % with the first words, 30 % at D7 with 2 active Days, 50 % at D30.
func TestParts(t *testing.T) {
	const d = community.Day(100)
	days := func(list ...community.Day) (out []community.Day) {
		for _, n := range list {
			out = append(out, d+n)
		}
		return out
	}
	steps := ambassador.Defaults().Parts
	for name, test := range map[string]struct {
		stay  ambassador.Stay
		today community.Day
		want  string
	}{
		"nothing said":                {ambassador.Stay{Came: d}, d + 3, "p0 p7 p30"},
		"the first words":             {ambassador.Stay{Came: d, Spoke: d + 1}, d + 1, "v1 p7 p30"},
		"one active day at D7":        {ambassador.Stay{Came: d, Spoke: d, Active: days(0)}, d + 7, "v0 p7 p30"},
		"two at D6":                   {ambassador.Stay{Came: d, Spoke: d, Active: days(0, 3)}, d + 6, "v0 p7 p30"},
		"two at D7":                   {ambassador.Stay{Came: d, Spoke: d, Active: days(0, 3)}, d + 7, "v0 v7 p30"},
		"the second after D7":         {ambassador.Stay{Came: d, Spoke: d, Active: days(0, 9)}, d + 10, "v0 v10 p30"},
		"all":                         {ambassador.Stay{Came: d, Spoke: d, Active: days(0, 3)}, d + 30, "v0 v7 v30"},
		"left on D5":                  {ambassador.Stay{Came: d, Spoke: d, Active: days(0, 3), Left: d + 5}, d + 8, "v0 l5 l5"},
		"left on D7":                  {ambassador.Stay{Came: d, Spoke: d, Active: days(0, 3), Left: d + 7}, d + 40, "v0 v7 l7"},
		"left on D6":                  {ambassador.Stay{Came: d, Spoke: d, Active: days(0, 3), Left: d + 6}, d + 40, "v0 l6 l6"},
		"gone before the words":       {ambassador.Stay{Came: d, Left: d}, d + 1, "l0 l0 l0"},
		"one active day until D30":    {ambassador.Stay{Came: d, Spoke: d, Active: days(0)}, d + 30, "v0 m7 m30"},
		"the second on D29":           {ambassador.Stay{Came: d, Spoke: d, Active: days(0, 29)}, d + 30, "v0 v30 v30"},
		"the second on D30":           {ambassador.Stay{Came: d, Spoke: d, Active: days(0, 30)}, d + 31, "v0 m31 m31"},
		"silent for 30 Days":          {ambassador.Stay{Came: d}, d + 30, "m0 m7 m30"},
		"words on D30 are too late":   {ambassador.Stay{Came: d, Spoke: d + 30}, d + 30, "m30 m30 m30"},
		"words on D29, then D40":      {ambassador.Stay{Came: d, Spoke: d + 29, Active: days(29)}, d + 40, "v29 m29 m30"},
		"all at once after an outage": {ambassador.Stay{Came: d, Spoke: d, Active: days(0, 1), Left: d + 35}, d + 50, "v0 v7 v30"},
	} {
		got := ""
		sum := int64(0)
		for i, p := range ambassador.Parts(steps, 30, test.stay, test.today) {
			if i > 0 {
				got += " "
			}
			got += fmt.Sprintf("%c%d", p.State[0], int(p.Day-d))
			sum += p.Amount
		}
		if got != test.want || sum != 30 {
			t.Errorf("%s: %s (%d), want %s", name, got, sum, test.want)
		}
	}
}

// TestPartsAddUp splits every amount without a point too much or too little.
func TestPartsAddUp(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for amount := range int64(300) {
		a, b := 1+rnd.IntN(50), 1+rnd.IntN(40)
		steps := []ambassador.Step{{0, 0, a}, {3, 1, b}, {9, 1, 100 - a - b}}
		var sum int64
		for _, p := range ambassador.Parts(steps, amount, ambassador.Stay{Came: 1, Spoke: 1, Active: []community.Day{1}}, 50) {
			if sum += p.Amount; p.Amount < 0 || p.State != ambassador.Vested {
				t.Errorf("%v of %d: %+v", steps, amount, p)
			}
		}
		if sum != amount {
			t.Errorf("%v of %d come to %d", steps, amount, sum)
		}
	}
}
