package agenda_test

import (
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/agenda"
	"github.com/weilu-im/weilu/community/communitytest"
)

func TestThePageAnswersADayThatIsNotThere(t *testing.T) {
	at := time.Date(2026, 5, 4, 4, 0, 0, 0, time.UTC)
	var parts *communitytest.Parts
	_, err := communitytest.Build(t, func(p *communitytest.Parts) []bot.Feature {
		parts = p
		return []bot.Feature{rituals(t), agenda.New(p.DB, p.Community)}
	})(t.Context(), nil, at)
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{
		"9999-99-99": "没有这一天～日期要写成 2026-12-01 这样。", "2026-02-30": "没有这一天～日期要写成 2026-12-01 这样。",
		"2026-05-05": "", "9999-12-31": "", "": "",
	} {
		page, err := parts.Engine.View(t.Context(), "agenda.agenda", bot.Query{
			At: at, Actor: bot.Actor{Role: bot.Moderator, Language: "zh"}, Params: map[string]string{"day": day},
		})
		if err != nil {
			t.Fatal(err)
		}
		if page.Note != want || (len(page.Tables) == 0) != (want != "") {
			t.Errorf("day %q: %q and %d tables, want %q", day, page.Note, len(page.Tables), want)
		}
	}
}
