package community_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/schedule"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// The clock shows Monday 2026-11-23 10:00 in Shanghai unless a case says otherwise.
func TestReadWhen(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"明早八点 早安", "2026-11-24 08:00|早安"},
		{"今晚8点半 开会", "2026-11-23 20:30|开会"},
		{"今晚十二点 跨年", "2026-11-24 00:00|跨年"},
		{"后天下午三点一刻 开会", "2026-11-25 15:15|开会"},
		{"大后天 9:00 开会", "2026-11-26 09:00|开会"},
		{"明天 8：05 全角", "2026-11-24 08:05|全角"},
		{"明天８点０５分 全角", "2026-11-24 08:05|全角"},
		{"明天八点零五 中文", "2026-11-24 08:05|中文"},
		{"明天八点二十五 中文", "2026-11-24 08:25|中文"},
		{"明天八点三刻 中文", "2026-11-24 08:45|中文"},
		{"明天9点 3个问题", "2026-11-24 09:00|3个问题"},
		{"明天9点 30人", "2026-11-24 09:00|30人"},
		{"明天九点，说说你的早餐", "2026-11-24 09:00|说说你的早餐"},
		{"下周一 9点 开会", "2026-11-30 09:00|开会"},
		{"下下周三 9点 开会", "2026-12-09 09:00|开会"},
		{"本周日 20:00 复盘", "2026-11-29 20:00|复盘"},
		{"周五20:00 开会", "2026-11-27 20:00|开会"},
		{"星期五晚上8点 开会", "2026-11-27 20:00|开会"},
		{"礼拜天 9点 开会", "2026-11-29 09:00|开会"},
		{"周一 9点 过了就是下周", "2026-11-30 09:00|过了就是下周"},
		{"周一 11点 还没到就是今天", "2026-11-23 11:00|还没到就是今天"},
		{"20:00 今晚", "2026-11-23 20:00|今晚"},
		{"9:00 过了就是明天", "2026-11-24 09:00|过了就是明天"},
		{"下午3点 开会", "2026-11-23 15:00|开会"},
		{"中午12点 吃饭", "2026-11-23 12:00|吃饭"},
		{"中午1点 吃饭", "2026-11-23 13:00|吃饭"},
		{"正午 吃饭", "2026-11-23 12:00|吃饭"},
		{"明天凌晨1点 夜谈", "2026-11-24 01:00|夜谈"},
		{"明天零点 开抢", "2026-11-24 00:00|开抢"},
		{"12月24日 19:30 圣诞", "2026-12-24 19:30|圣诞"},
		{"12/24 19:30 圣诞", "2026-12-24 19:30|圣诞"},
		{"12-24 19:30 圣诞", "2026-12-24 19:30|圣诞"},
		{"2026-12-24 19:30 圣诞", "2026-12-24 19:30|圣诞"},
		{"2026/12/24 晚上7点半 圣诞", "2026-12-24 19:30|圣诞"},
		{"2027年1月1日零点 新年", "2027-01-01 00:00|新年"},
		{"十二月二十四日 十九点三十 圣诞", "2026-12-24 19:30|圣诞"},
		{"1月1日 9点 过了就是明年", "2027-01-01 09:00|过了就是明年"},
		{"24号 9点 这个月", "2026-11-24 09:00|这个月"},
		{"3号 9点 下个月", "2026-12-03 09:00|下个月"},
		{"下个月1号 9点 开始", "2026-12-01 09:00|开始"},
		{"半小时后 开始", "2026-11-23 10:30|开始"},
		{"半个小时后开始", "2026-11-23 10:30|开始"},
		{"一刻钟后 开始", "2026-11-23 10:15|开始"},
		{"3小时后 开始", "2026-11-23 13:00|开始"},
		{"两个小时后 开始", "2026-11-23 12:00|开始"},
		{"20分钟后 开始", "2026-11-23 10:20|开始"},
		{"三天后 9点 开始", "2026-11-26 09:00|开始"},
		{"一周后 开始", "2026-11-30 10:00|开始"},
		{"2028-02-29 9:00 闰年", "2028-02-29 09:00|闰年"},
		{"tomorrow 8am hello", "2026-11-24 08:00|hello"},
		{"Tomorrow at 8:30 pm hello", "2026-11-24 20:30|hello"},
		{"today 20:00 hello", "2026-11-23 20:00|hello"},
		{"next friday 9am hello", "2026-12-04 09:00|hello"},
		{"friday 12pm hello", "2026-11-27 12:00|hello"},
		{"in 2 hours hello", "2026-11-23 12:00|hello"},
		{"in 3 days 9:00 hello", "2026-11-26 09:00|hello"},

		{"每天 9点 早安", "0 9 * * *|早安"},
		{"每天早上8点半 早安", "30 8 * * *|早安"},
		{"每晚9点 晚安", "0 21 * * *|晚安"},
		{"每周五20:00 周末", "0 20 * * 5|周末"},
		{"每周五8点 周末", "0 8 * * 5|周末"},
		{"每周一三五 8:30 打卡", "30 8 * * 1,3,5|打卡"},
		{"每周一、周四 18点 打卡", "0 18 * * 1,4|打卡"},
		{"每周一到周五 9点 打卡", "0 9 * * 1-5|打卡"},
		{"每周五到周日 9点 打卡", "0 9 * * 5,6,0|打卡"},
		{"每周末 9点 休息", "0 9 * * 0,6|休息"},
		{"每星期日上午10点 读书", "0 10 * * 0|读书"},
		{"每个工作日 9:00 早会", "0 9 * * * workdays|早会"},
		{"每月1号 9点 月报", "0 9 1 * *|月报"},
		{"every day 9:00 hi", "0 9 * * *|hi"},
		{"every friday 20:00 hi", "0 20 * * 5|hi"},
		{"weekdays 9:00 hi", "0 9 * * * workdays|hi"},
		{"cron 0 9 * * 1-5 早会", "0 9 * * 1-5|早会"},
		{"下周一到周五 9点 打卡", "0 9 * * 1-5 2026-11-30..2026-12-05|打卡"},
		{"下周一至周日 9点 打卡", "0 9 * * 1,2,3,4,5,6,0 2026-11-30..2026-12-07|打卡"},
		{"周一到周五 9点 打卡", "0 9 * * 1-5 2026-11-23..2026-11-28|打卡"},
		{"12月1日到12月5日 9点 预热", "0 9 * * * 2026-12-01..2026-12-06|预热"},

		{"今天 8点 过去", "past"},
		{"2020-01-01 9:00 过去", "past"},
		{"11月27日 周五 9点 对得上", "2026-11-27 09:00|对得上"},
		{"11月27日 周四 9点", "no_date"},
		{"11月31日 9点", "no_date"},
		{"2月31日 9点", "no_date"},
		{"13月1日 9点", "no_date"},
		{"2027-02-29 9:00", "no_date"},
		{"25:00 太晚", "clock"},
		{"9:60 太多", "clock"},
		{"明天 早安", "clock"},
		{"每天 早安", "clock"},
		{"上午15点 开会", "clock"},
		{"下午25点 开会", "clock"},
		{"13pm", "clock"},
		{"周八 9点", "unknown"},
		{"每周八 9点", "no_date"},
		{"每月32号 9点", "no_date"},
		{"下周五到周一 9点", "no_date"},
		{"今晚2点 夜谈", "ambiguous"},
		{"每晚12点 晚安", "ambiguous"},
		{"0分钟后 马上", "past"},
		{"cron 0 9", "unknown"},
		{"", "unknown"},
		{"大家好", "unknown"},
		{strings.Repeat("9", 10_000), "unknown"},
	} {
		now := must(time.ParseInLocation(time.DateTime, "2026-11-23 10:00:00", shanghai().Zone()))(t)
		if got := read(c.text, now); got != c.want {
			t.Errorf("%.40q is %q, want %q", c.text, got, c.want)
		}
	}
}

