package script

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/weilu-im/weilu/bot"
)

// variable is {{.Name}} in a text. Texts are no programs: nothing else between braces is understood.
var variable = regexp.MustCompile(`\{\{\s*\.([\p{L}_][\p{L}\p{N}_]*)\s*\}\}`)

// strangeVariables are the things between double braces that are no variable, or not a known one.
func strangeVariables(text string, known map[string]bool) (strange []string) {
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		if !known[m[1]] {
			strange = append(strange, m[0])
		}
	}
	rest := variable.ReplaceAllString(text, "")
	if i := strings.Index(rest, "{{"); i >= 0 {
		strange = append(strange, rest[i:])
	} else if i := strings.Index(rest, "}}"); i >= 0 {
		strange = append(strange, "}}")
	}
	return strange
}

// fill puts values into the variables of a text. Values are not read again for variables.
func fill(text string, values map[string]string) string {
	return variable.ReplaceAllStringFunc(text, func(m string) string {
		return values[variable.FindStringSubmatch(m)[1]]
	})
}

// From is the moment, with the start in the community's zone.
func (at At) From(start time.Time, zone *time.Location) time.Time {
	if !at.Dated {
		return start.Add(at.After).UTC()
	}
	y, m, d := start.In(zone).Date()
	return time.Date(y, m, d+at.Day, int(at.Clock.Hours()), int(at.Clock.Minutes())%60, 0, 0, zone).UTC()
}

// tagged tells whether a message bears one of the hashtags, and whether it says anything beside it. Both
// #tag# and #tag, also with the words right behind it, are one; width and case don't matter.
func tagged(text string, tags []string) (found, more bool) {
	folded := bot.Fold(text)
	for from := 0; ; {
		i := strings.Index(folded[from:], "#")
		if i < 0 {
			return false, false
		}
		begin := from + i
		word, rest := folded[begin+1:], ""
		if end := strings.IndexFunc(word, endsTag); end >= 0 {
			word, rest = word[:end], word[end:]
		}
		closed := word != "" && strings.HasPrefix(rest, "#")
		for _, tag := range tags {
			if beyond, ok := strings.CutPrefix(word, bot.Fold(tag)); ok && (beyond == "" || !closed) {
				return true, says(folded[:begin] + beyond + rest)
			}
		}
		from = begin + 1 + len(word)
		if closed {
			from++
		}
	}
}

func endsTag(r rune) bool { return r == '#' || unicode.IsSpace(r) }

// says tells whether a text holds a letter, a digit or a picture of some kind.
func says(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.So, r) })
}

// leastQuoted is how many characters of a question a quote shows at the least.
const leastQuoted = 4

// quotes tells whether what somebody quotes is a question that was asked: all of it, or its beginning.
func quotes(quoted, question string) bool {
	q := flat(strings.TrimRight(strings.TrimSpace(quoted), "….。"))
	return len([]rune(q)) >= leastQuoted && strings.HasPrefix(flat(question), q)
}

func flat(s string) string { return strings.Join(strings.Fields(bot.Fold(s)), "") }
