package main

import (
	"math/rand/v2"
	"time"
)

// hours are the parts of a day, in minutes after midnight. The night reaches into the next day.
var hours = map[string][2]int{
	"早": {6*60 + 40, 9*60 + 20}, "午": {11*60 + 40, 13*60 + 40}, "下午": {14*60 + 30, 17*60 + 30},
	"晚": {19 * 60, 22*60 + 30}, "夜": {22*60 + 30, 24*60 + 50},
}

// rhythm is when people talk: mornings, lunch and evenings, at weekends later and longer.
var rhythm = map[bool][]string{
	false: {"早", "早", "早", "早", "午", "午", "午", "午", "下午", "下午", "晚", "晚", "晚", "晚", "晚", "晚", "晚", "夜"},
	true:  {"早", "早", "早", "午", "午", "午", "下午", "下午", "下午", "晚", "晚", "晚", "晚", "晚", "夜", "夜"},
}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

// within is a whole number from low to high, both included.
func within(rng *rand.Rand, low, high int) int { return low + rng.IntN(high-low+1) }

// chance is true in percent of 100 cases.
func chance(rng *rand.Rand, percent int) bool { return rng.IntN(100) < percent }

// dayStart is when a Day of the demo's community begins: who opens it after midnight is still in the Day before.
const dayStart = 4 * time.Hour

// midnight is the beginning of a day of the story by the community's clocks. The last one is the Day of now.
func (w *writer) midnight(day int) time.Time {
	y, m, d := w.now.In(w.zone).Add(-dayStart).Date()
	return time.Date(y, m, d-storyDays+day, 0, 0, 0, 0, w.zone)
}

// some is a moment of a part of a day.
func (w *writer) some(day int, part string) time.Time {
	span := hours[part]
	return w.midnight(day).Add(time.Duration(within(w.rng, span[0]*60, span[1]*60)) * time.Second)
}

func (w *writer) weekend(day int) bool {
	wd := w.midnight(day).Weekday()
	return wd == time.Saturday || wd == time.Sunday
}

// on tells whether a tag of days fits a day.
func (w *writer) on(days string, day int) bool {
	switch days {
	case "周末":
		return w.weekend(day)
	case "工作日":
		return !w.weekend(day)
	case "周一":
		return w.midnight(day).Weekday() == time.Monday
	}
	return true
}

// pause is how long the next line of a conversation takes: mostly less than a minute, sometimes a while.
func (w *writer) pause(text string) time.Duration {
	typing := time.Duration(len([]rune(text))) * 700 * time.Millisecond
	thinking := time.Duration(within(w.rng, 6000, 55000)) * time.Millisecond
	if chance(w.rng, 8) {
		thinking += time.Duration(within(w.rng, 120, 420)) * time.Second
	}
	return typing + thinking
}
