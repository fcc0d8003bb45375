package speaking

import (
	"context"

	"github.com/weilu-im/weilu/bot"
)

// alarm tells what was not said in the last 24 hours, or of which it is not known, and that the bot is paused.
func (f *speaking) alarm() bot.Alarm {
	return bot.Alarm{Name: "failed", Role: bot.Manager, Read: func(ctx context.Context, q *bot.Query) (list []bot.Warning, err error) {
		v, err := f.pacing.Queue(ctx, q.At)
		if err != nil {
			return nil, err
		}
		n := 0
		for _, tr := range v.Troubles {
			if tr.Outcome != bot.Withheld {
				n += tr.Count
			}
		}
		link := &bot.ViewRef{View: "speaking.queue"}
		if n > 0 {
			list = append(list, bot.Warning{Key: "day", Grave: true, Text: q.T("desk.failed", "N", n), Link: link})
		}
		if v.Paused != nil {
			list = append(list, bot.Warning{Key: "paused", Text: q.T("desk.paused"), Link: link})
		}
		return list, nil
	}}
}
