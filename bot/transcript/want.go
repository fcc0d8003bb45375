package transcript

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

var errNoPlace = errors.New("an expectation says where: > [chat] text, or > name: text in private")

// want reads a line that says what the bot is expected to say.
func (p *parser) want(line string) error {
	w := &want{lines: []int{p.line}, mode: exactly}
	for _, m := range [...]mode{contains, nothing} {
		if strings.HasPrefix(line, string(m)) {
			w.mode = m
		}
	}
	rest := strings.TrimLeftFunc(line[len(w.mode):], unicode.IsSpace)
	var err error
	if w.mode == nothing {
		err = w.silence(rest)
	} else {
		err = w.words(rest)
		p.more = &w.text
	}
	if err != nil {
		return err
	}
	p.script.expects = true
	p.turn().last = p.line
	p.turn().wants = append(p.turn().wants, w)
	return nil
}

// words reads where and what the bot says.
func (w *want) words(s string) (err error) {
	var text string
	if w.chat, text, err = bracketed(s); err != nil {
		return err
	}
	if w.chat == "" {
		if w.to, text, err = addressee(s); err != nil {
			return err
		}
	}
	w.text = []string{trimOne(text)}
	if w.mode == contains && strings.TrimSpace(text) == "" {
		return errors.New(">~ is followed by what the bot's words contain")
	}
	return nil
}

// silence reads where the bot says nothing.
func (w *want) silence(s string) (err error) {
	s = strings.TrimSpace(s)
	if w.anywhere = s == ""; w.anywhere {
		return nil
	}
	var rest string
	if w.chat, rest, err = bracketed(s); err != nil {
		return err
	}
	if w.chat == "" {
		if w.to, rest, err = addressee(s); errors.Is(err, errNoPlace) {
			w.to, err = wholeName(s)
			return err
		}
	}
	if err == nil && strings.TrimSpace(rest) != "" {
		return fmt.Errorf("a >- line has no text, and here is %s", clip(strings.TrimSpace(rest)))
	}
	return err
}

// addressee reads the name before the colon of a private expectation.
func addressee(s string) (name, rest string, err error) {
	var ok bool
	if strings.HasPrefix(s, `"`) {
		if name, rest, err = quoted(s); err != nil {
			return "", "", err
		}
		rest, ok = colon(strings.TrimLeftFunc(rest, unicode.IsSpace))
	} else {
		name, rest, ok = untilColon(s)
	}
	switch {
	case !ok:
		return "", "", errNoPlace
	case name == "":
		return "", "", errNoName
	}
	return name, rest, nil
}

// source is how the expectation is written, with what was captured filled in.
func (w *want) source(text string) string {
	switch {
	case w.anywhere:
		return string(w.mode)
	case w.mode == nothing && w.chat == "":
		return string(w.mode) + " " + written(w.to)
	}
	return phrase(w.mode, w.chat, w.to, text)
}

// phrase writes an expectation.
func phrase(m mode, chat, to, text string) string {
	place := written(to) + ":"
	if chat != "" {
		place = "[" + writtenChat(chat) + "]"
	}
	if text != "" && text[0] != '\n' {
		place += " "
	}
	return string(m) + " " + place + continued(text)
}

// continued puts a | before each line of a text but the first.
func continued(text string) string {
	first, rest, more := strings.Cut(text, "\n")
	if !more {
		return first
	}
	lines := strings.Split(rest, "\n")
	for i, line := range lines {
		if lines[i] = "|"; line != "" {
			lines[i] += " " + line
		}
	}
	return first + "\n" + strings.Join(lines, "\n")
}