// read prints what a text is read as, or the key of what is wrong with it.
func read(text string, now time.Time) string {
	w, rest, err := community.ReadWhen(text, now, now.Location())
	var wrong *community.WhenError
	if errors.As(err, &wrong) {
		return wrong.Key
	}
	said := w.Spec
	if w.Spec == "" {
		said = w.At.In(now.Location()).Format("2006-01-02 15:04")
	}
	if w.Workdays {
		said += " workdays"
	}
	if !w.From.IsZero() {
		said += " " + w.From.In(now.Location()).Format(time.DateOnly) + ".." + w.Until.In(now.Location()).Format(time.DateOnly)
	}
	return said + "|" + rest
}

func TestReadWhenAtTheEdgesOfTime(t *testing.T) {
	for _, c := range []struct{ zone, now, text, want string }{
		{"Asia/Shanghai", "2026-11-29 21:00:00", "本周日 20:00", "past"},
		{"Asia/Shanghai", "2026-11-29 21:00:00", "下周一 9点", "2026-11-30 09:00|"},
		{"Asia/Shanghai", "2026-11-29 21:00:00", "周一到周五 9点", "0 9 * * 1-5 2026-11-30..2026-12-05|"},
		{"Asia/Shanghai", "2026-12-31 23:59:00", "明早八点", "2027-01-01 08:00|"},
		{"Asia/Shanghai", "2026-12-31 23:59:00", "23:58", "2027-01-01 23:58|"},
		{"Asia/Shanghai", "2026-12-31 23:59:00", "2号 9点", "2027-01-02 09:00|"},
		{"Asia/Shanghai", "2028-02-28 12:00:00", "明天 9点", "2028-02-29 09:00|"},
		{"Asia/Shanghai", "2026-11-24 01:30:00", "今天 9点", "2026-11-24 09:00|"},
		{"Europe/Berlin", "2026-03-28 12:00:00", "明天 2:30", "gap"},
		{"Europe/Berlin", "2026-03-28 12:00:00", "2:30", "2026-03-30 02:30|"},
		{"Europe/Berlin", "2026-10-24 12:00:00", "明天 2:30", "2026-10-25 02:30|"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Skipf("no time zone data for %s", c.zone)
		}
		now := must(time.ParseInLocation(time.DateTime, c.now, zone))(t)
		if got := read(c.text, now); got != c.want {
			t.Errorf("at %s, %q is %q, want %q", c.now, c.text, got, c.want)
		}
	}
}

