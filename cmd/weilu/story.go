package main

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

//go:embed story
var storyFiles embed.FS

// storyDays is how far back the demo's story begins; the present is day storyDays.
const storyDays = 56

// story is the demo's people and what they say: data that is compiled in.
type story struct {
	cast    []*actor
	byName  map[string]*actor // by key and, where only one bears it, by name
	scripts []*script
	words   map[string][]string // what may stand in a slot
}

// actor is somebody of the story, as cast.txt describes them.
type actor struct {
	key, name, kind string
	joins, leaves   int // days of the story; leaves is never for those who stay
	groups          string
	checkin         int    // percent of days
	when            string // the part of the day they like
	renamed         int    // the day of the new name, never without
	called          string // the new name
}

// never is a day that does not come.
const never = 1 << 20

// script is a small conversation, or one remark.
type script struct {
	groups  string // the letters of the groups it fits
	when    []string
	days    string // which days: a tag, or empty for all
	special string // 开场, 欢迎 or 续, or empty
	sequel  *script
	lines   []scriptLine
}

// scriptLine is what one person says in a script. who is a letter for anybody, or a name of the cast.
type scriptLine struct {
	who, text string
	quotes    bool // it answers the line before
	later     time.Duration
	picture   bool
	recalled  bool // it is taken back a little later
}

// loadStory reads the compiled-in story.
func loadStory() (*story, error) {
	s := &story{byName: map[string]*actor{}, words: map[string][]string{}}
	if err := eachLine("story/cast.txt", s.readActor); err != nil {
		return nil, err
	}
	return s, eachLine("story/talk.txt", s.readLine)
}

func eachLine(file string, read func(string) error) error {
	text, err := storyFiles.ReadFile(file)
	if err != nil {
		return err
	}
	for i, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := read(line); err != nil {
			return fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
	}
	return nil
}

func (s *story) readActor(line string) error {
	f := strings.Fields(line)
	if len(f) < 8 {
		return fmt.Errorf("%d fields instead of 8", len(f))
	}
	a := &actor{key: f[0], name: f[1], kind: f[2], leaves: never, renamed: never, when: f[len(f)-1]}
	rest := f[3:]
	if day, called, ok := strings.Cut(f[len(f)-1], ":"); ok {
		a.called, a.when = called, f[len(f)-2]
		n, err := strconv.Atoi(day)
		if err != nil {
			return err
		}
		a.renamed = n
	}
	var err error
	if a.joins, err = strconv.Atoi(rest[0]); err != nil {
		return err
	}
	if rest[1] != "-" {
		if a.leaves, err = strconv.Atoi(rest[1]); err != nil {
			return err
		}
	}
	a.groups = rest[2]
	if a.checkin, err = strconv.Atoi(rest[3]); err != nil {
		return err
	}
	s.cast = append(s.cast, a)
	s.byName[a.key] = a
	if _, namesake := s.byName[a.name]; !namesake {
		s.byName[a.name] = a
	}
	return nil
}

// tags are the words after ---, and what they say about a script.
var tags = map[string]func(*script){
	"core": func(x *script) { x.groups += "c" }, "new": func(x *script) { x.groups += "n" }, "walk": func(x *script) { x.groups += "w" },
	"周末": func(x *script) { x.days = "周末" }, "工作日": func(x *script) { x.days = "工作日" }, "周一": func(x *script) { x.days = "周一" },
	"开场": func(x *script) { x.special = "开场" }, "欢迎": func(x *script) { x.special = "欢迎" }, "续": func(x *script) { x.special = "续" },
}

func (s *story) readLine(line string) error {
	if rest, ok := strings.CutPrefix(line, "="); ok {
		name, list, _ := strings.Cut(rest, ":")
		for word := range strings.SplitSeq(list, "|") {
			s.words[strings.TrimSpace(name)] = append(s.words[strings.TrimSpace(name)], strings.TrimSpace(word))
		}
		return nil
	}
	if rest, ok := strings.CutPrefix(line, "---"); ok {
		x := &script{}
		for _, tag := range strings.Fields(rest) {
			if set := tags[tag]; set != nil {
				set(x)
			} else if _, ok := hours[tag]; ok {
				x.when = append(x.when, tag)
			} else {
				return fmt.Errorf("unknown tag %s", tag)
			}
		}
		if x.groups == "" {
			x.groups = "cnw"
		}
		if n := len(s.scripts); x.special == "续" && n > 0 {
			s.scripts[n-1].sequel = x
		}
		s.scripts = append(s.scripts, x)
		return nil
	}
	who, text, ok := strings.Cut(line, ":")
	if !ok || len(s.scripts) == 0 {
		return fmt.Errorf("%q is no line of a script", line)
	}
	l := scriptLine{text: strings.TrimSpace(text)}
	who, later, waits := strings.Cut(strings.TrimSpace(who), "+")
	if waits {
		minutes, err := strconv.Atoi(later)
		if err != nil {
			return err
		}
		l.later = time.Duration(minutes) * time.Minute
	}
	l.who, l.quotes = strings.CutSuffix(who, "^")
	l.text, l.picture = strings.CutSuffix(l.text, "[图]")
	l.text, l.recalled = strings.CutSuffix(l.text, "<撤回>")
	l.text = strings.TrimSpace(l.text)
	if !anybody(l.who) && s.byName[l.who] == nil {
		return fmt.Errorf("nobody is called %s", l.who)
	}
	x := s.scripts[len(s.scripts)-1]
	x.lines = append(x.lines, l)
	return nil
}

// anybody tells whether a speaker is a letter, for whoever is around.
func anybody(who string) bool { return len(who) == 1 && who[0] >= 'A' && who[0] <= 'Z' }

// fill puts words into the slots of a text: the same word for the same slot of a conversation.
func (s *story) fill(text string, chosen map[string]string, rng *rand.Rand) string {
	for {
		before, rest, ok := strings.Cut(text, "{")
		if !ok {
			return text
		}
		slot, after, ok := strings.Cut(rest, "}")
		if !ok || len(s.words[slot]) == 0 {
			panic("story: no words for " + text) // the story is compiled in and tested
		}
		if chosen[slot] == "" {
			chosen[slot] = s.words[slot][rng.IntN(len(s.words[slot]))]
		}
		text = before + chosen[slot] + after
	}
}
