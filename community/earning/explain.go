package earning

import (
	"context"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// rules explains everything that earns, of all features.
func (f *earning) rules(_ context.Context, r *bot.Request) error {
	lines := f.c.Earnings.Explain(r)
	if len(lines) == 0 {
		r.Reply(r.T("nothing"))
		return nil
	}
	r.Reply(r.T("title") + "\n" + strings.Join(lines, "\n") + "\n" + r.T("honest"))
	return nil
}

// explain explains the feature's own rules; what is off is not told.
func (f *earning) explain(r *bot.Request) string {
	r = r.In("earning")
	var lines []string
	if s := f.cfg.Speaking; s.Amount > 0 {
		lines = append(lines, r.T("explain.speaking", "Points", s.Amount)+limits(r, s.Earning)+r.T("explain.speaking_which", "Letters", s.MinLength))
	}
	if t := f.cfg.Thanks; t.Amount > 0 {
		lines = append(lines, r.T("explain.thanks", "Points", t.Amount)+limits(r, t.Earning)+r.T("explain.thanks_which", "Given", t.Given))
	}
	for _, e := range [...]struct {
		rule string
		is   community.Earning
	}{{rulePicture, f.cfg.Picture}, {ruleLink, f.cfg.Link}} {
		if e.is.Amount > 0 {
			lines = append(lines, r.T("explain."+e.rule, "Points", e.is.Amount)+limits(r, e.is))
		}
	}
	return strings.Join(lines, "\n")
}

// limits says how often something earns.
func limits(r *bot.Request, e community.Earning) string {
	text := ""
	if e.Cap > 0 {
		text += r.T("explain.cap", "Times", e.Cap)
	}
	switch {
	case e.Cooldown >= time.Hour && e.Cooldown%time.Hour == 0:
		text += r.T("explain.cooldown_hours", "N", int(e.Cooldown/time.Hour))
	case e.Cooldown >= time.Minute && e.Cooldown%time.Minute == 0:
		text += r.T("explain.cooldown_minutes", "N", int(e.Cooldown/time.Minute))
	case e.Cooldown > 0:
		text += r.T("explain.cooldown_seconds", "N", int(e.Cooldown/time.Second))
	}
	return text
}
