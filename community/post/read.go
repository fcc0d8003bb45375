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

// The words that an exclusion begins with, longer ones first.
var skipWords = []string{"除了", "跳过", "不含", "除", "except", "skip"}

var onlyWorkdays = map[string]bool{"仅工作日": true, "只在工作日": true, "仅限工作日": true, "workdays-only": true}

// readOption reads 除了周末, 跳过 节假日, 仅工作日 at the beginning of a text. Where the text does not begin so, ok is
// false: it is the text of the post.
func readOption(text string) (x exclusions, rest string, ok bool) {
	word, rest := token(text)
	folded := bot.Fold(word)
	if onlyWorkdays[folded] {
		return exclusions{Workdays: true}, rest, true
	}
	for _, begin := range skipWords {
		list, found := strings.CutPrefix(folded, begin)
		if !found {
			continue
		}
		if list == "" {
			word, rest = token(rest)
			list = bot.Fold(word)
		}
		x, ok = readSkips(list)
		return x, rest, ok
	}
	return x, text, false
}

var (
	skipDays  = regexp.MustCompile(`^(?:周|星期|礼拜)([一二三四五六日天]+)`)
	skipHours = regexp.MustCompile(`^(\d{1,2})(?::(\d{2})|[点时])?(?:到|至|-|~)(\d{1,2})(?::(\d{2})|[点时])`)
	skipEnds  = regexp.MustCompile(`^(?:、|,|，|和|与|$)`)
)

var hanDays = map[rune]int{'日': 0, '天': 0, '一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6}

var namedSkips = map[string]exclusions{
	"周末": {Days: 1<<0 | 1<<6}, "weekends": {Days: 1<<0 | 1<<6}, "双休日": {Days: 1<<0 | 1<<6},
	"法定节假日": {Holidays: true}, "节假日": {Holidays: true}, "假期": {Holidays: true}, "holidays": {Holidays: true},
}

// readSkips reads a folded list of exclusions without spaces: 周末、节假日, 周一三, 12点到14点.
func readSkips(list string) (x exclusions, ok bool) {
	for list != "" {
		rest, ok := readSkip(list, &x)
		end := skipEnds.FindString(rest)
		if !ok || end == "" && rest != "" {
			return x, false
		}
		list = rest[len(end):]
		if list == "" && end != "" {
			return x, false
		}
	}
	return x, x != exclusions{}
}

// readSkip reads one exclusion off the beginning of a list into x.
func readSkip(list string, x *exclusions) (rest string, ok bool) {
	for name, named := range namedSkips {
		if rest, ok := strings.CutPrefix(list, name); ok {
			x.Days |= named.Days
			x.Holidays = x.Holidays || named.Holidays
			return rest, true
		}
	}
	if m := skipDays.FindStringSubmatch(list); m != nil {
		for _, day := range m[1] {
			x.Days |= 1 << hanDays[day]
		}
		return list[len(m[0]):], true
	}
	m := skipHours.FindStringSubmatch(list)
	if m == nil {
		return list, false
	}
	from, ok1 := minutes(m[1], m[2])
	until, ok2 := minutes(m[3], m[4])
	if x.From, x.Until = from, until; !ok1 || !ok2 || from == until {
		return list, false
	}
	return list[len(m[0]):], true
}

// minutes are those after midnight that a clock shows; 24:00 is the end of the day.
func minutes(hour, minute string) (int, bool) {
	h, _ := strconv.Atoi(hour) // one or two digits
	m, _ := strconv.Atoi(minute)
	return h*60 + m, h <= 24 && m <= 59 && h*60+m <= 24*60
}

// with adds what another list excludes.
func (x exclusions) with(o exclusions) exclusions {
	x.Days |= o.Days
	x.Workdays, x.Holidays = x.Workdays || o.Workdays, x.Holidays || o.Holidays
	if o.From != o.Until {
		x.From, x.Until = o.From, o.Until
	}
	return x
}

var pictureWords = []string{"图=", "配图=", "图片=", "picture="}

// readPicture reads 图=name.png at the beginning of a text.
func readPicture(text string) (name, rest string, ok bool) {
	word, rest := token(text)
	for _, begin := range pictureWords {
		if len(word) > len(begin) && bot.Fold(word[:len(begin)]) == begin {
			return word[len(begin):], rest, true
		}
	}
	return "", text, false
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

// cutMark takes the sign off that a group's name follows.
func cutMark(text string) (name string, ok bool) {
	for _, mark := range []string{"@", "＠", "在 ", "在\u3000", "in "} {
		if rest, ok := strings.CutPrefix(text, mark); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return text, false
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
