package community_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/checkin"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/wallet"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// logins is a community that hears a transport whose users are new at each login, with 老王 as its owner.
type logins struct {
	*communitytest.Parts
	transcript.World
	t  *testing.T
	n  int
	at time.Time
	to bot.UserID // who was told something last in private
}

func eachLogins(t *testing.T, fn func(t *testing.T, l *logins)) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			l := &logins{t: t, at: noonUTC}
			w, err := communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
				l.Parts = p
				return []bot.Feature{checkin.New(p.DB, p.Community, checkin.Defaults()), wallet.New(p.DB, p.Community, wallet.Defaults())}
			})(t.Context(), nil, noonUTC)
			if err != nil {
				t.Fatal(err)
			}
			l.World = w
			if err := w.Appoint(t.Context(), bot.Person{User: "老王", Name: "老王", Stable: true}, bot.Owner, l.at); err != nil {
				t.Fatal(err)
			}
			fn(t, l)
			l.verify()
		})
	}
}

// say lets a user of a session say something, in the group or in private, and gives what is answered.
func (l *logins) say(session, name, text string, private bool) string {
	l.t.Helper()
	l.n++
	l.at = l.at.Add(time.Second)
	ev := bot.Event{ID: fmt.Sprintf("login/%d", l.n), Kind: bot.Message, Form: bot.Text, Text: text, At: l.at, SeenAt: l.at,
		Transport: "login", From: bot.Person{User: bot.UserID(session + "/" + name), Name: name}}
	if session == "" {
		ev.Transport, ev.From.User, ev.From.Stable = "transcript", bot.UserID(name), true
	}
	if ev.Chat, ev.ChatName = "c1", "大群"; private {
		ev.Chat, ev.ChatName, ev.Private = bot.ChatID("private/"+session+name), "", true
	}
	if err := l.Deliver(l.t.Context(), []bot.Event{ev}); err != nil {
		l.t.Fatal(err)
	}
	said, err := l.Said(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	var texts []string
	for _, s := range said {
		if texts = append(texts, s.Text); s.To != "" {
			l.to = s.To
		}
	}
	return strings.Join(texts, "\n")
}

func (l *logins) group(session, name, text string) string {
	l.t.Helper()
	return l.say(session, name, text, false)
}
func (l *logins) private(session, name, text string) string {
	l.t.Helper()
	return l.say(session, name, text, true)
}

var fourDigits = regexp.MustCompile(`确认 (\d{4})`)

// boss gives a command and confirms it where that is asked.
func (l *logins) boss(text string) string {
	l.t.Helper()
	got := l.private("", "老王", text)
	if m := fourDigits.FindStringSubmatch(got); m != nil {
		got = l.private("", "老王", "确认 "+m[1])
	}
	return got
}

// undo takes back what an answer offers to.
func (l *logins) undo(answer string) string {
	l.t.Helper()
	_, code, ok := strings.Cut(answer, "撤销 ")
	if !ok {
		l.t.Fatalf("no undo code in %q", answer)
	}
	return l.boss("撤销 " + strings.TrimSpace(code))
}

// id is the id that a user's facts are kept under.
func (l *logins) id(session, name string) community.MemberID {
	l.t.Helper()
	var id string
	if err := l.DB.Conn(l.t.Context()).Raw(`SELECT member_id FROM bindings WHERE user_id = ?`, session+"/"+name).Scan(&id).Error; err != nil || id == "" {
		l.t.Fatalf("%s/%s is nobody: %v", session, name, err)
	}
	return community.MemberID(id)
}

// hold makes a user's member provisional, as somebody who may be one of those known from before.
func (l *logins) hold(session, name string) community.MemberID {
	l.t.Helper()
	l.group(session, name, "大家好")
	id := l.id(session, name)
	err := l.DB.Tx(l.t.Context(), func(ctx context.Context) error {
		return l.Community.Hold(ctx, &bot.Request{Event: bot.Event{ID: "hold/" + string(id), At: l.at}}, id)
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return id
}

func (l *logins) balance(account points.Account) int64 {
	l.t.Helper()
	n, err := l.Ledger.Balance(l.t.Context(), account)
	if err != nil {
		l.t.Fatal(err)
	}
	return n
}

func (l *logins) verify() {
	l.t.Helper()
	report, err := l.Ledger.Verify(l.t.Context(), points.VerifyOptions{})
	if err != nil {
		l.t.Fatal(err)
	}
	if !report.OK {
		l.t.Errorf("the ledger does not hold: %v", report.Problems)
	}
}

func (l *logins) wants(got, want string) {
	l.t.Helper()
	if !strings.Contains(got, want) {
		l.t.Fatalf("said %q, want %q", got, want)
	}
}

func (l *logins) nextDay() { l.at = l.at.Add(24 * time.Hour) }

func TestPointsWaitInSuspenseUntilSomebodySaysWhoItIs(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.wants(l.group("s1", "小明", "签到"), "+5")
		old := l.id("s1", "小明")
		l.nextDay()
		id := l.hold("s2", "小明")
		l.wants(l.group("s2", "小明", "签到"), "连续第 1 天，+5")
		if waiting := l.balance(points.Suspense(string(id))); waiting != 5 {
			t.Fatalf("%d points wait", waiting)
		}
		if err := l.DB.Tx(t.Context(), func(ctx context.Context) error {
			return l.DB.Conn(ctx).Exec(`INSERT INTO candidates (member_id, candidate_id, evidence) VALUES (?, ?, ?)`, string(id), string(old), "昵称相同").Error
		}); err != nil {
			t.Fatal(err)
		}
		// Whoever is more alike stands first, whatever their number is.
		if err := l.DB.Tx(t.Context(), func(ctx context.Context) error {
			return l.DB.Conn(ctx).Exec(`INSERT INTO candidates (member_id, candidate_id, evidence) VALUES (?, 'm1', 'missing')`, string(id)).Error
		}); err != nil {
			t.Fatal(err)
		}
		list := l.boss("待认领")
		if first, other := strings.Index(list, "昵称相同"), strings.Index(list, "没见到"); first < 0 || other < first {
			t.Errorf("the order of the candidates is wrong: %s", list)
		}
		l.wants(list, fmt.Sprintf("小明（%s）大群，01-06 起，2 条发言，5 分待入账", id))
		l.wants(list, fmt.Sprintf("可能是 小明（昵称相同）→ 合并 %s 到 %s", id, old))

		l.wants(l.boss(fmt.Sprintf("合并 %s 到 %s", old, id)), "等待认领，不能并到这里")
		merged := l.boss(fmt.Sprintf("合并 %s 到 %s", id, old))
		l.wants(merged, "3 条发言")
		l.wants(merged, "10 分")
		if in, gone := l.balance(points.Member(string(id))), l.balance(points.Suspense(string(id))); in != 5 || gone != 0 {
			t.Errorf("%d arrived, %d still wait", in, gone)
		}
		l.wants(l.group("s2", "小明", "签到"), "已经签过到啦（连续第 2 天）")
		l.wants(l.boss("待认领"), "都认识啦")

		l.wants(l.undo(merged), "已撤销")
		if back := l.balance(points.Suspense(string(id))); back != 5 {
			t.Errorf("%d points wait again", back)
		}
		asked := l.group("s2", "小明", "积分")
		l.wants(asked, "5 积分")
		l.wants(asked, "还没认出你")

		new := l.boss(fmt.Sprintf("确认新人 %s", id))
		l.wants(new, "待入账的积分已到账")
		if in := l.balance(points.Member(string(id))); in != 5 {
			t.Errorf("%d points arrived", in)
		}
		l.wants(l.undo(new), "已撤销")
		if back := l.balance(points.Suspense(string(id))); back != 5 {
			t.Errorf("%d points wait again", back)
		}
		var audited []string
		if err := l.DB.Conn(t.Context()).Raw(`SELECT action FROM audits ORDER BY id`).Scan(&audited).Error; err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"hold", "merge", "split", "undo", "newcomer", "hold", "undo"}, audited); diff != "" {
			t.Error(diff)
		}
	})
}

