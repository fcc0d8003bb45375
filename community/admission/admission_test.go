package admission_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community/admission"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// assemble is the feature alone, with answers kept for 90 days.
func assemble(p *communitytest.Parts) []bot.Feature {
	cfg := admission.Defaults()
	p.Section("admission", &cfg)
	return []bot.Feature{admission.New(p.DB, p.Community, cfg, 90)}
}

func TestTranscripts(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			bottest.ReplayAll(t, communitytest.BuildOn(t, dialect, assemble), "testdata/*.chat")
		})
	}
}
