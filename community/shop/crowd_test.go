package shop_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/shop"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

const (
	crowd  = 200
	pieces = 10
	price  = 30
	gift   = 100
)

// instances runs a test with one instance on each engine, and with two on PostgreSQL, which share nothing but it.
func instances(t *testing.T, fn func(t *testing.T, houses []*house), goods ...shop.Goods) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			fn(t, []*house{open(t, dbtest.Open(t, dialect, nil), goods...)})
		})
	}
	t.Run("two instances on postgres", func(t *testing.T) {
		dsn := dbtest.DSN(t, "postgres")
		var houses []*house
		for range 2 {
			db, err := database.Open(t.Context(), database.Options{DSN: dsn})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			houses = append(houses, open(t, db, goods...))
		}
		fn(t, houses)
	})
}

// rush delivers messages all at once, each to one of the instances, again and again until it is accepted, as
// transports do. It counts the answers that hold each of some words.
func rush(t *testing.T, houses []*house, users []string, text string, words ...string) []int {
	t.Helper()
	var wg sync.WaitGroup
	begin := time.Now()
	for i, user := range users {
		wg.Add(1)
		go func() {
			defer wg.Done()
			h := houses[i%len(houses)]
			ev := h.event(fmt.Sprintf("rush/%d", i), user, text, false)
			for try := 0; ; try++ {
				err := h.engine.Deliver(t.Context(), []bot.Event{ev})
				if err == nil {
					return
				}
				if !database.IsRetryable(err) || try == 50 {
					t.Errorf("%s: %v", user, err)
					return
				}
			}
		}()
	}
	wg.Wait()
	t.Logf("%d redemptions in %s", len(users), time.Since(begin).Round(time.Millisecond))
	counts := make([]int, len(words))
	for i := range users {
		said := houses[i%len(houses)].answer(fmt.Sprintf("rush/%d", i))
		for j, word := range words {
			if strings.Contains(said, word) {
				counts[j]++
			}
		}
	}
	return counts
}

func TestACrowdGetsExactlyWhatThereIs(t *testing.T) {
	stock := int64(pieces)
	for _, kind := range []shop.Kind{shop.Manual, shop.Code} {
		t.Run(string(kind), func(t *testing.T) {
			instances(t, func(t *testing.T, houses []*house) {
				h := houses[0]
				users, ids := people(h, crowd)
				if kind == shop.Code {
					h.member("boss", 0, bot.Manager)
					h.tells("boss", "导入兑换码 1\n"+strings.Join(secrets(pieces), "\n"), true)
				}
				h.says("somebody", "早") // who knows the group
				got := rush(t, houses, users, "兑换 1", "兑换成功", "已经兑完")
				if got[0] != pieces || got[1] != crowd-pieces {
					t.Fatalf("%d were granted and %d told that it is sold out", got[0], got[1])
				}
				held := map[shop.Kind]int64{shop.Manual: pieces, shop.Code: 0}[kind]
				if n := h.number(`SELECT COUNT(*) FROM shop_orders WHERE state = 'held'`); n != held {
					t.Errorf("%d orders are open", n)
				}
				if n := h.number(`SELECT sold FROM shop_goods WHERE id = 1`); n != pieces {
					t.Errorf("%d are counted as sold", n)
				}
				checkPurses(t, h, ids, kind)
				h.verify()
			}, shop.Goods{ID: 1, Name: "马克杯", Price: price, Stock: &stock, Kind: kind})
		})
	}
}

func people(h *house, n int) (users []string, ids []community.MemberID) {
	for i := range n {
		user := fmt.Sprintf("u%d", i)
		users, ids = append(users, user), append(ids, h.member(user, gift, bot.Member))
	}
	return users, ids
}

func secrets(n int) (codes []string) {
	for i := range n {
		codes = append(codes, fmt.Sprintf("SECRET-%04d", i))
	}
	return codes
}

// checkPurses checks that who has an order paid once, and nobody else anything.
func checkPurses(t *testing.T, h *house, ids []community.MemberID, kind shop.Kind) {
	t.Helper()
	paid := 0
	for _, id := range ids {
		has := h.holds(points.Member(string(id)))
		orders := h.number(`SELECT COUNT(*) FROM shop_orders WHERE member_id = ?`, string(id))
		if has != gift-price*orders {
			t.Errorf("%s has %d after %d orders", id, has, orders)
		}
		paid += int(orders)
	}
	escrow := h.number(`SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM balances WHERE account LIKE 'escrow:shop/%'`)
	burned := h.holds(points.Burned)
	want := [2]int64{pieces * price, 0}
	if kind == shop.Code {
		want = [2]int64{0, pieces * price}
	}
	if paid != pieces || [2]int64{escrow, burned} != want {
		t.Errorf("%d orders; %d in escrow and %d burned, want %v", paid, escrow, burned, want)
	}
}

func TestOneMemberInAHurryGetsNoMoreThanTheirLimit(t *testing.T) {
	instances(t, func(t *testing.T, houses []*house) {
		h := houses[0]
		id := h.member("u", 10_000, bot.Member)
		h.says("u", "早")
		users := make([]string, 40)
		for i := range users {
			users[i] = "u"
		}
		got := rush(t, houses, users, "兑换 2", "兑换成功", "每人限 3 件")
		if got[0] != 3 || got[1] != 37 {
			t.Errorf("%d were granted and %d refused", got[0], got[1])
		}
		if has := h.holds(points.Member(string(id))); has != 10_000-3*price {
			t.Errorf("%d points are left", has)
		}
		if n := h.number(`SELECT sold FROM shop_goods WHERE id = 2`); n != 3 {
			t.Errorf("%d are counted as sold", n)
		}
		h.verify()
	}, shop.Goods{ID: 2, Name: "贴纸", Price: price, Limit: 3})
}
