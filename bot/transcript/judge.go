package transcript

import (
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// heard is something the bot said that no expectation has taken yet.
type heard struct {
	turn   int // during which it was said
	place  place
	text   string
	told   bool // it is in a failure already
	spoken Spoken
}

// judge compares what is said with what is expected: one queue, taken from in order. It notes what fails, and
// how the source is changed so that nothing does.
type judge struct {
	script   *Script
	scene    *scene
	waiting  []*heard
	reached  int // the turn of the last line that something heard was found, or written, at
	failures []Failure
	edits    edits
}

func newJudge(script *Script, s *scene) *judge {
	return &judge{script: script, scene: s, edits: newEdits()}
}

func (j *judge) hear(h *heard) {
	if h.place.chat != "" {
		h.place.user = ""
	}
	j.waiting = append(j.waiting, h)
}

// turn compares the expectations of a turn.
func (j *judge) turn(n int) {
	wants := j.script.turns[n].wants
	for i, w := range wants {
		if w.mode == nothing {
			j.silence(n, w)
		} else {
			j.words(n, w, wants[i+1:])
		}
	}
}

// silence checks that nothing of what was said in this turn still waits at the place.
func (j *judge) silence(n int, w *want) {
	var got []string
	where := j.place(w)
	for _, h := range j.waiting {
		if h.turn == n && (w.anywhere || h.place == where) {
			got = append(got, j.phrase(h))
			h.told = true
		}
	}
	if len(got) > 0 {
		j.fail(w.line(), "it should say nothing", w.source(""), strings.Join(got, "\n"))
		j.edits.remove(w)
	}
}

// words takes what the expectation is about from the queue. later are the other expectations of the turn.
func (j *judge) words(n int, w *want, later []*want) {
	i := slices.IndexFunc(j.waiting, func(h *heard) bool { return j.fits(w, h) })
	if i < 0 {
		j.disappointed(n, w, later)
		return
	}
	for range i {
		j.unexpected(n, w)
	}
	caught, _ := j.compare(w, j.take(n))
	for name, value := range caught {
		j.scene.caught[name] = value
	}
}

// disappointed handles an expectation that nothing fits: something else was said in its place, or nothing was.
func (j *judge) disappointed(n int, w *want, later []*want) {
	wanted := w.source(j.scene.caught.fill(strings.Join(w.text, "\n")))
	if len(j.waiting) == 0 || slices.ContainsFunc(later, func(l *want) bool { return j.fits(l, j.waiting[0]) }) {
		j.fail(w.line(), "it does not say this", wanted, "")
		j.edits.remove(w)
		return
	}
	h := j.take(n)
	j.fail(w.line(), "it says something else", wanted, j.phrase(h))
	j.edits.replace(w, j.phrase(h))
}

// unexpected handles the first in the queue, which an expectation further down would have had to take.
func (j *judge) unexpected(n int, before *want) {
	h := j.waiting[0]
	j.reached, j.waiting = max(j.reached, h.turn), j.waiting[1:]
	if !h.told {
		j.fail(max(1, j.script.turns[h.turn].line), "it says more than is expected", "", j.phrase(h))
	}
	if before != nil && j.reached == n {
		j.edits.before(before.line(), j.phrase(h))
	} else {
		j.edits.after(j.script.turns[j.reached].last, j.phrase(h))
	}
}

// finish handles what no expectation took.
func (j *judge) finish() {
	for len(j.waiting) > 0 {
		j.unexpected(-1, nil)
	}
}

func (j *judge) take(n int) *heard {
	h := j.waiting[0]
	j.reached, j.waiting = n, j.waiting[1:]
	return h
}

func (j *judge) fits(w *want, h *heard) bool {
	_, ok := j.compare(w, h)
	return ok
}

// compare tells whether the expectation is about h, and what it captures there.
func (j *judge) compare(w *want, h *heard) (captures, bool) {
	if w.mode == nothing || h.place != j.place(w) {
		return nil, false
	}
	text := strings.Join(w.text, "\n")
	if w.mode == contains {
		return j.scene.caught.match(text, h.text)
	}
	return nil, h.text == text || h.text == j.scene.caught.fill(text)
}

// place is where an expectation looks. That its name means one person is known from the rehearsal.
func (j *judge) place(w *want) place {
	if w.chat != "" {
		return place{chat: w.chat}
	}
	user, err := j.scene.people.user(w.to)
	if err != nil {
		user = bot.UserID(w.to)
	}
	return place{user: user}
}

// phrase writes what was heard as the expectation that it meets. People stand there by their first names,
// which mean them for ever.
func (j *judge) phrase(h *heard) string {
	return phrase(exactly, h.place.chat, string(h.place.user), h.text)
}

func (j *judge) fail(line int, problem, want, got string) {
	j.failures = append(j.failures, Failure{File: j.script.Name, Line: line, Problem: problem, Want: want, Got: got})
}

// sorted are the failures by line.
func (j *judge) sorted() []Failure {
	slices.SortStableFunc(j.failures, func(a, b Failure) int { return a.Line - b.Line })
	return j.failures
}

// canonical is a text as a file can hold it: UTF-8, and lines that end in a line feed.
func canonical(text string) string {
	lines := strings.Split(strings.ToValidUTF8(text, "\uFFFD"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], "\r")
	}
	return strings.Join(lines, "\n")
}
