package bot

import (
	"context"
	"io/fs"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
)

// Handler does a feature's work for one event. It runs in the event's transaction, within a savepoint of
// its own: an error or a panic undoes what it wrote and said, and nothing else. It reads no clock but r.At,
// takes chance only from r.Rand, and calls no network.
type Handler func(ctx context.Context, r *Request) error

// Feature is one thing that Weilu does, as data. cmd/weilu/features.go lists them all.
type Feature struct {
	Name string // lower case, unique; prefixes its jobs, texts and guards

	// Observe runs for every event before any handler and must succeed: an error keeps the event from
	// being accepted. It never speaks.
	Observe Handler

	On       []Listener
	Commands []Command
	Jobs     []Job
	Guards   map[string]Guard
	Views    []View
	Chapters []Chapter // what it tells in reports
	Section  Section   // where its views stand in the navigation; empty: Tools
	Lead     bool      // its views stand first in their sections

	// What it puts on the managers' desk.
	Inbox    []Waiting
	Alarms   []Alarm
	Measures []Measure

	// Personal is what the feature keeps of members.
	Personal []Personal

	// Locales holds zh.yaml and en.yaml with equal keys: what the feature says. See Request.T.
	Locales    fs.FS
	Migrations []*gormigrate.Migration
}

// Section is a part of the managers' navigation: what its views are about.
type Section string

// The sections, in the order in which they are shown.
const (
	People   Section = "people"   // who is here, who comes, who is what
	Activity Section = "activity" // what people do together
	Content  Section = "content"  // what is said
	Economy  Section = "economy"  // points, and what they are for
	Tools    Section = "tools"    // how the bot fares, and what was done
)

// Sections are all sections in their order.
func Sections() []Section { return []Section{People, Activity, Content, Economy, Tools} }

// Listener hears events that are not commands.
type Listener struct {
	Kinds []Kind
	Run   Handler
}

// On makes a Listener.
func On(run Handler, kinds ...Kind) Listener { return Listener{Kinds: kinds, Run: run} }

// Where says in which chats a command works.
type Where int

// The places of a command.
const (
	Anywhere Where = iota
	InGroup
	InPrivate
)

// Command is something that people can ask for by name. Help and the README's table are printed from it.
type Command struct {
	// Names are what people type, in Chinese and English, without spaces; help shows the
	// first that is of its language.
	Names []string
	// Usage is the key of the text that shows the arguments ("@谁 数量 原因"). A command without one takes no
	// arguments: its name must be the whole message.
	Usage string
	// Help is the key of the text that says in one line what the command does.
	Help    string
	Role    Role
	Where   Where
	Secret  bool // what is said with it in private is not kept
	Table   bool // in a page or at the command line it takes a table instead of lines: Request.Table
	Dormant bool // works also in groups where the bot is not enabled
	Run     Handler
}

// CatchUp is what happens to slots of a job that passed while the program was down.
type CatchUp int

// The policies.
const (
	Collapse CatchUp = iota // only the newest missed slot runs
	RunAll                  // each missed slot runs
	Skip                    // none runs
)

// Job is work that is due at times. A job with a Spec is due at its slots; any job can be asked for by
// Request.Later, and planned by Request.Plan.
type Job struct {
	Name    string // unique in its feature
	Spec    string // cron ("0 4 * * *") in the community's zone; empty: only by Later and Plan
	CatchUp CatchUp
	Run     Handler

	// Ritual says that each of its slots ends on record, as an Occurrence: for what members or managers wait for.
	Ritual bool
	Title  string        // of a ritual: the key of the text that names it
	Grace  time.Duration // how long after its slot it still counts as in time; 0: a minute

	// Backstage says that a ritual is for managers only: no group hears it, or waits for it.
	Backstage bool
}

// Guard is asked when something said is about to be sent, in the transaction that claims it. A reason
// withholds it.
type Guard func(ctx context.Context, o Outgoing, now time.Time) (reason string, err error)
