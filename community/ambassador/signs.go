package ambassador

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// Sign is a kind of evidence that invitations are not what they seem.
type Sign string

// The signs.
const (
	Burst    Sign = "burst"    // many claims of one code within an hour
	Face     Sign = "face"     // several newcomers have the same picture, or the inviter's
	Alike    Sign = "alike"    // names that differ in their digits only
	Copied   Sign = "copied"   // the same first words
	Ring     Sign = "ring"     // newcomers who talk to each other and to the inviter, and to nobody else
	Circular Sign = "circular" // tries to be invited by oneself, or by whom one invited
	Gone     Sign = "gone"     // one message, and away
	Asleep   Sign = "asleep"   // one message, and silent since
	Conflict Sign = "conflict" // two people's codes
	Unseen   Sign = "unseen"   // nobody saw them join
	Guessing Sign = "guessing" // many wrong codes
)

// Trace is what is known of one newcomer of an inviter.
type Trace struct {
	ID       int64
	At       time.Time // of the claim
	Name     string
	Face     string // a digest of their picture; empty where it is not known
	Words    string // their first words; empty where they said nothing, or the text is gone
	Common   bool   // newcomers of others said the same
	Messages int
	Active   int  // Days on which they said something
	Days     int  // since they came
	Left     bool // they are away
	Silent   int  // Days since they spoke last
	Peers    int  // other newcomers of the same inviter whom they had to do with
	Outside  int  // people who are neither those nor the inviter
	Vain     bool // the claim was refused as one's own or as a circle
}

// Finding is a sign with what shows it. One strong sign makes a case, and so do two others.
type Finding struct {
	Sign   Sign
	IDs    []int64
	Strong bool
}

// The thresholds. An honest inviter who brings six friends after an evening together, two of whom have the same name and
// most of whom only say hello, shows none.
const (
	burstClaims  = 8 // within burstWithin
	burstWithin  = time.Hour
	strongBurst  = 25
	faces        = 2 // of the same picture: anybody may have kept the default one
	strongFaces  = 4
	alikeNames   = 3
	strongAlike  = 5
	copies       = 3 // and two of five of those who said something
	strongCopies = 5 // and half of them
	copyLetters  = 8 // shorter greetings are everybody's
	ringPeople   = 4
	ringDays     = 3 // on which each of them has said something at the least
	ringPeers    = 2 // whom each of them talks to at the least
	vainClaims   = 2
	sleeperDays  = 3
	fewSleepers  = 4 // and three of five of those who came long enough ago
	manySleepers = 6 // and four of five of them
)

// Findings are the signs in the newcomers of one inviter; face is the inviter's picture. Of an inviter who is known, because a
// case against them was upheld, less is enough, and each sign is strong.
func Findings(face string, known bool, list []Trace) (found []Finding) {
	var real []Trace
	var vain []int64
	for _, t := range list {
		if t.Vain {
			vain = append(vain, t.ID)
		} else {
			real = append(real, t)
		}
	}
	add := func(sign Sign, ids []int64, least, strong int) {
		if known {
			least, strong = min(least, 2), 0
		}
		if len(ids) >= least {
			found = append(found, Finding{sign, ids, len(ids) >= strong})
		}
	}
	add(Burst, burst(real), burstClaims, strongBurst)
	if own := same(real, func(t Trace) string { return map[bool]string{true: face}[t.Face == face] }); len(own) > 0 {
		found = append(found, Finding{Face, own, true})
	} else {
		add(Face, same(real, func(t Trace) string { return t.Face }), faces, strongFaces)
	}
	add(Alike, same(real, stem), alikeNames, strongAlike)
	if ids, spoke := same(real, greeting), greeted(real); 5*len(ids) >= 2*spoke {
		add(Copied, ids, copies, max(strongCopies, (spoke+1)/2))
	}
	add(Ring, ring(real), ringPeople, ringPeople)
	add(Circular, vain, vainClaims, 1<<30)
	old, gone, asleep := 0, []int64(nil), []int64(nil)
	for _, t := range real {
		if t.Days < sleeperDays {
			continue
		}
		old++
		if t.Active == 1 && t.Left {
			gone = append(gone, t.ID)
		} else if t.Active == 1 && t.Silent >= sleeperDays {
			asleep = append(asleep, t.ID)
		}
	}
	if len(gone) > 0 && (known || len(gone) >= fewSleepers && 5*len(gone) >= 3*old) {
		found = append(found, Finding{Gone, gone, true})
	}
	if len(asleep) > 0 && (known || len(asleep) >= manySleepers && 5*len(asleep) >= 4*old) {
		found = append(found, Finding{Asleep, asleep, known})
	}
	return found
}

// Suspect are the invitations that signs make a case of; none where they are not enough.
func Suspect(found []Finding) (ids []int64) {
	strong := slices.ContainsFunc(found, func(f Finding) bool { return f.Strong })
	if !strong && len(found) < 2 {
		return nil
	}
	for _, f := range found {
		for _, id := range f.IDs {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// burst are the claims of the hour with the most.
func burst(list []Trace) (ids []int64) {
	list = slices.SortedFunc(slices.Values(list), func(a, b Trace) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	from := 0
	for i, t := range list {
		for t.At.Sub(list[from].At) > burstWithin {
			from++
		}
		if i+1-from > len(ids) {
			ids = nil
			for _, t := range list[from : i+1] {
				ids = append(ids, t.ID)
			}
		}
	}
	return ids
}

// same are those of the largest set with the same value, which is not empty.
func same(list []Trace, of func(Trace) string) []int64 {
	by := map[string][]int64{}
	best := ""
	for _, t := range list {
		v := of(t)
		if v == "" {
			continue
		}
		by[v] = append(by[v], t.ID)
		if len(by[v]) > len(by[best]) {
			best = v
		}
	}
	return by[best]
}

// stem is a name without its digits, for names that have some.
func stem(t Trace) string {
	name := bot.Fold(t.Name)
	bare := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || unicode.IsSpace(r) || r == '_' || r == '-' {
			return -1
		}
		return r
	}, name)
	if bare == name || bare == "" {
		return ""
	}
	return bare
}

// greeting is what somebody said first, where it is long enough to be their own words, and not everybody's.
func greeting(t Trace) string {
	if t.Common {
		return ""
	}
	return plain(t.Words)
}

// plain is a text without what is no letter; empty where it is short.
func plain(words string) string {
	said := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return r
		}
		return -1
	}, bot.Fold(words))
	if len([]rune(said)) < copyLetters {
		return ""
	}
	return said
}

// greeted is how many said something.
func greeted(list []Trace) (n int) {
	for _, t := range list {
		if t.Words != "" {
			n++
		}
	}
	return n
}

// ring are the newcomers who talk, for days, and to nobody but each other and the inviter; at least half of all who talk.
func ring(list []Trace) (ids []int64) {
	talk := 0
	for _, t := range list {
		if t.Active < ringDays {
			continue
		}
		talk++
		if t.Peers >= ringPeers && t.Outside == 0 {
			ids = append(ids, t.ID)
		}
	}
	if 2*len(ids) < talk {
		return nil
	}
	return ids
}

// traceDays is how many Days back the newcomers of an inviter are looked at.
const traceDays = community.Day(40)
