package community_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
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

// TestASearchReadsOnlyNewNames finds the same whether the names were read anew one by one or all at once.
func TestASearchReadsOnlyNewNames(t *testing.T) {
	eachLogins(t, func(t *testing.T, l *logins) {
		search := func(words string) []string {
			p, err := l.Engine.View(t.Context(), "community.members", bot.Query{Params: map[string]string{"search": words}, At: l.at, Actor: bot.Actor{Role: bot.Owner, Language: "zh"}})
			if err != nil {
				t.Fatal(err)
			}
			return column(p, "members", "name")
		}
		rnd := rand.New(rand.NewPCG(7, 7))
		syllables := []string{"小", "明", "红", "大", "海", "m12", "王", "Tom"}
		word := func() string { return syllables[rnd.IntN(len(syllables))] + syllables[rnd.IntN(len(syllables))] }
		for i := range 60 {
			l.group("s"+strconv.Itoa(rnd.IntN(8)), word(), "你好")
			for _, words := range [...]string{"xm", "大", "m1", "tom", word()} {
				some := search(words)
				l.Community.ForgetNames()
				same(t, fmt.Sprintf("%d. search for %q", i, words), search(words), some)
			}
		}
	})
}
