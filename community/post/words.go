package post

import (
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// text is Request.T or Query.T.
type text = func(key string, kv ...any) string

// times are instants in words.
func (f *feature) times(r *bot.Request, list []time.Time) string {
	var said []string
	for _, at := range list {
		said = append(said, f.c.Calendar.SayTime(r.In("community").T, at, r.At))
	}
	return strings.Join(said, r.T("and"))
}

// sayExclusions puts into words when a post is not sent; empty: always. words are the community's.
func (f *feature) sayExclusions(t, words text, p *post) string {
	var list []string
	if p.When.Workdays || p.Skip.Workdays {
		list = append(list, t("skip.workdays"))
	}
	for i := range 7 {
		if day := (i + 1) % 7; p.Skip.Days&(1<<day) != 0 {
			list = append(list, words(fmt.Sprintf("when.weekday.%d", day)))
		}
	}
	if p.Skip.Holidays {
		list = append(list, t("skip.holidays"))
	}
	if x := p.Skip; x.From != x.Until {
		list = append(list, t("skip.hours", "From", minutesText(x.From), "Until", minutesText(x.Until)))
	}
	return strings.Join(list, t("and"))
}

func minutesText(n int) string { return fmt.Sprintf("%02d:%02d", n/60, n%60) }

// ending says how an occurrence ended and what became of its words; of one to come, note.
func ending(t text, o bot.Occurrence, note string) string {
	if o.Ending == bot.ToCome {
		return note
	}
	said := t("ending."+string(o.Ending), "Reason", reasonText(t, o.Reason))
	for _, outcome := range [...]bot.Outcome{bot.Pending, bot.Sending, bot.Failed, bot.Unknown, bot.Withheld} {
		if o.Words[outcome] > 0 {
			said += t("words." + string(outcome))
		}
	}
	return said
}

// reasonText is why something was not said.
func reasonText(t text, reason string) string {
	key := "skipped." + reason
	if said := t(key); said != key {
		return said
	}
	return reason
}

// stageText is how far the agreement to a post is, or how it stands otherwise.
func (f *feature) stateText(t text, p *post, a assent, now time.Time) string {
	switch {
	case p.State == cancelled || p.State == finished:
		return t("state." + string(p.State))
	case p.over(now):
		return t("state.over")
	case p.State == paused:
		return t("state.paused")
	case f.cfg.need() == 0:
		return t("state.active")
	}
	return t(fmt.Sprintf("stage.%s", a.stage(f.cfg.need(), f.cfg.OwnerMaySkip)))
}
