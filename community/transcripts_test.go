package community_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/communitytest"
)

func TestTranscripts(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, func(*communitytest.Parts) []bot.Feature { return nil }), "testdata/*.chat")
}
