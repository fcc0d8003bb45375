package challenge

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/community"
)

// PrizeKind says what a prize is.
type PrizeKind string

// The kinds of prizes.
const (
	Points      PrizeKind = "points"
	Badge       PrizeKind = "badge"       // with a name
	Code        PrizeKind = "code"        // of the shop's goods with this number
	Certificate PrizeKind = "certificate" // a picture, drawn when it is asked for
)

// Proof says what a check-in must show.
type Proof string

// The proofs.
const (
	ProofAny     Proof = "any"     // the command is enough
	ProofText    Proof = "text"    // some words
	ProofPicture Proof = "picture" // a picture
	ProofBoth    Proof = "both"    // a picture and words
)

// State is where a challenge stands.
type State string

// The states. One that has a first Day to come is open already: members join before it begins.
const (
	Open      State = "open"
	Settled   State = "settled"
	Cancelled State = "cancelled"
)

// Window is a time of the Day in which check-ins count, in minutes after midnight; from 0 to before the day
// start it is the next morning. It ends before Until.
type Window struct{ From, Until int }

func (w Window) String() string { return clock(w.From) + "–" + clock(w.Until) }

// long is how many minutes a window has.
func (w Window) long() int { return cmp.Or((w.Until-w.From+24*60)%(24*60), 24*60) }

func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60%24, minutes%60) }

// bounds are the instants of a window on a Day.
func (w Window) bounds(c *community.Calendar, d community.Day) (from, until time.Time) {
	from = c.Wall(d, w.From/60%24, w.From%60)
	until = c.Wall(d, w.Until/60%24, w.Until%60)
	if !until.After(from) { // it ends where the Day ends
		until = c.Start(d + 1)
	}
	return from, until
}

// challenge is a challenge as it is stored.
type challenge struct {
	Terms
	Name    string
	About   string
	Group   community.GroupID // where it is held; empty: in all groups
	Proof   Proof
	Tag     string // a hashtag that checks in, without #; empty: the name
	Windows []Window
	Daily   int64
	MaxOff  int // Days of leave for each member
	State   State
	MadeBy  community.MemberID
	Made    time.Time
	Ended   time.Time // when it was settled; zero: not yet
}

// over tells whether a challenge with fixed Days is over.
func (c *challenge) over(today community.Day) bool { return c.First != 0 && today > c.Last }

// within tells whether check-ins count at an instant of a Day.
func (c *challenge) within(cal *community.Calendar, d community.Day, at time.Time) bool {
	for _, w := range c.Windows {
		if from, until := w.bounds(cal, d); !at.Before(from) && at.Before(until) {
			return true
		}
	}
	return len(c.Windows) == 0
}

// saidWindows are the windows as members read them.
func (c *challenge) saidWindows() string {
	var list []string
	for _, w := range c.Windows {
		list = append(list, w.String())
	}
	return strings.Join(list, "、")
}

// storedWindows and readWindows are how windows lie in a column: "300-540,1200-1320".
func storedWindows(list []Window) string {
	var parts []string
	for _, w := range list {
		parts = append(parts, strconv.Itoa(w.From)+"-"+strconv.Itoa(w.Until))
	}
	return strings.Join(parts, ",")
}

func readWindows(s string) (list []Window) {
	for part := range strings.SplitSeq(s, ",") {
		var w Window
		if n, _ := fmt.Sscanf(part, "%d-%d", &w.From, &w.Until); n == 2 {
			list = append(list, w)
		}
	}
	return list
}

// key is a check-in's key in the ledger.
func (t Terms) key(m Mark) string { return fmt.Sprintf("%s/%d/%s/%s", paid, t.ID, m.Origin, m.Day) }

// key is a prize's key in the ledger.
func (w Win) key(id int64) string { return fmt.Sprintf("%s/%d/%d/%s", prize, id, w.N, w.By.Origin) }

// The kinds of keys in the ledger.
const (
	paid  = "challenge"
	prize = "challenge-prize"
)
