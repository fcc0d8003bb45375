package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// TestTheDeskTellsWhatWaitsAndWhatIsWrong asks the whole program as the console and 待办 do.
func TestTheDeskTellsWhatWaitsAndWhatIsWrong(t *testing.T) {
	d := seededDemo(t, t.TempDir(), demoNow)
	pile(t, d)
	now := demoNow.Add(10 * time.Hour) // nobody was awake meanwhile
	q := bot.Query{At: now, Actor: bot.Actor{Member: "m1", Role: bot.Manager, Language: "zh"}}
	list, err := d.app.engine.Inbox(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var waits []string
	for _, w := range list {
		waits = append(waits, w.Name)
		page, err := d.app.engine.View(t.Context(), w.View.View, bot.Query{Params: w.View.Params, At: now, Actor: q.Actor})
		if err != nil {
			t.Fatal(err)
		}
		if rows := len(page.Tables[0].Rows); rows != w.N {
			t.Errorf("%s counts %d, and %s shows %d", w.Name, w.N, w.View.View, rows)
		}
	}
	for _, want := range []string{"shop.orders", "topic.proposals", "ambassador.applications", "ambassador.cases"} {
		if !slices.Contains(waits, want) {
			t.Errorf("%s is missing among %v", want, waits)
		}
	}
	if err := d.app.engine.Do(t.Context(), func(ctx context.Context) error {
		for _, statement := range []string{
			`UPDATE shop_goods SET sold = 1000000`,
			`INSERT INTO budgets (id, name, folded, from_day, until_day, opened_at, by_member, funded) VALUES ('b9', '开箱周', '开箱周', 1, 90000, 1, 'm1', 100)`,
		} {
			if err := d.app.db.Conn(ctx).Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	warnings, err := d.app.engine.Warnings(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, w := range warnings {
		told = append(told, w.Text)
		if w.Link == nil {
			t.Errorf("%q leads nowhere", w.Text)
		}
	}
	for _, want := range []string{"活动「开箱周」的预算用完了", "机器人现在不在线", "兑完了"} {
		if !strings.Contains(strings.Join(told, "\n"), want) {
			t.Errorf("nobody is warned that %s: %q", want, told)
		}
	}
	q.Actor.Role = bot.Moderator
	if warnings, err = d.app.engine.Warnings(t.Context(), q); err != nil || slices.ContainsFunc(warnings, func(w bot.Warning) bool { return strings.Contains(w.Text, "预算") }) {
		t.Errorf("a moderator is warned of %v, %v", warnings, err)
	}
}
