package community_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/schedule"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// moments are clocks at which times are read: a Monday, a Sunday night, the end of a year, a leap day, and the nights
// of Berlin before its clocks change.
func moments(t testing.TB) (list []time.Time) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		berlin = time.UTC
	}
	for _, m := range []struct {
		zone *time.Location
		now  string
	}{
		{shanghai().Zone(), "2026-11-23 10:00:00"}, {shanghai().Zone(), "2026-11-29 23:59:00"}, {shanghai().Zone(), "2026-12-31 23:59:59"},
		{shanghai().Zone(), "2028-02-29 00:00:00"}, {berlin, "2026-03-28 22:00:00"}, {berlin, "2026-10-24 22:00:00"},
	} {
		now, err := time.ParseInLocation(time.DateTime, m.now, m.zone)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, now)
	}
	return list
}

// Whatever is read lies ahead, leaves an end of the text, and is said in words that are read as the same.
func FuzzReadWhen(f *testing.F) {
	for _, s := range []string{
		"明早八点 早安", "每周一三五 8:30", "下周一到周五 9点", "12/24 19:30", "in 2 hours", "十点", "２０：００", "每月最后一天 20:00", "每天 9点（12月1日起）", "每个工作日 9:00",
		"cron 0 9 * * 1-5", "12月28日到1月3日 9点", "every mon, wed 8am", "Fri 27 Nov 20:00", "三天后", "二〇二七年一月一日零点", "每月1、15日 9点", "9000周后", "每晚12点", "cron 0 9 * * 0-6", "cron 0 9 * * 4,1", "cron 0 9 1,1 * *", "每天 9点和18点", "明天 9点 10点开会", "every day 9am and 6pm", "cron 0 9,9 * * *",
	} {
		f.Add(s)
	}
	texts := map[string]func(string, ...any) string{"zh": speech(f, "zh"), "en": speech(f, "en")}
	f.Fuzz(func(t *testing.T, text string) {
		for _, now := range moments(t) {
			w, rest, err := community.ReadWhen(text, now, now.Location())
			if err != nil {
				if _, ok := errors.AsType[*community.WhenError](err); !ok {
					t.Fatalf("%q is %v", text, err)
				}
				continue
			}
			if !strings.HasSuffix(text, rest) || rest == text {
				t.Errorf("%q leaves %q", text, rest)
			}
			if (w.Spec == "") == w.At.IsZero() || w.Spec == "" && !w.At.After(now) || w.Spec != "" && !w.Until.IsZero() && !w.Until.After(now) {
				t.Errorf("at %v, %q is %+v", now, text, w)
			}
			if w.At.Year() > 9999 {
				continue
			}
			for lang, speak := range texts {
				sameAgain(t, lang, speak, w, now)
			}
		}
	})
}

// sameAgain reads what a time is said as: the same, to the minute of the clock on the wall.
func sameAgain(t *testing.T, lang string, speak func(string, ...any) string, w community.When, now time.Time) {
	t.Helper()
	calendar := community.NewCalendar(now.Location(), 4*time.Hour)
	said := calendar.SayWhen(speak, w, now)
	again, rest, err := community.ReadWhen(said+" 早安", now, now.Location())
	if wall := w.At.In(now.Location()).Format("2006-01-02 15:04"); err != nil && w.Spec == "" && wall == now.Format("2006-01-02 15:04") {
		return // within this very minute
	}
	if err != nil || rest != "早安" {
		t.Errorf("at %v, %s: %+v is said as %q, which leaves %q: %v", now, lang, w, said, rest, err)
		return
	}
	wall := func(at time.Time) string { return at.In(now.Location()).Format("2006-01-02 15:04") }
	if again.Spec != w.Spec && said != calendar.SayWhen(speak, again, now) || again.Workdays != w.Workdays ||
		wall(again.At) != wall(w.At) || !again.From.Equal(w.From) || !again.Until.Equal(w.Until) {
		t.Errorf("at %v, %s: %+v is said as %q, which is %+v", now, lang, w, said, again)
	}
}

