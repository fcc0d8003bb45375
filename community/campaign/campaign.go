// Package campaign lets managers give from budgets that are issued for a campaign and end with it.
package campaign

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed locales
var locales embed.FS

// afterStart is how long after the beginning of a Day campaigns end whose last Day is over.
const afterStart = 80 * time.Minute

type campaign struct {
	c            *community.Community
	confirmAbove int64
}

// New makes the feature. Budgets, fundings and gifts above confirmAbove points must be confirmed.
func New(c *community.Community, confirmAbove int64) bot.Feature {
	f := &campaign{c, confirmAbove}
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	f.registerUndo()
	at := c.Calendar.Starts() + afterStart
	command := func(zh, en, help, usage string, run bot.Handler) bot.Command {
		return bot.Command{Names: []string{zh, en}, Help: help, Usage: usage, Role: bot.Manager, Run: run}
	}
	return bot.Feature{
		Name: "campaign", Locales: texts,
		Commands: []bot.Command{
			command("活动", "campaigns", "help.list", "", f.list),
			command("新建活动", "newcampaign", "help.open", "usage.open", f.open),
			command("活动发放", "givebudget", "help.give", "usage.give", f.give),
			command("追加预算", "addbudget", "help.fund", "usage.fund", f.fund),
			command("结束活动", "endcampaign", "help.close", "usage.close", f.close),
		},
		Jobs:  []bot.Job{{Name: "end", Spec: fmt.Sprintf("%d %d * * *", int(at.Minutes())%60, int(at.Hours())%24), Run: f.end}},
		Views: []bot.View{f.view()}, Section: bot.Economy, Alarms: []bot.Alarm{f.budgetAlarm()},
	}
}

// list shows the campaigns that run.
func (f *campaign) list(ctx context.Context, r *bot.Request) error {
	running, err := f.c.Budgets.Running(ctx, false)
	if err != nil {
		return err
	}
	if len(running) == 0 {
		r.Reply(r.T("list.none"))
		return nil
	}
	lines := []string{r.T("list.title")}
	for _, b := range running {
		lines = append(lines, r.T("list.line", f.about(b)...))
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// about are the values of texts about a campaign.
func (f *campaign) about(b community.Budget) []any {
	return []any{"ID", b.ID, "Name", f.c.Words.ScreenName(b.Name), "Funded", b.Funded, "Given", b.Given(), "Left", b.Left,
		"Returned", b.Returned, "Until", b.Until.String()}
}

// end ends the campaigns whose last Day is over, tells managers what came of them, and returns what came back since
// to those that ended before.
func (f *campaign) end(ctx context.Context, r *bot.Request) error {
	running, err := f.c.Budgets.Running(ctx, false)
	if err != nil {
		return err
	}
	today := f.c.Calendar.Day(r.At)
	var lines []string
	for _, b := range running {
		if b.Until >= today {
			continue
		}
		if b, err = f.c.Budgets.Close(ctx, r, b.ID); err != nil {
			return err
		}
		lines = append(lines, r.T("end.line", f.about(b)...))
	}
	if err := f.c.Budgets.Sweep(ctx, r); err != nil || len(lines) == 0 {
		return err
	}
	managers, err := f.c.Managers(ctx)
	if err != nil {
		return err
	}
	for _, m := range managers {
		r.Send(bot.Outgoing{Member: string(m), Text: strings.Join(lines, "\n"), Priority: bot.Notice})
	}
	return nil
}
