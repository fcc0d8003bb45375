package main

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

// plot is who says what in a script that is going on or goes on later.
type plot struct {
	roles map[string]*actor
	slots map[string]string
}

// talkative is how likely somebody takes a part in a conversation.
var talkative = map[string]int{"owner": 2, "moderator": 3, "koc": 10, "contributor": 7, "active": 4, "lurker": 0, "newcomer": 2}

// talks writes the conversations of a day. Those of one group don't run into each other.
func (w *writer) talks(day int) {
	n := 8 + day/14 + w.rng.IntN(3)
	groups := "cccnnnww"
	if w.weekend(day) {
		n += 3
		groups = "cccnnwwww"
	}
	var starts []time.Time
	for range n {
		starts = append(starts, w.some(day, pick(w.rng, rhythm[w.weekend(day)])))
	}
	slices.SortFunc(starts, time.Time.Compare)
	for _, at := range starts {
		group := groups[w.rng.IntN(len(groups))]
		if after := w.busy[group].Add(2 * time.Minute); at.Before(after) {
			at = after
		}
		if x := w.take(group, at, day); x != nil {
			w.busy[group] = w.play(x, group, at, day, w.plots[x])
		}
	}
}

// take takes the script from the shelf that fits and was used longest ago. What follows on it comes some days later.
func (w *writer) take(group byte, at time.Time, day int) *script {
	minute := int(at.Sub(w.midnight(day)).Minutes())
	for i, x := range w.shelf {
		if strings.IndexByte(x.groups, group) < 0 || !w.on(x.days, day) || !x.fits(minute) || !w.playable(x, group, at) {
			continue
		}
		w.shelf = slices.Delete(w.shelf, i, i+1)
		if x.special == "" {
			w.shelf = append(w.shelf, x)
		}
		if x.sequel != nil {
			w.shelf = slices.Insert(w.shelf, min(sequelAfter, len(w.shelf)), x.sequel)
		}
		return x
	}
	return nil
}

// sequelAfter is how many scripts come before a sequel: some days.
const sequelAfter = 30

func (x *script) fits(minute int) bool {
	return len(x.when) == 0 || slices.ContainsFunc(x.when, func(part string) bool {
		return minute >= hours[part][0] && minute <= hours[part][1]
	})
}

// playable tells whether everybody whom a script names is in the group, and enough others.
func (w *writer) playable(x *script, group byte, at time.Time) bool {
	for _, a := range w.plots[x].roles {
		if !w.present(a, group, at) {
			return false
		}
	}
	for _, l := range x.lines {
		for _, a := range w.cast {
			if (a == w.byName[l.who] || strings.Contains(l.text, "@"+a.name)) && !w.present(a, group, at) {
				return false
			}
		}
	}
	around := 0
	for _, a := range w.cast {
		if w.present(a, group, at) && talkative[a.kind] > 0 {
			around++
		}
	}
	return around >= 5
}

func (w *writer) present(a *actor, group byte, at time.Time) bool {
	came, ok := w.came[presence{a, group}]
	gone, left := w.gone[a]
	return ok && at.After(came) && !(left && at.Add(2*time.Hour).After(gone))
}

// play writes a script, spoken by those who are around; the plot may already have its people and words. It tells
// when it ends.
func (w *writer) play(x *script, group byte, at time.Time, day int, p plot) time.Time {
	roles, slots := p.roles, p.slots
	if roles == nil {
		roles = map[string]*actor{}
	}
	if slots == nil {
		slots = map[string]string{}
	}
	if x.sequel != nil {
		w.plots[x.sequel] = plot{roles, slots}
	}
	for _, l := range x.lines {
		if !anybody(l.who) {
			roles[l.who] = w.byName[l.who]
		}
	}
	var last *bot.Event
	var lastLine bot.Event
	for i, l := range x.lines {
		if roles[l.who] == nil {
			roles[l.who] = w.volunteer(group, at, x.eager(l.who), roles)
		}
		slots["wx"] = w.wx[day]
		if strings.Contains(l.text, "明天{wx}") {
			slots["wx"] = w.wx[day+1]
		}
		text := w.fill(l.text, slots, w.rng)
		if i > 0 {
			at = at.Add(w.pause(text) + l.later)
		}
		quotes := l.quotes || i > 0 && len(x.lines) > 2 && x.special == "" && !isCommand(text) && chance(w.rng, 9)
		if text != "" {
			last = w.say(at, roles[l.who], group, text, roles)
			if quotes && last.From.User != lastLine.From.User && lastLine.Text != "" {
				last.Quote = &bot.Quote{ID: lastLine.ID, From: lastLine.From, Text: lastLine.Text}
			}
			lastLine = *last
		}
		if l.picture {
			at = at.Add(4 * time.Second)
			w.show(at, roles[l.who], group)
		}
		if l.recalled {
			w.event(at.Add(9*time.Second), bot.Recalled, roles[l.who], group).Ref = lastLine.ID
			lastLine = bot.Event{}
		}
	}
	return at
}

