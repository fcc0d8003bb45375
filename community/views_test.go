package community_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// view reads a view in Chinese as somebody of a role.
func (l *logins) view(role bot.Role, name string, params map[string]string) bot.Page {
	l.t.Helper()
	p, err := l.Engine.View(l.t.Context(), name, bot.Query{Params: params, At: l.at, Actor: bot.Actor{Member: "m99", Role: role, Language: "zh"}})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, t := range p.Tables {
		for _, row := range t.Rows {
			if len(row.Cells) != len(t.Columns) {
				l.t.Errorf("%s: row %s has %d cells under %d columns", name, row.Key, len(row.Cells), len(t.Columns))
			}
		}
	}
	return p
}

// column is a column of a page's table, as text.
func column(p bot.Page, table, key string) (cells []string) {
	for _, t := range p.Tables {
		i := slices.IndexFunc(t.Columns, func(c bot.Column) bool { return c.Key == key })
		for _, row := range t.Rows {
			if t.Key == table {
				cells = append(cells, row.Cells[i].Text)
			}
		}
	}
	return cells
}

// acts are the commands of a table's rows, as they would be given.
func acts(p bot.Page, table string) (given []string) {
	for _, t := range p.Tables {
		for _, row := range t.Rows {
			for _, a := range row.Acts {
				if t.Key == table {
					given = append(given, strings.TrimSpace(a.Command+" "+a.Args))
				}
			}
		}
	}
	return given
}

// told are the figures of a page, as text.
func figures(p bot.Page) map[string]string {
	told := map[string]string{}
	for _, f := range p.Figures {
		told[f.Key] = f.Cell.Text
	}
	return told
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got)\n%s", what, diff)
	}
}

func TestTheListOfMembersShowsEachPersonOnce(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("", "老王", "大家好")
		l.group("s1", "吕小明", "签到")
		old := l.id("s1", "吕小明")
		l.nextDay()
		twin := l.hold("s2", "吕小明")
		l.boss(fmt.Sprintf("合并 %s 到 %s", twin, old))
		waits := l.hold("s1", "单雄信")
		l.group("s1", "=1+1\u202e", "大家好")
		l.group("s1", "加v换礼品", "大家好")
		bad := l.id("s1", "加v换礼品")

		p := l.view(bot.Manager, "community.members", nil)
		same(t, "names", []string{"老王", "吕小明", "单雄信", "=1+1", "新朋友"}, column(p, "members", "name"))
		same(t, "roles", []string{"所有者", "普通成员", "等待认领", "普通成员", "普通成员"}, column(p, "members", "role"))
		same(t, "messages", []string{"1", "2", "1", "1", "1"}, column(p, "members", "messages"))
		same(t, "points", []string{"0", "5", "0", "0", "0"}, column(p, "members", "points"))
		same(t, "groups", "大群", column(p, "members", "groups")[1])
		same(t, "figures", map[string]string{"members": "5", "waiting": "1"}, figures(p))
		same(t, "acts", []string{"加分 m1", "扣分 m1", "合并 m1 到"}, acts(p, "members")[:3])
		for _, act := range []string{"拆分 " + string(old), "确认新人 " + string(waits)} {
			if !slices.Contains(acts(p, "members"), act) {
				t.Errorf("no act %s in %v", act, acts(p, "members"))
			}
		}
		if got := acts(l.view(bot.Moderator, "community.members", nil), "members"); len(got) > 0 {
			t.Errorf("a moderator is offered %v", got)
		}

		for words, want := range map[string][]string{
			"小明": {"吕小明"}, "lvxiaoming": {"吕小明"}, "LXM": {"吕小明"}, "xming": {"吕小明"}, "lü xiao": {"吕小明"},
			"shanxx": {"单雄信"}, "dxx": {"单雄信"}, "chanxiong": {"单雄信"}, // all readings
			string(twin): {"吕小明"}, "ｍ1": {"老王"}, "换礼品": {"新朋友"}, "1+1": {"=1+1"},
			"没有": nil, "zzz": nil, strings.Repeat("a", 10_000): nil, "'; DROP TABLE members": nil, "%": nil,
		} {
			same(t, fmt.Sprintf("search %.20s", words), want, column(l.view(bot.Manager, "community.members", map[string]string{"search": words}), "members", "name"))
		}
		l.boss("标记机器人 " + string(bad))
		for params, want := range map[string][]string{
			"state=staff": {"老王"}, "state=provisional": {"单雄信"}, "state=bots": {"新朋友"}, "state=gone": nil,
			"state=present": {"老王", "吕小明", "单雄信", "=1+1", "新朋友"}, "role=owner": {"老王"}, "role=moderator": nil,
			"group=大": {"老王", "吕小明", "单雄信", "=1+1", "新朋友"}, "group=g9": nil, "state=nonsense": {"老王", "吕小明", "单雄信", "=1+1", "新朋友"},
		} {
			key, value, _ := strings.Cut(params, "=")
			same(t, params, want, column(l.view(bot.Manager, "community.members", map[string]string{key: value}), "members", "name"))
		}
		if _, err := l.Engine.View(t.Context(), "community.members", bot.Query{At: l.at, Actor: bot.Actor{Member: "m2"}}); !errors.Is(err, bot.ErrNoView) {
			t.Errorf("a member reads it: %v", err)
		}
	})
}

