package transcript

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

// mentioned finds the people that a text addresses with @, each once, and whether it addresses the bot.
func (p *people) mentioned(text string) (who []bot.Person, toBot bool, err error) {
	for {
		i := strings.IndexAny(text, "@＠")
		if i < 0 {
			return who, toBot, nil
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		text = text[i+size:]
		name := p.longest(text)
		text = text[len(name):]
		if name == "" {
			continue
		}
		if name == p.bot.Name {
			toBot = true
			continue
		}
		if p.capturable(name) {
			continue
		}
		found, err := p.addressed(name)
		if err != nil {
			return nil, false, err
		}
		if found != nil && !slices.ContainsFunc(who, func(w bot.Person) bool { return w.User == found.User }) {
			who = append(who, *found)
		}
	}
}

// addressed is who is called so now, else whose first name it is. Where several are called so, the text tells
// nobody which of them is meant, as in a chat whose mentions are only text: it addresses no one for certain.
func (p *people) addressed(name string) (*bot.Person, error) {
	var found *bot.Person
	for _, who := range p.known {
		if who.Name != name {
			continue
		}
		if found != nil {
			return nil, nil
		}
		found = who
	}
	if found != nil {
		return found, nil
	}
	return p.find(name)
}

// capturable tells whether somebody else's name is the beginning of this one as a whole word, so that the text
// may mean them: with "小明" and "小明 10" in the room, "@小明 10" tells nobody who is meant.
func (p *people) capturable(name string) bool {
	for _, who := range p.known {
		if n := who.Name; n != "" && len(n) < len(name) && strings.HasPrefix(name, n) && ends(name[len(n):]) {
			return true
		}
	}
	return false
}

// longest is the longest name with which s begins and after which it does not go on as a word.
func (p *people) longest(s string) (name string) {
	try := func(n string) {
		if len(n) > len(name) && strings.HasPrefix(s, n) && ends(s[len(n):]) {
			name = n
		}
	}
	try(p.bot.Name)
	for _, who := range p.known {
		try(string(who.User))
		try(who.Name)
	}
	return name
}

func ends(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r)
}
