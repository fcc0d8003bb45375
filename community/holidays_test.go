package community_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

func holidays(t *testing.T, db bot.Storage) *community.Holidays {
	t.Helper()
	return must(community.New(community.Options{Storage: db, Calendar: shanghai(), Ledger: points.New(db.Conn, db.Tx)}))(t).Holidays
}

// A holiday is made longer by weekend days that are worked, so what is free beyond weekends is as many days as the law
// gives: 11 until 2024, 13 since.
func TestTheBuiltInHolidaysAddUpToTheLaw(t *testing.T) {
	each(t, func(t *testing.T, db bot.Storage) {
		h := holidays(t, db)
		for year, law := range map[int]int{2024: 11, 2025: 13, 2026: 13} {
			of, known, err := h.Year(t.Context(), year)
			if err != nil || !known {
				t.Fatalf("%d: %v, %v", year, known, err)
			}
			days := 0
			for date, d := range of {
				weekend := date.Weekday() == time.Saturday || date.Weekday() == time.Sunday
				switch {
				case !d.Free && !weekend:
					t.Errorf("%s is worked and no weekend", date)
				case !d.Free:
					days--
				case !weekend:
					days++
				}
			}
			if days != law {
				t.Errorf("%d has %d holidays, want %d", year, days, law)
			}
		}
	})
}

// What the notices say, holiday by holiday.
func TestTheBuiltInHolidays(t *testing.T) {
	each(t, func(t *testing.T, db bot.Storage) {
		h := holidays(t, db)
		for _, c := range []struct {
			name, from, to string
			worked         []string
		}{
			{"元旦", "2024-01-01", "2024-01-01", nil}, {"春节", "2024-02-10", "2024-02-17", []string{"2024-02-04", "2024-02-18"}},
			{"清明节", "2024-04-04", "2024-04-06", []string{"2024-04-07"}}, {"劳动节", "2024-05-01", "2024-05-05", []string{"2024-04-28", "2024-05-11"}},
			{"端午节", "2024-06-08", "2024-06-10", nil}, {"中秋节", "2024-09-15", "2024-09-17", []string{"2024-09-14"}},
			{"国庆节", "2024-10-01", "2024-10-07", []string{"2024-09-29", "2024-10-12"}},
			{"元旦", "2025-01-01", "2025-01-01", nil}, {"春节", "2025-01-28", "2025-02-04", []string{"2025-01-26", "2025-02-08"}}, {"清明节", "2025-04-04", "2025-04-06", nil},
			{"劳动节", "2025-05-01", "2025-05-05", []string{"2025-04-27"}}, {"端午节", "2025-05-31", "2025-06-02", nil},
			{"国庆节、中秋节", "2025-10-01", "2025-10-08", []string{"2025-09-28", "2025-10-11"}},
			{"元旦", "2026-01-01", "2026-01-03", []string{"2026-01-04"}}, {"春节", "2026-02-15", "2026-02-23", []string{"2026-02-14", "2026-02-28"}},
			{"清明节", "2026-04-04", "2026-04-06", nil}, {"劳动节", "2026-05-01", "2026-05-05", []string{"2026-05-09"}}, {"端午节", "2026-06-19", "2026-06-21", nil},
			{"中秋节", "2026-09-25", "2026-09-27", nil}, {"国庆节", "2026-10-01", "2026-10-07", []string{"2026-09-20", "2026-10-10"}},
		} {
			for date := must(community.ParseDay(c.from))(t); date <= must(community.ParseDay(c.to))(t); date++ {
				expectHoliday(t, h, community.Holiday{Date: date, Name: c.name, Free: true})
			}
			for _, worked := range c.worked {
				expectHoliday(t, h, community.Holiday{Date: must(community.ParseDay(worked))(t), Name: c.name})
			}
		}
	})
}

func expectHoliday(t *testing.T, h *community.Holidays, want community.Holiday) {
	t.Helper()
	got, ok, err := h.On(t.Context(), want.Date)
	if diff := cmp.Diff(want, got); err != nil || !ok || diff != "" {
		t.Errorf("%s: %v, %v %s", want.Date, ok, err, diff)
	}
	if workday := must(h.Workday(t.Context(), want.Date))(t); workday == want.Free {
		t.Errorf("%s is a working day: %v", want.Date, workday)
	}
}

func TestDaysThatNoTableNames(t *testing.T) {
	each(t, func(t *testing.T, db bot.Storage) {
		within(t, db, func(ctx context.Context) {
			h := holidays(t, db)
			for date, want := range map[string]bool{
				"2026-10-11": false, "2026-11-23": true, "2026-11-28": false, // a plain Sunday, Monday and Saturday
				"2031-01-01": true, "2031-01-04": false, "2031-01-05": false, // a year that nobody knows
			} {
				day := must(community.ParseDay(date))(t)
				if got := must(h.Workday(ctx, day))(t); got != want {
					t.Errorf("%s is a working day: %v", date, got)
				}
				if d, ok, err := h.On(ctx, day); ok || err != nil {
					t.Errorf("%s is %+v, %v", date, d, err)
				}
			}
			if _, known, err := h.Year(ctx, 2031); known || err != nil {
				t.Errorf("2031 is known: %v, %v", known, err)
			}
		})
	})
}

