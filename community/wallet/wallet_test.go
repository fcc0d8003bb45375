package wallet_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/checkin"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/wallet"
)

func TestTranscripts(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, func(p *communitytest.Parts) []bot.Feature {
		cfg := wallet.Defaults()
		p.Section("points", &cfg)
		return []bot.Feature{
			checkin.New(p.DB, p.Community, checkin.Config{Amount: cfg.Checkin, Streak: cfg.CheckinStreak}),
			wallet.New(p.Community, cfg),
		}
	}), "testdata/*.chat")
}
