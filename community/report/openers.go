package report

import "github.com/weilu-im/weilu/community"

// How long it takes until a message opens a talk, and until it counts as unanswered, in milliseconds.
const (
	silence  = 1_800 * 1000
	patience = 24 * 3600 * 1000
)

// unanswered is the wait of an opener that nobody answered within patience.
const unanswered = -1

// talk walks over the messages of one group in their order and finds its openers. An opener is a message with none by
// anyone else in the silence before; a person's further messages before the first reply open nothing. Its wait is the
// time to the next message by another person within patience.
type talk struct {
	last    community.MemberID // who spoke last; empty: nobody has
	lastAt  int64
	other   bool // somebody else had spoken before
	otherAt int64
	open    bool // the last speaker's opener waits for a reply
	openAt  int64
}

// hear takes the next message. ended tells that an opener, said at the time opened, had its reply or was given up.
func (t *talk) hear(at int64, who community.MemberID) (opened, wait int64, ended bool) {
	if who != t.last {
		if t.open {
			opened, wait, ended = t.openAt, t.waited(at), true
			t.open = false
		}
		t.other, t.otherAt = t.last != "", t.lastAt
		t.last = who
	}
	if !t.open && (!t.other || at-t.otherAt > silence) {
		t.open, t.openAt = true, at
	}
	t.lastAt = at
	return opened, wait, ended
}

// waited is the wait of the open opener where somebody else speaks at a time.
func (t *talk) waited(at int64) int64 {
	if wait := at - t.openAt; wait <= patience {
		return wait
	}
	return unanswered
}

// resume is the state after the last messages of a group: who spoke last and when, each time since anybody else did,
// oldest first, and when that was.
func resume(who community.MemberID, times []int64, other bool, otherAt int64) talk {
	t := talk{}
	if who == "" {
		return t
	}
	if other {
		t.last, t.lastAt = "\x00", otherAt // whoever it was: not who spoke last
	}
	for _, at := range times {
		t.hear(at, who)
	}
	return t
}
