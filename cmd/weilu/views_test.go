package main

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/config/database"
)

// TestEachViewShowsEachChoice reads every view, with every choice of every parameter and something for the others, in
// both languages, in a community where nothing has happened and in the demo's.
func TestEachViewShowsEachChoice(t *testing.T) {
	empty, err := open(t.Context(), defaults(), slog.New(slog.DiscardHandler), openOptions{dsn: filepath.Join(t.TempDir(), "weilu.db"), secret: []byte("s")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = empty.close() })
	demo := seededDemo(t, t.TempDir(), demoNow).app
	for _, lang := range []string{"zh", "en"} {
		rows := map[string]int{}
		for name, a := range map[string]*app{"empty": empty, "demo": demo} {
			for _, role := range []bot.Role{bot.Moderator, bot.Manager, bot.Owner} {
				actor := bot.Actor{Member: "m1", Role: role, Language: lang}
				for _, o := range a.engine.Views(actor) {
					for _, params := range asked(o) {
						page, err := a.engine.View(t.Context(), o.Name, bot.Query{Params: params, At: demoNow, Actor: actor})
						if err != nil {
							t.Errorf("%s: %s %v: %v", name, o.Name, params, err)
							continue
						}
						n := sound(t, a.engine, o, page)
						if a == demo && len(params) == 0 {
							rows[o.Name] += n
						}
					}
				}
			}
		}
		for _, name := range []string{"community.members", "wallet.ledger"} {
			if rows[name] == 0 {
				t.Errorf("%s shows nothing of the demo", name)
			}
		}
	}
}

// asked are parameters that a view can be asked with: none, each choice, and something for every other kind.
func asked(o bot.ViewOffer) []map[string]string {
	list := []map[string]string{{}}
	for _, p := range o.Params {
		values := map[bot.ParamKind][]string{
			bot.Search: {"小", "xy", "%_'\u202e", strings.Repeat("长", 10_000)}, bot.MemberID: {"m1", "m5", "M5", "nobody", "m99999999999999999999"},
			bot.Month: {"2026-11", "2026-13", "昨天"}, bot.Date: {"2026-11-23", "昨天"}, bot.Identifier: {"checkin", "1", "x' OR 1", "-9"},
			bot.Choice: p.Choices,
		}[p.Kind]
		for _, v := range values {
			list = append(list, map[string]string{p.Name: v})
		}
	}
	return list
}

// sound checks what all pages promise, and counts the rows.
func sound(t *testing.T, e *bot.Engine, o bot.ViewOffer, page bot.Page) (rows int) {
	t.Helper()
	acts := slices.Clone(o.Acts)
	if _, err := page.JSON(); err != nil {
		t.Errorf("%s as JSON: %v", o.Name, err)
	}
	for _, f := range page.Figures {
		if f.Title == "" || strings.Contains(f.Title, "figure.") {
			t.Errorf("%s: figure %s has no title", o.Name, f.Key)
		}
	}
	for _, table := range page.Tables {
		if err := table.CSV(&bytes.Buffer{}); err != nil {
			t.Errorf("%s as CSV: %v", o.Name, err)
		}
		for _, c := range table.Columns {
			if c.Title == "" || strings.Contains(c.Title, "column.") {
				t.Errorf("%s: column %s has no title", o.Name, c.Key)
			}
		}
		if table.Empty == "" && len(table.Rows) == 0 {
			t.Errorf("%s: %s is empty and says nothing", o.Name, table.Key)
		}
		keys := map[string]bool{}
		for _, row := range table.Rows {
			if rows++; row.Key == "" && len(table.Rows) > 1 || keys[row.Key] {
				t.Errorf("%s: %s: two rows have the key %q", o.Name, table.Key, row.Key)
			}
			keys[row.Key] = true
			for _, cell := range row.Cells {
				if cell.Link != nil && !slices.ContainsFunc(e.Views(bot.Actor{Role: o.Role}), func(to bot.ViewOffer) bool { return to.Name == cell.Link.View }) {
					t.Errorf("%s leads to %s, which its readers can't see", o.Name, cell.Link.View)
				}
			}
			acts = append(acts, row.Acts...)
		}
	}
	for _, act := range acts {
		i := slices.IndexFunc(e.Offers("zh"), func(c bot.Offer) bool { return slices.Contains(c.Names, act.Command) })
		if i < 0 {
			t.Errorf("%s offers %s, which is no command", o.Name, act.Command)
			continue
		}
		if c := e.Offers("zh")[i]; len(strings.Fields(act.Args)) > len(strings.Fields(c.Usage)) {
			t.Errorf("%s offers %s %s, which takes %q", o.Name, act.Command, act.Args, c.Usage)
		}
	}
	return rows
}

