package script

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/weilu-im/weilu/community"
)

// Kind is what a step does.
type Kind string

// The kinds of steps.
const (
	Post    Kind = "post"
	Ask     Kind = "ask"     // a question whose answers are collected
	Collect Kind = "collect" // hashtags or pictures are collected
	Close   Kind = "close"   // ends what is collected, and sums up
)

// collects tells whether members take part in a step of this kind.
func (k Kind) collects() bool { return k == Ask || k == Collect }

// Step is one thing that a script does at a time.
type Step struct {
	At   At
	Kind Kind
	Text string // with {{.Variables}}
	None string // Close: said in place of Text where nobody took part; may be empty

	Tags    []string      // hashtags, without #
	Picture bool          // a picture is part of each entry
	For     time.Duration // how long is collected; 0: until the close
	Most    int           // entries a member may have
	Points  int64         // for a member's first entry of the run

	Grace   time.Duration // how long after its time it still counts as in time
	TooLate time.Duration // after which it is not said any more; a close always is

	Round int // which of the rounds of collecting its texts speak of, from 0
}

// longestSpan is how long a step may collect by its own measure.
const longestSpan = 60 * 24 * time.Hour

// At is a time from the moment of the start: so long after it, or a time of day so many dates after its date.
type At struct {
	After time.Duration
	Day   int
	Clock time.Duration // after midnight
	Dated bool          // Day and Clock hold
}

func (p *parser) steps(n *yaml.Node) (list []Step) {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		p.wrong(n, "list_wanted")
		return nil
	}
	if len(n.Content) > mostSteps {
		p.wrong(n, "many", "Most", mostSteps)
		return nil
	}
	for _, item := range n.Content {
		list = append(list, p.step(item))
	}
	p.rounds(n, list)
	return list
}

func (p *parser) step(n *yaml.Node) Step {
	st := Step{Most: 1, Grace: defaultGrace, TooLate: defaultLate}
	only := map[string]*yaml.Node{} // keys of some kinds only
	note := func(key string, fn func(v *yaml.Node)) func(v *yaml.Node) {
		return func(v *yaml.Node) { only[key] = v; fn(v) }
	}
	p.keys(n, map[string]func(v *yaml.Node){
		"at": func(v *yaml.Node) { st.At = p.at(v) },
		"kind": func(v *yaml.Node) {
			st.Kind = Kind(p.oneOf(v, string(Post), string(Ask), string(Collect), string(Close)))
		},
		"text":    func(v *yaml.Node) { st.Text = p.template(v) },
		"none":    note("none", func(v *yaml.Node) { st.None = p.template(v) }),
		"hashtag": note("hashtag", func(v *yaml.Node) { st.Tags = p.tags(v) }),
		"picture": note("picture", func(v *yaml.Node) { st.Picture = p.yes(v) }),
		"for": note("for", func(v *yaml.Node) {
			if st.For = p.span(v); st.For > longestSpan {
				p.wrong(v, "for_long", "Days", int(longestSpan/(24*time.Hour)))
			}
		}),
		"each":     note("each", func(v *yaml.Node) { st.Most = int(p.number(v, 1, 100)) }),
		"points":   note("points", func(v *yaml.Node) { p.pays, st.Points = v, p.number(v, 1, 1000) }),
		"grace":    func(v *yaml.Node) { st.Grace = p.span(v) },
		"too_late": func(v *yaml.Node) { st.TooLate = p.span(v) },
	}, "at", "kind", "text")
	for key, v := range only {
		if fits := key == "none" && st.Kind == Close || key != "none" && st.Kind.collects(); !fits && st.Kind != "" {
			p.wrong(v, "not_here", "Key", key, "Kind", string(st.Kind))
		}
	}
	if v := only["picture"]; v != nil && st.Kind == Ask {
		p.wrong(v, "not_here", "Key", "picture", "Kind", string(Ask))
	}
	if st.Kind == Collect && len(st.Tags) == 0 && !st.Picture {
		p.wrong(n, "collect_what")
	}
	return st
}

func (p *parser) at(n *yaml.Node) (at At) {
	has := map[string]bool{}
	p.keys(n, map[string]func(v *yaml.Node){
		"after": func(v *yaml.Node) { has["after"], at.After = true, p.span(v) },
		"day":   func(v *yaml.Node) { has["day"], at.Day = true, int(p.number(v, 0, 365)) },
		"time": func(v *yaml.Node) {
			has["time"], at.Dated = true, true
			clock, err := community.TimeOfDay(v.Value)
			if err != nil {
				p.wrong(v, "clock", "Got", shown(v.Value))
			}
			at.Clock = clock
		},
	})
	if n.Kind == yaml.MappingNode && (has["after"] == has["time"] || has["after"] && has["day"]) {
		p.wrong(n, "at")
	}
	return at
}

// tags reads one hashtag, or a list of them, with or without #.
func (p *parser) tags(n *yaml.Node) (list []string) {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	for _, v := range items {
		tag := strings.Trim(v.Value, "#＃ ")
		if v.Kind != yaml.ScalarNode || !isTag(tag) {
			p.wrong(v, "tag", "Got", shown(v.Value))
			continue
		}
		list = append(list, tag)
	}
	if len(items) == 0 || len(items) > mostTags {
		p.wrong(n, "many", "Most", mostTags)
	}
	return list
}

func isTag(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-' {
			return false
		}
	}
	return s != "" && utf8.RuneCountInString(s) <= longestName
}

// template reads a text and refuses variables that nobody knows.
func (p *parser) template(v *yaml.Node) string {
	text := p.text(v, longestText)
	for _, bad := range strangeVariables(text, p.known) {
		p.wrong(v, "variable", "Got", shown(bad))
	}
	return text
}

// rounds tells each step which round it speaks of: what is collected up to a close is one round. Whatever is
// collected must come to an end.
func (p *parser) rounds(n *yaml.Node, list []Step) {
	round, collecting := 0, -1
	for i := range list {
		st := &list[i]
		if st.Kind.collects() {
			if collecting = round; st.For == 0 && !closes(list[i+1:]) {
				p.wrong(n.Content[i], "never_closed")
			}
		}
		if st.Round = max(0, collecting); st.Kind != Close {
			continue
		}
		if collecting != round {
			p.wrong(n.Content[i], "nothing_to_close")
		}
		round++
	}
}

func closes(list []Step) bool {
	for _, st := range list {
		if st.Kind == Close {
			return true
		}
	}
	return false
}
