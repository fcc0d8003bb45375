package ambassador_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/ambassador"
)

// TestAMillionGuessesOfANightFindNone lets 200 newcomers, who know how codes are made and what their check character is, try
// a million in one night, in the group and in private, where 300 codes are good. None is found, the answers are few, and
// what is not looked up leaves no row behind.
func TestAMillionGuessesOfANightFindNone(t *testing.T) {
	guesses := 1_000_000
	if testing.Short() {
		guesses = 20_000
	}
	const newcomers, codes, together = 200, 300, 1000
	v := newVillage(t, "sqlite", ambassador.Defaults())
	v.does("xboss")
	good := map[string]bool{}
	for i := range codes {
		good[strings.ReplaceAll(v.appoint(fmt.Sprintf("大使%d", i)), "-", "")] = true
	}
	v.until(v.Community.Calendar.Start(v.Community.Calendar.Day(v.at) + 1).Add(18 * time.Hour)) // 22:00
	for i := range newcomers {
		v.deliver(v.event(bot.Joined, fmt.Sprintf("猜%d", i), "大群", ""))
	}
	rnd := rand.New(rand.NewPCG(9, 10))
	begun, answers, hits := v.at, 0, 0
	for n := 0; n < guesses; n += together {
		list := make([]bot.Event, 0, together)
		for i := range together {
			code := ambassador.NewCode(rnd)
			if good[code] {
				hits++
			}
			e := v.event(bot.Message, fmt.Sprintf("猜%d", (n+i)%newcomers), "大群", "邀请码 "+code)
			if i%2 == 0 {
				e.Private, e.Chat = true, bot.ChatID("private/"+e.From.User)
			}
			e.At = begun.Add(time.Duration(n+i) * 10 * time.Hour / time.Duration(guesses))
			e.SeenAt = e.At
			list = append(list, e)
		}
		answers += strings.Count(v.deliver(list...), "\n") + 1
	}
	var claims, tries int
	if err := v.DB.Conn(t.Context()).Raw(`SELECT (SELECT COUNT(*) FROM invites), (SELECT COUNT(*) FROM invite_tries)`).Row().Scan(&claims, &tries); err != nil {
		t.Fatal(err)
	}
	if claims > 0 {
		t.Errorf("%d of %d guesses found a code", claims, guesses)
	}
	if most := newcomers * 11 * 6; tries > most || tries < newcomers {
		t.Errorf("%d guesses were looked up or told off, want at most %d", tries, most)
	}
	t.Logf("%d guesses of %d newcomers against %d codes: %d were looked at, %d of them all would have been right, %d answers", guesses, newcomers, codes, tries, hits, answers)
}
