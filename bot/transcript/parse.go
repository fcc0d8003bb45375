package transcript

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

// maxLine is how many bytes a line may have; it is far more than any chat carries.
const maxLine = 1 << 20

// Parse reads a transcript. name is used in messages and in the ids of the events. The error is a *SyntaxError.
func Parse(name string, src []byte) (*Script, error) {
	p := &parser{
		script: &Script{Name: name, Settings: map[string]string{}, turns: make([]turn, 1), source: src},
		known:  map[string]bool{},
	}
	for i, line := range strings.Split(strings.TrimPrefix(string(src), bom), "\n") {
		p.line = i + 1
		if err := p.read(strings.TrimRight(line, "\r")); err != nil {
			return nil, &SyntaxError{name, p.line, err.Error()}
		}
	}
	return p.script, nil
}

const bom = "\ufeff"

type parser struct {
	script *Script
	line   int
	chat   string          // the last one named in an input
	known  map[string]bool // the names that occurred
	more   *[]string       // the lines of the last text; nil where nothing can be continued
}

func (p *parser) read(line string) error {
	if len(line) > maxLine {
		return fmt.Errorf("the line is longer than %d bytes", maxLine)
	}
	if !utf8.ValidString(line) {
		return errors.New("the line is not UTF-8")
	}
	line = strings.TrimLeftFunc(line, unicode.IsSpace)
	switch {
	case line == "" || line[0] == '#':
		return nil
	case line[0] == '|':
		return p.continuation(line[1:])
	}
	p.more = nil
	switch {
	case line[0] == '!':
		return p.directive(strings.TrimSpace(line[1:]))
	case line[0] == '>':
		return p.want(line)
	case strings.HasPrefix(line, "=="):
		return p.clock(line)
	}
	return p.input(line)
}

func (p *parser) continuation(text string) error {
	if p.more == nil {
		return errors.New("a | line continues a message or an expected text, and there is none before it")
	}
	*p.more = append(*p.more, trimOne(text))
	p.turn().last = p.line
	if wants := p.turn().wants; len(wants) > 0 {
		wants[len(wants)-1].lines = append(wants[len(wants)-1].lines, p.line)
	}
	return nil
}

// directive reads what follows the ! of a line.
func (p *parser) directive(text string) error {
	if len(p.script.turns) > 1 || len(p.turn().wants) > 0 {
		return errors.New("! lines come before the first step")
	}
	p.turn().line, p.turn().last = p.line, p.line
	word, rest := word(text)
	if word == "set" {
		return p.set(rest)
	}
	role, ok := bot.ParseRole(word)
	if !ok || role == bot.Member {
		return fmt.Errorf("unknown ! line %s: there are set, owner, manager and moderator", clip(word))
	}
	who, err := wholeName(rest)
	if err != nil {
		return err
	}
	p.known[who] = true
	p.script.Roles = append(p.script.Roles, Role{p.line, who, role})
	return nil
}

func (p *parser) set(text string) error {
	key, value, ok := strings.Cut(text, "=")
	key = strings.TrimSpace(key)
	if !ok || key == "" {
		return errors.New("a setting is written as ! set key=value")
	}
	if _, twice := p.script.Settings[key]; twice {
		return fmt.Errorf("%s is set twice", clip(key))
	}
	p.script.Settings[key] = strings.TrimSpace(value)
	return nil
}

func (p *parser) clock(line string) error {
	m, err := parseMoment(line)
	if err != nil {
		return err
	}
	p.script.turns = append(p.script.turns, turn{line: p.line, last: p.line, clock: m})
	return nil
}

func (p *parser) turn() *turn { return &p.script.turns[len(p.script.turns)-1] }

// word is the first word of s and what follows it.
func word(s string) (first, rest string) {
	if i := strings.IndexFunc(s, unicode.IsSpace); i >= 0 {
		return s[:i], strings.TrimSpace(s[i:])
	}
	return s, ""
}

// trimOne takes off the one space that separates a text from what stands before it.
func trimOne(s string) string { return strings.TrimPrefix(s, " ") }

// clip quotes a piece of hostile input for a message.
func clip(s string) string {
	const most = 40
	if n := 0; len(s) > most {
		for i := range s {
			if n++; n > most {
				return fmt.Sprintf("%q...", s[:i])
			}
		}
	}
	return fmt.Sprintf("%q", s)
}
