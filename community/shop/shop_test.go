package shop_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/shop"
	"github.com/weilu-im/weilu/community/tier"
	"github.com/weilu-im/weilu/community/wallet"
)

func TestTranscripts(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, func(p *communitytest.Parts) []bot.Feature {
		cfg := shop.Defaults()
		p.Section("shop", &cfg)
		return []bot.Feature{wallet.New(p.DB, p.Community, wallet.Defaults()), shop.New(p.DB, p.Community, cfg), tier.New(p.DB, p.Community, tier.Defaults())}
	}), "testdata/*.chat")
}
