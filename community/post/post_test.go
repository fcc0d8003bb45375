package post_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/post"
)

func assemble(p *communitytest.Parts) []bot.Feature {
	cfg := post.Defaults()
	p.Section("post", &cfg)
	return []bot.Feature{post.New(p.DB, p.Community, cfg)}
}

func TestTranscripts(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, assemble), "testdata/*.chat")
}

func TestTranscriptsOnPostgreSQL(t *testing.T) {
	for _, name := range []string{"approval", "groups"} {
		bottest.ReplayAll(t, communitytest.BuildOn(t, "postgres", assemble), "testdata/"+name+".chat")
	}
}
