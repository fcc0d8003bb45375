package campaign

import (
	"context"

	"github.com/weilu-im/weilu/bot"
)

// lowAt is the share of a budget, in percent, from which on managers are warned.
const lowAt = 80

// budgetAlarm tells which campaigns have given nearly all that they may.
func (f *campaign) budgetAlarm() bot.Alarm {
	return bot.Alarm{Name: "budget", Role: bot.Manager, Read: f.low}
}

func (f *campaign) low(ctx context.Context, q *bot.Query) (list []bot.Warning, err error) {
	running, err := f.c.Budgets.Running(ctx, false)
	for _, b := range running {
		if b.Funded == 0 || b.Given()*100 < b.Funded*lowAt {
			continue
		}
		key := "desk.low"
		if b.Left == 0 {
			key = "desk.empty"
		}
		list = append(list, bot.Warning{Key: b.ID, Grave: b.Left == 0, Link: &bot.ViewRef{View: "campaign.budgets"},
			Text: q.T(key, "Name", f.c.Words.ScreenName(b.Name), "Left", b.Left, "Percent", b.Given()*100/b.Funded)})
	}
	return list, err
}
