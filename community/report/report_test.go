package report_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/draw"
	"github.com/weilu-im/weilu/community/report"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func TestTranscripts(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			bottest.ReplayAll(t, communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
				cfg := report.Defaults()
				p.Section("report", &cfg)
				return []bot.Feature{report.New(p.DB, p.Community, cfg, report.Look{Fonts: draw.Bitmap(), Community: "半山壶", Address: func() string { return "http://127.0.0.1:8738" }})}
			}), "testdata/*.chat")
		})
	}
}
