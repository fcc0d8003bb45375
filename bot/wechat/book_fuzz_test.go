package wechat

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// FuzzTranslate: nothing that WeChat could say loses a text, tells one twice or gives half an event.
func FuzzTranslate(f *testing.F) {
	f.Add(`"小明"邀请"甲、乙"加入了群聊`, "签到", "新|人", uint8(1))
	f.Add(`你将"小红"移出了群聊`, "「小明：x」<br/>- -<br/>y", "小红", uint8(7))
	f.Add(`"小明" 拍了拍 "小红"`, "@小明\u2005", "", uint8(200))
	f.Fuzz(func(t *testing.T, line, words, name string, mix uint8) {
		b := known("小明", "小红", name)
		a := syncAnswer{AddMsgList: []rawMessage{inRoom(1, typeText, user(1), words), system(2, line), inRoom(3, typeText, user(4), words), inRoom(4, number(mix), user(2), words)}}
		a.AddMsgList[1].Content = text(line)
		if mix&1 != 0 {
			a.ModContactList = change("小明", name, "小红", line)
		}
		if mix&2 != 0 {
			b.stale(a, start)
			b.room(roomWith(people("小明", words, name)), start)
		}
		count := map[string]int{}
		for _, ev := range append(hear(t, b, start.Add(time.Second), a), hear(t, b, start.Add(time.Hour), a)...) {
			count[fmt.Sprint(ev.Kind, ev.ID)]++
			if ev.ID == "" || ev.Kind == "" || ev.Transport != Name || ev.At.IsZero() {
				t.Errorf("an event without what every event has: %+v", ev)
			}
		}
		if kind, _ := understand(decode(line)); kind == banished {
			return
		}
		for id, n := range count {
			if strings.HasPrefix(id, "message") && n != 2 || strings.HasPrefix(id, "joined") && n > 1 {
				t.Errorf("%s came %d times", id, n)
			}
		}
		if count["messagewechat/1"] != 2 || count["messagewechat/3"] != 2 {
			t.Errorf("a text was lost: %v", count)
		}
	})
}