func TestReadHolidays(t *testing.T) {
	free, worked := community.Holiday{Date: community.Date(2026, 10, 1), Name: "国庆节", Free: true}, community.Holiday{Date: community.Date(2026, 10, 10), Name: "国庆节"}
	for name, c := range map[string]struct {
		rows  [][]string
		want  []community.Holiday
		wrong []string
	}{
		"the columns are date, name and kind": {[][]string{{"2026-10-01", "国庆节", "休"}, {"2026-10-10", "国庆节", "班"}}, []community.Holiday{free, worked}, nil},
		"the first line may name them":        {[][]string{nil, {"类型", "备注", "日期", "名称"}, {"休", "好", "2026-10-01", "国庆节"}}, []community.Holiday{free}, nil},
		"dates are put in order":              {[][]string{{"2026/10/10", "国庆节", "上班"}, {"2026.10.1", "国庆节", "放假"}}, []community.Holiday{free, worked}, nil},
		"a date as people write it":           {[][]string{{"２０２６年１０月１日", "国庆节", "休"}}, []community.Holiday{free}, nil},
		"a date as a spreadsheet stores it":   {[][]string{{"46296", "国庆节", "休"}, {"20261010", "国庆节", "班"}}, []community.Holiday{free, worked}, nil},
		"all that is wrong is told": {
			[][]string{{"2026-02-30", "春节", "休"}, {"春节", "2026-02-16", "休"}, {"2026-02-16", "", "休"}, {}, {"2026-02-16", "春节", "?"}, {"2026-02-16"}, {"3026-10-01", "国庆节", "休"}},
			nil, []string{"1 date", "2 date", "3 name", "5 kind", "6 kind", "7 date"},
		},
		"a date stands once":             {[][]string{{"2026-10-01", "国庆节", "休"}, {"2026/10/1", "国庆节", "班"}}, []community.Holiday{free}, []string{"2 twice"}},
		"a head that comes later is bad": {[][]string{{"2026-10-01", "国庆节", "休"}, {"日期", "名称", "类型"}}, []community.Holiday{free}, []string{"2 date"}},
	} {
		t.Run(name, func(t *testing.T) {
			years, wrong := community.ReadHolidays(c.rows)
			if diff := cmp.Diff(c.want, years[2026]); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.wrong, wrong); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The built-in table is a file that a manager can import again, whatever its year.
func TestTheBuiltInFileIsAnImport(t *testing.T) {
	file := must(os.ReadFile("holidays.csv"))(t)
	years, wrong := community.ReadHolidays(must(community.ReadTable(bytes.NewReader(file)))(t))
	if len(wrong) > 0 || len(years) != 3 {
		t.Errorf("%d years, %v", len(years), wrong)
	}
}

func FuzzReadHolidays(f *testing.F) {
	for _, s := range []string{"2026-10-01", "46296", "２０２６年１０月１日", "-1-1", "99999", "日期"} {
		f.Add(s, "国庆节", "休")
	}
	f.Fuzz(func(t *testing.T, date, name, kind string) {
		years, wrong := community.ReadHolidays([][]string{{date, name, kind}})
		for year, list := range years {
			if y, _, _ := list[0].Date.Date(); y != year || year < 2000 || year > 2099 || list[0].Name == "" || len(wrong) > 0 {
				t.Errorf("%q, %q, %q is %+v of %d", date, name, kind, list[0], year)
			}
		}
	})
}

// A page hands in a file; the next reader sees it, outside of a transaction too, and takes it back with the code.
func TestHolidaysFromAFile(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			var parts *communitytest.Parts
			w, err := communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
				parts = p
				return nil
			})(t.Context(), nil, noonUTC)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Appoint(t.Context(), bot.Person{User: "老王", Name: "老王", Stable: true}, bot.Manager, noonUTC); err != nil {
				t.Fatal(err)
			}
			hand := func(id, text string, table [][]string) string {
				err := w.Deliver(t.Context(), []bot.Event{{ID: id, Kind: bot.Message, Form: bot.Text, Text: text, Table: table, At: noonUTC, SeenAt: noonUTC,
					Transport: "transcript", Chat: "private/老王", Private: true, From: bot.Person{User: "老王", Name: "老王", Stable: true}}})
				if err != nil {
					t.Fatal(err)
				}
				said := must(w.Said(t.Context()))(t)
				return said[len(said)-1].Text
			}
			christmas := community.Date(2026, 12, 25)
			said := hand("import", "导入节假日", [][]string{{"日期", "类型", "名称"}, {"46381", "休", "圣诞节"}})
			if !strings.Contains(said, "去掉 ") {
				t.Errorf("%q does not tell what is dropped", said)
			}
			expectHoliday(t, parts.Community.Holidays, community.Holiday{Date: community.Date(2026, 10, 1), Name: "国庆节", Free: true})
			_, code, _ := strings.Cut(said, "「确认 ")
			said = hand("confirm", "确认 "+code[:4], nil)
			expectHoliday(t, parts.Community.Holidays, community.Holiday{Date: christmas, Name: "圣诞节", Free: true})
			if _, ok, err := parts.Community.Holidays.On(t.Context(), community.Date(2026, 10, 1)); ok || err != nil {
				t.Errorf("the year was not replaced as a whole: %v", err)
			}
			_, code, _ = strings.Cut(said, "「")
			hand("undo", strings.TrimSuffix(code, "」"), nil)
			if _, ok, err := parts.Community.Holidays.On(t.Context(), christmas); ok || err != nil {
				t.Errorf("%q was not taken back: %v", said, err)
			}
			expectHoliday(t, parts.Community.Holidays, community.Holiday{Date: community.Date(2026, 10, 1), Name: "国庆节", Free: true})
		})
	}
}
