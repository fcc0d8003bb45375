package community_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weilu-im/weilu/bot"
)

func TestASearchKnowsNamesThatWereWrittenSince(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		search := func(ctx context.Context, words string) []string {
			p, err := l.Engine.View(ctx, "community.members", bot.Query{Params: map[string]string{"search": words}, At: l.at, Actor: bot.Actor{Role: bot.Owner, Language: "zh"}})
			if err != nil {
				t.Fatal(err)
			}
			return column(p, "members", "name")
		}
		l.group("", "老王", "大家好")
		same(t, "before", []string(nil), search(t.Context(), "xm"))
		l.group("s1", "小明", "你好")
		same(t, "who spoke since", []string{"小明"}, search(t.Context(), "xm"))
		l.group("s1", "小明", "今天叫别的")
		id := l.id("s1", "小明")
		undo := errors.New("undo")
		err := l.Engine.Do(t.Context(), func(ctx context.Context) error { // what a transaction sees of its own is not kept when it is undone
			if err := l.DB.Conn(ctx).Exec(`UPDATE members SET name = '小梅' WHERE id = ?`, string(id)).Error; err != nil {
				return err
			}
			l.Community.ForgetNames()
			same(t, "within", []string{"小梅"}, search(ctx, "xiaomei"))
			return undo
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		same(t, "undone", []string(nil), search(t.Context(), "xiaomei"))
		same(t, "as it was", []string{"小明"}, search(t.Context(), "xiaoming"))
	})
}
