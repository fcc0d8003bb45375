package post

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// token is the first word of a text, and what follows it.
func token(text string) (word, rest string) {
	text = strings.TrimSpace(text)
	i := strings.IndexFunc(text, unicode.IsSpace)
	if i < 0 {
		return text, ""
	}
	return text[:i], text[i:]
}

var pictureWords = []string{"图=", "配图=", "图片=", "picture="}

// readPicture reads 图=name.png at the beginning of a text.
func readPicture(text string) (name, rest string, ok bool) {
	word, rest := token(text)
	if name, ok = cutWord(word, pictureWords); !ok || name == "" {
		return "", text, false
	}
	return name, rest, true
}

// textWords mark the text of a post: whatever follows is said, 内容=除了周末大家都好.
var textWords = []string{"内容=", "正文=", "文字=", "text="}

// cutWord cuts a folded word off the beginning of a text.
func cutWord(text string, words []string) (rest string, ok bool) {
	text = strings.TrimSpace(text)
	for _, word := range words {
		n := unfolded(text, len(word))
		if folded(text[:n]) == word {
			return text[n:], true
		}
	}
	return text, false
}

// readNumber reads the number of a post: 12 or #12.
func readNumber(word string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimPrefix(bot.Fold(word), "#"), 10, 64)
	return n, err == nil && n > 0 && n < 1_000_000_000
}

var everyGroup = []string{"所有群", "全部群", "all-groups"}

// places are the groups that a text begins with.
type places struct {
	groups  []community.Place
	rest    string
	unknown string            // a name that no group has
	several []community.Place // groups that have the same name
}

// readGroups reads 所有群, @群名 or 在 群名 at the beginning of a text; of several names in a row, all.
func readGroups(text string, groups []community.Place) places {
	p := places{rest: text}
	for {
		trimmed := strings.TrimSpace(p.rest)
		if len(p.groups) > 0 {
			trimmed = strings.TrimLeftFunc(p.rest, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("、,，和", r) })
		}
		if word, after := token(trimmed); foldedIn(word, everyGroup) {
			return places{groups: groups, rest: after}
		}
		name, marked := cutMark(trimmed)
		if !marked {
			return p
		}
		named, after := longestName(name, groups)
		switch len(named) {
		case 0:
			p.unknown, _ = token(name)
			return p
		case 1:
			p.groups, p.rest = append(p.groups, named[0]), after
		default:
			p.several = named
			return p
		}
	}
}

func foldedIn(word string, list []string) bool {
	for _, w := range list {
		if bot.Fold(word) == w {
			return true
		}
	}
	return false
}

// groupMark is what a group's name follows; waitMark begins a time, in 2 hours.
var (
	groupMark = regexp.MustCompile(`^(?:@|＠|在[\s\x{3000}]|(?i:in)\s)`)
	waitMark  = regexp.MustCompile(`(?i)^in\s+(?:\d+|an?|half\s+an)\s*(?:min|hr|hour|day|week)`)
)

// cutMark takes the sign off that a group's name follows.
func cutMark(text string) (name string, ok bool) {
	mark := groupMark.FindString(text)
	if mark == "" || waitMark.MatchString(text) {
		return text, false
	}
	return strings.TrimSpace(text[len(mark):]), true
}

// longestName finds the groups whose name, or id, a text begins with, and what follows the longest of them.
func longestName(text string, groups []community.Place) (named []community.Place, rest string) {
	longest := 0
	for _, g := range groups {
		for _, name := range []string{g.Name, string(g.ID)} {
			n := begins(text, name)
			if n == 0 || n < longest {
				continue
			}
			if n > longest {
				named, longest = nil, n
			}
			named = append(named, g)
			break
		}
	}
	return named, text[longest:]
}

// begins is how many bytes of a text a name takes at its beginning, as a word of its own; 0: it does not begin so.
func begins(text, name string) int {
	want := []rune(bot.Fold(name))
	n := 0
	for i, r := range text {
		if n == len(want) {
			if n > 0 && (unicode.IsSpace(r) || r == '@' || unicode.IsPunct(r)) {
				return i
			}
			return 0
		}
		folded := []rune(bot.Fold(string(r)))
		if len(folded) == 0 {
			continue
		}
		if folded[0] != want[n] {
			return 0
		}
		n++
	}
	if n == len(want) && n > 0 {
		return len(text)
	}
	return 0
}