// What a time is said as is read as the same time.
func TestSayWhen(t *testing.T) {
	now := must(time.ParseInLocation(time.DateTime, "2026-11-23 10:00:00", shanghai().Zone()))(t)
	texts := speech(t, "zh")
	for text, want := range map[string]string{
		"今晚8点半":             "今天 20:30",
		"明早八点":              "明天 08:00",
		"后天 9点":             "后天 09:00",
		"周五20:00":           "11月27日 周五 20:00",
		"2027-01-01 零点":     "2027年1月1日 周五 00:00",
		"每天 9点":             "每天 09:00",
		"每周五20:00":          "每周五 20:00",
		"每周一三五 8:30":        "每周一、周三、周五 08:30",
		"每周一到周五 9点":         "每周一至周五 09:00",
		"每个工作日 9:00":        "每个工作日 09:00",
		"每月1号 9点":           "每月1日 09:00",
		"下周一到周五 9点":         "周一至周五 09:00（11月30日至12月4日）",
		"每月1号和15号 9点":       "每月1、15日 09:00",
		"每月最后一天 20:00":      "每月最后一天 20:00",
		"12月1日到12月5日 9点":    "每天 09:00（12月1日至12月5日）",
		"每周五20:00（12月4日起）":  "每周五 20:00（12月4日起）",
		"每天 9点（至1月4日）":      "每天 09:00（至2027年1月4日）",
		"每天 9点和18点":         "每天 09:00、18:00",
		"下周一到周五 9点、18点":     "周一至周五 09:00、18:00（11月30日至12月4日）",
		"cron 0 18,9 * * *": "cron 0 18,9 * * *",
		"cron */5 * * * *":  "cron */5 * * * *",
	} {
		w, _, err := community.ReadWhen(text, now, now.Location())
		if err != nil {
			t.Fatal(err)
		}
		said := shanghai().SayWhen(texts, w, now)
		if said != want {
			t.Errorf("%q is said as %q, want %q", text, said, want)
		}
		sameAgain(t, "zh", texts, w, now)
	}
}

// speech gives the community's own texts in a language.
func speech(t testing.TB, lang string) func(key string, kv ...any) string {
	t.Helper()
	db := dbtest.Open(t, "sqlite", nil)
	c, err := community.New(community.Options{Storage: db, Calendar: shanghai(), Ledger: points.New(db.Conn, db.Tx)})
	if err != nil {
		t.Fatal(err)
	}
	e, err := bot.New(bot.Options{Storage: db, Features: []bot.Feature{c.Feature()}, Observe: c.Observe, Resolve: c.Resolve, Next: schedule.Next(shanghai().Zone())})
	if err != nil {
		t.Fatal(err)
	}
	return func(key string, kv ...any) string { return e.Text(lang, "community", key, kv...) }
}

// Whoever writes a time that can't be read is told what is wrong with it, and two times that can.
func TestWhatIsWrongWithATimeIsExplained(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone data")
	}
	now := time.Date(2026, 3, 28, 12, 0, 0, 0, berlin)
	for lang, example := range map[string]*regexp.Regexp{"zh": regexp.MustCompile(`「([^「」]*)」`), "en": regexp.MustCompile(`"([^"]*)"`)} {
		texts := speech(t, lang)
		for key, text := range map[string]string{
			"unknown": "大家好", "clock": "明天", "no_date": "2月31日 9点", "past": "今天 8点", "gap": "明天 2:30", "ambiguous": "今晚2点", "cron": "cron 0 9", "never": "每周五 20:00（4月4日至4月6日）",
		} {
			_, _, err := community.ReadWhen(text, now, berlin)
			if wrong, ok := errors.AsType[*community.WhenError](err); !ok || wrong.Key != key {
				t.Errorf("%q is %v, want %s", text, err, key)
			}
			said := community.WhenHelp(texts, fmt.Errorf("read: %w", err))
			good := 0
			for _, found := range example.FindAllStringSubmatch(said, -1) {
				if _, rest, err := community.ReadWhen(found[1], now, berlin); err == nil && rest == "" {
					good++
				}
			}
			if good < 2 {
				t.Errorf("%s, %s: %q has %d examples", lang, key, said, good)
			}
		}
	}
}
