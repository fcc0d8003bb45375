package community

import (
	"cmp"
	"slices"

	"github.com/weilu-im/weilu/bot"
)

// candidate is somebody whom a user may be, with what speaks for it and against it.
type candidate struct {
	member        MemberID
	group         GroupID
	same, differs []string
	weight        int
}

// Bounds of candidates: how many are kept for one user, and how many of one name are looked at.
const (
	mostCandidates = 5
	mostNamesakes  = 20
)

// likeness finds who in the groups resembles a user. It is made once for all users of a login.
type likeness struct {
	crowds []crowd
	places map[bot.UserID][]spot
	keys   []map[likeKey][]int // per crowd: those known who have a key
}

type spot struct{ crowd, present int }

type likeKey struct{ name, value string }

func newLikeness(crowds []crowd) *likeness {
	l := &likeness{crowds: crowds, places: map[bot.UserID][]spot{}, keys: make([]map[likeKey][]int, len(crowds))}
	for c := range crowds {
		for i, p := range crowds[c].present {
			l.places[p.User] = append(l.places[p.User], spot{c, i})
		}
		keys := map[likeKey][]int{}
		for i, k := range crowds[c].known {
			for _, key := range likeKeys(k.Trait) {
				if list := keys[key]; key.value != "" && len(list) < mostNamesakes {
					keys[key] = append(list, i)
				}
			}
		}
		l.keys[c] = keys
	}
	return l
}

func likeKeys(t Trait) [6]likeKey {
	return [...]likeKey{{"remark", t.Remark}, {"tag", t.Tag()}, {"display", t.Display}, {"nick", t.Nick}, {"avatar", t.Avatar}, {"called", called(t)}}
}

// of are those nobody is yet whom a user resembles in some group, the most alike first.
func (l *likeness) of(user bot.UserID, taken func(MemberID) bool) []candidate {
	best := map[MemberID]candidate{}
	for _, at := range l.places[user] {
		c, p := l.crowds[at.crowd], l.crowds[at.crowd].present[at.present]
		for _, key := range likeKeys(p.Trait) {
			for _, i := range l.keys[at.crowd][key] {
				k := c.known[i]
				same, weight := resembles(k.Trait, p.Trait)
				if weight > best[k.Member].weight && !taken(k.Member) {
					best[k.Member] = candidate{k.Member, c.group, same, k.differs(p.Trait), weight}
				}
			}
		}
	}
	list := make([]candidate, 0, len(best))
	for _, c := range best {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(b.weight-a.weight, compareIDs(a.member, b.member))
	})
	return list[:min(len(list), mostCandidates)]
}

// resembles lists in what two people are alike, and how much that weighs; nothing of it binds.
func resembles(k, p Trait) (same []string, weight int) {
	add := func(name, a, b string, w int) {
		if a != "" && a == b {
			same, weight = append(same, name), weight+w
		}
	}
	add("remark", k.Remark, p.Remark, 4)
	add("tag", k.Tag(), p.Tag(), 4)
	add("display", k.Display, p.Display, 3)
	add("nick", k.Nick, p.Nick, 3)
	add("avatar", k.Avatar, p.Avatar, 3)
	if weight == 0 {
		add("called", called(k), called(p), 2)
	}
	if weight > 0 {
		add("attr", k.Attr, p.Attr, 1)
	}
	return same, weight
}

// called is the name that others see.
func called(t Trait) string {
	if t.Display != "" {
		return t.Display
	}
	return t.Nick
}

// differs lists what of two people is not the same.
func differs(k, p Trait) (list []string) {
	for _, f := range [...]struct{ name, a, b string }{
		{"remark", k.Remark, p.Remark}, {"tag", k.Tag(), p.Tag()}, {"display", k.Display, p.Display},
		{"nick", k.Nick, p.Nick}, {"avatar", k.Avatar, p.Avatar}, {"attr", k.Attr, p.Attr},
	} {
		if f.a != f.b {
			list = append(list, f.name)
		}
	}
	return list
}