func TestFactsKeepTheIDTheyHappenedTo(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小明", "你好")
		old := l.id("s1", "小明")
		l.nextDay()
		id := l.hold("s2", "小明")
		l.boss(fmt.Sprintf("合并 %s 到 %s", id, old))
		l.group("s2", "小明", "签到")
		l.group("s2", "小明", "隐身排行")
		for _, table := range []string{"messages", "activity", "stays", "checkins", "consents"} {
			var rows int
			if err := l.DB.Conn(t.Context()).Raw(`SELECT COUNT(*) FROM `+table+` WHERE member_id = ?`, string(id)).Scan(&rows).Error; err != nil {
				t.Fatal(err)
			}
			if rows == 0 {
				t.Errorf("%s keeps nothing under %s", table, id)
			}
		}
		list, err := community.Members(t.Context(), l.DB)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range list {
			got = append(got, fmt.Sprint(m.Member, m.Aliases, m.Messages, m.ActiveDays, m.Groups))
		}
		if want := fmt.Sprint(old, []community.MemberID{id}, 4, 2, 1); len(got) != 2 || got[1] != want {
			t.Errorf("members %v, want %s", got, want)
		}
		hidden := map[community.MemberID]bool{}
		if err := l.DB.Tx(t.Context(), func(ctx context.Context) (err error) {
			hidden, err = l.Community.Consent.All(ctx, community.HideRank)
			return err
		}); err != nil || !hidden[old] {
			t.Errorf("%s did not hide: %v, %v", old, hidden, err)
		}
	})
}

