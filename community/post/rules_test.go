package post_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/community/post"
)

func TestWhatAManagerLeavesOutIsRead(t *testing.T) {
	weekend := 1<<0 | 1<<6
	for text, want := range map[string]struct {
		x    post.Exclusions
		rest string
	}{
		"除了周末 早安":                          {post.Exclusions{Days: weekend}, " 早安"},
		"除周末 早安":                           {post.Exclusions{Days: weekend}, " 早安"},
		"跳过 节假日\n早安":                       {post.Exclusions{Holidays: true}, "\n早安"},
		"跳过周末、节假日 早安":                      {post.Exclusions{Days: weekend, Holidays: true}, " 早安"},
		"跳过周一三，星期五 x":                      {post.Exclusions{Days: 1<<1 | 1<<3 | 1<<5}, " x"},
		"不含12点到14点 x":                      {post.Exclusions{From: 720, Until: 840}, " x"},
		"不含２２：００－８：３０ x":                   {post.Exclusions{From: 1320, Until: 510}, " x"},
		"仅工作日 x":                           {post.Exclusions{Workdays: true}, " x"},
		"Skip Weekends x":                  {post.Exclusions{Days: weekend}, " x"},
		"workdays-only x":                  {post.Exclusions{Workdays: true}, " x"},
		"除了周日":                             {post.Exclusions{Days: 1}, ""},
		"跳过周末和节假日和8点到9点 见":                 {post.Exclusions{Days: weekend, Holidays: true, From: 480, Until: 540}, " 见"},
		"跳过周末、跳过节假日 x":                     {post.Exclusions{Days: weekend, Holidays: true}, " x"},
		"跳过周末 跳过节假日 x":                     {post.Exclusions{Days: weekend, Holidays: true}, " x"},
		"除周末外 x":                           {post.Exclusions{Days: weekend}, " x"},
		"除周末外，大家早安":                        {post.Exclusions{Days: weekend}, "大家早安"},
		"周末除外 x":                           {post.Exclusions{Days: weekend}, " x"},
		"周末和节假日除外 x":                       {post.Exclusions{Days: weekend, Holidays: true}, " x"},
		"周末除外、节假日除外 x":                     {post.Exclusions{Days: weekend, Holidays: true}, " x"},
		"周末不发 x":                           {post.Exclusions{Days: weekend}, " x"},
		"（跳过周末）下午好":                        {post.Exclusions{Days: weekend}, "下午好"},
		"（周末除外） 下午好":                       {post.Exclusions{Days: weekend}, " 下午好"},
		"【除了 周末】下午好":                       {post.Exclusions{Days: weekend}, "下午好"},
		"跳过周末：下午好":                         {post.Exclusions{Days: weekend}, "下午好"},
		"跳过周一、三 x":                         {post.Exclusions{Days: 1<<1 | 1<<3}, " x"},
		"跳过周一周三 x":                         {post.Exclusions{Days: 1<<1 | 1<<3}, " x"},
		"跳过周五到周日 x":                        {post.Exclusions{Days: 1<<5 | 1<<6 | 1<<0}, " x"},
		"跳过周一至五 x":                         {post.Exclusions{Days: 1<<1 | 1<<2 | 1<<3 | 1<<4 | 1<<5}, " x"},
		"除了22点到次日8点 x":                     {post.Exclusions{From: 1320, Until: 480}, " x"},
		"仅周末 x":                            {post.Exclusions{Days: 1<<1 | 1<<2 | 1<<3 | 1<<4 | 1<<5}, " x"},
		"只在工作日发 x":                         {post.Exclusions{Workdays: true}, " x"},
		"skipping holidays x":              {post.Exclusions{Holidays: true}, " x"},
		"except on Mondays and Fridays x":  {post.Exclusions{Days: 1<<1 | 1<<5}, " x"},
		"skip weekends, public holidays x": {post.Exclusions{Days: weekend, Holidays: true}, " x"},
		"(excluding weekends) x":           {post.Exclusions{Days: weekend}, " x"},
		"ＳＫＩＰ　Weekends　x":                  {post.Exclusions{Days: weekend}, "　x"},
	} {
		x, rest, unclear, ok := post.ReadOption(text)
		if diff := cmp.Diff(want.x, x); diff != "" || !ok || rest != want.rest || unclear != "" {
			t.Errorf("%q: %v, left %q, unclear %q %s", text, ok, rest, unclear, diff)
		}
	}
}

