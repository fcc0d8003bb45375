package bot_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/weilu-im/weilu/bot"
)

func TestEverythingWrongIsToldAtOnce(t *testing.T) {
	run := func(context.Context, *bot.Request) error { return nil }
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	opts := options(nil,
		bot.Feature{Name: "a", Locales: texts, Commands: []bot.Command{command("签到", run), {Names: []string{"ＨＥＬＰ"}, Help: "h", Run: run}}},
		bot.Feature{Name: "b", Locales: texts, Commands: []bot.Command{
			{Names: []string{"签\u200b到"}, Help: "h", Run: run},
			{Names: []string{"打 卡"}, Help: "h", Run: run},
			{Names: []string{"好！"}, Help: "h", Run: run},
			{Names: []string{"/去"}, Help: "h", Run: run},
			{Names: []string{"积分"}, Help: "nowhere", Usage: "neither", Run: run},
			{Names: []string{"明细"}, Run: run},
			{Names: []string{"没人"}, Help: "h"},
			{Help: "h", Run: run},
		}},
		bot.Feature{Name: "a"},
		bot.Feature{Name: "Upper.case"},
		bot.Feature{Name: "c", Locales: fstest.MapFS{"zh.yaml": file("hi: 嗨\nmissing: 二\n"), "en.yaml": file("hi: hi\nextra: three\n")}},
		bot.Feature{Name: "d", Locales: fstest.MapFS{"zh.yaml": file("hi: 嗨\n")}},
		bot.Feature{Name: "e", Locales: fstest.MapFS{"zh.yaml": file("hi: [\n"), "en.yaml": file("hi: '{{.Broken'\n")}},
		bot.Feature{Name: "f", Jobs: []bot.Job{
			{Name: "cron", Spec: "99 * * * *", Run: run}, {Name: "twice", Run: run}, {Name: "twice", Run: run}, {Run: run}, {Name: "idle"},
		}},
		bot.Feature{Name: "g", On: []bot.Listener{{Run: run}, {Kinds: []bot.Kind{bot.Joined}}}, Guards: map[string]bot.Guard{"none": nil}},
		bot.Feature{
			Name: "h", Locales: texts, Section: "attic", Views: []bot.View{{Name: "v", Title: "hi", Read: func(context.Context, *bot.Query) (bot.Page, error) { return bot.Page{}, nil }}},
			Inbox:    []bot.Waiting{{Name: "w", Title: "nowhere", View: "lost", Count: func(context.Context, *bot.Query) (int, time.Time, error) { return 0, time.Time{}, nil }}},
			Alarms:   []bot.Alarm{{Name: "Loud"}},
			Measures: []bot.Measure{{Name: "m", Title: "hi"}},
		},
	)
	opts.Storage, opts.Observe = nil, nil
	opts.Texts = map[string]string{"a.hello": "哈喽", "a.typo": "x", "b.hello": "{{.Broken"}
	e, err := bot.New(opts)
	if e != nil || err == nil {
		t.Fatal("it starts")
	}
	for _, want := range []string{
		"storage, observe and resolve are required",
		"command ＨＥＬＰ has two owners: help and a",
		"has two owners: a and b",
		`"打 卡" of b`, `"好！" of b`, `"/去" of b`,
		`command 积分 of b: no text "nowhere"`, `command 积分 of b: no text "neither"`,
		"command 明细 of b: no help",
		"feature b: a command needs names and a handler",
		"feature a is listed twice",
		`feature "Upper.case"`,
		"feature c: keys without a text in every language: extra, missing",
		"feature d: locale en",
		"feature e: locale zh", "feature e: locale en",
		"job f.cron", "job f.twice", "job f.: ", "job f.idle",
		"feature g: a listener needs kinds and a handler",
		"guard g.none",
		`view h.v: there is no section "attic"`, `waiting h.w: no text "nowhere"`, `waiting h.w: the feature has no view "lost"`, "alarm h.Loud", "measure h.m",
		`no text "a.typo"`, "texts: b.hello",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not told: %s", want)
		}
	}
	if t.Failed() {
		t.Logf("told was:\n%v", err)
	}
	for _, innocent := range []string{`"a.hello"`, "hi,"} {
		if strings.Contains(err.Error(), innocent) {
			t.Errorf("told although nothing is wrong with it: %s", innocent)
		}
	}
}

func TestAJobNeedsASchedule(t *testing.T) {
	opts := options(&storage{}, bot.Feature{Name: "f", Jobs: []bot.Job{{Name: "j", Spec: "@daily", Run: func(context.Context, *bot.Request) error { return nil }}}})
	opts.Next = nil
	if _, err := bot.New(opts); err == nil || !strings.Contains(err.Error(), "job f.j: no schedule") {
		t.Errorf("got %v", err)
	}
}
