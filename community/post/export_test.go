package post

import (
	"fmt"
	"time"

	"github.com/weilu-im/weilu/community"
)

// Exclusions and dayKind for tables.
type (
	Exclusions = exclusions
	DayKind    struct{ Free, Workday bool }
)

var (
	TooOften        = tooOften
	UnknownVariable = unknownVariable
	Fill            = fill
)

// MostLive is how many posts there may be.
const MostLive = mostLive

// Excluded is excluded.
func Excluded(x Exclusions, local time.Time, day DayKind) string {
	return excluded(x, local, dayKind{day.Free, day.Workday})
}

// ReadOption is readOption: what is left out, what of the text is left, and what is not understood.
func ReadOption(text string) (x Exclusions, rest, unclear string, ok bool) {
	o, ok := readOption(text)
	return o.x, o.rest, o.unclear, ok
}

// ReadGroups is readGroups among groups called by names, with the ids g1, g2 ...
func ReadGroups(text string, names ...string) (ids []string, rest, unknown string, several int) {
	var all []community.Place
	for i, name := range names {
		all = append(all, community.Place{ID: community.GroupID(fmt.Sprintf("g%d", i+1)), Name: name})
	}
	p := readGroups(text, all)
	for _, g := range p.groups {
		ids = append(ids, string(g.ID))
	}
	return ids, p.rest, p.unknown, len(p.several)
}

// ReadPNG is readPNG.
func ReadPNG(dir, name string) ([]byte, string) { return readPNG(dir, name) }
