package bot

import (
	"context"
	"time"
)

// Waiting is something of a feature that waits for a word of those who manage: applications, orders, cases. The
// console counts it on its first page and in its navigation, and 待办 tells it in the chat.
type Waiting struct {
	Name   string            // lower case, unique in its feature: "orders"
	Title  string            // key of the text that names it
	Role   Role              // who decides, and everybody above
	View   string            // the name of the feature's own view where it is decided
	Params map[string]string // of that view
	// Count tells how many wait at q.At, and since when the oldest does; zero: not known. It is asked at each page, so
	// it must be cheap however much was decided before.
	Count func(ctx context.Context, q *Query) (n int, oldest time.Time, err error)
}

// Alarm looks whether something is wrong, or will be soon.
type Alarm struct {
	Name string // lower case, unique in its feature
	Role Role   // who is told, and everybody above
	Read func(ctx context.Context, q *Query) ([]Warning, error)
}

// Warning is one thing that is wrong.
type Warning struct {
	Key   string   // of what it is about; stays the same while it lasts
	Text  string   // a sentence for people; it may hold names, which are hostile input
	Grave bool     // it hurts now, rather than soon
	Link  *ViewRef // where it is seen, or mended
}

// Measure is a number that shows from Day to Day how the community fares: messages, check-ins, points given out.
type Measure struct {
	Name  string // lower case, unique in its feature
	Title string // key of the text that names it
	Role  Role   // who may see it, and everybody above
	View  string // the name of a view of the feature that shows more; may be empty
	// Read counts in from <= t < to, which are beginnings of Days of the community. What is counted must not depend on
	// who asks: what is over may be remembered for all.
	Read func(ctx context.Context, q *Query, from, to time.Time) (int64, error)
}

// WaitingOffer is something that waits, as it is shown to somebody.
type WaitingOffer struct {
	Name    string // "feature.name"
	Feature string
	Title   string
	View    ViewRef
	N       int // above 0
	Oldest  time.Time
}

// MeasureOffer is a measure as it is shown to somebody.
type MeasureOffer struct {
	Name    string // "feature.name"
	Feature string
	Title   string
	View    string // "feature.view"; may be empty
}
