package ambassador_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/ambassador"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// table is a table of a view as lines: the cells, and the acts in brackets.
func (v *village) table(n int, view string, q bot.Query) (lines []string, next string) {
	v.t.Helper()
	q.At, q.Actor = v.at, bot.Actor{Role: bot.Manager, Language: "zh"}
	page, err := v.Engine.View(v.t.Context(), view, q)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, row := range page.Tables[n].Rows {
		if len(row.Cells) != len(page.Tables[n].Columns) {
			v.t.Errorf("%s: %d cells under %d columns", view, len(row.Cells), len(page.Tables[n].Columns))
		}
		var parts []string
		for _, c := range row.Cells {
			parts = append(parts, c.Text)
		}
		for _, a := range row.Acts {
			parts = append(parts, fmt.Sprintf("[%s %s]", a.Command, a.Args))
		}
		lines = append(lines, strings.Join(parts, "|"))
	}
	return lines, page.Tables[n].Next
}

// TestPages reads every page of a small campaign with a case, on both databases.
func TestPages(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			v := newVillage(t, dialect, ambassador.Defaults())
			v.does("xboss")
			v.says("小红", "大家早上好")
			code := v.appoint("小红")
			want := func(n int, view string, q bot.Query, want ...string) string {
				t.Helper()
				got, next := v.table(n, view, q)
				for i := range got { // when it was, codes: see elsewhere
					got[i] = strings.ReplaceAll(got[i], code, "CODE")
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %s", view, diff)
				}
				return next
			}
			want(0, "ambassador.ambassadors", bot.Query{}, "小红|2026-11-02 12:00|CODE|0|0|0|0||[卸任大使 m2]")
			for i := range 4 {
				user := fmt.Sprintf("号%d", i)
				v.deliver(v.event(bot.Joined, user, "大群", ""))
				v.says(user, "邀请码 "+code)
				v.says(user, "大家好我是新来的朋友")
			}
			v.deliver(v.event(bot.Joined, "<b>真</b>\u202e", "大群", ""))
			v.says("<b>真</b>\u202e", "邀请码 "+code)
			v.says("<b>真</b>\u202e", "平时喝拿铁，住在城东")
			want(0, "ambassador.ambassadors", bot.Query{}, "小红|2026-11-02 12:00|CODE|5|5|0|24||[卸任大使 m2]")
			want(0, "ambassador.invitecases", bot.Query{}, "1|小红|4 人名字只差数字、4 人第一句话相同|2026-11-02 12:00|待核对|||[裁定 1 有效]|[裁定 1 无效]")
			want(0, "ambassador.invitecase", bot.Query{Params: map[string]string{"id": "1"}}, "1|小红|2026-11-02 12:00|待核对|||[裁定 1 有效]|[裁定 1 无效]")
			list, _ := v.table(1, "ambassador.invitecase", bot.Query{Params: map[string]string{"id": "1"}})
			if len(list) != 4 || !strings.HasSuffix(list[0], "|2|0|6/30|名字相近、首句相同") {
				t.Errorf("the invitations of a case: %q", list)
			}
			list, next := v.table(0, "ambassador.invitations", bot.Query{Limit: 2})
			if len(list) != 2 || !strings.HasPrefix(list[0], "<b>真</b>|小红|2026-11-02 12:00||有效|2026-11-02 12:00|2|0|6/30") {
				t.Errorf("the first invitations: %q", list)
			}
			if list, _ = v.table(0, "ambassador.invitations", bot.Query{After: next, Limit: 9}); len(list) != 3 {
				t.Errorf("the others: %q", list)
			}
			if list, _ = v.table(0, "ambassador.invitations", bot.Query{Params: map[string]string{"member": "m3"}}); len(list) != 1 || !strings.HasPrefix(list[0], "号0|") {
				t.Errorf("those of a member: %q", list)
			}
			want(0, "ambassador.invitecodes", bot.Query{}, "CODE|小红||30|10|5|2026-11-02 12:00||[停用邀请码 "+strings.ReplaceAll(code, "-", "")+"]")
			v.says("boss", "裁定 1 无效 同一个人的号")
			want(0, "ambassador.invitecases", bot.Query{})
			want(0, "ambassador.invitecases", bot.Query{Params: map[string]string{"state": "decided"}}, "1|小红|4 人名字只差数字、4 人第一句话相同|2026-11-02 12:00|取消|同一个人的号|")
			v.until(v.at.Add(9 * 24 * time.Hour))
			want(0, "ambassador.invitefunnel", bot.Query{}, "受邀来的|5|1|1|100 % (21–100 %)|0|0 % (0–79 %)|0|–", "自己来的|0|1|1|100 % (21–100 %)|0|0 % (0–79 %)|0|–")
			want(1, "ambassador.invitefunnel", bot.Query{}, "小红|5|1|1|100 % (21–100 %)|0|0 % (0–79 %)|0|–")
			for _, view := range []string{"ambassadors", "invitations", "invitecodes", "invitefunnel", "invitecases"} {
				for _, other := range []string{"declined", "2026-13", "'; DROP TABLE invites", strings.Repeat("x", 5000)} {
					q := bot.Query{At: v.at, After: other, Actor: bot.Actor{Role: bot.Manager}, Params: map[string]string{"state": other, "month": other, "member": other}}
					if _, err := v.Engine.View(t.Context(), "ambassador."+view, q); err != nil && slices.Contains([]string{"declined"}, other) {
						t.Errorf("%s for %.20q: %v", view, other, err)
					}
				}
			}
		})
	}
}
