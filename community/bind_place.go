package community

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

// How alike the members of a chat and of a group must be to be one: the share of those known present who are
// found, how many times as many as in the next best, and how many at least.
const (
	overlapAlone   = 0.60
	overlapNamed   = 0.40 // where the names are the same, and nobody else's
	overlapAhead   = 2.0
	overlapAtLeast = 3
)

// groupCode is a G and digits behind a separator; the names that it reads are folded.
var groupCode = regexp.MustCompile(`[·•・#\-]\s*g(\d{1,6})`)

// GroupCode reads the code of a group from what the bot is called in it, like G7 from 小助手·G07: the last G
// with digits behind one of · • # -, in any width and case, without the zeros before them; empty where there is
// none. Nobody but the bot's own account can change it, so it is the strongest evidence of all.
func GroupCode(botName string) (code string) {
	name := bot.Fold(botName)
	for _, at := range groupCode.FindAllStringSubmatchIndex(name, -1) {
		next, _ := utf8.DecodeRuneInString(name[at[1]:])
		if next >= '0' && next <= '9' || next >= 'a' && next <= 'z' {
			continue // a word that begins like a code
		}
		if code = strings.TrimLeft(name[at[2]:at[3]], "0"); code == "" {
			code = "0"
		}
		code = "G" + code
	}
	return code
}

// knownPlace is a group as binding chats needs it.
type knownPlace struct {
	group  GroupID
	name   string
	code   string
	taken  bool     // a chat of this session is it already
	people []Trait  // those known to be present
	told   []string // nicknames of those of whom only a file tells
}

// seenPlace is a chat that is no group yet in this session.
type seenPlace struct {
	name   string
	code   string
	people []Trait
}

// placed is which group a chat is, by what; without a group the candidates are those that resemble it.
type placed struct {
	group      GroupID
	rule       string // code, members, or name and members
	candidates []resembling
}

type resembling struct {
	group GroupID
	share float64 // of those known present who are found in the chat
}

// place says which group each chat is. Codes decide alone; without one, the members do, where no other group
// and no other chat comes near. A chat with a code that no group has is a new group.
func place(known []knownPlace, chats []seenPlace) []placed {
	result := make([]placed, len(chats))
	codes, names, groups := map[string]int{}, map[string]int{}, map[string]int{}
	for _, c := range chats {
		codes[c.code]++
		names[c.name]++
	}
	for _, k := range known {
		groups[k.name]++
	}
	shares := overlaps(known, chats)
	for i, c := range chats {
		best, second := topTwo(shares[i])
		for k, s := range shares[i] {
			if s.share >= overlapNamed/2 && s.found >= overlapAtLeast && len(result[i].candidates) < mostCandidates {
				result[i].candidates = append(result[i].candidates, resembling{known[k].group, s.share})
			}
		}
		if c.code != "" {
			for _, k := range known {
				if k.code == c.code && codes[c.code] == 1 && !k.taken {
					result[i] = placed{group: k.group, rule: "code"}
				}
			}
			continue
		}
		if best < 0 || known[best].taken || shares[i][best].found < overlapAtLeast {
			continue
		}
		share := shares[i][best].share
		rival := 0.0 // the next best group for this chat, or chat for this group
		if second >= 0 {
			rival = shares[i][second].share
		}
		for j := range chats {
			if j != i {
				rival = max(rival, shares[j][best].share)
			}
		}
		named := c.name != "" && c.name == known[best].name && names[c.name] == 1 && groups[c.name] == 1
		switch {
		case share < overlapAhead*rival:
		case share >= overlapAlone:
			result[i] = placed{group: known[best].group, rule: "members"}
		case named && share >= overlapNamed:
			result[i] = placed{group: known[best].group, rule: "name and members"}
		}
	}
	return result
}

type overlap struct {
	share float64
	found int
}

// overlaps are the shares of those known present in each group who are found in each chat, by nickname and attributes.
func overlaps(known []knownPlace, chats []seenPlace) [][]overlap {
	type key struct{ nick, attr string }
	type holding struct{ place, n int }
	holders := map[key][]holding{} // which groups know how many people of a key
	for k, g := range known {
		counts := map[key]int{}
		for _, t := range g.people {
			counts[key{t.Nick, t.Attr}]++
		}
		for key, n := range counts {
			holders[key] = append(holders[key], holding{k, n})
		}
	}
	result := make([][]overlap, len(chats))
	for i, c := range chats {
		result[i] = make([]overlap, len(known))
		counts := map[key]int{}
		for _, t := range c.people {
			counts[key{t.Nick, t.Attr}]++
		}
		for key, n := range counts {
			for _, h := range holders[key] {
				result[i][h.place].found += min(n, h.n)
			}
		}
		for k := range known {
			result[i][k].found += foundTold(known[k], c)
			if n := len(known[k].people) + len(known[k].told); n > 0 {
				result[i][k].share = float64(result[i][k].found) / float64(n)
			}
		}
	}
	return result
}

// foundTold is how many of those of whom only a file tells are found in a chat by nickname, besides the others of the group.
func foundTold(g knownPlace, c seenPlace) (n int) {
	if len(g.told) == 0 {
		return 0
	}
	free := map[string]int{}
	for _, t := range c.people {
		free[t.Nick]++
	}
	for _, t := range g.people {
		free[t.Nick]--
	}
	for _, nick := range g.told {
		if free[nick] > 0 {
			n, free[nick] = n+1, free[nick]-1
		}
	}
	return n
}

// topTwo are the indices of the greatest share and of the next, -1 where there is none.
func topTwo(shares []overlap) (best, second int) {
	best, second = -1, -1
	for i, s := range shares {
		switch {
		case s.found == 0:
		case best < 0 || s.share > shares[best].share:
			best, second = i, best
		case second < 0 || s.share > shares[second].share:
			second = i
		}
	}
	return best, second
}
