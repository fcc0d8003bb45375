package challenge_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// TestTheEveningListIsTrueWhenItIsSent: who checks in between the evening list and its turn to be sent is not on it.
func TestTheEveningListIsTrueWhenItIsSent(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			v := newVillage(t, dialect)
			v.does("xboss")
			v.says("boss", "新建挑战 早起 7天 今天")
			for _, user := range []string{"u1", "u2", "u3"} {
				v.says(user, "参加 早起")
			}
			for _, said := range [...][2]string{{"boss", "新建挑战 阅读 7天 今天"}, {"u4", "参加 阅读"}} { // another group has its own list
				ev := v.event(said[0], said[1])
				ev.Chat, ev.ChatName = "hall", "二群"
				if err := v.Engine.Deliver(t.Context(), []bot.Event{ev}); err != nil {
					t.Fatal(err)
				}
			}
			evening := v.Community.Calendar.Wall(v.Community.Calendar.Day(v.at), 20, 30)
			if err := v.Engine.Advance(t.Context(), evening, false); err != nil { // it waits in the queue
				t.Fatal(err)
			}
			v.at = evening.Add(10 * time.Second)
			if err := v.Deliver(t.Context(), []bot.Event{v.event("u2", "打卡 早起")}); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				v.at = v.at.Add(time.Minute)
				if err := v.Advance(t.Context(), v.at); err != nil {
					t.Fatal(err)
				}
			}
			var rows []struct{ Text, State, Reason string }
			if err := v.DB.Conn(t.Context()).Raw(`SELECT text, state, reason FROM outbox WHERE ref LIKE 'evening/%' ORDER BY id`).Scan(&rows).Error; err != nil {
				t.Fatal(err)
			}
			if len(rows) != 3 || rows[0].State != "withheld" || rows[1].State != "sent" || rows[2].State != "sent" ||
				!strings.Contains(rows[0].Text, "还没有人打卡") || !strings.Contains(rows[1].Text, "@u4") ||
				!strings.Contains(rows[2].Text, "已有 1 人打卡，还差 2 位：@u1 @u3") {
				t.Errorf("%+v", rows)
			}
			var used []int
			if err := v.DB.Conn(t.Context()).Raw(`SELECT used FROM noise ORDER BY group_id`).Scan(&used).Error; err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(used, []int{1, 1}) {
				t.Errorf("of the groups' budgets %v are used", used)
			}
		})
	}
}
