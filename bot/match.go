package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// maxName is how many characters a command's name may have; longer first words are no command.
const maxName = 32

// closing is what people put behind a command without meaning anything by it.
const closing = "！!。~～"

// closes tells whether a character at the end of a text means nothing to a command.
func closes(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(closing, r) }

// split reads a message as a command: its folded first word, what follows, and whether nothing follows.
func split(text string) (name, rest string, whole bool) {
	text = strings.TrimRightFunc(strings.TrimSpace(text), closes)
	text = strings.TrimSpace(strings.TrimLeft(text, "/／"))
	end, runes := len(text), 0
	for i, r := range text {
		if unicode.IsSpace(r) || r == '@' || r == '＠' {
			end = i
			break
		}
		if runes++; runes > maxName {
			return "", "", false
		}
	}
	return Fold(text[:end]), text[end:], end == len(text)
}

// Fold makes words that look alike equal: width, case and invisible characters.
func Fold(s string) string {
	ascii := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			ascii = false
			break
		}
	}
	if ascii {
		return s
	}
	return strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		if f := width.LookupRune(r).Folded(); f != 0 {
			r = f
		}
		return unicode.ToLower(r)
	}, s)
}

// unmention takes the bot's own mention off the beginning and the end of a text.
func unmention(text string, names []string) (string, bool) {
	found := false
	for again := true; again; {
		again = false
		text = strings.TrimFunc(text, unicode.IsSpace)
		for _, name := range names {
			if name == "" {
				continue
			}
			for _, at := range [...]string{"@", "＠"} {
				if rest, ok := strings.CutPrefix(text, at+name); ok && boundary(rest) {
					text, found, again = rest, true, true
				}
				for _, end := range [...]string{text, strings.TrimRightFunc(text, closes)} {
					if rest, ok := strings.CutSuffix(end, at+name); ok {
						text, found, again = rest, true, true
						break
					}
				}
			}
		}
	}
	return text, found
}

func boundary(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || unicode.IsSpace(r) || r == '@' || unicode.IsPunct(r)
}

// unquote takes a quoted message, as WeChat writes it, off the beginning of a text:
//
//	「甲：签到」
//	- - - - - -
//	what is said to it
func unquote(text string) (rest string, quote *Quote) {
	if !strings.HasPrefix(text, "「") {
		return text, nil
	}
	i := strings.LastIndex(text, "」\n- -")
	if i < 0 {
		return text, nil
	}
	quoted, rest := text[len("「"):i], text[i+len("」\n"):]
	rule, rest, _ := strings.Cut(rest, "\n")
	if strings.Trim(rule, "- ") != "" {
		return text, nil
	}
	quote = &Quote{Text: quoted}
	for _, colon := range [...]string{"：", ":"} {
		if name, said, ok := strings.Cut(quoted, colon); ok && !strings.Contains(name, "\n") {
			quote.From.Name, quote.Text = name, strings.TrimSpace(said)
			break
		}
	}
	return rest, quote
}

// IsCommand tells whether a message with this text is a command, whoever says it.
func (e *Engine) IsCommand(text string) bool {
	_, _, ok := e.match(text)
	return ok
}
