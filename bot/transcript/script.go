package transcript

import (
	"fmt"

	"github.com/weilu-im/weilu/bot"
)

// Script is a transcript that has been read.
type Script struct {
	Name     string            // the file, as it was given to Parse
	Settings map[string]string // from "! set key=value"
	Roles    []Role            // from "! owner 老王", in order

	expects bool
	turns   []turn // the first is the beginning, before any action
	source  []byte
}

// Expects tells whether the transcript has any > line. One without expects nothing and never fails.
func (s *Script) Expects() bool { return s.expects }

// Role is a role that somebody has from the start.
type Role struct {
	Line int
	Who  string
	Role bot.Role
}

// SyntaxError says what is wrong in which line. Parse returns it, and Run does where only the running shows
// it: a clock set back, a name that means two people, a message recalled that was never sent.
type SyntaxError struct {
	File    string
	Line    int
	Problem string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Problem) }

// turn is one action and the expectations that follow it directly.
type turn struct {
	line  int     // of the action; in the beginning, of the last ! line or 0
	last  int     // the last line that belongs to the turn
	clock *moment // the action is one of clock and input; the beginning has neither
	input *input
	wants []*want
}

// input is something that people do.
type input struct {
	line int
	verb verb
	chat string // empty in private
	who  string
	whom string // who brought them, who was tapped, whose words are quoted, or the new name
	form bot.Form
	text []string // the lines of the message, or the name of what is sent
}

// want is an expectation.
type want struct {
	lines    []int // of the source
	mode     mode
	anywhere bool // says nothing at all
	chat     string
	to       string // in private, when chat is empty
	text     []string
}

func (w *want) line() int { return w.lines[0] }

// mode is how an expectation compares.
type mode string

const (
	exactly  mode = ">"
	contains mode = ">~"
	nothing  mode = ">-"
)

// verb is what an input does. The values are how it is written, but for says, which is the colon.
type verb string

const (
	says     verb = ":"
	joins    verb = "joins"
	leaves   verb = "leaves"
	isNow    verb = "is now"
	recalls  verb = "recalls"
	taps     verb = "taps"
	sends    verb = "sends"
	whispers verb = "whispers"
	quotes   verb = "quotes"
)
