package earning

import (
	"cmp"
	"slices"
	"time"

	"github.com/weilu-im/weilu/community"
)

// fact is that a message was fit to earn. It stays as it is, whoever its author turns out to be, with what the
// rule said then, which later changes of the configuration leave as it was.
type fact struct {
	rule     string
	origin   community.MemberID
	day      community.Day
	seq      int64 // facts count in the order in which they were accepted
	at       time.Time
	price    int64
	cap      int
	gap      time.Duration
	media    string
	recalled bool

	counts bool   // as limit says
	text   string // where it is still kept
}

// limit says which facts of one person count: no more of a rule on a Day than its cap, and none within the
// cooldown of another, before or after. It sorts facts in the order in which they were accepted, and the
// answer is the same whether they were judged one by one as they came or all together.
func limit(facts []fact) {
	slices.SortFunc(facts, func(a, b fact) int { return cmp.Or(cmp.Compare(a.seq, b.seq), cmp.Compare(a.rule, b.rule)) })
	counted := map[string][]fact{}
	for i := range facts {
		f := &facts[i]
		f.counts = f.fits(counted[f.rule])
		if f.counts {
			counted[f.rule] = append(counted[f.rule], *f)
		}
	}
}

func (f *fact) fits(before []fact) bool {
	times := 0
	for _, b := range slices.Backward(before) {
		if b.day == f.day {
			times++
		}
		if f.at.Sub(b.at).Abs() < f.gap {
			return false
		}
	}
	return f.cap == 0 || times < f.cap
}

// key is the fact's key in the ledger.
func (f *fact) key() string { return key(f.rule, f.origin, f.seq) }

// thank is that somebody thanked somebody who had just taken part.
type thank struct {
	from, to community.MemberID // as they were known then
	day      community.Day
	seq      int64
	at       time.Time
	price    int64
	cap      int // for the one who was thanked
	given    int // for the one who thanked
	recalled bool

	counts bool // as limitThanks says
}

func (t *thank) key() string { return key(ruleThanks, t.to, t.seq) }

// pair are two people, whichever of them thanked.
type pair [2]community.MemberID

func pairOf(a, b community.MemberID) pair {
	if b < a {
		a, b = b, a
	}
	return pair{a, b}
}

// limitThanks says which thanks of one Day count: one between two people in whichever direction, and no more
// than the limits of who gives and who gets. who is whom an id stands for.
func limitThanks(thanks []thank, who func(community.MemberID) community.MemberID) {
	slices.SortFunc(thanks, func(a, b thank) int { return cmp.Or(cmp.Compare(a.seq, b.seq), cmp.Compare(a.to, b.to)) })
	given, got, pairs := map[community.MemberID]int{}, map[community.MemberID]int{}, map[pair]bool{}
	for i := range thanks {
		t := &thanks[i]
		from, to := who(t.from), who(t.to)
		p := pairOf(from, to)
		t.counts = from != to && !pairs[p] && given[from] < t.given && (t.cap == 0 || got[to] < t.cap)
		if t.counts {
			pairs[p] = true
			given[from]++
			got[to]++
		}
	}
}
