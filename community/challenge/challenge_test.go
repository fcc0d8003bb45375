package challenge_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/challenge"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/draw"
	"github.com/weilu-im/weilu/community/shop"
	"github.com/weilu-im/weilu/community/wallet"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func assemble(p *communitytest.Parts) []bot.Feature {
	cfg := challenge.Defaults()
	p.Section("challenge", &cfg)
	goods := shop.Defaults()
	p.Section("shop", &goods)
	return []bot.Feature{shop.New(p.DB, p.Community, goods), challenge.New(p.DB, p.Community, cfg, challenge.Look{Fonts: draw.Bitmap(), Community: "半山壶"}), wallet.New(p.DB, p.Community, wallet.Defaults())}
}

func TestTranscripts(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			bottest.ReplayAll(t, communitytest.BuildOn(t, dialect, assemble), "testdata/*.chat")
		})
	}
}