// What was meant to be left out, and can't be read, is never the text of a post: it would be sent at those very times.
func TestWhatIsLeftOutAndNotUnderstoodIsNoText(t *testing.T) {
	for _, text := range []string{
		"跳过", "跳过 这一步", "跳过周末、", "跳过周八", "跳过12点到12点", "跳过25点到26点", "跳过8:70-9:00", "跳过8点到次日10点", "跳过8点到9点、12点到13点 x",
		"跳过1月5日 x", "跳过1月5日到1月8日 x", "跳过春节 x", "跳过1号 x", "跳过店庆 x", "跳过周末、春节 x", "跳过周末和春节 x", "跳过周末 和春节 x", "跳过周末 周五 x",
		"跳过周末，跳过春节 x", "跳过周末 跳过春节 x", "跳过周末大家好", "跳过周末，大家好", "除了周末大家都好", "除春节外 x", "除店庆外 x", "除了店庆 x", "店庆除外 x", "周八不发 x",
		"（跳过春节）x", "（除周八外）x", "（跳过周末 x", "但跳过春节 x", "周末除外、春节除外 x", "不含1号 x", "避开春节 x", "仅周八 x", "仅工作日都忙", "跳过工作日 x",
		"skipping christmas x", "skip christmas x", "except 24 dec x", "except monday to friday x", "except the 1st x", "without weekdays x", "skip weekends and tomorrow x",
	} {
		if x, rest, unclear, ok := post.ReadOption(text); !ok || unclear == "" {
			t.Errorf("%q is taken for %+v, left %q", text, x, rest)
		}
	}
	for _, text := range []string{
		"", "早安", "除夕快乐", "除夕快乐 大家", "除了你，还有谁", "除湿机 到货", "周末 好", "周末不发货 请留意", "节假日快乐", "周末愉快", "（周末）好", "不含糖的饮料",
		"仅此一天", "仅限今日，全场五折", "只要你来", "外卖 到了", "Skip the small talk", "Except you", "only today", "1月5日见", "without you", "（早安）",
	} {
		if x, rest, unclear, ok := post.ReadOption(text); ok || rest != text {
			t.Errorf("%q is taken for %+v, left %q, unclear %q", text, x, rest, unclear)
		}
	}
}

