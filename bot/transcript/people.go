package transcript

import (
	"fmt"
	"slices"

	"github.com/weilu-im/weilu/bot"
)

// people are all who occurred so far, in that order.
type people struct {
	known []*bot.Person
	bot   bot.Person
}

func newPeople(botName string) *people {
	return &people{bot: bot.Person{User: bot.UserID(botName), Name: botName, Stable: true, Self: true}}
}

// find is whom a name means: who was first called so, else who is called so now; nil when nobody is.
func (p *people) find(name string) (*bot.Person, error) {
	if who := p.byID(bot.UserID(name)); who != nil {
		return who, nil
	}
	var found *bot.Person
	for _, who := range p.known {
		if who.Name != name {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("%s is what both %s and %s are called now; use their first names",
				clip(name), clip(string(found.User)), clip(string(who.User)))
		}
		found = who
	}
	return found, nil
}

// meet is find, and somebody new where nobody is called so.
func (p *people) meet(name string) (*bot.Person, error) {
	who, err := p.find(name)
	if err != nil || who != nil {
		return who, err
	}
	if name == p.bot.Name {
		return nil, fmt.Errorf("%s is the bot; what it says stands in > lines", clip(name))
	}
	who = &bot.Person{User: bot.UserID(name), Name: name, Stable: true}
	p.known = append(p.known, who)
	return who, nil
}

// target is meet for somebody to whom something is done, which may be the bot.
func (p *people) target(name string) (bot.Person, error) {
	if name == p.bot.Name {
		return p.bot, nil
	}
	who, err := p.meet(name)
	if err != nil {
		return bot.Person{}, err
	}
	return *who, nil
}

// user is the id of whom an expectation names.
func (p *people) user(name string) (bot.UserID, error) {
	who, err := p.find(name)
	if err != nil || who == nil {
		return bot.UserID(name), err
	}
	return who.User, nil
}

// called is what somebody is called now.
func (p *people) called(user bot.UserID) string {
	if who := p.byID(user); who != nil {
		return who.Name
	}
	return string(user)
}

func (p *people) byID(user bot.UserID) *bot.Person {
	if i := slices.IndexFunc(p.known, func(who *bot.Person) bool { return who.User == user }); i >= 0 {
		return p.known[i]
	}
	return nil
}
