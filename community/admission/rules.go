package admission

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// state is where an application stands.
type state string

// The states.
const (
	arrived    state = "arrived"    // the question that is open was not asked yet
	asking     state = "asking"     // it was
	waiting    state = "waiting"    // all is answered, and a manager decides
	passed     state = "passed"     // the person knows the way
	refused    state = "refused"    //
	lapsed     state = "lapsed"     // no answer came
	withdrawn  state = "withdrawn"  // they left the screening group
	joined     state = "joined"     // they are in the core group
	superseded state = "superseded" // its person has a newer one
)

// open tells whether managers can still decide.
func (s state) open() bool { return s == arrived || s == asking || s == waiting }

// The sizes of what people write, in characters.
const (
	shortestAnswer = 2    // to a question, where it is plain that it answers
	plainAnswer    = 5    // where it just follows the question
	longestAnswer  = 1000 // what is kept of an answer
	longestNote    = 200  // what managers may say about an application
	previewed      = 40   // of an answer in a list
)

// The times of an application.
const (
	together    = 60 * time.Second    // who joins within it is asked in one message
	resumeFor   = 30 * 24 * time.Hour // how long an application waits for who left
	tellAfter   = 12 * time.Hour      // how long somebody waits until managers are told
	digestApart = time.Hour           // between two digests, also after an outage
)

// said is a message of an applicant as the rules see it.
type said struct {
	length  int
	private bool // to the bot alone
	toBot   bool // it mentions the bot, or quotes it
	toOther bool // it mentions or quotes somebody else
}

// verdict is whether a message is the answer to the question that is open.
type verdict int

const (
	noAnswer verdict = iota
	tooShort         // it is meant as one
	isAnswer
)

// judge tells whether a message answers the question that is open: one that is said to the bot, by quoting or
// mentioning it or in private, from 2 characters on; else the first to the group, and to nobody else in it, with at
// least 5. An introduction has at least so many characters.
func judge(m said, introduction int) verdict {
	meant := m.private || m.toBot
	switch least := max(shortestAnswer, introduction); {
	case meant && m.length >= least:
		return isAnswer
	case meant:
		return tooShort
	case m.toOther || m.length < max(plainAnswer, introduction):
		return noAnswer
	}
	return isAnswer
}

// kept is what is kept of an answer, and whether that is less than all.
func kept(text string) (answer string, cut bool) {
	text = strings.TrimSpace(community.CleanText(text))
	if utf8.RuneCountInString(text) <= longestAnswer {
		return text, false
	}
	return string([]rune(text)[:longestAnswer]) + "…", true
}

// preview is the beginning of a text on one line, mentioning nobody.
func preview(text string) string {
	line := []rune(community.CleanName(strings.Join(strings.Fields(text), " ")))
	if len(line) > previewed {
		return string(line[:previewed-1]) + "…"
	}
	return string(line)
}

// indented is a text whose further lines can't be taken for those of the bot.
func indented(text string) string { return strings.ReplaceAll(text, "\n", "\n　　") }

// readNumber reads the number of an application, like 3 or #3.
func readNumber(word string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimPrefix(bot.Fold(word), "#"), 10, 64)
	return n, err == nil && n > 0
}

// firstWord cuts a text after its first word.
func firstWord(s string) (word, rest string) {
	s = strings.TrimSpace(s)
	i := strings.IndexFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '　' })
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimSpace(strings.TrimLeft(s[i:], " \n\t　"))
}

// median is the middle of some times; ok is false where there is none.
func median(list []time.Duration) (d time.Duration, ok bool) {
	if len(list) == 0 {
		return 0, false
	}
	list = slices.Sorted(slices.Values(list))
	half := len(list) / 2
	if len(list)%2 == 1 {
		return list[half], true
	}
	return (list[half-1] + list[half]) / 2, true
}

// notBefore is the later of two instants.
func notBefore(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
