// Package console shows the features' views as web pages, and their commands as forms, to those who manage the
// community. It knows no feature: what it shows is what bot.View, bot.Page and bot.Offer hold, and what is done in
// it is asked of the engine like a line in a chat, with the same permission, audit and undo.
package console

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// Engine is what the console asks of the machine; *bot.Engine is one.
type Engine interface {
	Views(actor bot.Actor) []bot.ViewOffer
	View(ctx context.Context, name string, q bot.Query) (bot.Page, error)
	ViewFile(ctx context.Context, name, file string, q bot.Query) (data []byte, mediaType string, err error)
	Offers(lang string) []bot.Offer
	Inbox(ctx context.Context, q bot.Query) ([]bot.WaitingOffer, error)
	Warnings(ctx context.Context, q bot.Query) ([]bot.Warning, error)
	Measures(actor bot.Actor) []bot.MeasureOffer
	Measure(ctx context.Context, name string, q bot.Query, from, to time.Time) (int64, error)
	Ask(ctx context.Context, ev bot.Event) ([]bot.Outgoing, error)
	Text(lang, feature, key string, kv ...any) string
	Personal() []bot.PersonalOf
}

// Options is what a Console is made of. Engine, Storage, Clock and Wall are required.
type Options struct {
	Engine  Engine
	Storage bot.Storage
	Clock   func() time.Time // the community's time: commands are given at it, and links last by it
	Wall    func() time.Time // real time: sessions last by it

	Calendar *community.Calendar // its Days, and the zone in which times are shown; nil: those of UTC
	Name     string              // what the community is called
	Language string              // of the pages until the reader chooses: zh or en
	KeepDays int                 // how many days raw texts are kept
	URL      string              // what links begin with, as http://127.0.0.1:8738 or https://example.org/console
	Hosts    []string            // names under which it may be asked for, besides URL's and those of this machine

	Status func(ctx context.Context) (Status, error) // how the bot fares; nil: not shown
	// ReadTable reads the rows of a CSV or xlsx file; nil: commands with a table are not offered.
	ReadTable func(io.Reader) ([][]string, error)
	// Visitor is who everybody that opens the console is, without logging in: for a demo. nil: nobody.
	Visitor func(ctx context.Context) (member string, err error)
	// ReadOnly refuses whatever could change something. With a Visitor everybody is that one, and there are no sessions.
	ReadOnly bool
	Chats    string        // where the chats of a demo are, to lead back to; may be empty
	Every    time.Duration // how often open pages are looked after; 0: 5 seconds
	Log      *slog.Logger
}

// Status is how the bot fares.
type Status struct {
	Transport string    // its name: wechat
	State     State     // where it stands
	Since     time.Time // since when; zero: not known
	Code      []byte    // PNG of a code that waits to be scanned; nil: none
	Limited   time.Time // the other side asked to say nothing before; zero: it did not

	Waiting int       // words that wait to be sent
	Later   int       // besides: words that are not due yet
	Oldest  time.Time // since when the oldest waits
	Paused  bool      // a manager paused the bot
	Until   time.Time // until when; zero: until it is ended
	Failed  int       // words that were not sent in 24 hours, or of which it is not known
}

// State is where a transport stands.
type State string

// The states.
const (
	Up         State = "up"
	Down       State = "down"
	Connecting State = "connecting"
	Scanning   State = "scanning"   // a code waits to be scanned
	Confirming State = "confirming" // somebody must tap a button on the bot's phone
	Stopped    State = "stopped"    // an operator must start it again
)

// Console is the pages of one community. It is safe for concurrent use.
type Console struct {
	opts     Options
	base     string // path that all of its own begin with, without a slash at the end
	secure   bool
	log      *slog.Logger
	sessions *scs.SessionManager
	store    *sessionStore
	attempts *attempts // of links that were none
	pulse    *pulse
	hub      *hub

	strangers, asking *attempts // of pages

	router  chi.Router
	handler http.Handler
}

// New makes the console. Nothing runs in it but requests and, while pages are open, what keeps them up to date: Close
// ends that.
func New(opts Options) *Console {
	if opts.Calendar == nil {
		opts.Calendar = community.NewCalendar(time.UTC, 0)
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Language == "" {
		opts.Language = "zh"
	}
	if opts.Status == nil {
		opts.Status = func(context.Context) (Status, error) { return Status{}, nil }
	}
	c := &Console{opts: opts, log: opts.Log, base: pathOf(opts.URL), secure: strings.HasPrefix(opts.URL, "https://"), attempts: newAttempts(triesEvery, triesAtOnce),
		strangers: newAttempts(strangerEvery, strangerAtOnce), asking: newAttempts(pagesEvery, pagesAtOnce)}
	c.store = &sessionStore{db: opts.Storage, now: opts.Wall}
	c.pulse = newPulse(&c.opts)
	c.sessions = c.newSessions()
	c.hub = newHub(opts.Every, c.digest)
	c.router = c.routes()
	if c.handler = c.router; c.base != "" {
		c.handler = http.StripPrefix(c.base, c.router)
	}
	return c
}

// Close ends what open pages are kept up to date by, and waits for it. A server that shuts down waits for its streams,
// so it comes first.
func (c *Console) Close() { c.hub.close() }

// Handler serves the console under the path of Options.URL.
func (c *Console) Handler() http.Handler { return c.handler }
