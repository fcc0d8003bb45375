// Package system shows managers how the program itself fares: its checks, jobs, backups and outages, and the settings it
// runs with. It knows none of them: who puts the program together hands them over.
package system

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"github.com/weilu-im/weilu/bot"
)

//go:embed locales
var locales embed.FS

// Options is where the pages get from what they show. Storage is required; what is nil is not shown.
type Options struct {
	Storage bot.Storage
	Zone    *time.Location // where times are shown; nil: UTC
	Pacing  *bot.Pacing

	Jobs    func(ctx context.Context, at time.Time) ([]bot.JobView, error)
	Program func(ctx context.Context, at time.Time) (Program, error)
	Checks  func(ctx context.Context, at time.Time) []Finding
	// Settings are all keys of the configuration in their order, secrets masked.
	Settings func() []Setting

	Queue string // the view where what waits is shown: "feature.view"; may be empty
}

// Program is the program that answers.
type Program struct {
	Version  string
	Started  time.Time // zero: the bot does not run in this process
	Database string    // what the engine calls itself
	Size     int64     // of the database, in bytes

	Transport string    // its name; empty: none runs in this process
	State     string    // up, down, connecting, scanning, confirming, stopped; empty: it runs and says no more
	Since     time.Time // since when; zero: not known

	Unsealed int64 // transfers without a seal
	Backups  []Backup
}

// Backup is a copy of the database.
type Backup struct {
	Name string
	At   time.Time
	Size int64
}

// Setting is one key of the configuration.
type Setting struct {
	Key    string // "points.checkin"
	Value  string // as it is written; a secret that is set is masked
	Source string // default, file, environment or flag
	Where  string // the file with its line, or the variable; may be empty
	Doc    string // the key's comment
}

type system struct{ o Options }

// New makes the feature.
func New(o Options) bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	s := &system{o}
	return bot.Feature{
		Name: Name, Locales: texts,
		Views: []bot.View{
			{Name: "status", Title: "view.status", Role: bot.Manager, Read: s.status},
			{Name: "settings", Title: "view.settings", Role: bot.Manager, Read: s.settings, Params: []bot.Param{
				{Name: "search", Label: "param.search", Kind: bot.Search},
				{Name: "which", Label: "param.which", Kind: bot.Choice, Choices: []string{"all", "changed"}},
			}},
		},
	}
}

// Name is the feature's name, whose texts findings are told with.
const Name = "system"