// eager is how likely whom takes a role: in the newcomers' group the new ask and the old answer.
func (x *script) eager(role string) map[string]int {
	switch {
	case x.groups == "n" && role == "A":
		return map[string]int{"active": 4, "newcomer": 9, "lurker": 1}
	case x.groups == "n":
		return map[string]int{"koc": 8, "contributor": 8, "active": 1}
	case role == "A":
		return map[string]int{"koc": 8, "contributor": 8, "active": 5, "newcomer": 1}
	}
	return talkative
}

// volunteer is somebody who is around, likes to talk and has no part yet.
func (w *writer) volunteer(group byte, at time.Time, eager map[string]int, taken map[string]*actor) *actor {
	var hat []*actor
	for _, a := range w.cast {
		if !w.present(a, group, at) || w.resting(a, at) {
			continue
		}
		busy := false
		for _, other := range taken {
			busy = busy || other == a
		}
		for range eager[a.kind] {
			if !busy {
				hat = append(hat, a)
			}
		}
	}
	if len(hat) == 0 {
		return w.byName["阿北"]
	}
	return pick(w.rng, hat)
}

// resting tells whether it is not somebody's time of the day; all are up for an evening.
func (w *writer) resting(a *actor, at time.Time) bool {
	h := at.In(w.zone).Hour()
	return a.when == "早" && (h >= 22 || h < 6) || (a.when == "夜" || a.when == "晚") && h >= 4 && h < 8
}

// say writes a message. @ before a role or a name addresses that person.
func (w *writer) say(at time.Time, a *actor, group byte, text string, roles map[string]*actor) *bot.Event {
	ev := w.event(at, bot.Message, a, group)
	ev.Form = bot.Text
	for _, role := range []string{"A", "B", "C", "D", "N"} {
		if b := roles[role]; b != nil && strings.Contains(text, "@"+role) {
			text = strings.ReplaceAll(text, "@"+role, "@"+b.key)
			ev.Mentions = append(ev.Mentions, w.person(b))
		}
	}
	for _, b := range w.cast {
		if w.byName[b.name] == b && strings.Contains(text, "@"+b.name) {
			text = strings.ReplaceAll(text, "@"+b.name, "@"+b.key)
			ev.Mentions = append(ev.Mentions, w.person(b))
		}
	}
	ev.ToBot = strings.Contains(text, "@"+demoBot)
	ev.Text = text
	return ev
}

// show writes a picture.
func (w *writer) show(at time.Time, a *actor, group byte) {
	w.event(at, bot.Message, a, group).Form = bot.Image
}

// named gives everybody in an event the name they bore then, and writes mentions as the page does.
func named(ev *bot.Event, names map[bot.UserID]string) {
	ev.From.Name = names[ev.From.User]
	for i := range ev.Mentions {
		m := &ev.Mentions[i]
		m.Name = names[m.User]
		at := "@" + m.Name + "\u2005"
		ev.Text = strings.ReplaceAll(strings.ReplaceAll(ev.Text, "@"+string(m.User)+" ", at), "@"+string(m.User), at)
	}
	if ev.Quote != nil {
		ev.Quote.From.Name = names[ev.Quote.From.User]
	}
	ev.Len = utf8.RuneCountInString(ev.Text)
}
