package bot

import (
	"context"
	"embed"
	"io/fs"
	"slices"
	"strings"
)

//go:embed locales
var locales embed.FS

// helpFeature is the feature of the machine's own words.
const helpFeature = "help"

// Offer is a command as it is shown to somebody.
type Offer struct {
	Feature string
	Names   []string
	Usage   string // the arguments, empty without
	Help    string
	Role    Role
	Where   Where
	Table   bool
}

// Title is the command as people type it: its first name and its arguments.
func (o Offer) Title() string { return strings.TrimSpace(o.Names[0] + " " + o.Usage) }

func help() Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	return Feature{
		Name:     helpFeature,
		Locales:  texts,
		Commands: []Command{{Names: []string{"帮助", "help", "菜单"}, Help: "help.help", Run: printHelp}},
	}
}

func printHelp(_ context.Context, r *Request) error {
	var own, staff []string
	for _, o := range r.Commands() {
		line := r.T("help.line", "Command", o.Title(), "Help", o.Help)
		if o.Role > Member {
			staff = append(staff, line)
		} else {
			own = append(own, line)
		}
	}
	lines := append([]string{r.T("help.intro")}, own...)
	if len(staff) > 0 {
		lines = append(append(lines, r.T("help.staff")), staff...)
	}
	r.Reply(strings.Join(append(lines, r.T("help.footer")), "\n"))
	return nil
}

// offers are the commands that the sender of r may use in the chat of r.
func (e *Engine) offers(r *Request) []Offer {
	var offers []Offer
	for _, c := range e.offered {
		private := r.Actor.Group == ""
		if c.Role > r.Actor.Role || c.Where == InGroup && private || c.Where == InPrivate && !private {
			continue
		}
		offers = append(offers, e.offer(c, r.Actor.Language))
	}
	return offers
}

// Offers are all commands, in the order of the features, with their texts in a language.
func (e *Engine) Offers(lang string) []Offer {
	offers := make([]Offer, 0, len(e.offered))
	for _, c := range e.offered {
		offers = append(offers, e.offer(c, lang))
	}
	return offers
}

func (e *Engine) offer(c *owned, lang string) Offer {
	o := Offer{Feature: c.feature, Names: namesIn(c.Names, lang), Role: c.Role, Where: c.Where, Table: c.Table, Help: e.speech.text(lang, c.feature, c.Help, nil)}
	if c.Usage != "" {
		o.Usage = e.speech.text(lang, c.feature, c.Usage, nil)
	}
	return o
}

// namesIn is a command's names with one of the given language first.
func namesIn(names []string, lang string) []string {
	english := func(s string) bool { return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-") == "" }
	sorted := slices.Clone(names)
	slices.SortStableFunc(sorted, func(a, b string) int {
		switch {
		case english(a) == english(b):
			return 0
		case english(a) == (lang == "en"):
			return -1
		}
		return 1
	})
	return sorted
}
