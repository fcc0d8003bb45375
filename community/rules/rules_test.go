package rules_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/rules"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func TestTranscripts(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			bottest.ReplayAll(t, communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
				cfg := rules.Defaults()
				p.Section("rules", &cfg)
				return []bot.Feature{rules.New(p.DB, p.Community, cfg)}
			}), "testdata/*.chat")
		})
	}
}
