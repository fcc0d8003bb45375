package earning

import (
	"time"

	"github.com/weilu-im/weilu/community"
)

// Rule is what messages of one kind earn.
type Rule struct {
	community.Earning
	Name        string
	MinLength   int           // letters that a text needs
	RepeatAfter time.Duration // how long the same words earn nothing again
}

// The names of the rules, which begin their keys in the ledger.
const (
	ruleSpeaking = "speaking"
	rulePicture  = "picture"
	ruleLink     = "link"
	ruleThanks   = "thanks"
)

// Reason is why a message earns nothing.
type Reason string

// The reasons, in the order in which they are looked for.
const (
	Off           Reason = "off"            // the rule pays nothing
	Staff         Reason = "staff"          // staff and bots earn nothing
	Command       Reason = "command"        // it is meant for the bot
	Emoji         Reason = "emoji"          // it holds no letter
	Short         Reason = "short"          // it holds too few, or the same again and again
	Cap           Reason = "cap"            // they earned enough on that Day
	Cooldown      Reason = "cooldown"       // they earned just before, or just after
	Burst         Reason = "burst"          // one of several scraps in quick succession
	Duplicate     Reason = "duplicate"      // they said it before
	NearDuplicate Reason = "near-duplicate" // they said nearly that before
	Copied        Reason = "copied"         // others just said that, or nearly that
)

// Message is what is judged.
type Message struct {
	At      time.Time
	Day     community.Day
	Text    bool // its words are known, or else only how many characters it has
	Chars   int  // how many characters it has, as the transport counts them
	Print   *Print
	Staff   bool
	Command bool
	Repeat  bool // of a picture: it earned before
}

// Earned is a message of the same person that earned by the same rule.
type Earned struct {
	At    time.Time
	Day   community.Day
	Print *Print // nil where its words are not known any more
}

// earned is the message as one that earned.
func (m Message) earned() Earned {
	e := Earned{At: m.At, Day: m.Day}
	if m.Text {
		e.Print = m.Print
	}
	return e
}

// Said is a message of the same group, of whomever.
type Said struct {
	At    time.Time
	Own   bool
	Chars int
	Print *Print // nil where its words don't matter
}

// Recent is what a message is judged against.
type Recent struct {
	Earned []Earned // what the person earned by the rule, as far back as Rule.RepeatAfter and in the Days around
	Around []Said   // the last messages of the group without this one
}

// Verdict is what a message earns, and why not.
type Verdict struct {
	Earns  bool
	Reason Reason
}

// limited tells that only what the person earned otherwise keeps a message from earning.
func (v Verdict) limited() bool { return v.Reason == Cap || v.Reason == Cooldown }

// What a burst is, and what copying others is.
const (
	scrap       = 8 // characters below which a message is a scrap
	burstWithin = 15 * time.Second
	burstOthers = 2
	copyWithin  = 10 * time.Minute
)

// Judge tells whether a message earns by a rule. It reads nothing but its arguments, so that the running bot and
// a replay decide the same. A message counts by when it was said, whatever came before it.
func Judge(rule Rule, recent Recent, m Message) Verdict {
	if reason := unfit(rule, m); reason != "" {
		return Verdict{Reason: reason}
	}
	if reason := spent(rule, recent.Earned, m); reason != "" {
		return Verdict{Reason: reason}
	}
	if rule.Name == ruleSpeaking && m.Chars < scrap && bursts(recent.Around, m) {
		return Verdict{Reason: Burst}
	}
	if reason := repeated(rule, recent, m); reason != "" {
		return Verdict{Reason: reason}
	}
	return Verdict{Earns: true}
}

// unfit is what a message lacks by itself.
func unfit(rule Rule, m Message) Reason {
	switch {
	case rule.Amount == 0:
		return Off
	case m.Staff:
		return Staff
	case m.Command:
		return Command
	case m.Repeat:
		return Duplicate
	case rule.Name != ruleSpeaking:
		return ""
	case !m.Text && m.Chars < rule.MinLength:
		return Short
	case m.Text && m.Print.Length == 0:
		return Emoji
	case m.Text && m.Print.Length < rule.MinLength:
		return Short
	}
	return ""
}

// spent looks for the cap of the Day, and for what was earned close by in either direction of time.
func spent(rule Rule, earned []Earned, m Message) Reason {
	times := 0
	reason := Reason("")
	for _, e := range earned {
		if e.Day == m.Day {
			times++
		}
		if m.At.Sub(e.At).Abs() < rule.Cooldown {
			reason = Cooldown
		}
	}
	if rule.Cap > 0 && times >= rule.Cap {
		return Cap
	}
	return reason
}

func bursts(around []Said, m Message) bool {
	others := 0
	for _, s := range around {
		if s.Own && s.Chars < scrap && m.At.Sub(s.At).Abs() <= burstWithin {
			others++
		}
	}
	return others >= burstOthers
}

// repeated looks for the words among what the person earned with and what others just said.
func repeated(rule Rule, recent Recent, m Message) Reason {
	if !m.Text || m.Print.words == "" {
		return ""
	}
	for _, e := range recent.Earned {
		if e.Print == nil || m.At.Sub(e.At).Abs() >= rule.RepeatAfter {
			continue
		}
		if m.Print.same(e.Print) {
			return Duplicate
		}
		if rule.Name == ruleSpeaking && m.Print.near(e.Print) {
			return NearDuplicate
		}
	}
	for _, s := range recent.Around {
		if s.Own || s.Print == nil || m.At.Sub(s.At).Abs() >= copyWithin {
			continue
		}
		if m.Print.same(s.Print) || rule.Name == ruleSpeaking && m.Print.near(s.Print) {
			return Copied
		}
	}
	return ""
}
