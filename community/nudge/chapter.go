package nudge

import (
	"context"

	"github.com/weilu-im/weilu/bot"
)

// chapter tells a report what the nudges of the quarter brought.
func (f *feature) chapter(ctx context.Context, q *bot.Query, s bot.Span) (bot.Page, error) {
	if s.Group != "" {
		return bot.Page{}, nil // they are the community's
	}
	about := *q
	about.At = s.To
	about.Params = map[string]string{"month": f.c.Calendar.Day(s.From).String()[:len("2024-05")]}
	page, err := f.effectsView(ctx, &about)
	if err != nil || len(page.Tables) == 0 || len(page.Tables[0].Rows) == 0 {
		return bot.Page{}, err
	}
	page.Tables = page.Tables[:1]
	return page, nil
}
