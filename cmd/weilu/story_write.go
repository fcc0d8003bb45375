package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Who the demo offers to speak as.
const (
	asNewcomer = "youyou"
	asLurker   = "shanyue"
	asRegular  = "douzi"
	asOwner    = "linlan"
)

// demoGroups are the groups of the story, by their letters.
var demoGroups = []struct {
	letter byte
	chat   bot.ChatID
	name   string
}{{'c', "core", "核心体验官群"}, {'n', "new", "新人预备群"}, {'w', "walk", "城市徒步群"}}

// demoBot is what the bot is called in the demo.
const demoBot = "围炉"

// writer turns the story into events. The same story, time and seed give the same events.
type writer struct {
	*story
	rng    *rand.Rand
	now    time.Time
	zone   *time.Location
	shelf  []*script          // those that were used longest ago come first
	busy   map[byte]time.Time // until when people talk in a group
	came   map[presence]time.Time
	gone   map[*actor]time.Time
	wx     map[int]string // the weather of days
	plots  map[*script]plot
	count  int
	events []bot.Event
}

type presence struct {
	who   *actor
	group byte
}

// write tells the story's events in their order, the last of them just before now.
func (s *story) write(now time.Time, zone *time.Location, seed uint64) []bot.Event {
	w := &writer{
		story: s, rng: rand.New(rand.NewPCG(seed, storyDays)), now: now, zone: zone,
		busy: map[byte]time.Time{}, came: map[presence]time.Time{}, gone: map[*actor]time.Time{}, wx: map[int]string{}, plots: map[*script]plot{},
	}
	for _, x := range s.scripts {
		if x.special == "" {
			w.shelf = append(w.shelf, x)
		}
	}
	w.rng.Shuffle(len(w.shelf), func(i, j int) { w.shelf[i], w.shelf[j] = w.shelf[j], w.shelf[i] })
	for day := range storyDays + 1 {
		w.wx[day] = pick(w.rng, s.words["wx"])
	}
	w.wx[storyDays+1] = pick(w.rng, s.words["wx"])
	w.open()
	for _, a := range s.cast {
		w.passages(a)
	}
	for day := range storyDays + 1 {
		w.talks(day)
		for _, a := range s.cast {
			w.habits(a, day)
		}
	}
	w.privately()
	w.rituals(rand.New(rand.NewPCG(seed, 21)))
	w.invites(rand.New(rand.NewPCG(seed, 34)))
	return w.finish()
}

// event adds something that somebody does. What has not happened yet is left out.
func (w *writer) event(at time.Time, kind bot.Kind, a *actor, group byte) *bot.Event {
	w.count++
	ev := bot.Event{
		ID: fmt.Sprintf("demo/%d", w.count), Kind: kind, At: at.UTC().Truncate(time.Millisecond), Transport: "playground", Session: "playground",
		BotName: demoBot, From: w.person(a), Private: group == 0,
	}
	for _, g := range demoGroups {
		if g.letter == group {
			ev.Chat, ev.ChatName = g.chat, g.name
		}
	}
	w.events = append(w.events, ev)
	return &w.events[len(w.events)-1]
}

func (w *writer) person(a *actor) bot.Person {
	return bot.Person{User: bot.UserID(a.key), Name: a.name, Stable: true}
}

// finish puts the events in order and gives people the names they had at the time.
func (w *writer) finish() []bot.Event {
	slices.SortStableFunc(w.events, func(a, b bot.Event) int { return cmp.Compare(a.At.UnixMilli(), b.At.UnixMilli()) })
	w.events = slices.DeleteFunc(w.events, func(ev bot.Event) bool { return ev.At.After(w.now.Add(-time.Second)) })
	names := map[bot.UserID]string{}
	for _, a := range w.cast {
		names[bot.UserID(a.key)] = a.name
	}
	for i := range w.events {
		ev := &w.events[i]
		if i > 0 && !ev.At.After(w.events[i-1].At) {
			ev.At = w.events[i-1].At.Add(time.Millisecond)
		}
		ev.SeenAt = ev.At
		if ev.Kind == bot.Renamed {
			names[ev.From.User] = ev.From.Name
		}
		named(ev, names)
	}
	return w.events
}