func TestATimeIsLeftOutForItsReason(t *testing.T) {
	saturday := time.Date(2026, 10, 10, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		x    post.Exclusions
		at   time.Time
		day  post.DayKind
		want string
	}{
		"nothing":                 {post.Exclusions{}, saturday, post.DayKind{Workday: true}, ""},
		"its day of the week":     {post.Exclusions{Days: 1 << 6}, saturday, post.DayKind{Workday: true}, "excluded_day"},
		"another day of the week": {post.Exclusions{Days: 1 << 5}, saturday, post.DayKind{}, ""},
		"a weekend day":           {post.Exclusions{Workdays: true}, saturday, post.DayKind{}, "excluded_day"},
		"a weekend day, worked":   {post.Exclusions{Workdays: true}, saturday, post.DayKind{Workday: true}, ""},
		"a holiday, for workdays": {post.Exclusions{Workdays: true}, saturday, post.DayKind{Free: true}, "holiday"},
		"a holiday":               {post.Exclusions{Holidays: true}, saturday, post.DayKind{Free: true}, "holiday"},
		"a free day of no name":   {post.Exclusions{Holidays: true}, saturday, post.DayKind{}, ""},
		"the first minute":        {post.Exclusions{From: 540, Until: 600}, saturday, post.DayKind{}, "excluded_hour"},
		"the minute after":        {post.Exclusions{From: 480, Until: 540}, saturday, post.DayKind{}, ""},
		"over midnight":           {post.Exclusions{From: 1320, Until: 541}, saturday, post.DayKind{}, "excluded_hour"},
		"over midnight, in time":  {post.Exclusions{From: 1320, Until: 540}, saturday, post.DayKind{}, ""},
	} {
		if got := post.Excluded(c.x, c.at, c.day); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestGroupsAreReadAtTheBeginning(t *testing.T) {
	names := []string{"大群", "大群 二", "Core", "同名", "同名"}
	for text, want := range map[string]struct {
		ids           []string
		rest, unknown string
		several       int
	}{
		"@大群 20:00":            {ids: []string{"g1"}, rest: " 20:00"},
		"＠大群 二 20:00":          {ids: []string{"g2"}, rest: " 20:00"},
		"在 core、@大群 20:00":     {ids: []string{"g3", "g1"}, rest: " 20:00"},
		"@g3 20:00":            {ids: []string{"g3"}, rest: " 20:00"},
		"所有群 20:00":            {ids: []string{"g1", "g2", "g3", "g4", "g5"}, rest: " 20:00"},
		"20:00 @大群":            {rest: "20:00 @大群"},
		"@大群人 20:00":           {rest: "@大群人 20:00", unknown: "大群人"},
		"@同名 20:00":            {rest: "@同名 20:00", several: 2},
		"@大群 @没有 20:00":        {ids: []string{"g1"}, rest: " @没有 20:00", unknown: "没有"},
		"":                     {},
		"所有群友 20:00":           {rest: "所有群友 20:00"},
		"in 2 hours x":         {rest: "in 2 hours x"},
		"In 30min x":           {rest: "In 30min x"},
		"in half an hour x":    {rest: "in half an hour x"},
		"in an hour x":         {rest: "in an hour x"},
		"in  3 days 9:00 x":    {rest: "in  3 days 9:00 x"},
		"in Core in 2 hours x": {ids: []string{"g3"}, rest: " in 2 hours x"},
		"In Core every day x":  {ids: []string{"g3"}, rest: " every day x"},
		"in Nowhere 9:00 x":    {rest: "in Nowhere 9:00 x", unknown: "Nowhere"},
		"in Core every day x":  {ids: []string{"g3"}, rest: " every day x"},
	} {
		ids, rest, unknown, several := post.ReadGroups(text, names...)
		if diff := cmp.Diff(want.ids, ids); diff != "" || rest != want.rest || unknown != want.unknown || several != want.several {
			t.Errorf("%q: left %q, unknown %q, several %d %s", text, rest, unknown, several, diff)
		}
	}
}

func TestTimesMayNotLieCloserThanTenMinutes(t *testing.T) {
	at := func(minutes ...int) (list []time.Time) {
		for _, m := range minutes {
			list = append(list, time.Unix(int64(m)*60, 0))
		}
		return list
	}
	if post.TooOften(at(0, 10, 20)) || post.TooOften(at(5)) || post.TooOften(nil) {
		t.Error("ten minutes are too often")
	}
	if !post.TooOften(at(0, 60, 69)) {
		t.Error("nine minutes are not too often")
	}
}

func TestVariablesAreKnownOrRefused(t *testing.T) {
	for text, want := range map[string]string{
		"{{.Group}} {{ .Date }}{{.Weekday}}{{.Members}}": "", "没有": "", "}} {单个}": "",
		"{{.Name}}": "{{.Name}}", "{{Group}}": "{{Group}}", "a {{ b": "{{ b", "{{.Group}} {{": "{{", "{{}}": "{{}}", "{{.Group | html}}": "{{.Group | html}}",
	} {
		name, bad := post.UnknownVariable(text)
		if name != want || bad != (want != "") {
			t.Errorf("%q: %q, %v", text, name, bad)
		}
	}
	// A value is not filled in again.
	if got := post.Fill("{{.Group}}：{{ .Members }}", map[string]string{"Group": "{{.Members}}", "Members": "3"}); got != "{{.Members}}：3" {
		t.Errorf("got %q", got)
	}
}
