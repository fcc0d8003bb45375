package script_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/script"
	"github.com/weilu-im/weilu/community/wallet"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func features(p *communitytest.Parts) []bot.Feature {
	cfg := script.Defaults()
	p.Section("script", &cfg)
	return []bot.Feature{wallet.New(p.DB, p.Community, wallet.Defaults()), script.New(p.DB, p.Community, cfg)}
}

func TestTranscripts(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			bottest.ReplayAll(t, communitytest.BuildOn(t, dialect, features), "testdata/*.chat")
		})
	}
}