// TestViewsAreReadBesideARunningBot reads by the reading pool, as weilu view does, while the writer is open.
func TestViewsAreReadBesideARunningBot(t *testing.T) {
	dir := t.TempDir()
	seededDemo(t, dir, demoNow)
	db, err := database.Open(t.Context(), database.Options{DSN: filepath.Join(dir, "weilu.db"), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	e, err := idleEngine(defaults(), db)
	if err != nil {
		t.Fatal(err)
	}
	cmd := viewCmd{Name: "members", Lang: "zh", Limit: 7, All: true}
	name, params, err := cmd.find(e)
	if err != nil {
		t.Fatal(err)
	}
	page, err := cmd.read(t.Context(), e, name, bot.Query{Params: params, Limit: 7, At: demoNow, Actor: cmd.operator()})
	if err != nil || len(page.Tables[0].Rows) < 50 {
		t.Fatalf("%d rows, %v", len(page.Tables[0].Rows), err)
	}
	for _, o := range e.Views(cmd.operator()) {
		if _, err := e.View(t.Context(), o.Name, bot.Query{At: demoNow, Actor: cmd.operator()}); err != nil {
			t.Error(err)
		}
	}
}

func TestATerminalShowsHostileCellsInTheirColumns(t *testing.T) {
	page := bot.Page{
		Note:    "一\x1b[31m\n二",
		Figures: []bot.Figure{{Key: "a", Title: "流通", Cell: bot.Cell{Text: "12"}}, {Key: "b", Title: "debt", Cell: bot.Cell{Text: "3"}, Note: "欠"}},
		Charts:  []bot.Chart{{Title: "每天", Labels: []string{"05-01"}, Series: []bot.Series{{Name: "发出", Values: []float64{1.5}}}}},
		Tables: []bot.Table{
			{Key: "t", Title: "表", Next: "x", Columns: []bot.Column{{Key: "n", Title: "名字"}, {Key: "p", Title: "积分", Numbers: true}}, Rows: []bot.Row{
				{Cells: []bot.Cell{{Text: "小明\n· m9\u202e"}, {Text: "5"}}}, {Cells: []bot.Cell{{Text: "Bob"}, {Text: "1,000"}}}, {Cells: []bot.Cell{{Text: strings.Repeat("长", 10_000)}, {}}},
			}},
			{Key: "e", Empty: "没有"},
		},
	}
	var b bytes.Buffer
	if err := printPage(&b, page, "zh"); err != nil {
		t.Fatal(err)
	}
	want := "一[31m\n二\n流通  12\ndebt  3   欠\n\n每天\n       发出\n05-01   1.5\n\n表\n" +
		"名字                                      积分\n小明 · m9                                    5\nBob                                      1,000\n" + strings.Repeat("长", 19) + "…\n……还有，用 --all 看全部\n\n没有\n"
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestViewsThatAreNotThereAreUsageErrors(t *testing.T) {
	e, err := bareEngine(defaults())
	if err != nil {
		t.Fatal(err)
	}
	for want, cmd := range map[string]viewCmd{
		"wallet.ledger":                           {Name: "nonsense"},
		"community.members takes search=VALUE":    {Name: "members", Params: []string{"colour=red"}},
		"month is a month like 2026-11":           {Name: "ledger", Params: []string{"month=2026-13"}},
		"state is one of all":                     {Name: "community.members", Params: []string{"state=red"}},
		"speaking.queue takes no parameters":      {Name: "queue", Params: []string{"x=1"}},
		"takes search=VALUE, state=VALUE":         {Name: "members", Params: []string{"state"}},
		"no view \"[31m\"; there are wallet":      {Name: "\x1b[31m"},
		"no view \"community\"; there are wallet": {Name: "community"},
	} {
		if _, _, err := cmd.find(e); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", cmd, err)
		}
	}
	ok := viewCmd{Name: "members", Params: []string{"search=a=b", "state=gone"}}
	if name, params, err := ok.find(e); err != nil || name != "community.members" || params["search"] != "a=b" || params["state"] != "gone" {
		t.Errorf("%s %v %v", name, params, err)
	}
}
