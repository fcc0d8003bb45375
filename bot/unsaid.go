package bot

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Cause is why words were withheld.
type Cause string

// The causes.
const (
	CauseTooLate Cause = "too_late" // they waited beyond their NotAfter
	CauseWord    Cause = "word"     // they hold what the bot never says
	CauseOther   Cause = "other"    // their guard or their receiver
)

// ownWord begins the reason for what was withheld because of a forbidden word.
const ownWord = "own speech holds a forbidden word: "

// causeOf reads the reason of what was withheld.
func causeOf(reason string) Cause {
	switch {
	case reason == tooLate || strings.HasPrefix(reason, tooLate+": "):
		return CauseTooLate
	case strings.HasPrefix(reason, ownWord):
		return CauseWord
	}
	return CauseOther
}

// Unsaid is how many words of an occurrence were withheld for one cause.
type Unsaid struct {
	Cause    Cause
	N        int
	NotAfter time.Time // CauseTooLate: until when they could have been said; zero: not known
}

// Silent tells whether an occurrence had something to say and none of it was sent, nor may have been.
func (o Occurrence) Silent() bool {
	said := o.Words[Sent] + o.Words[Sending] + o.Words[Unknown]
	return len(o.Words) > 0 && said == 0 && (o.Ending == InTime || o.Ending == TooLate)
}

// withhold counts n words among those that were withheld for a reason.
func (o *Occurrence) withhold(reason string, n int, notAfter time.Time) {
	cause := causeOf(reason)
	if cause != CauseTooLate {
		notAfter = time.Time{}
	}
	for i := range o.Withheld {
		if u := &o.Withheld[i]; u.Cause == cause {
			u.N += n
			if notAfter.After(u.NotAfter) {
				u.NotAfter = notAfter
			}
			return
		}
	}
	o.Withheld = append(o.Withheld, Unsaid{cause, n, notAfter})
}

// Overdue is something that was withheld because it waited beyond its NotAfter.
type Overdue struct {
	ID            int64
	Feature       string
	Group, Member string // one of them is set
	Text          string
	Due           time.Time // when it was to be said
	At            time.Time // when it was withheld
}

// Overdues are the words that turned out to be too late in from <= at < to, in order.
func Overdues(ctx context.Context, s Storage, from, to time.Time) (list []Overdue, err error) {
	rows, err := s.Conn(ctx).Statement.ConnPool.QueryContext(ctx, `SELECT id, feature, group_id, member_id, text,
		CASE WHEN not_before > said_at THEN not_before ELSE said_at END, settled_at FROM outbox
		WHERE settled_at > 0 AND settled_at >= ? AND settled_at < ? AND state = 'withheld' AND action = '' AND (reason = ? OR reason LIKE ?)
		ORDER BY settled_at, id`, from.UnixMilli(), to.UnixMilli(), tooLate, tooLate+": %")
	if err != nil {
		return nil, fmt.Errorf("read what was too late: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var o Overdue
		var due, at int64
		if err := rows.Scan(&o.ID, &o.Feature, &o.Group, &o.Member, &o.Text, &due, &at); err != nil {
			return nil, fmt.Errorf("read what was too late: %w", err)
		}
		o.Due, o.At = FromMillis(due), FromMillis(at)
		list = append(list, o)
	}
	return list, rows.Err()
}
