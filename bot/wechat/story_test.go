package wechat_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// happened writes what became of people, in a few words.
func happened(events []bot.Event) string {
	var lines []string
	for _, e := range events {
		switch e.Kind {
		case bot.Joined, bot.Left, bot.Tapped, bot.Recalled, bot.Renamed:
			line := string(e.Kind) + " " + e.From.Name
			if e.By != nil {
				line += " by " + e.By.Name
			}
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "; ")
}

func TestWhoCameAndWhoWentIsHeardInEveryOrder(t *testing.T) {
	for joins := wechattest.JoinTogether; joins <= wechattest.JoinLineOnly; joins++ {
		for _, english := range []bool{false, true} {
			t.Run(fmt.Sprintf("order %d, English %v", joins, english), func(t *testing.T) {
				t.Parallel()
				s := serve(t, wechattest.Options{AutoScan: true, Joins: joins, English: english})
				ming, hong := s.Person("小明"), s.Person("同名")
				g := s.Group("大群", ming, hong)
				g.SetEnglish(english)
				p := run(t, s, t.TempDir(), newSink())
				p.up()
				g.Say(ming, "早")
				p.sink.hears(t, "早")
				xin, tong, a, b := s.Person("新 & 人😄"), s.Person("同名"), s.Person("甲、乙"), s.Person(`丙"邀请"丁`)
				g.Add(xin, ming)
				g.Say(ming, "一")
				p.sink.hears(t, "一")
				want := []string{"joined 新 & 人😄 by 小明"}
				if joins != wechattest.JoinLineOnly {
					g.AddByQR(tong, ming)
					g.AddMany(s.Bot(), a, b)
					g.Remove(hong)
					g.Tickle(ming, xin)
					want = append(want, "joined 同名 by 小明", "joined 甲、乙 by 积分助手", `joined 丙"邀请"丁 by 积分助手`, "left 同名", "tapped 小明")
				}
				for _, w := range want {
					p.sink.until(t, w, func(events []bot.Event) bool { return strings.Contains(happened(events), w) })
				}
				g.Say(ming, "完")
				p.sink.hears(t, "完")
				got := happened(p.sink.all())
				if n := strings.Count(got, ";") + 1; n != len(want) {
					t.Errorf("got %s", got)
				}
				t.Log(got)
			})
		}
	}
}
