package earning_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/checkin"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/earning"
	"github.com/weilu-im/weilu/community/wallet"
)

// section is the section points of a small community.
type section struct {
	checkinPoints
	earningPoints
	walletPoints
}

type (
	checkinPoints = checkin.Config
	earningPoints = earning.Config
	walletPoints  = wallet.Config
)

func assemble(p *communitytest.Parts) []bot.Feature {
	cfg := section{checkin.Defaults(), earning.Defaults(), wallet.Defaults()}
	p.Section("points", &cfg)
	return []bot.Feature{
		checkin.New(p.DB, p.Community, cfg.checkinPoints), earning.New(p.DB, p.Community, cfg.earningPoints), wallet.New(p.DB, p.Community, cfg.walletPoints),
	}
}

func TestTranscripts(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, assemble), "testdata/*.chat")
}
