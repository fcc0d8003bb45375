package campaign_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/campaign"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/wallet"
)

func assemble(p *communitytest.Parts) []bot.Feature {
	return []bot.Feature{wallet.New(p.DB, p.Community, wallet.Defaults()), campaign.New(p.Community, 5000)}
}

func TestTranscripts(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, assemble), "testdata/*.chat")
}
