package expiry_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/expiry"
	"github.com/weilu-im/weilu/community/wallet"
)

// The parts of the section points.
type (
	purse = wallet.Config
	rule  = expiry.Config
)

func TestTranscripts(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, func(p *communitytest.Parts) []bot.Feature {
		cfg := struct {
			purse
			rule
		}{wallet.Defaults(), expiry.Defaults()}
		p.Section("points", &cfg)
		return []bot.Feature{wallet.New(p.DB, p.Community, cfg.purse), expiry.New(p.DB, p.Community, cfg.rule)}
	}), "testdata/*.chat")
}
