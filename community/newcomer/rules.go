package newcomer

import (
	"cmp"
	"slices"
	"time"

	"github.com/weilu-im/weilu/community"
)

// step is one of the three things that a newcomer does, in whatever order.
type step int

// The steps, in the order in which they are told.
const (
	introduction step = iota
	answer
	checkin
	steps
)

func (s step) String() string { return [...]string{"introduction", "answer", "checkin"}[s] }

// The ways in which a path ends.
const (
	completed = "completed"
	exited    = "exited"
	expired   = "expired"
)

// again is how long somebody must have been away to be a newcomer once more.
const again = 180 * 24 * time.Hour

// done is that a step was taken: when, and by which event or fact. At is 0 while it is not.
type done struct {
	At int64  `json:"at"`
	By string `json:"by"`
}

// path is the way of one id, as it is stored. Times are Unix milliseconds, 0 for never.
type path struct {
	Member    community.MemberID `json:"member"`
	Group     community.GroupID  `json:"group"` // where they joined
	Started   int64              `json:"started"`
	Spoke     int64              `json:"spoke"` // the first message that was long enough to be an introduction
	Done      [steps]done        `json:"done"`
	Asked     int64              `json:"asked"`    // when the question was asked
	AskedIn   community.GroupID  `json:"asked_in"` // and where; empty: in private
	Reminded  int                `json:"reminded"` // of the reminders' days, the last one that was said
	Before    int                `json:"before"`   // Reminded before that, should it turn out not to be said
	Ref       string             `json:"ref"`      // of the last reminder
	Kind      string             `json:"kind"`     // what it said is missing
	Ended     int64              `json:"ended"`
	How       string             `json:"how"`
	Completed int64              `json:"completed"` // the first time that all was done: it is paid once
}

func (p *path) open() bool { return p.Started > 0 && p.Ended == 0 }

// missing are the steps that are not taken.
func (p *path) missing() (list []step) {
	for s := range steps {
		if p.Done[s].At == 0 {
			list = append(list, s)
		}
	}
	return list
}

// kind names what somebody did so far, which is what a reminder speaks about.
func (p *path) kind() string {
	switch m := p.missing(); {
	case len(m) == int(steps):
		return "nothing"
	case len(m) == 0:
		return "complete"
	default:
		return m[0].String()
	}
}

// kinds are those that are reminded of, in the order in which they are told.
var kinds = [...]string{"nothing", "introduction", "answer", "checkin"}

// person is the path of somebody with all their ids; path is what is so of the person. rows are never empty.
type person struct {
	path
	rows []path
}

// combine makes one path of those of all ids of a person: what was done under any id is done. The one that began first
// stands for all. Who completed a path under any id is through, unless they came back long after. The rows themselves
// stay what they are, so that a split gives everybody their own.
func combine(rows []path) (p person, ok bool) {
	if len(rows) == 0 {
		return p, false
	}
	rows = slices.SortedFunc(slices.Values(rows), func(a, b path) int {
		return cmp.Or(cmp.Compare(a.Started, b.Started), cmp.Compare(a.Member, b.Member))
	})
	p.rows = rows
	first, over, paid := slices.IndexFunc(rows, func(row path) bool { return row.open() }), -1, int64(0)
	for i, row := range rows {
		if n := row.Completed; n > 0 && (paid == 0 || n < paid) {
			paid = n
		}
		if row.open() || first >= 0 && !through(row, rows[first]) {
			continue
		}
		if over < 0 || rows[over].How != completed && (row.How == completed || row.Ended > rows[over].Ended) {
			over = i
		}
	}
	if over >= 0 {
		p.path = rows[over]
	} else {
		p.path = join(rows, first)
	}
	p.Completed = paid
	return p, true
}

// through tells whether a path that ended stands for the person although another one is open.
func through(ended, open path) bool {
	return ended.How == completed && ended.Ended >= open.Started-again.Milliseconds()
}

// join is the open path that begins with the row first, with what the other open ones hold.
func join(rows []path, first int) path {
	p := rows[first]
	for _, row := range rows[first+1:] {
		if !row.open() {
			continue
		}
		for s := range steps {
			if d := row.Done[s]; d.At > 0 && (p.Done[s].At == 0 || d.At < p.Done[s].At) {
				p.Done[s] = d
			}
		}
		if row.Asked > p.Asked {
			p.Asked, p.AskedIn = row.Asked, row.AskedIn
		}
		if row.Spoke > 0 && (p.Spoke == 0 || row.Spoke < p.Spoke) {
			p.Spoke = row.Spoke
		}
		p.Reminded = max(p.Reminded, row.Reminded)
	}
	return p
}

// row is the open path that what an id does is kept in: its own, or the one that stands for all.
func (p *person) row(origin community.MemberID) *path {
	var own *path
	for i := range p.rows {
		switch row := &p.rows[i]; {
		case row.open() && row.Member == origin:
			return row
		case row.Member == p.Member:
			own = row
		}
	}
	return own
}

// begins tells whether a join makes a newcomer: who was in none of the groups before, or long ago. last is when they
// were last there, or zero.
func begins(last, now time.Time) bool { return last.IsZero() || now.Sub(last) >= again }

// due is the reminder that somebody gets on a Day, whose path is so many Days old: the newest that is due and was not
// said. One that could not be said on its Day is said on the next one, unless the following reminder is near, and
// never later.
func due(age int, reminders []int, reminded int) (day int, ok bool) {
	for i, d := range slices.Backward(reminders) {
		if d > age {
			continue
		}
		near := i+1 < len(reminders) && reminders[i+1]-age <= 1
		return d, d > reminded && (age == d || age == d+1 && !near)
	}
	return 0, false
}
