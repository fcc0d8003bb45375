package ambassador

import (
	"slices"

	"github.com/weilu-im/weilu/community"
)

// Step is one part of an inviter's reward, and what the newcomer has to do for it.
type Step struct {
	After   int `yaml:"after_days" doc:"days after the newcomer came; 0: with their first words"`
	Active  int `yaml:"active_days" doc:"days on which they have to have been active by then, or until the last part is due"`
	Percent int `yaml:"percent" doc:"share of the reward, in percent"`
}

// PartState is where a part stands.
type PartState string

// The states of a part.
const (
	Pending PartState = "pending"
	Vested  PartState = "vested"
	Lost    PartState = "lost"   // they left before
	Missed  PartState = "missed" // what it asks for did not happen in time
)

// Part is a part of one reward.
type Part struct {
	Step
	Amount int64
	State  PartState
	Day    community.Day // vested: since when; pending: when at the earliest; lost: when they left
	Lacks  int           // pending: how many active Days are missing
	Words  bool          // pending: they have not said anything yet
}

// Stay is what a newcomer did since they came.
type Stay struct {
	Came   community.Day
	Spoke  community.Day   // of their first words; 0: not yet
	Active []community.Day // on which they said something, ascending
	Left   community.Day   // at whose end they were gone; 0: never
}

// patience is for how many Days after they came a newcomer's first words count at the least.
const patience = 30

// Parts are the parts of a reward on a Day: what was due by its beginning, and the first words at once. A part whose
// conditions are met late is still due until the last one is; who has not said a word by then earns nothing any more.
func Parts(steps []Step, amount int64, s Stay, today community.Day) []Part {
	list := make([]Part, len(steps))
	last := s.Came + patience
	for _, step := range steps {
		last = max(last, s.Came+community.Day(step.After))
	}
	percent, given := 0, int64(0)
	for i, step := range steps {
		percent += step.Percent
		list[i] = s.part(step, amount*int64(percent)/100-given, last, today)
		given += list[i].Amount
	}
	return list
}

// part is one part, which is due until the Day last.
func (s Stay) part(step Step, amount int64, last, today community.Day) Part {
	p := Part{Step: step, Amount: amount, State: Pending, Day: s.Came + community.Day(step.After), Words: s.Spoke == 0, Lacks: max(0, step.Active-len(s.Active))}
	p.Day = max(p.Day, s.Spoke)
	if step.Active > 0 && p.Lacks == 0 {
		p.Day = max(p.Day, s.Active[step.Active-1]+1)
	}
	ready := s.Spoke > 0 && s.Spoke < last && p.Lacks == 0 && p.Day <= last
	switch {
	case ready && p.Day <= today && (s.Left == 0 || p.Day <= s.Left):
		p.State = Vested
	case s.Left > 0:
		p.State, p.Day = Lost, s.Left
	case today >= last && !ready:
		p.State = Missed
	}
	return p
}

// open tells whether more of a reward may be due.
func open(parts []Part) bool {
	return slices.ContainsFunc(parts, func(p Part) bool { return p.State == Pending })
}
