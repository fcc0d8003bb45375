package checkin

import "github.com/weilu-im/weilu/bot"

// explain says what a check-in earns.
func (f *checkin) explain(r *bot.Request) string {
	r = r.In("checkin")
	text := ""
	if n := f.cfg.Daily.Amount; n > 0 {
		text = r.T("explain", "Points", n)
	}
	if n := f.cfg.Streak.Amount; n > 0 {
		if text != "" {
			text += "\n"
		}
		text += r.T("explain_streak", "Days", StreakDays, "Points", n)
	}
	return text
}
