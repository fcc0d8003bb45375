package console_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/console"
)

func TestTranscripts(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, func(p *communitytest.Parts) []bot.Feature {
		cfg := console.Defaults()
		p.Section("console", &cfg)
		return []bot.Feature{console.Feature(p.DB, p.Community, &cfg)}
	}), "testdata/*.chat")
}