// What was merged into somebody goes along when they are split, because it was said of them.
func TestASplitTakesAlongWhatWasMergedBefore(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		var ids []community.MemberID
		for i := range 3 {
			l.group(fmt.Sprint("s", i), "小明", "签到")
			ids = append(ids, l.id(fmt.Sprint("s", i), "小明"))
			l.nextDay()
		}
		l.boss(fmt.Sprintf("合并 %s 到 %s", ids[2], ids[1]))
		first := l.boss(fmt.Sprintf("合并 %s 到 %s", ids[1], ids[0]))
		l.wants(l.group("s2", "小明", "积分"), "15 积分")
		l.wants(l.undo(first), "已撤销")
		l.wants(l.group("s0", "小明", "积分"), "5 积分")
		l.wants(l.group("s2", "小明", "积分"), "10 积分")
		l.boss(fmt.Sprintf("拆分 %s", ids[2]))
		l.wants(l.group("s2", "小明", "积分"), "5 积分")
		l.wants(l.undo(first), "已经用过了")
	})
}

func TestWhatIsLentToSpendGoesBackWithASplit(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小明", "你好")
		l.nextDay()
		l.group("s2", "小明", "你好")
		a, b := l.id("s1", "小明"), l.id("s2", "小明")
		l.boss(fmt.Sprintf("加分 %s 30", a))
		l.boss(fmt.Sprintf("加分 %s 50", b))
		merged := l.boss(fmt.Sprintf("合并 %s 到 %s 同一人", b, a))
		l.wants(l.boss(fmt.Sprintf("扣分 %s 81", a)), "只有 80 分")
		l.wants(l.boss(fmt.Sprintf("扣分 %s 60", a)), "还有 20 分")
		l.wants(l.group("s2", "小明", "明细"), "你现在有 20 积分，最近 3 笔")
		l.wants(l.undo(merged), "已撤销")
		l.wants(l.group("s1", "小明", "积分"), "0 积分，小明～（另有 30 分待抵扣")
		l.wants(l.group("s2", "小明", "积分"), "20 积分")

		// What they earn pays it back, to the one who lent it.
		l.boss(fmt.Sprintf("加分 %s 12", a))
		l.wants(l.group("s1", "小明", "积分"), "0 积分，小明～（另有 18 分待抵扣")
		l.wants(l.group("s2", "小明", "积分"), "32 积分")
		l.boss(fmt.Sprintf("合并 %s 到 %s 同一人", b, a))
		l.wants(l.group("s1", "小明", "积分"), "32 积分，小明～")
		if got := l.group("s1", "小明", "积分"); strings.Contains(got, "待抵扣") {
			t.Errorf("they owe themselves: %s", got)
		}
	})
}

// Of rules that no feature makes right itself, the later of two keys that coincide is reversed.
func TestOfKeysThatCoincideTheFirstStands(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小明", "你好")
		l.nextDay()
		l.group("s2", "小明", "你好")
		a, b := l.id("s1", "小明"), l.id("s2", "小明")
		post := func(rule string, id community.MemberID, amount int64) {
			t.Helper()
			_, err := l.Ledger.Post(t.Context(), points.Transfer{Key: rule + "/" + string(id) + "/2026", From: points.Issued, To: points.Member(string(id)), Amount: amount, Reason: rule, At: l.at})
			if err != nil {
				t.Fatal(err)
			}
		}
		post("birthday", b, 10)
		post("birthday", a, 8)
		post("topic", a, 3)
		post("only", b, 1)
		for range 2 {
			merged := l.boss(fmt.Sprintf("合并 %s 到 %s 同一人", b, a))
			l.wants(l.group("s1", "小明", "积分"), "14 积分") // 10 + 3 + 1: b's birthday was first
			l.wants(l.undo(merged), "已撤销")
			l.wants(l.group("s1", "小明", "积分"), "11 积分")
			l.wants(l.group("s2", "小明", "积分"), "11 积分")
		}
		// What somebody else took back stays so.
		if _, err := l.Ledger.ReverseKey(t.Context(), "birthday/"+string(b)+"/2026", points.Reversal{Key: "cheat", At: l.at}); err != nil {
			t.Fatal(err)
		}
		l.wants(l.undo(l.boss(fmt.Sprintf("合并 %s 到 %s 同一人", b, a))), "已撤销")
		l.wants(l.group("s2", "小明", "积分"), "1 积分")
	})
}

func TestWhoLeftUnderTheirLatestIDIsGone(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小明", "你好")
		old := l.id("s1", "小明")
		l.nextDay()
		l.group("s2", "小明", "你好")
		l.boss(fmt.Sprintf("合并 %s 到 %s", l.id("s2", "小明"), old))
		gone := func() (ids []community.MemberID) {
			t.Helper()
			if err := l.DB.Tx(t.Context(), func(ctx context.Context) (err error) {
				ids, err = l.Community.Gone(ctx)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return ids
		}
		if ids := gone(); len(ids) != 0 {
			t.Errorf("gone: %v", ids)
		}
		l.nextDay()
		left := bot.Event{ID: "left", Kind: bot.Left, At: l.at, SeenAt: l.at, Transport: "login", Chat: "c1",
			From: bot.Person{User: "s2/小明", Name: "小明"}}
		if err := l.Deliver(t.Context(), []bot.Event{left}); err != nil {
			t.Fatal(err)
		}
		if ids := gone(); len(ids) != 1 || ids[0] != old {
			t.Errorf("gone: %v, want %s", ids, old)
		}
	})
}
