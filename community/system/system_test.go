package system_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/schedule"
	"github.com/weilu-im/weilu/community/system"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

var noon = time.Date(2026, 11, 2, 4, 0, 0, 0, time.UTC)

// engine is one with only this feature, and jobs to look at.
func engine(t *testing.T, db *database.DB, o system.Options) *bot.Engine {
	t.Helper()
	o.Storage, o.Pacing = db, bot.NewPacing(db, time.UTC)
	var e *bot.Engine
	o.Jobs = func(ctx context.Context, at time.Time) ([]bot.JobView, error) { return e.Jobs(ctx, at) }
	idle := bot.Feature{Name: "idle", Jobs: []bot.Job{{Name: "night", Spec: "0 4 * * *", Run: func(context.Context, *bot.Request) error { return nil }}}}
	secret := []byte("s")
	everybody := func(_ context.Context, r *bot.Request) error { return nil }
	e, err := bot.New(bot.Options{Storage: db, Features: []bot.Feature{system.New(o), idle}, Observe: everybody, Next: schedule.Next(time.UTC),
		Resolve: func(context.Context, *bot.Outgoing) error { return nil }, Secret: &secret})
	if err == nil {
		err = e.Start(t.Context(), noon)
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func page(t *testing.T, e *bot.Engine, view string, role bot.Role, lang string, params map[string]string) string {
	t.Helper()
	p, err := e.View(t.Context(), view, bot.Query{At: noon, Params: params, Limit: 2, Actor: bot.Actor{Role: role, Language: lang}})
	if errors.Is(err, bot.ErrNoView) {
		return "no such view"
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := p.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(data) + fmt.Sprint(p)
}

func TestTheSystemIsShownToManagers(t *testing.T) {
	dbtest.Each(t, []database.Owner{{Name: "bot", List: bot.Migrations()}}, func(t *testing.T, db *database.DB) {
		e := engine(t, db, system.Options{
			Program: func(context.Context, time.Time) (system.Program, error) {
				return system.Program{Version: "v1", Started: noon.Add(-3 * time.Hour), Database: "SQLite", Size: 12_345_678, Transport: "wechat", State: "scanning",
					Unsealed: 7, Backups: []system.Backup{{"weilu.db.backup-x", noon, 1000}}}, nil
			},
			Checks: func(context.Context, time.Time) []system.Finding {
				return []system.Finding{system.Found("disk", system.Fail, "full", "Free", system.Size(5_000_000)), system.Found("schedule", system.Warn, "late", "Name", "x.y", "Age", 26*time.Hour)}
			},
		})
		for lang, words := range map[string][]string{
			"zh": {"等待扫码", "12.3 MB", "只剩 5.0 MB", "x.y 晚了26 小时", "用机器人的手机扫二维码", "已运行3 小时", `"transport":"scanning"`, `"job":"idle.night"`, `"unsealed":7`, `"level":"fail"`},
			"en": {"Waiting for a scan", "only 5.0 MB free", "x.y is 26 h late", "running for 3 h", `"code"`},
		} {
			got := page(t, e, "system.status", bot.Manager, lang, nil)
			for _, w := range words {
				if !strings.Contains(got, w) && w != `"code"` {
					t.Errorf("%s: lacks %q:\n%s", lang, w, got)
				}
			}
		}
		for _, view := range []string{"system.status", "system.settings"} {
			if got := page(t, e, view, bot.Moderator, "zh", nil); got != "no such view" {
				t.Errorf("a moderator sees %s: %s", view, got)
			}
		}
	})
}

func TestSettingsAreSearchedAndPaged(t *testing.T) {
	db := dbtest.Open(t, "sqlite", []database.Owner{{Name: "bot", List: bot.Migrations()}})
	e := engine(t, db, system.Options{Settings: func() []system.Setting {
		return []system.Setting{{"a.one", "1", "default", "", "the first"}, {"a.two", "********", "environment", "WEILU_a__two", ""}, {"b.three", "x\u202ey", "file", "weilu.yaml:3", ""}}
	}})
	first := page(t, e, "system.settings", bot.Manager, "zh", nil)
	if !strings.Contains(first, `"next":{"settings":"2"}`) || strings.Contains(first, "b.three") || !strings.Contains(first, "环境变量 WEILU_a__two") {
		t.Errorf("the first page: %s", first)
	}
	if got := page(t, e, "system.settings", bot.Owner, "en", map[string]string{"which": "changed", "search": "THREE"}); !strings.Contains(got, "file weilu.yaml:3") ||
		strings.Contains(got, "a.one") || strings.Contains(got, "a.two") || strings.Contains(got, "\u202e") {
		t.Errorf("a search: %s", got)
	}
}

// TestFindingsAreToldInBothLanguages looks at their words, and that what others wrote can do no harm in them.
func TestFindingsAreToldInBothLanguages(t *testing.T) {
	e := engine(t, dbtest.Open(t, "sqlite", []database.Owner{{Name: "bot", List: bot.Migrations()}}), system.Options{})
	f := system.Found("data", system.Fail, "unwritable", "Dir", "/x\u202e", "Err", errors.New("no\nroom"))
	for lang, want := range map[string]string{"zh": "不能写入 /x：no", "en": "/x can't be written to: no"} {
		told := f.Tell(func(key string, kv ...any) string { return e.Text(lang, system.Name, key, kv...) })
		if !strings.HasPrefix(told.Text, want) || told.Do == "" || strings.HasPrefix(told.Do, "check.") {
			t.Errorf("%s: %+v", lang, told)
		}
	}
}
