package wallet_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/checkin"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/wallet"
)

// The parts of the section points.
type (
	daily = checkin.Config
	purse = wallet.Config
)

func TestTranscripts(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, func(p *communitytest.Parts) []bot.Feature {
		cfg := struct {
			daily
			purse
		}{checkin.Defaults(), wallet.Defaults()}
		p.Section("points", &cfg)
		return []bot.Feature{
			checkin.New(p.DB, p.Community, cfg.daily),
			wallet.New(p.DB, p.Community, cfg.purse),
		}
	}), "testdata/*.chat")
}
