package community_test

import (
	"testing"
)

func TestCodesAreNotKept(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		l.group("s1", "小明", "签到")
		code := l.code(l.private("s1", "小明", "找回码"))
		l.wants(l.private("s1", "小明", "／找回 "+code), "就是你")
		l.private("s1", "小明", "绑定 ABCDEF")
		l.private("s1", "小明", "找回自信")
		l.group("s1", "小明", "找回 自信")
		var texts, said []string
		if err := l.DB.Conn(t.Context()).Raw(`SELECT text FROM message_texts ORDER BY seq`).Scan(&texts).Error; err != nil {
			t.Fatal(err)
		}
		if len(texts) != 4 || texts[0] != "签到" || texts[1] != "找回码" || texts[2] != "找回自信" || texts[3] != "找回 自信" {
			t.Errorf("kept are %q", texts)
		}
		if err := l.DB.Conn(t.Context()).Raw(`SELECT text FROM outbox`).Scan(&said).Error; err != nil {
			t.Fatal(err)
		}
		for _, text := range said {
			if recovery.MatchString(text) {
				t.Errorf("kept is %q", text)
			}
		}
	})
}
