package agenda

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// back is how far the alarms look back.
const back = 24 * time.Hour

func (a *agenda) alarms() []bot.Alarm {
	return []bot.Alarm{{Name: "outages", Role: bot.Moderator, Read: a.lately}, {Name: "missed", Role: bot.Moderator, Read: a.missed}}
}

// lately tells how long the bot heard and said nothing in the last day.
func (a *agenda) lately(ctx context.Context, q *bot.Query) ([]bot.Warning, error) {
	list, err := bot.Outages(ctx, a.db, q.At.Add(-back), q.At)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var total time.Duration
	var end time.Time // of what was counted: outages overlap
	for _, o := range list {
		if o.From.Before(end) {
			o.From = end
		}
		if o.To.After(o.From) {
			total, end = total+o.To.Sub(o.From), o.To
		}
	}
	now := !end.Before(q.At)
	return []bot.Warning{{Key: "day", Grave: now, Link: &bot.ViewRef{View: "agenda.agenda"},
		Text: q.T("desk.outages", "N", len(list), "Minutes", max(1, int(total.Minutes())), "Now", now)}}, nil
}

// missed tells how many occurrences of the last day were not said because something went wrong.
func (a *agenda) missed(ctx context.Context, q *bot.Query) ([]bot.Warning, error) {
	list, err := q.Occurrences(ctx, q.At.Add(-back), q.At)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, o := range list {
		if o.Ending == bot.Skipped && (o.Reason == bot.SkippedMissed || o.Reason == bot.SkippedFailed) {
			n++
		}
	}
	if n == 0 {
		return nil, nil
	}
	return []bot.Warning{{Key: "day", Text: q.T("desk.missed", "N", n), Link: &bot.ViewRef{View: "agenda.agenda"}}}, nil
}