func TestThePagesOfMembersHoldEachOnce(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		for i := range 23 {
			l.group("s1", fmt.Sprint("人", i), "大家好")
		}
		for _, params := range []map[string]string{nil, {"search": "人"}, {"state": "present"}} {
			var all []string
			q := bot.Query{Params: params, Limit: 5, At: l.at, Actor: bot.Actor{Role: bot.Owner}}
			for range 6 {
				p, err := l.Engine.View(t.Context(), "community.members", q)
				if err != nil {
					t.Fatal(err)
				}
				if n := len(p.Tables[0].Rows); n > 5 {
					t.Fatalf("%d rows", n)
				}
				all = append(all, column(p, "members", "member")...)
				if q.After = p.Tables[0].Next; q.After == "" {
					break
				}
			}
			if !slices.IsSortedFunc(all, func(a, b string) int { return len(a)*100 + strings.Compare(a, b) - len(b)*100 }) || len(slices.Compact(slices.Clone(all))) != len(all) || len(all) != 23 {
				t.Errorf("%v: %d members, want 23: %v", params, len(all), all)
			}
		}
	})
}

func TestAMembersPageTellsWhatIsKnownOfThem(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小明", "签到")
		old := l.id("s1", "小明")
		l.nextDay()
		twin := l.hold("s2", "小明")
		l.boss(fmt.Sprintf("合并 %s 到 %s", twin, old))
		l.boss(fmt.Sprintf("加分 %s 20 谢谢", old))
		l.group("s2", "小明", "免打扰")

		p := l.view(bot.Manager, "community.member", map[string]string{"id": string(twin)})
		same(t, "note", fmt.Sprintf("小明（%s）", old), p.Note)
		told := figures(p)
		for key, want := range map[string]string{"points": "25", "debt": "0", "said": "3", "groups": "大群", "role": "普通成员", "consents": "免打扰", "recovery_code": "否"} {
			same(t, key, want, told[key])
		}
		same(t, "amounts", []string{"+20", "+5"}, column(p, "ledger", "amount"))
		same(t, "balances", []string{"25", "5"}, column(p, "ledger", "balance"))
		same(t, "reasons", "谢谢", column(p, "ledger", "reason")[0])
		same(t, "ids", []string{string(old), string(twin)}, column(p, "ids", "member"))
		same(t, "evidence", []string{"本人的编号", "管理员合并"}, column(p, "ids", "evidence"))
		same(t, "audit", []string{"加 20 分", "合并到 " + string(old), "改回等待认领"}, column(p, "audit", "did"))

		undos := acts(p, "audit")
		if len(undos) != 2 {
			t.Fatalf("to undo: %v", undos)
		}
		l.wants(l.boss(undos[0]), "已撤销")
		p = l.view(bot.Manager, "community.member", map[string]string{"id": string(old)})
		same(t, "points after the undo", "5", figures(p)["points"])
		same(t, "states", []string{"", "已撤销", "可以撤销", ""}, column(p, "audit", "state"))

		same(t, "nobody", "没有编号是 m999 的成员。", l.view(bot.Owner, "community.member", map[string]string{"id": "m999"}).Note)
		l.view(bot.Owner, "community.member", nil)
		l.view(bot.Owner, "community.member", map[string]string{"id": strings.Repeat("m1'\u202e", 5000)})
		if got := acts(l.view(bot.Moderator, "community.member", map[string]string{"id": string(old)}), "audit"); len(got) > 0 {
			t.Errorf("a moderator may undo what others did: %v", got)
		}
	})
}

func TestAMembersPageHidesTheirRecoveryCode(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		_, rest, _ := strings.Cut(l.private("", "老王", "找回码"), "：")
		code, _, _ := strings.Cut(rest, "\n")
		p := l.view(bot.Owner, "community.member", map[string]string{"id": "m1"})
		same(t, "there is one", "是", figures(p)["recovery_code"])
		if text := p.Text("zh", 100); len(code) != 14 || strings.Contains(text, code) {
			t.Errorf("the code %q is shown:\n%s", code, text)
		}
	})
}

