package ambassador_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/ambassador"
	"github.com/weilu-im/weilu/community/campaign"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/draw"
	"github.com/weilu-im/weilu/community/tier"
	"github.com/weilu-im/weilu/community/wallet"
)

func assemble(p *communitytest.Parts) []bot.Feature {
	cfg, tiers := ambassador.Defaults(), tier.Defaults()
	p.Section("ambassador", &cfg)
	p.Section("tiers", &tiers)
	return []bot.Feature{
		wallet.New(p.DB, p.Community, wallet.Defaults()), campaign.New(p.Community, 5000), tier.New(p.DB, p.Community, tiers),
		ambassador.New(p.DB, p.Community, cfg, ambassador.Look{Fonts: draw.Bitmap(), Community: "半山壶"}),
	}
}

func TestTranscripts(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, assemble), "testdata/*.chat")
}
