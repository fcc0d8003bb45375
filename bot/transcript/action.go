package transcript

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

// input reads a line on which somebody does something.
func (p *parser) input(line string) error {
	chat, rest, err := bracketed(line)
	if err != nil {
		return err
	}
	in, after, err := p.subject(strings.TrimLeftFunc(rest, unicode.IsSpace))
	if err != nil {
		return err
	}
	if err := p.place(in, chat); err != nil {
		return err
	}
	if err := in.object(after); err != nil {
		return err
	}
	p.known[in.who] = true
	if in.whom != "" {
		p.known[in.whom] = true
	}
	if in.verb == says || in.verb == whispers || in.verb == quotes {
		p.more = &in.text
	}
	p.script.turns = append(p.script.turns, turn{line: p.line, last: p.line, input: in})
	return nil
}

// subject reads who does what, and gives the rest of the line.
func (p *parser) subject(s string) (*input, string, error) {
	if strings.HasPrefix(s, `"`) {
		who, rest, err := quoted(s)
		if err != nil {
			return nil, "", err
		}
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		v, after, ok := leadingVerb(rest)
		if !ok {
			return nil, "", unknownVerb(rest)
		}
		return &input{line: p.line, verb: v, who: who}, after, nil
	}
	who, v, after, ok := cutVerb(s)
	switch last := lastWord(who); {
	case !ok:
		return nil, "", unknownVerb(lastWord(s))
	case who == "":
		return nil, "", errNoName
	case p.known[strings.TrimSpace(strings.TrimSuffix(who, last))] && lowerASCII(last):
		return nil, "", unknownVerb(last)
	}
	return &input{line: p.line, verb: v, who: who}, after, nil
}

// cutVerb splits s at the first colon or verb.
func cutVerb(s string) (who string, v verb, after string, ok bool) {
	begins := true // a word
	for i, r := range s {
		if begins || r == ':' || r == '：' {
			if v, after, ok = leadingVerb(s[i:]); ok {
				return strings.TrimSpace(s[:i]), v, after, true
			}
		}
		begins = unicode.IsSpace(r)
	}
	return "", "", "", false
}

// leadingVerb reads the colon or verb that s begins with.
func leadingVerb(s string) (v verb, after string, ok bool) {
	if after, ok = colon(s); ok {
		return says, after, true
	}
	for _, v := range [...]verb{joins, leaves, isNow, recalls, taps, sends, whispers, quotes} {
		after, found := strings.CutPrefix(s, string(v))
		r, _ := utf8.DecodeRuneInString(after)
		if found && (after == "" || r == ':' || r == '：' || unicode.IsSpace(r)) {
			return v, after, true
		}
	}
	return "", "", false
}

// place settles in which chat it happens.
func (p *parser) place(in *input, chat string) error {
	if in.verb == whispers {
		if chat != "" {
			return errors.New("a whisper is private and has no [chat]")
		}
		return nil
	}
	if chat != "" {
		p.chat = chat
	}
	if in.chat = p.chat; in.chat == "" {
		return errors.New("no chat was named yet: begin the line with [name]")
	}
	return nil
}

// object reads what follows the verb.
func (in *input) object(s string) (err error) {
	trimmed := strings.TrimSpace(s)
	switch in.verb {
	case says:
		in.text = []string{trimOne(s)}
	case whispers:
		text, ok := colon(strings.TrimLeftFunc(s, unicode.IsSpace))
		if !ok {
			return errors.New("whispers is followed by a colon and the text")
		}
		in.text = []string{trimOne(text)}
	case quotes:
		return in.quotation(s)
	case isNow, taps:
		in.whom, err = wholeName(s)
	case sends:
		return in.attachment(trimmed)
	case joins:
		by, rest := word(trimmed)
		if by == "by" {
			in.whom, err = wholeName(rest)
			return err
		}
		fallthrough
	default:
		if trimmed != "" {
			return fmt.Errorf("%s stands behind %s", clip(trimmed), in.verb)
		}
	}
	return err
}

// quotation reads whose last words are quoted, and what is said to them.
func (in *input) quotation(s string) (err error) {
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	after := ""
	if strings.HasPrefix(s, `"`) {
		in.whom, after, err = quoted(s)
	} else if i := strings.IndexAny(s, ":："); i >= 0 {
		after = s[i:]
		in.whom, err = wholeName(s[:i])
	}
	if err != nil {
		return err
	}
	text, ok := colon(strings.TrimLeftFunc(after, unicode.IsSpace))
	if !ok {
		return errors.New("quotes is followed by a name, a colon and the text")
	}
	in.text = []string{trimOne(text)}
	return nil
}

func (in *input) attachment(s string) error {
	form, name := word(s)
	switch in.form = bot.Form(form); {
	case in.form != bot.Image && in.form != bot.Link && in.form != bot.File:
		return fmt.Errorf("one sends image, link or file, not %s", clip(form))
	case name == "":
		return fmt.Errorf("sends %s is followed by a name", form)
	}
	in.text = []string{name}
	return nil
}

func unknownVerb(s string) error {
	return fmt.Errorf("unknown verb %s: a line is \"name: text\", or a name with joins, leaves, is now, recalls, "+
		"taps, sends, whispers or quotes; a name that contains one of these stands in double quotes", clip(s))
}

func lastWord(s string) string {
	s = strings.TrimRightFunc(s, unicode.IsSpace)
	return strings.TrimLeftFunc(s[max(0, strings.LastIndexFunc(s, unicode.IsSpace)):], unicode.IsSpace)
}

func lowerASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }) < 0
}
