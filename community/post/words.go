package post

import (
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
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
	if p.Skip.Holidays && !(p.When.Workdays || p.Skip.Workdays) { // those are holidays as well
		list = append(list, t("skip.holidays"))
	}
	if x := p.Skip; x.From != x.Until {
		list = append(list, t("skip.hours", "From", minutesText(x.From), "Until", minutesText(x.Until)))
	}
	return strings.Join(list, t("and"))
}

func minutesText(n int) string { return fmt.Sprintf("%02d:%02d", n/60, n%60) }

// ending says how an occurrence ended and what became of its words; of one to come, note.
func (f *feature) ending(t text, o bot.Occurrence, note string) string {
	if o.Ending == bot.ToCome {
		return note
	}
	said := t("ending."+string(o.Ending), "Reason", reasonText(t, o.Reason))
	switch {
	case o.Silent() && o.Words[bot.Pending] > 0:
		said = t("ending.waiting")
	case o.Silent():
		said = t("ending.silent")
	}
	for _, outcome := range [...]bot.Outcome{bot.Pending, bot.Sending, bot.Failed, bot.Unknown} {
		if o.Words[outcome] > 0 {
			said += t("words." + string(outcome))
		}
	}
	for _, u := range o.Withheld {
		until := ""
		if !u.NotAfter.IsZero() {
			until = f.until(t, u.NotAfter, o.Slot)
		}
		said += t("withheld."+string(u.Cause), "Until", until)
	}
	return said
}

// until is a time of day, with its date where that is not the one of the slot.
func (f *feature) until(t text, at, slot time.Time) string {
	zone := f.c.Calendar.Zone()
	switch community.DateOf(at, zone) - community.DateOf(slot, zone) {
	case 0:
		return at.In(zone).Format("15:04")
	case 1:
		return t("calendar.next_day") + at.In(zone).Format("15:04")
	}
	return f.short(at)
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
