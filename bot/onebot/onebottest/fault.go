package onebottest

import "time"

// Trouble is something that goes wrong.
type Trouble string

// What may go wrong with calls. What is about sending happens to actions that begin with send_ only.
const (
	Deaf      Trouble = "deaf"       // it is not heard
	CutBefore Trouble = "cut before" // the connection is cut before it is done
	Mute      Trouble = "mute"       // sending: it is done and not answered
	CutAfter  Trouble = "cut after"  // sending: it is done, and the connection is cut instead of an answer
	Late      Trouble = "late"       // it is done, and answered after Fault.Wait
	Slower    Trouble = "slower"     // it is refused: too many at once
	Refuse    Trouble = "refuse"     // it is refused
	TimedOut  Trouble = "timed out"  // it is done, and answered as if it had timed out, as NapCat does
	WrongEcho Trouble = "wrong echo" // it is done, and answered with another echo
	Twice     Trouble = "twice"      // it is answered twice
	Silent    Trouble = "silent"     // there are no heartbeats
)

// Fault is a trouble that happens some times.
type Fault struct {
	Trouble Trouble
	Action  string // empty: any
	Times   int    // 0: until ClearFaults
	Wait    time.Duration
	forever bool
}

// Fault lets something go wrong from now on.
func (w *World) Fault(f Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f.forever = f.Times == 0
	w.faults = append(w.faults, f)
}

// ClearFaults ends all troubles.
func (w *World) ClearFaults() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = nil
}

// fault tells whether a trouble happens now, and counts it.
func (w *World) fault(t Trouble, action string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.faults {
		f := &w.faults[i]
		if f.Trouble == t && (f.Action == "" || f.Action == action) && (f.forever || f.Times > 0) {
			f.Times--
			return true
		}
	}
	return false
}

// lateness is how late a late answer is.
func (w *World) lateness() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.faults {
		if f.Trouble == Late {
			return f.Wait
		}
	}
	return 0
}
