package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/admission"
	"github.com/weilu-im/weilu/community/ambassador"
	"github.com/weilu-im/weilu/community/challenge"
	"github.com/weilu-im/weilu/community/console"
	"github.com/weilu-im/weilu/community/draw"
	"github.com/weilu-im/weilu/community/newcomer"
	"github.com/weilu-im/weilu/community/nudge"
	"github.com/weilu-im/weilu/community/post"
	"github.com/weilu-im/weilu/community/proof"
	"github.com/weilu-im/weilu/community/report"
	"github.com/weilu-im/weilu/community/rules"
	scripts "github.com/weilu-im/weilu/community/script"
	"github.com/weilu-im/weilu/community/shop"
	"github.com/weilu-im/weilu/community/tier"
	"github.com/weilu-im/weilu/community/topic"
	"github.com/weilu-im/weilu/community/welcome"
	"github.com/weilu-im/weilu/config"
)

// defaultConfig is read when no file is named and it exists.
const defaultConfig = "weilu.yaml"

// settings are all sections of the configuration.
type settings struct {
	Community  community.Config
	Database   databaseConfig
	Points     pointsConfig
	Challenge  challenge.Config
	Ambassador ambassador.Config
	Shop       shop.Config
	Proof      proof.Config
	Welcome    welcome.Config
	Newcomer   newcomer.Config
	Admission  admission.Config
	Topic      topic.Config
	Tiers      tier.Config
	Nudge      nudge.Config
	Report     report.Config
	Rules      rules.Config
	Script     scripts.Config
	Post       post.Config
	Words      community.WordConfig
	Texts      map[string]string
	WeChat     wechatConfig
	OneBot     onebotConfig
	Console    console.Config

	fonts *draw.Fonts
	file  *config.File // where the values come from; nil: all are defaults
	desk  *desk
}

// reportLook is what reports look like.
func (s *settings) reportLook() report.Look {
	return report.Look{Fonts: s.fonts, Community: s.Community.Name, Address: s.Console.Address}
}

// databaseConfig is the section database.
type databaseConfig struct {
	DSN string `yaml:"dsn" doc:"postgres://user:password@host/database instead of the SQLite file in the data directory" secret:"true"`
}

// Validate refuses what is no PostgreSQL address, without showing it.
func (c databaseConfig) Validate() error {
	if c.DSN == "" || strings.HasPrefix(c.DSN, "postgres://") || strings.HasPrefix(c.DSN, "postgresql://") {
		return nil
	}
	return community.KeyError{Name: "dsn", Problem: "begins with postgres:// and has no spaces around it (what it is now is not shown, because it is a secret)"}
}

func defaults() *settings {
	fonts, _ := draw.Load("") // the system's: no file is read that could be wrong
	return &settings{
		fonts:      fonts,
		Community:  community.Defaults(),
		Points:     pointsDefaults(),
		Challenge:  challenge.Defaults(),
		Ambassador: ambassador.Defaults(),
		Shop:       shop.Defaults(),
		Proof:      proof.Defaults(),
		Welcome:    welcome.Defaults(),
		Newcomer:   newcomer.Defaults(),
		Script:     scripts.Defaults(),
		Report:     report.Defaults(),
		Rules:      rules.Defaults(),
		Words:      community.DefaultWords(),
		Texts:      map[string]string{},
		WeChat:     wechatDefaults(),
		OneBot:     onebotDefaults(),
		Console:    console.Defaults(),
		Admission:  admission.Defaults(),
		Post:       post.Defaults(),
		Topic:      topic.Defaults(),
		Tiers:      tier.Defaults(),
		Nudge:      nudge.Defaults(),
		desk:       &desk{},
	}
}

// sections lists the sections in the order of the example.
func (s *settings) sections() []section {
	return []section{
		{"community", "Who the community is, and how its time runs.", &s.Community},
		{"database", "Where the data lies. Without a DSN: weilu.db in the data directory.", &s.Database},
		{"wechat", "The WeChat account: where the bot acts, and how fast it speaks.", &s.WeChat},
		{"onebot", "QQ groups and others, through a program that speaks OneBot v11: see docs/onebot.md.", &s.OneBot},
		{"console", "The web pages for managers.", &s.Console},
		{"points", "What earns points, and how managers grant them.", &s.Points},
		{"challenge", "Check-in challenges: what they begin with.", &s.Challenge},
		{"shop", "What members can redeem points for.", &s.Shop},
		{"proof", "How the points ledger is proven.", &s.Proof},
		{"welcome", "How newcomers are greeted.", &s.Welcome},
		{"newcomer", "The three steps of newcomers.", &s.Newcomer},
		{"admission", "How people come from the screening group into the core group.", &s.Admission},
		{"topic", "The daily topics: what is asked, when, and what answers earn.", &s.Topic},
		{"tiers", "What the tiers of members ask for, and who hears of them.", &s.Tiers},
		{"ambassador", "Ambassadors and invitation codes: what inviting earns.", &s.Ambassador},
		{"nudge", "How much members hear of the bot unasked.", &s.Nudge},
		{"report", "The reports that come by themselves.", &s.Report},
		{"rules", "The rules that 公约 shows.", &s.Rules},
		{"script", "Scripts: dated steps that post, ask, collect and close.", &s.Script},
		{"post", "What managers let the bot say at times that they choose.", &s.Post},
		{"words", "Words that names and the bot's own speech may not hold.", &s.Words},
		{"texts", "The community's own wording, by feature and key, like checkin.done.", &s.Texts},
	}
}

type section struct {
	name, doc string
	value     any
}

// load reads the configuration; all that is wrong with it is told at once.
func load(g *Globals) (*settings, *config.File, error) {
	file := g.Config
	if file == "" {
		if _, err := os.Stat(defaultConfig); !errors.Is(err, fs.ErrNotExist) {
			file = defaultConfig
		}
	}
	return loadFrom(config.Source{File: file, Environ: os.Environ(), Set: g.Set})
}

func loadFrom(src config.Source) (*settings, *config.File, error) {
	f, err := config.Open(src)
	if err != nil {
		return nil, nil, err
	}
	s := defaults()
	for _, sec := range s.sections() {
		f.Section(sec.name, sec.value)
	}
	var fontErr error
	s.fonts, fontErr = draw.Load(s.Community.Font)
	if err := errors.Join(f.Err(), s.Script.Load(filepath.Dir(src.File)), fontErr); err != nil {
		return nil, f, err
	}
	s.file = f
	return s, f, nil
}

// example writes the commented configuration with all defaults.
func example(w io.Writer) error {
	var docs []config.Doc
	for _, sec := range defaults().sections() {
		docs = append(docs, config.Doc{Name: sec.name, Doc: sec.doc, Defaults: sec.value})
	}
	return config.Example(w, docs)
}

func (g *Globals) sqlitePath() string { return filepath.Join(g.Data, "weilu.db") }