func TestTheAuditTellsWhoDidWhatToWhom(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小明", "大家好")
		id := l.id("s1", "小明")
		for i := range 4 {
			l.boss(fmt.Sprintf("加分 %s %d 谢谢", id, i+1))
		}
		l.boss(fmt.Sprintf("任命 %s 协管员", id))
		l.group("", "老王", "停用")
		l.group("", "老王", "启用")

		p := l.view(bot.Manager, "community.audit", nil)
		same(t, "did", []string{"启用群", "停用群", "任命：普通成员 → 协管员", "加 4 分", "加 3 分", "加 2 分", "加 1 分"}, column(p, "audit", "did"))
		same(t, "actors", "老王", column(p, "audit", "actor")[0])
		same(t, "targets", []string{"大群", "大群", "小明"}, column(p, "audit", "target")[:3])
		if n := len(acts(p, "audit")); n != 7 {
			t.Errorf("%d can be undone", n)
		}
		for params, want := range map[string]int{"action=grant": 4, "actor=" + string(id): 0, "actor=m1": 7, "target=" + string(id): 5, "action=nonsense": 0} {
			key, value, _ := strings.Cut(params, "=")
			same(t, params, want, len(column(l.view(bot.Manager, "community.audit", map[string]string{key: value}), "audit", "did")))
		}
		q := bot.Query{Limit: 3, At: l.at, Actor: bot.Actor{Role: bot.Manager, Language: "en"}}
		var did []string
		for range 3 {
			p, err := l.Engine.View(t.Context(), "community.audit", q)
			if err != nil {
				t.Fatal(err)
			}
			did = append(did, column(p, "audit", "did")...)
			q.After = p.Tables[0].Next
		}
		same(t, "pages", []string{"enabled the group", "disabled the group", "appointed: member → moderator",
			"granted 4 points", "granted 3 points", "granted 2 points", "granted 1 points"}, did)
		if q.After != "" {
			t.Errorf("there is a page after the last: %s", q.After)
		}
		l.at = l.at.Add(25 * time.Hour)
		same(t, "a day later", 0, len(acts(l.view(bot.Owner, "community.audit", nil), "audit")))
		if _, err := l.Engine.View(t.Context(), "community.audit", bot.Query{At: l.at, Actor: bot.Actor{Role: bot.Moderator}}); !errors.Is(err, bot.ErrNoView) {
			t.Errorf("a moderator reads it: %v", err)
		}
	})
}

func TestIdentitiesShowWhomTheyCouldBe(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		same(t, "nobody", "没有等待认领的人，都认识啦。", l.view(bot.Manager, "community.identities", nil).Tables[0].Empty)
		l.group("s1", "小明", "签到")
		old := l.id("s1", "小明")
		l.nextDay()
		id, other := l.hold("s2", "小明"), l.hold("s2", "小红")
		l.group("s2", "小明", "签到")
		if err := l.candidate(id, old); err != nil {
			t.Fatal(err)
		}
		p := l.view(bot.Manager, "community.identities", nil)
		same(t, "who", []string{string(id), string(other)}, column(p, "waiting", "member"))
		same(t, "names", []string{"小明", "小红"}, column(p, "waiting", "name"))
		same(t, "points", []string{"5", "0"}, column(p, "waiting", "points"))
		same(t, "could be", []string{fmt.Sprintf("小明（%s，昵称相同）", old), ""}, column(p, "waiting", "could_be"))
		same(t, "acts", []string{fmt.Sprintf("合并 %s 到 %s", id, old), "确认新人 " + string(id), "确认新人 " + string(other)}, acts(p, "waiting"))
		first, err := l.Engine.View(t.Context(), "community.identities", bot.Query{Limit: 1, At: l.at, Actor: bot.Actor{Role: bot.Owner}})
		if err != nil || len(first.Tables[0].Rows) != 1 || first.Tables[0].Next == "" {
			t.Errorf("the first page: %v %v", first.Tables, err)
		}
		l.boss(acts(p, "waiting")[0])
		same(t, "who is left", []string{string(other)}, column(l.view(bot.Manager, "community.identities", nil), "waiting", "member"))
	})
}

// candidate says whom somebody could be.
func (l *logins) candidate(id, who community.MemberID) error {
	return l.inTx(func(exec func(query string, args ...any) error) error {
		return exec(`INSERT INTO candidates (member_id, candidate_id, evidence) VALUES (?, ?, 'nick')`, string(id), string(who))
	})
}

func (l *logins) inTx(fn func(exec func(query string, args ...any) error) error) error {
	return l.DB.Tx(l.t.Context(), func(ctx context.Context) error {
		return fn(func(query string, args ...any) error { return l.DB.Conn(ctx).Exec(query, args...).Error })
	})
}
