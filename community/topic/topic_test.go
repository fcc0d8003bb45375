package topic_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/topic"
	"github.com/weilu-im/weilu/community/wallet"
)

func assemble(p *communitytest.Parts) []bot.Feature {
	cfg := topic.Defaults()
	p.Section("topic", &cfg)
	return []bot.Feature{topic.New(p.DB, p.Community, cfg), wallet.New(p.DB, p.Community, wallet.Defaults())}
}

func TestTranscripts(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, assemble), "testdata/*.chat")
}

func TestTheDaysOfATopicOnPostgreSQL(t *testing.T) {
	bottest.ReplayAll(t, communitytest.BuildOn(t, "postgres", assemble), "testdata/*.chat")
}
