package welcome_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/welcome"
)

func TestTranscripts(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, func(p *communitytest.Parts) []bot.Feature {
		cfg := welcome.Defaults()
		p.Section("welcome", &cfg)
		return []bot.Feature{welcome.New(p.DB, p.Community, cfg)}
	}), "testdata/*.chat")
}
