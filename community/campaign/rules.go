package campaign

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// nameLength is how long a campaign's name may be, in characters.
const nameLength = 20

// longest is how many Days a campaign lasts at the most.
const longest = 3 * 366

// order is what 新建活动 is told: "春日 打卡 5000 2026-12-31".
type order struct{ name, amount, until string }

// parseOrder reads an order from its end, since names may hold spaces. ok is false where something is missing.
func parseOrder(args string) (o order, ok bool) {
	words := strings.Fields(args)
	n := len(words)
	if n < 3 {
		return o, false
	}
	name := strings.Join(words[:n-2], " ")
	if !strings.ContainsAny(name, "@＠") { // else it stays, and is refused
		name = community.CleanName(name)
	}
	return order{name, words[n-2], words[n-1]}, true
}

// parseDay reads 2026-12-31, and the same with slashes, dots or characters between the numbers.
func parseDay(s string) (community.Day, error) {
	s = strings.NewReplacer("/", "-", ".", "-", "年", "-", "月", "-", "日", "").Replace(bot.Fold(s))
	parts := strings.Split(s, "-")
	for i, p := range parts {
		if len(p) == 1 {
			parts[i] = "0" + p
		}
	}
	return community.ParseDay(strings.Join(parts, "-"))
}

// badName is the key of what is wrong with a name; empty: nothing.
func badName(name string) string {
	switch {
	case name == "":
		return "name.empty"
	case utf8.RuneCountInString(name) > nameLength:
		return "name.long"
	case isID(name) || strings.ContainsAny(name, "@＠") || strings.Trim(bot.Fold(name), "0123456789.,-+ ") == "":
		return "name.odd"
	}
	return ""
}

// isID tells whether a word looks like the id of a campaign or of a member.
func isID(s string) bool {
	s = bot.Fold(s)
	return len(s) > 1 && (s[0] == 'b' || s[0] == 'm') && strings.Trim(s[1:], "0123456789") == ""
}

// pick finds the campaign that args begin with, by its name or id, and what follows. The longest name wins.
func pick(args string, running []community.Budget) (found community.Budget, rest string, ok bool) {
	args = strings.TrimSpace(args)
	longest := 0
	for _, b := range running {
		for _, name := range [...]string{b.Name, b.ID} {
			if n := begins(args, name); n > longest {
				found, rest, ok, longest = b, strings.TrimSpace(args[n:]), true, n
			}
		}
	}
	return found, rest, ok
}

// begins is how many bytes of s a name takes at its beginning, as a whole word and however its case, width and spaces
// are written; 0: it does not begin with it.
func begins(s, name string) int {
	want := bot.Fold(name)
	for i, r := range s + " " {
		if i > 0 && (unicode.IsSpace(r) || r == '@' || r == '＠') && bot.Fold(strings.Join(strings.Fields(s[:i]), " ")) == want {
			return i
		}
		if i > 8*len(want)+64 {
			break
		}
	}
	return 0
}
