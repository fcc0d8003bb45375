package nudge_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/checkin"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/nudge"
	"github.com/weilu-im/weilu/community/tier"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func features(p *communitytest.Parts) []bot.Feature {
	cfg, tiers := nudge.Defaults(), tier.Defaults()
	p.Section("nudge", &cfg)
	p.Section("tiers", &tiers)
	return []bot.Feature{checkin.New(p.DB, p.Community, checkin.Defaults()), tier.New(p.DB, p.Community, tiers), nudge.New(p.DB, p.Community, cfg)}
}

func TestTranscripts(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			bottest.ReplayAll(t, communitytest.BuildOn(t, dialect, features), "testdata/*.chat")
		})
	}
}
