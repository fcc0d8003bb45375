package script

import (
	"errors"
	"strconv"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// readMoment reads the time that a text begins with, as community.ReadWhen does: 明晚八点, 12月24日 19:30, 20:00. It is one
// that lies ahead and comes once; ok is false where there is none. length is how many bytes it takes. wrong is why
// something that is meant as a time can't be one.
func readMoment(text string, now time.Time, zone *time.Location) (at time.Time, length int, ok bool, wrong error) {
	w, rest, err := community.ReadWhen(text, now, zone)
	var problem *community.WhenError
	if errors.As(err, &problem) && problem.Key != "unknown" && problem.Key != "clock" {
		return time.Time{}, 0, false, err
	}
	if err != nil || w.At.IsZero() {
		return time.Time{}, 0, false, nil
	}
	return w.At, len(text) - len(rest), true, nil
}

// notTime refuses a time that can't be one.
func notTime(r *bot.Request, wrong error) error {
	return bot.Refuse(community.WhenHelp(r.In("community").T, wrong))
}

// written is a moment as readMoment reads it.
func written(at time.Time, zone *time.Location) string { return at.In(zone).Format("2006-01-02 15:04") }

// when is a moment as people read it.
func (s *scripts) when(r *bot.Request, at time.Time) string {
	local := at.In(s.c.Calendar.Zone())
	return local.Format("01-02 ") + r.In(name).T("weekday."+strconv.Itoa(int(local.Weekday()))) + local.Format(" 15:04")
}
