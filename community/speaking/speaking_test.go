package speaking_test

import (
	"context"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/agenda"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/post"
	"github.com/weilu-im/weilu/community/rules"
	"github.com/weilu-im/weilu/community/speaking"
)

func TestTranscripts(t *testing.T) {
	bottest.ReplayAll(t, communitytest.Build(t, func(p *communitytest.Parts) []bot.Feature {
		return []bot.Feature{
			rules.New(p.DB, p.Community, rules.Defaults()), alarm(),
			post.New(p.DB, p.Community, post.Defaults()), agenda.New(p.DB, p.Community),
			speaking.New(p.Community, bot.NewPacing(p.DB, p.Community.Calendar.Zone())),
		}
	}), "testdata/*.chat")
}

// alarm is a feature that alerts a group.
func alarm() bot.Feature {
	return bot.Feature{Name: "alarm", On: []bot.Listener{bot.On(func(_ context.Context, r *bot.Request) error {
		if r.Text == "着火了" {
			r.Send(bot.Outgoing{Group: r.Actor.Group, Text: "紧急：" + r.Text, Priority: bot.Alert})
		}
		return nil
	}, bot.Message)}}
}
