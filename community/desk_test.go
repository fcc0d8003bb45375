package community_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// measured is a measure over the Days from ... to after, as the calendar of the community begins them.
func (l *logins) measured(name string, back, days int) int64 {
	l.t.Helper()
	cal := l.Community.Calendar
	today := int(cal.Day(l.at))
	from := today - back
	n, err := l.Engine.Measure(l.t.Context(), name, bot.Query{At: l.at, Actor: bot.Actor{Role: bot.Owner}}, l.start(from), l.start(from+days))
	if err != nil {
		l.t.Fatal(err)
	}
	return n
}

func TestMeasuresCountPeopleOnceAndNoStaff(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("", "老王", "大家好") // the owner
		l.group("s1", "吕小明", "你好")
		l.group("s1", "小红", "你好")
		old := l.id("s1", "吕小明")
		l.nextDay()
		twin := l.hold("s2", "吕小明")
		l.group("s2", "吕小明", "又来了")
		l.group("s1", "小红", "早")
		waits := func() (n int) {
			list, err := l.Engine.Inbox(t.Context(), bot.Query{At: l.at, Actor: bot.Actor{Role: bot.Manager, Language: "zh"}})
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range list {
				if w.Name != "community.identities" || w.Title != "待认领的身份" || w.Oldest.IsZero() || w.Oldest.After(l.at) {
					t.Errorf("waits: %+v", w)
				}
				n += w.N
			}
			return n
		}
		same(t, "who waits", 1, waits())
		same(t, "newcomers of today, before the merge", int64(1), l.measured("community.newcomers", 0, 1))
		same(t, "active in two days, before the merge", int64(3), l.measured("community.active", 1, 2))
		l.boss(fmt.Sprintf("合并 %s 到 %s", twin, old))
		same(t, "who waits after it", 0, waits())
		same(t, "newcomers of today", int64(0), l.measured("community.newcomers", 0, 1))
		same(t, "newcomers of yesterday", int64(2), l.measured("community.newcomers", 1, 1))
		same(t, "active in two days", int64(2), l.measured("community.active", 1, 2))
		same(t, "active yesterday", int64(2), l.measured("community.active", 1, 1))
		if n, both := l.measured("community.messages", 0, 1), l.measured("community.messages", 1, 2); both != n+2 {
			t.Errorf("%d messages today, %d in both days", n, both)
		}
		l.boss("标记机器人 " + string(l.id("s1", "小红")))
		same(t, "active without the bot", int64(1), l.measured("community.active", 1, 2))

		p := l.view(bot.Manager, "community.groups", nil)
		same(t, "groups", []string{"大群", "大群"}, column(p, "groups", "name")) // of two logins
		same(t, "enabled", []string{"已启用", "已启用"}, column(p, "groups", "enabled"))
		same(t, "acts on groups", []string{"停用群 g1", "测试群 g1", "停用群 g2", "测试群 g2"}, acts(p, "groups"))
		if got := acts(l.view(bot.Moderator, "community.groups", nil), "groups"); len(got) > 0 {
			t.Errorf("a moderator is offered %v", got)
		}
		if err := l.inTx(func(exec func(query string, args ...any) error) error {
			return errors.Join(exec(`INSERT INTO tags (member_id, folded, name, by_member, at) VALUES (?, '茶', '茶', 'm1', 1)`, string(twin)),
				exec(`INSERT INTO tier_standings (member_id, tier, since, warned, waits, declined) VALUES (?, 'koc', 1, 0, '', 0)`, string(old)))
		}); err != nil {
			t.Fatal(err)
		}
		for params, want := range map[string][]string{"tag=茶": {"吕小明"}, "tag=咖啡": nil, "tier=koc": {"吕小明"}, "tier=contributor": nil, "tier=lurker": {"老王", "小红"}} {
			key, value, _ := strings.Cut(params, "=")
			same(t, params, want, column(l.view(bot.Manager, "community.members", map[string]string{key: value}), "members", "name"))
		}
		p = l.view(bot.Manager, "community.member", map[string]string{"id": string(old)})
		if got := column(p, "timeline", "what"); !slices.Contains(got, "第一次发言") {
			t.Errorf("timeline: %s", strings.Join(got, ", "))
		}
	})
}

// start is when a Day begins.
func (l *logins) start(day int) time.Time { return l.Community.Calendar.Start(community.Day(day)) }
