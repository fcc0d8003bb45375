package newcomer

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/weilu-im/weilu/bot"
)

// Answers need fewer letters than introductions, and have a hashtag of their own, in both languages.
const answerLength = 5

var answerTags = []string{"#回答", "#answer"}

// greetings are how the first words of somebody begin who introduces themselves, folded.
var greetings = []string{"大家好", "大家早", "大家晚上好", "各位好", "各位早", "你们好", "嗨大家", "我是", "我叫", "我来自", "新人报到", "新人报道",
	"hi all", "hi everyone", "hello all", "hello everyone", "hi, i'm", "hi i'm", "i'm ", "i am ", "my name is"}

// complaints are what somebody says who is upset or wants something, folded: whatever it begins with, nobody is welcomed for it.
var complaints = []string{"投诉", "举报", "退款", "退货", "差评", "垃圾", "骗子", "骗人", "坑人", "烦死", "真烦", "太烦", "很烦", "气死", "服了", "不理人", "没人理", "能不能管", "管管",
	"complain", "refund", "annoy", "scam", "rubbish", "terrible"}

// inquiries are how somebody asks, and names how they say who they are: a question alone is no introduction.
var (
	inquiries = []string{"请问", "求助", "能不能", "can i ", "could you", "how do i"}
	names     = []string{"我是", "我叫", "来自", "i'm ", "i am ", "my name"}
)

// greeted is how long after the beginning a greeting counts as an introduction.
const greeted = 24 * time.Hour

// said is a message as the steps look at it.
type said struct {
	text  string
	first bool          // the newcomer's first one that is long enough
	age   time.Duration // since the path began
}

// introduces tells whether a message is an introduction: one with a hashtag and enough besides it, or the first long
// one within a day if it begins with a greeting and is neither a complaint nor a mere question.
func introduces(m said, tags []string, length int) bool {
	folded := bot.Fold(m.text)
	if rest, tagged := untag(folded, tags); tagged {
		return letters(rest) >= length
	}
	return m.first && m.age <= greeted && letters(folded) >= length && greets(folded) && !has(folded, complaints) && (!has(folded, inquiries) || has(folded, names))
}

// has tells whether a text has any of some words in it.
func has(folded string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(folded, w) })
}

func greets(folded string) bool {
	folded = strings.TrimLeftFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) })
	for _, g := range greetings {
		if strings.HasPrefix(folded, g) {
			return true
		}
	}
	return false
}

// heard is how a message relates to the question.
type heard struct {
	asked     bool // the question was asked in this chat before it
	private   bool // it is in private
	quotes    bool // it quotes the bot
	addresses bool // it mentions the bot
}

// answers tells whether a message answers the question: with the hashtag always, and where the question was asked,
// also what is said to the bot.
func answers(text string, h heard) bool {
	rest, tagged := untag(bot.Fold(text), answerTags)
	if letters(rest) < answerLength {
		return false
	}
	return tagged || h.asked && (h.private || h.quotes || h.addresses)
}

// untag takes hashtags out of a folded text and tells whether there was one. A longer word is another hashtag.
func untag(folded string, tags []string) (rest string, tagged bool) {
	for _, tag := range tags {
		tag = bot.Fold(tag)
		for from := 0; ; {
			i := strings.Index(folded[from:], tag)
			if i < 0 {
				break
			}
			i += from
			end := i + len(tag)
			if longer(tag, folded[end:]) {
				from = end
				continue
			}
			folded, tagged, from = folded[:i]+" "+folded[end:], true, i
		}
	}
	return folded, tagged
}

// longer tells whether a Latin word goes on behind a tag; Chinese has no spaces to tell by.
func longer(tag, rest string) bool {
	return rest != "" && isWord(tag[len(tag)-1]) && isWord(rest[0])
}

func isWord(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '_' }

// letters counts letters and digits.
func letters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			n++
		}
	}
	return n
}
