package playground

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Options is what a Playground is made of. All of it may be left out.
type Options struct {
	BotName string         // what the bot is called; empty: 围炉
	Clock   Clock          // the community's time; nil: real time, which nobody can move
	Zone    *time.Location // where times are shown; nil: UTC
	Console string         // where the managers' pages are, from this page; empty: there are none
	Hosts   []string       // names under which the page may be asked for, besides those of this machine

	ReadOnly bool // everything can be looked at, and nothing be done

	Groups   []Group
	People   []bot.Person // only User and Name are used
	Personas []Persona    // who is offered first to speak as
	Lines    []Line       // what had been said before

	// Commands are the quick commands of the menu; nil: none. It is asked each time a page is loaded.
	Commands func(ctx context.Context) []CommandHint
	Log      *slog.Logger
}

// Group is a group chat.
type Group struct {
	ID      bot.ChatID
	Name    string
	Members []bot.UserID
}

// Persona is somebody worth speaking as.
type Persona struct {
	User bot.UserID
	// Role tells what they are in the story: newcomer, lurker, regular, moderator, manager or owner are shown
	// in the reader's language, other words as they are.
	Role string
}

// Line is something that was said before the playground opened.
type Line struct {
	Chat bot.ChatID // the group; empty: the private chat of User and the bot
	User bot.UserID // who said it, or in private whose chat it is; empty in a group: the bot
	Bot  bool       // in private: the bot said it
	At   time.Time
	Text string
}

// CommandHint is one command of the quick menu.
type CommandHint struct {
	Name  string // what is typed
	Usage string // its arguments, for people; empty: the name is the whole message
	Help  string // what it does, in one line
}

// Clock is the community's time, which the page can move.
type Clock interface {
	Now() time.Time
	// Advance moves the time to an instant, firing what is due on the way in order. It may take seconds; the
	// playground never calls it twice at once, nor while it delivers an event.
	Advance(ctx context.Context, to time.Time) error
}

// realTime is the clock of a playground that has none of its own.
type realTime struct{}

func (realTime) Now() time.Time { return time.Now() }

func (realTime) Advance(context.Context, time.Time) error {
	return errors.New("real time can't be moved")
}

func (o *Options) defaults() {
	if o.BotName == "" {
		o.BotName = "围炉"
	}
	if o.Clock == nil {
		o.Clock = realTime{}
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Commands == nil {
		o.Commands = func(context.Context) []CommandHint { return nil }
	}
}
