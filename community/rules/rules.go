// Package rules shows the community's 公约.
package rules

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

//go:embed locales
var locales embed.FS

// Config is the 公约.
type Config struct {
	Title string   `yaml:"title" doc:"heading of the rules"`
	Lines []string `yaml:"lines" doc:"the rules, one line each; they are numbered when shown"`
}

// Defaults are rules that fit most communities.
func Defaults() Config {
	return Config{
		Title: "社区公约",
		Lines: []string{"友善交流，尊重每一位成员", "分享真实体验，不发广告和刷屏", "保护隐私，不外传群内内容", "有问题找管理员，我们都在"},
	}
}

// Validate tells whether the rules can be shown.
func (c Config) Validate() error {
	if len(c.Lines) == 0 {
		return errors.New("lines: the rules need at least one line")
	}
	return nil
}

// New makes the feature.
func New(cfg Config) bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	lines := []string{"📜 " + cfg.Title}
	for i, l := range cfg.Lines {
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, l))
	}
	text := strings.Join(lines, "\n")
	// Rules of a community's own are shown as they wrote them; the standard ones exist in both languages.
	standard := cfg.Title == Defaults().Title && slices.Equal(cfg.Lines, Defaults().Lines)
	return bot.Feature{Name: "rules", Locales: texts, Commands: []bot.Command{{
		Names: []string{"公约", "rules", "群规"}, Help: "help",
		Run: func(_ context.Context, r *bot.Request) error {
			if r.Actor.Language == "en" && standard {
				r.Reply(r.T("standard"))
				return nil
			}
			r.Reply(text)
			return nil
		},
	}}}
}
