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
		{"每周五、周六、周日 9点 打卡", "0 9 * * 5,6,0|打卡"},
		{"每周末 9点 休息", "0 9 * * 6,0|休息"},
		{"每星期日上午10点 读书", "0 10 * * 0|读书"},
		{"每个工作日 9:00 早会", "0 9 * * * workdays|早会"},
		{"每月1号 9点 月报", "0 9 1 * *|月报"},
		{"every day 9:00 hi", "0 9 * * *|hi"},
		{"every friday 20:00 hi", "0 20 * * 5|hi"},
		{"weekdays 9:00 hi", "0 9 * * * workdays|hi"},
		{"cron 0 9 * * 1-5 早会", "0 9 * * 1-5|早会"},
		{"下周一到周五 9点 打卡", "0 9 * * 1-5 2026-11-30..2026-12-05|打卡"},
		{"下周一至周日 9点 打卡", "0 9 * * * 2026-11-30..2026-12-07|打卡"},
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
		{"每晚12点 晚安", "0 0 * * *|晚安"},
		{"每周五晚上12点 晚安", "ambiguous"},
		{"每个工作日 24:00 晚安", "ambiguous"},
		{"每晚12点（12月1日至12月5日）", "ambiguous"},
		{"0分钟后 马上", "past"},
		{"cron 0 9", "cron"},
		{"cron 60 9 * * *", "cron"},
		{"cron 0 9 31 2,4 *", "cron"},
		{"cron 0 9 * * 7", "cron"},
		{"cron 0 9 * * 5-1", "cron"},
		{"cron 0 9 L * 1", "cron"},
		{"cron 0 9 * * 1-5早会", "cron"},
		{"cron */10 9-18 * 1-6/2 MON-FRI 早会", "*/10 9-18 * 1-6/2 mon-fri|早会"},
		{"cron　0　9　L　*　* 月底", "0 9 L * *|月底"},

		{"每周一三点 早", "0 3 * * 1|早"},
		{"每周一 三点半 早", "30 3 * * 1|早"},
		{"每周一三五三点 早", "0 3 * * 1,3,5|早"},
		{"每周五十点 早", "0 10 * * 5|早"},
		{"每周六日十点 早", "0 10 * * 6,0|早"},
		{"每周一 二十点 早", "0 20 * * 1|早"},
		{"每周一、二 十点 早", "0 10 * * 1,2|早"},
		{"每周一二十点 早", "ambiguous"},
		{"每周1、3、5 8:30 早", "30 8 * * 1,3,5|早"},
		{"每周一 3点 早", "0 3 * * 1|早"},
		{"每月最后一天 20:00 月报", "0 20 L * *|月报"},
		{"每个月底 20:00 月报", "0 20 L * *|月报"},
		{"每月1号和15号 9点 月报", "0 9 1,15 * *|月报"},
		{"每月1、15日 9点 月报", "0 9 1,15 * *|月报"},
		{"每月1 9点 月报", "no_date"},
		{"下周一到周五每天9点 打卡", "0 9 * * 1-5 2026-11-30..2026-12-05|打卡"},
		{"每周五 20:00（12月1日至12月31日） 周末", "0 20 * * 5 2026-12-01..2027-01-01|周末"},
		{"每天 9点（12月1日起）早安", "0 9 * * * 2026-12-01..|早安"},
		{"每天 9点（至12月4日）早安", "0 9 * * * ..2026-12-05|早安"},
		{"每天 9点（早安）", "0 9 * * *|（早安）"},
		{"每天 9点（12月1日至5日的早安）", "0 9 * * *|（12月1日至5日的早安）"},
		{"每天 9点（12月1日至12月40日）", "no_date"},
		{"每周五 20:00（12月1日至12月3日）", "never"},
		{"每天 9点（2026年11月1日至2026年11月20日）", "past"},
		{"12月1日到5日 9点 预热", "0 9 * * * 2026-12-01..2026-12-06|预热"},
		{"12月28日至1月3日 9点 跨年", "0 9 * * * 2026-12-28..2027-01-04|跨年"},
		{"12月5日到12月1日 9点 反了", "no_date"},
		{"2026-12-05到2026-12-01 9点 反了", "no_date"},
		{"11月1日到11月5日 9点 过了就是明年", "0 9 * * * 2027-11-01..2027-11-06|过了就是明年"},
		{"2026-11-01到2026-11-05 9点 过了", "past"},
		{"二〇二七年一月一日零点 新年", "2027-01-01 00:00|新年"},
		{"12.24 19:30 圣诞", "2026-12-24 19:30|圣诞"},
		{"一个半小时后 开始", "2026-11-23 11:30|开始"},
		{"今晚凌晨1点 夜谈", "ambiguous"},
		{"明天半夜12点 夜谈", "ambiguous"},
		{"明天凌晨12点半 夜谈", "2026-11-24 00:30|夜谈"},
		{"晚上12点 夜谈", "2026-11-24 00:00|夜谈"},
		{"12月24日24:00 圣诞", "2026-12-25 00:00|圣诞"},
		{"明天9点半价开抢", "2026-11-24 09:00|半价开抢"},
		{"明天九点一起跑步", "2026-11-24 09:00|一起跑步"},
		{"20:00:30 太细", "unknown"},
		{"31.2. 9:00", "no_date"},
		{"　明　天　８　点　全角", "2026-11-24 08:00|全角"},
		{"Fri 27 Nov 20:00 hi", "2026-11-27 20:00|hi"},
		{"Thu 27 Nov 20:00 hi", "no_date"},
		{"Dec 24 19:30 hi", "2026-12-24 19:30|hi"},
		{"24 December 2027 7:30 pm hi", "2027-12-24 19:30|hi"},
		{"every mon, wed and fri 8:30 hi", "30 8 * * 1,3,5|hi"},
		{"every Mon to Fri 8:30 hi", "30 8 * * 1-5|hi"},
		{"every weekend 10am hi", "0 10 * * 6,0|hi"},
		{"every working day 9:00 hi", "0 9 * * * workdays|hi"},
		{"monthly on the last day 20:00 hi", "0 20 L * *|hi"},
		{"monthly on day 1 9:00 hi", "0 9 1 * *|hi"},
		{"in an hour hi", "2026-11-23 11:00|hi"},
		{"in 30 min hi", "2026-11-23 10:30|hi"},
		{"tomorrow at noon hi", "2026-11-24 12:00|hi"},
		{"every fri 20:00 (1 Dec to 31 Dec) hi", "0 20 * * 5 2026-12-01..2027-01-01|hi"},
		{"sunset 9:00", "unknown"},
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
	if !w.From.IsZero() || !w.Until.IsZero() {
		said += " " + dateOnly(w.From, now) + ".." + dateOnly(w.Until, now)
	}
	return said + "|" + rest
}

