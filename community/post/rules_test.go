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
		"除了周末 早安":          {post.Exclusions{Days: weekend}, " 早安"},
		"除周末 早安":           {post.Exclusions{Days: weekend}, " 早安"},
		"跳过 节假日\n早安":       {post.Exclusions{Holidays: true}, "\n早安"},
		"跳过周末、节假日 早安":      {post.Exclusions{Days: weekend, Holidays: true}, " 早安"},
		"跳过周一三，星期五 x":      {post.Exclusions{Days: 1<<1 | 1<<3 | 1<<5}, " x"},
		"不含12点到14点 x":      {post.Exclusions{From: 720, Until: 840}, " x"},
		"不含２２：００－８：３０ x":   {post.Exclusions{From: 1320, Until: 510}, " x"},
		"仅工作日 x":           {post.Exclusions{Workdays: true}, " x"},
		"Skip Weekends x":  {post.Exclusions{Days: weekend}, " x"},
		"workdays-only x":  {post.Exclusions{Workdays: true}, " x"},
		"除了周日":             {post.Exclusions{Days: 1}, ""},
		"跳过周末和节假日和8点到9点 见": {post.Exclusions{Days: weekend, Holidays: true, From: 480, Until: 540}, " 见"},
	} {
		x, rest, ok := post.ReadOption(text)
		if diff := cmp.Diff(want.x, x); diff != "" || !ok || rest != want.rest {
			t.Errorf("%q: %v, left %q %s", text, ok, rest, diff)
		}
	}
	for _, text := range []string{"", "除了周末大家都好", "除夕快乐", "跳过", "跳过 这一步", "跳过周末、", "跳过周八", "跳过12点到12点", "跳过25点到26点", "跳过8:70-9:00", "周末 好", "仅工作日都忙"} {
		if x, rest, ok := post.ReadOption(text); ok {
			t.Errorf("%q is taken for %+v, left %q", text, x, rest)
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
		"@大群 20:00":           {ids: []string{"g1"}, rest: " 20:00"},
		"＠大群 二 20:00":         {ids: []string{"g2"}, rest: " 20:00"},
		"在 core、@大群 20:00":    {ids: []string{"g3", "g1"}, rest: " 20:00"},
		"@g3 20:00":           {ids: []string{"g3"}, rest: " 20:00"},
		"所有群 20:00":           {ids: []string{"g1", "g2", "g3", "g4", "g5"}, rest: " 20:00"},
		"20:00 @大群":           {rest: "20:00 @大群"},
		"@大群人 20:00":          {rest: "@大群人 20:00", unknown: "大群人"},
		"@同名 20:00":           {rest: "@同名 20:00", several: 2},
		"@大群 @没有 20:00":       {ids: []string{"g1"}, rest: " @没有 20:00", unknown: "没有"},
		"":                    {},
		"所有群友 20:00":          {rest: "所有群友 20:00"},
		"in Core every day x": {ids: []string{"g3"}, rest: " every day x"},
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