func FuzzReadWhen(f *testing.F) {
	for _, s := range []string{"明早八点 早安", "每周一三五 8:30", "下周一到周五 9点", "12/24 19:30", "in 2 hours", "十点", "２０：００"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		w, rest, err := community.ReadWhen(text, now, shanghai().Zone())
		if err != nil {
			return
		}
		if !strings.HasSuffix(text, rest) {
			t.Errorf("%q leaves %q", text, rest)
		}
		if (w.Spec == "") == w.At.IsZero() || w.Spec == "" && !w.At.After(now) {
			t.Errorf("%q is %+v", text, w)
		}
	})
}

// What a time is said as is read as the same time.
func TestSayWhen(t *testing.T) {
	now := must(time.ParseInLocation(time.DateTime, "2026-11-23 10:00:00", shanghai().Zone()))(t)
	texts := speech(t, "zh")
	for text, want := range map[string]string{
		"今晚8点半":            "今天 20:30",
		"明早八点":             "明天 08:00",
		"后天 9点":            "后天 09:00",
		"周五20:00":          "11月27日 周五 20:00",
		"2027-01-01 零点":    "2027年1月1日 周五 00:00",
		"每天 9点":            "每天 09:00",
		"每周五20:00":         "每周五 20:00",
		"每周一三五 8:30":       "每周一、周三、周五 08:30",
		"每周一到周五 9点":        "每周一至周五 09:00",
		"每个工作日 9:00":       "每个工作日 09:00",
		"每月1号 9点":          "每月1号 09:00",
		"下周一到周五 9点":        "每周一至周五 09:00（11-30 到 12-4）",
		"cron */5 * * * *": "cron */5 * * * *",
	} {
		w, _, err := community.ReadWhen(text, now, now.Location())
		if err != nil {
			t.Fatal(err)
		}
		said := shanghai().SayWhen(texts, w, now)
		if said != want {
			t.Errorf("%q is said as %q, want %q", text, said, want)
		}
		if w.From.IsZero() {
			if again, _, err := community.ReadWhen(said, now, now.Location()); err != nil || again != w {
				t.Errorf("%q is read as %+v, %v", said, again, err)
			}
		}
	}
}

// speech gives the community's own texts in a language.
func speech(t *testing.T, lang string) func(key string, kv ...any) string {
	t.Helper()
	db := dbtest.Open(t, "sqlite", nil)
	c := must(community.New(community.Options{Storage: db, Calendar: shanghai(), Ledger: points.New(db.Conn, db.Tx)}))(t)
	e := must(bot.New(bot.Options{Storage: db, Features: []bot.Feature{c.Feature()}, Observe: c.Observe, Resolve: c.Resolve, Next: schedule.Next(shanghai().Zone())}))(t)
	return func(key string, kv ...any) string { return e.Text(lang, "community", key, kv...) }
}
