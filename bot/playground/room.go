package playground

import (
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// keep is how many lines of a room stay in memory.
const keep = 300

// room is what was said in a group, or between one person and the bot.
type room struct {
	id    string
	lines []*entry // oldest first
}

// entry is one line of a room as the page gets it: a bubble, or a note such as "x joined".
type entry struct {
	ID       string     `json:"id"`
	Kind     string     `json:"kind"` // text, image, joined, left, renamed, recalled, tapped, clock
	At       string     `json:"at"`   // RFC 3339 with the zone's offset
	From     bot.UserID `json:"from,omitempty"`
	Name     string     `json:"name,omitempty"` // what From was called then
	Bot      bool       `json:"bot,omitempty"`
	Text     string     `json:"text,omitempty"` // renamed: the new name
	Picture  *picture   `json:"picture,omitempty"`
	Quote    *quote     `json:"quote,omitempty"`
	Mentions []person   `json:"mentions,omitempty"` // tapped: whom; joined: who brought them
	State    string     `json:"state,omitempty"`    // sending or failed; empty: done
	Nonce    string     `json:"nonce,omitempty"`    // failed: what a retry has to name

	at time.Time
}

type quote struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name"`
	Text string `json:"text"`
}

func (r *room) find(id string) *entry {
	for _, e := range slices.Backward(r.lines) {
		if e.ID == id {
			return e
		}
	}
	return nil
}

// put shows a line at the end of a room, or in the place of the line with its id. The lock is held.
func (p *Playground) put(r *room, e *entry) {
	if old := r.find(e.ID); old != nil {
		*old = *e
		e = old
	} else {
		if n := len(r.lines); n > 0 && e.at.Before(r.lines[n-1].at) {
			e.at = r.lines[n-1].at
		}
		if len(r.lines) >= keep {
			r.lines = slices.Delete(r.lines, 0, len(r.lines)-keep+1)
		}
		r.lines = append(r.lines, e)
	}
	e.At = p.stamp(e.at)
	p.feed.publish(update{Type: "line", Room: r.id, Line: e})
}

// stamp writes a time so that its digits are those of the community's wall clock.
func (p *Playground) stamp(at time.Time) string {
	return at.In(p.opts.Zone).Format("2006-01-02T15:04:05.000Z07:00")
}