func dateOnly(at, now time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(now.Location()).Format(time.DateOnly)
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
		{"Europe/Berlin", "2026-11-23 12:00:00", "3月29日 2:30", "2027-03-29 02:30|"},
		{"Europe/Berlin", "2026-03-28 23:30:00", "3小时后", "2026-03-29 03:30|"},
		{"Europe/Berlin", "2026-10-23 12:00:00", "10月24日到10月26日 2:30", "30 2 * * * 2026-10-24..2026-10-27|"},
		{"Asia/Shanghai", "2026-11-29 21:00:00", "周日 20:00", "2026-12-06 20:00|"},
		{"Asia/Shanghai", "2026-11-29 21:00:00", "今晚12点", "2026-11-30 00:00|"},
		{"Asia/Shanghai", "2026-11-27 10:00:00", "周一到周五 9点", "0 9 * * 1-5 2026-11-30..2026-12-05|"},
		{"Asia/Shanghai", "2026-11-27 10:00:00", "本周一到周五 9点", "past"},
		{"Asia/Shanghai", "2026-11-27 08:00:00", "周一到周五 9点", "0 9 * * 1-5 2026-11-23..2026-11-28|"},
		{"Asia/Shanghai", "2026-12-31 23:59:00", "今晚12点", "2027-01-01 00:00|"},
		{"Asia/Shanghai", "2026-12-31 23:59:00", "下个月1号 9点", "2027-01-01 09:00|"},
		{"Asia/Shanghai", "2026-12-30 12:00:00", "每天 9点（12月28日至1月3日）", "0 9 * * * 2026-12-28..2027-01-04|"},
		{"Asia/Shanghai", "2028-02-29 12:00:00", "明天 9点", "2028-03-01 09:00|"},
		{"Asia/Shanghai", "2028-02-29 12:00:00", "2月29日 20:00", "2028-02-29 20:00|"},
		{"Asia/Shanghai", "2028-02-29 12:00:00", "2月29日 9:00", "past"},
		{"Asia/Shanghai", "2027-11-23 12:00:00", "2月29日 9:00", "2028-02-29 09:00|"},
		{"Asia/Shanghai", "2026-11-24 01:30:00", "今天凌晨1点", "past"},
		{"Asia/Shanghai", "2026-11-24 01:30:00", "明天凌晨1点", "2026-11-25 01:00|"},
		{"America/Sao_Paulo", "2018-11-03 12:00:00", "明天零点", "gap"},
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
		"cron 0 9 * * 1-5", "12月28日到1月3日 9点", "every mon, wed 8am", "Fri 27 Nov 20:00", "三天后", "二〇二七年一月一日零点", "每月1、15日 9点", "9000周后", "每晚12点", "cron 0 9 * * 0-6", "cron 0 9 * * 4,1", "cron 0 9 1,1 * *",
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
		"每月1号 9点":          "每月1日 09:00",
		"下周一到周五 9点":        "周一至周五 09:00（11月30日至12月4日）",
		"每月1号和15号 9点":      "每月1、15日 09:00",
		"每月最后一天 20:00":     "每月最后一天 20:00",
		"12月1日到12月5日 9点":   "每天 09:00（12月1日至12月5日）",
		"每周五20:00（12月4日起）": "每周五 20:00（12月4日起）",
		"每天 9点（至1月4日）":     "每天 09:00（至2027年1月4日）",
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
