package wallet_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/wallet"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/points"
)

// bank is a community with a wallet, whose manager is 老王, and whose members are m2 and those after.
type bank struct {
	*communitytest.Parts
	transcript.World
	feature bot.Feature
	n       int
	at      time.Time
}

// open makes a bank in an empty database. Members may give to each other as much as they like.
func open(ctx context.Context, db *database.DB) (*bank, error) {
	b := &bank{at: time.Date(2026, 11, 2, 4, 0, 0, 0, time.UTC)}
	var err error
	b.World, err = communitytest.BuildIn(db, func(p *communitytest.Parts) []bot.Feature {
		cfg := wallet.Defaults()
		cfg.Transfers = wallet.Transfers{Enabled: true, Min: 1, MaxPerDay: 1_000_000, ConfirmAbove: 1_000_000}
		b.Parts, b.feature = p, wallet.New(p.DB, p.Community, cfg)
		return []bot.Feature{b.feature}
	})(ctx, nil, b.at)
	if err != nil {
		return nil, err
	}
	return b, b.Appoint(ctx, bot.Person{User: "老王", Name: "老王", Stable: true}, bot.Manager, b.at)
}

// say lets somebody say something in private, and gives what is answered to anybody.
func (b *bank) say(ctx context.Context, name, text string) (string, error) {
	return b.hand(ctx, name, text, nil)
}

// hand is say with a table.
func (b *bank) hand(ctx context.Context, name, text string, table [][]string) (string, error) {
	b.n++
	b.at = b.at.Add(time.Second)
	err := b.Deliver(ctx, []bot.Event{{ID: fmt.Sprint("bank/", b.n), Kind: bot.Message, Form: bot.Text, Text: text, Table: table, At: b.at, SeenAt: b.at,
		Transport: "transcript", Chat: bot.ChatID("private/" + name), Private: true, From: bot.Person{User: bot.UserID(name), Name: name, Stable: true}}})
	if err != nil {
		return "", err
	}
	said, err := b.Said(ctx)
	var texts []string
	for _, s := range said {
		texts = append(texts, s.Text)
	}
	return strings.Join(texts, "\n"), err
}

var asks, offers = regexp.MustCompile(`「确认 (\d{4})」`), regexp.MustCompile(`撤销 ([0-9A-Z]{6})`)

// boss gives a command of the manager's, confirmed where that is asked, and finds the undo code in the answer.
func (b *bank) boss(ctx context.Context, text string, table [][]string) (said, code string, err error) {
	if said, err = b.hand(ctx, "老王", text, table); err != nil {
		return "", "", err
	}
	if m := asks.FindStringSubmatch(said); m != nil {
		if said, err = b.say(ctx, "老王", "确认 "+m[1]); err != nil {
			return "", "", err
		}
	}
	if m := offers.FindStringSubmatch(said); m != nil {
		code = m[1]
	}
	return said, code, nil
}

// state is what an undo must bring back: what each has and owes, and the boards.
type state struct {
	Worth  map[community.MemberID][2]int64
	Boards map[string][]community.Standing
}

func (b *bank) state(ctx context.Context, people int) (s state, err error) {
	s = state{map[community.MemberID][2]int64{}, map[string][]community.Standing{}}
	for i := 2; i < people+2; i++ {
		id := community.MemberID(fmt.Sprint("m", i))
		balance, debt, err := b.Community.Purse.Worth(ctx, id)
		if err != nil {
			return s, err
		}
		s.Worth[id] = [2]int64{balance, debt}
	}
	for name, since := range map[string]time.Time{"all": {}, "day": b.at.Add(-24 * time.Hour)} {
		var until time.Time
		if name != "all" {
			until = b.at.Add(time.Hour)
		}
		if s.Boards[name], err = b.Community.Purse.Top(ctx, since, until, nil); err != nil {
			return s, err
		}
	}
	return s, nil
}

// whole tells what is wrong with the ledger.
func (b *bank) whole(ctx context.Context) error {
	report, err := b.Ledger.Verify(ctx, points.VerifyOptions{})
	if err == nil && !report.OK {
		err = fmt.Errorf("the ledger does not hold: %v", report.Problems)
	}
	return err
}

// must stops the test where err is one.
func must[T any](v T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}
