package post_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/post"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func assemble(p *communitytest.Parts) []bot.Feature {
	cfg := post.Defaults()
	p.Section("post", &cfg)
	return []bot.Feature{post.New(p.DB, p.Community, cfg)}
}

func TestTranscripts(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			bottest.ReplayAll(t, communitytest.BuildOn(t, dialect, assemble), "testdata/*.chat")
		})
	}
}
