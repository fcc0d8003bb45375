package community_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot"
)

var recovery = regexp.MustCompile(`[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}`)

// code is the recovery code in an answer.
func (l *logins) code(answer string) string {
	l.t.Helper()
	code := recovery.FindString(answer)
	if code == "" {
		l.t.Fatalf("no code in %q", answer)
	}
	return code
}

// bind makes a user of a session one of a member by weak evidence, as a matching nickname does.
func (l *logins) bind(session, name string, member string) {
	l.t.Helper()
	err := l.DB.Tx(l.t.Context(), func(ctx context.Context) error {
		return l.DB.Conn(ctx).Exec(`INSERT INTO bindings (transport, session, user_id, member_id, strong, rule, evidence, at) VALUES ('login', '', ?, ?, ?, 'whole key', '', ?)`,
			session+"/"+name, member, false, l.at.UnixMilli()).Error
	})
	if err != nil {
		l.t.Fatal(err)
	}
}

func TestACodeBringsBackWhoWaitsToBeRecognised(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小明", "签到")
		code := l.code(l.private("s1", "小明", "找回码"))
		stored := ""
		if err := l.DB.Conn(t.Context()).Raw(`SELECT hash FROM recovery_codes`).Scan(&stored).Error; err != nil || strings.Contains(stored, code[:4]) {
			t.Errorf("%q is kept of %s: %v", stored, code, err)
		}
		l.nextDay()
		l.hold("s2", "小明明")
		l.group("s2", "小明明", "签到")
		l.wants(l.private("s2", "小明明", "找回码"), "现在不能发找回码")
		got := l.private("s2", "小明明", "找回 "+strings.ToLower(code))
		l.wants(got, "欢迎回来，小明明！积分和记录都接上了，现在有 10 积分")
		if next := l.code(got); next == code {
			t.Error("the same code again")
		}
		l.wants(l.private("s3", "骗子", "找回 "+code), "找回码不对")
		var strong bool
		if err := l.DB.Conn(t.Context()).Raw(`SELECT strong FROM bindings WHERE user_id = 's2/小明明'`).Scan(&strong).Error; err != nil || !strong {
			t.Errorf("the binding is not strong: %v", err)
		}
		l.wants(l.private("s2", "小明明", "找回码"), "你的找回码")
	})
}

// A namesake who was bound to a member by their nickname must never get hold of the member's code.
func TestANamesakeGetsNoCode(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小明", "签到")
		member := l.id("s1", "小明")
		code := l.code(l.private("s1", "小明", "找回码"))
		l.nextDay()
		l.bind("s2", "小明", string(member))
		l.wants(l.group("s2", "小明", "签到"), "连续第 2 天")
		l.wants(l.private("s2", "小明", "找回码"), "还不够确定")
		// Not in a group either, where a valid code is burnt, and nobody is given another.
		aloud := l.group("s2", "小明", "找回 "+code)
		l.wants(aloud, "这个码已作废")
		if recovery.MatchString(aloud) {
			t.Errorf("a namesake was given a code: %s", aloud)
		}
		l.wants(l.private("s2", "小明", "找回 "+code), "找回码不对")
	})
}

func TestAWeaklyBoundMemberProvesThatItIsThem(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小明", "签到")
		code := l.code(l.private("s1", "小明", "找回码"))
		l.bind("s2", "小明", string(l.id("s1", "小明")))
		l.wants(l.private("s2", "小明", "找回 "+code), "认出来啦")
		l.wants(l.private("s2", "小明", "找回码"), "你的找回码")
	})
}

// Who was taken for a namesake gets their own login back; what they did meanwhile stays with the namesake.
func TestACodeTakesALoginFromTheWrongNamesake(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小明", "签到")
		code := l.code(l.private("s1", "小明", "找回码"))
		l.group("s0", "小明", "签到")
		l.nextDay()
		l.bind("s2", "小明", string(l.id("s0", "小明")))
		l.group("s2", "小明", "签到")
		l.wants(l.private("s2", "小明", "找回 "+code), "那期间的记录在对方名下")
		l.wants(l.group("s2", "小明", "积分"), "5 积分")
		if got, want := l.id("s2", "小明"), l.id("s1", "小明"); got != want {
			t.Errorf("bound to %s, want %s", got, want)
		}
		l.wants(l.group("s0", "小明", "积分"), "10 积分")
	})
}

// A manager merged the login into the wrong member: the code takes all of it to the right one.
func TestACodeOverrulesAWrongMerge(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小明", "签到")
		code := l.code(l.private("s1", "小明", "找回码"))
		l.group("s0", "小明", "签到")
		l.nextDay()
		id := l.hold("s2", "小明")
		l.boss(fmt.Sprintf("合并 %s 到 %s", id, l.id("s0", "小明")))
		l.wants(l.group("s2", "小明", "签到"), "连续第 2 天")
		l.wants(l.private("s2", "小明", "找回 "+code), "现在有 10 积分")
		l.wants(l.group("s0", "小明", "积分"), "5 积分")
	})
}

func TestGuessingIsLimitedForAllTogether(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小明", "签到")
		code := l.code(l.private("s1", "小明", "找回码"))
		for i := range 6 {
			for j := range 5 {
				l.wants(l.private(fmt.Sprint("x", i), "骗子", fmt.Sprintf("找回 AAAA-BBBB-CC%d%d", i+2, j+2)), "找回码不对")
			}
		}
		l.wants(l.private("x9", "骗子", "找回 "+code), "试错次数太多了")
		l.at = l.at.Add(61 * 60e9)
		l.wants(l.private("s1", "小明", "找回 "+code), "认出来啦")
	})
}

// A member of the team who is weakly bound has no role, and their code brings it back.
func TestARoleSleepsUntilItIsProvenWhoItIs(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小红", "你好")
		code := l.code(l.private("s1", "小红", "找回码"))
		member := l.id("s1", "小红")
		l.boss(fmt.Sprintf("任命 %s 管理员", member))
		l.bind("s2", "小红", string(member))
		l.wants(l.private("s2", "小红", "待认领"), "管理权限先休息着")
		l.private("s2", "小红", "找回 "+code)
		l.wants(l.private("s2", "小红", "待认领"), "都认识啦")
	})
}

// Whoever has another's code, and not only the other, gets nothing by it while the other is here.
func TestACodeOfSomebodyWhoIsHereIsVoidInOtherHands(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小明", "签到")
		code := l.code(l.private("s1", "小明", "找回码"))
		l.nextDay()
		l.group("s1", "骗子", "签到")
		l.nextDay()
		l.group("s1", "小明", "早上好")
		got := l.private("s1", "骗子", "找回 "+code)
		l.wants(got, "正在用另一个账号")
		l.wants(got, "有人拿着你的找回码来找我")
		l.wants(l.private("s1", "骗子", "找回 "+code), "找回码不对")
		l.wants(l.private("s1", "小明", "积分"), "5 积分")
		l.wants(l.private("s1", "骗子", "积分"), "5 积分")
	})
}

// Of one person's several accounts the one that asks is answered.
func TestWhoAsksIsAnsweredWhereTheyAsked(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小明", "签到")
		l.group("s1", "小明的小号", "签到")
		l.wants(l.boss(fmt.Sprintf("合并 %s 到 %s 同一人", l.id("s1", "小明的小号"), l.id("s1", "小明"))), "撤销")
		for _, name := range []string{"小明", "小明的小号", "小明"} {
			l.private("s1", name, "积分")
			if l.to != bot.UserID("s1/"+name) {
				t.Errorf("%s asked, and %s was answered", name, l.to)
			}
		}
	})
}
