package shop_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/shop"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// TestTheShopKeepsItsPromises plays random redemptions, deliveries, refunds, changes of goods, codes, merges, splits,
// undos and repeated events. After every step nothing is below zero, each order stands in one state, and what orders
// hold is what lies in escrow; an undo that follows at once makes everything as it was.
func TestTheShopKeepsItsPromises(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			h := open(t, dbtest.Open(t, dialect, nil),
				shop.Goods{ID: 1, Name: "马克杯", Price: 7, Limit: 2},
				shop.Goods{ID: 2, Name: "贴纸", Price: 3, Limit: 1, Per: shop.Weekly},
				shop.Goods{ID: 3, Name: "九折券", Price: 5, Kind: shop.Code})
			h.member("boss", 0, bot.Manager)
			h.says("boss", "早")
			h.tells("boss", "导入兑换码 3\nFIRST", true) // the declared goods are stored with the first use of one
			run := 0
			rapid.Check(t, func(r *rapid.T) {
				run++
				p := &play{house: h, r: r, run: run}
				p.begin()
				for range rapid.IntRange(8, 24).Draw(r, "steps") {
					p.step()
					p.check()
				}
			})
			h.verify()
		})
	}
}

type play struct {
	*house
	r    *rapid.T
	run  int
	ids  [4]community.MemberID
	undo []string // codes that were offered
}

func (p *play) user(i int) string { return fmt.Sprintf("r%du%d", p.run, i) }

func (p *play) begin() {
	for i := range p.ids {
		p.ids[i] = p.member(p.user(i), int64(rapid.IntRange(0, 40).Draw(p.r, "has")), bot.Member)
	}
	p.tells("boss", "上架 帽子 4 3 限2", true)
	p.tells("boss", "上架 围巾 2 1", true)
}

var undoCode = regexp.MustCompile(`撤销：撤销 ([A-Z0-9]{6})`)

// step does one thing; where that can be undone, it often is at once.
func (p *play) step() {
	i := rapid.IntRange(0, 3).Draw(p.r, "who")
	draw := func(what string, list ...string) string { return rapid.SampledFrom(list).Draw(p.r, what) }
	switch draw("step", "redeem", "redeem", "redeem", "redeem", "redeem", "repeat", "fulfil", "fulfil", "refund", "refund", "goods", "codes", "identity", "undo", "week") {
	case "redeem":
		p.redeem(p.user(i), draw("goods", "1", "2", "3", p.offered(), p.offered()))
	case "repeat":
		before := p.picture()
		ev := p.event(fmt.Sprintf("house/%d", p.n), p.user(i), "兑换 2", false)
		if err := p.engine.Deliver(p.t.Context(), []bot.Event{ev}); err != nil {
			p.r.Fatal(err)
		}
		p.same(before, "a repeated event")
	case "fulfil":
		p.manages(fmt.Sprintf("发货 R%d 好了", p.anOrder()))
	case "refund":
		p.manages(fmt.Sprintf("退款 R%d 缺货", p.anOrder()))
	case "goods":
		p.manages(draw("change", "上架 帽子 4 3 限2", "上架 券 2 不限 兑换码", "下架 "+p.offered(), "上架 "+p.offered(), "改商品 "+p.offered()+" 库存 1",
			"改商品 "+p.offered()+" 库存 不限", "改商品 "+p.offered()+" 价格 9", "改商品 "+p.offered()+" 限购 每月1"))
	case "codes":
		first := rapid.IntRange(0, 60).Draw(p.r, "code")
		p.manages(fmt.Sprintf("导入兑换码 3\nC%d-%d\nC%d-%d\nC%d-%d", p.run, first, p.run, first+1, p.run, first))
	case "identity":
		verb := draw("verb", "xmerge", "xsplit")
		p.says("boss", fmt.Sprintf("%s %s %s", verb, p.ids[i], p.ids[rapid.IntRange(0, 3).Draw(p.r, "into")]))
	case "undo":
		if len(p.undo) > 0 {
			p.says("boss", "撤销 "+rapid.SampledFrom(p.undo).Draw(p.r, "code"))
		}
	case "week":
		p.at = p.at.Add(24 * time.Hour * time.Duration(rapid.IntRange(1, 9).Draw(p.r, "days")))
		if err := p.engine.Advance(p.t.Context(), p.at, false); err != nil {
			p.r.Fatal(err)
		}
	}
}

// redeem redeems, and checks that no limit of the declared goods was passed.
func (p *play) redeem(user, goods string) {
	had := p.active(user, goods)
	said := p.says(user, "兑换 "+goods)
	if strings.Contains(said, "兑换成功") && goods == "1" && had >= 2 {
		p.r.Fatalf("%s had %d mugs and got one more", user, had)
	}
	if strings.Contains(said, "抱歉") {
		p.r.Fatalf("redeem %s: %s", goods, said)
	}
}

// active is how many pieces of goods somebody has who is not refunded, under all their ids.
func (p *play) active(user, goods string) (n int64) {
	id := strings.TrimPrefix(p.says(user, "xwho"), "ok ")
	err := p.db.Tx(p.t.Context(), func(ctx context.Context) error {
		ids, err := p.c.IDs(ctx, community.MemberID(id))
		if err != nil {
			return err
		}
		return p.db.Conn(ctx).Raw(`SELECT COUNT(*) FROM shop_orders WHERE goods_id = ? AND member_id IN ? AND state <> 'refunded'`, goods, ids).Scan(&n).Error
	})
	if err != nil {
		p.r.Fatal(err)
	}
	return n
}

// manages gives a manager's command, confirms it where that is asked, and often takes it back at once.
func (p *play) manages(text string) {
	before := p.picture()
	said := p.tells("boss", text, true)
	if sure := regexp.MustCompile(`确认 (\d{4})`).FindStringSubmatch(said); sure != nil {
		said = p.tells("boss", sure[0], true)
	}
	if strings.Contains(said, "抱歉") {
		p.r.Fatalf("%s: %s", text, said)
	}
	code := undoCode.FindStringSubmatch(said)
	if code == nil {
		p.same(before, text+" was refused")
		return
	}
	if rapid.Bool().Draw(p.r, "undo") {
		p.undo = append(p.undo, code[1])
		return
	}
	if got := p.tells("boss", "撤销 "+code[1], true); !strings.Contains(got, "已撤销") {
		p.r.Fatalf("undo of %s: %s", text, got)
	}
	if strings.HasPrefix(text, "上架 帽") || strings.HasPrefix(text, "上架 券") {
		return // new goods stay, off the shelf
	}
	p.same(before, "undo of "+text)
}

func (p *play) offered() string {
	n := p.number(`SELECT COALESCE(MAX(id), 101) FROM shop_goods WHERE id > 100`)
	return fmt.Sprint(rapid.Int64Range(max(101, n-3), n).Draw(p.r, "offered"))
}

func (p *play) anOrder() int64 {
	n := p.number(`SELECT COALESCE(MAX(id), 1) FROM shop_orders`)
	return rapid.Int64Range(max(1, n-6), n).Draw(p.r, "order")
}

// picture is all that counts: what each person has under all their ids, each order, the latest goods and codes.
func (p *play) picture() (lines []string) {
	p.t.Helper()
	err := p.db.Tx(p.t.Context(), func(ctx context.Context) error {
		for _, id := range p.ids {
			has, debt, err := p.c.Purse.Worth(ctx, id)
			if err != nil {
				return err
			}
			lines = append(lines, fmt.Sprintf("%s has %d and owes %d", id, has, debt))
		}
		return nil
	})
	if err != nil {
		p.r.Fatal(err)
	}
	for _, query := range []string{
		`SELECT 'R' || CAST(id AS TEXT) || ' ' || state || ' ' || member_id FROM shop_orders ORDER BY id DESC LIMIT 30`,
		`SELECT CAST(id AS TEXT) || name || ' ' || CAST(price AS TEXT) || ' ' || CAST(stock AS TEXT) || ' ' || CAST(sold AS TEXT) || ' ' || CAST(off_at > 0 AS TEXT) || per || CAST(each_per AS TEXT) FROM shop_goods ORDER BY id DESC LIMIT 10`,
		`SELECT code || ' ' || CAST(order_id AS TEXT) FROM shop_codes ORDER BY id DESC LIMIT 100`,
	} {
		var part []string
		if err := p.db.Conn(p.t.Context()).Raw(query).Scan(&part).Error; err != nil {
			p.r.Fatal(err)
		}
		lines = append(lines, part...)
	}
	return lines
}

func (p *play) same(before []string, after string) {
	p.t.Helper()
	if diff := cmp.Diff(before, p.picture()); diff != "" {
		p.r.Fatalf("%s changed something:\n%s", after, diff)
	}
}

func (p *play) check() {
	p.t.Helper()
	for what, query := range map[string]string{
		"goods with more sold than there are, or fewer than none": `SELECT COUNT(*) FROM shop_goods WHERE sold < 0 OR (stock >= 0 AND sold > stock)`,
		"goods whose sold pieces are not their orders": `SELECT COUNT(*) FROM shop_goods g WHERE g.sold <>
			(SELECT COUNT(*) FROM shop_orders o WHERE o.goods_id = g.id AND o.state <> 'refunded')`,
		"orders in no state": `SELECT COUNT(*) FROM shop_orders WHERE state NOT IN ('held', 'fulfilled', 'refunded')`,
		"orders whose escrow is not what they hold": `SELECT COUNT(*) FROM shop_orders o LEFT JOIN balances b ON b.account = 'escrow:shop/R' || CAST(o.id AS TEXT)
			WHERE COALESCE(b.balance, 0) <> CASE WHEN o.state = 'held' THEN o.price ELSE 0 END`,
		"codes given for several orders, or orders with several codes": `SELECT COUNT(*) FROM (SELECT order_id FROM shop_codes WHERE order_id > 0 GROUP BY order_id HAVING COUNT(*) > 1) AS x`,
		"orders of codes without one": `SELECT COUNT(*) FROM shop_orders o JOIN shop_goods g ON g.id = o.goods_id
			WHERE g.kind = 'code' AND NOT EXISTS (SELECT 1 FROM shop_codes c WHERE c.order_id = o.id)`,
		"accounts below zero": `SELECT COUNT(*) FROM balances WHERE balance < 0`,
		"points that got lost": `SELECT CASE WHEN (SELECT COALESCE(SUM(amount), 0) FROM transfers WHERE debit = 'issued') =
			(SELECT COALESCE(SUM(balance), 0) FROM balances) + (SELECT COALESCE(SUM(price), 0) FROM shop_orders WHERE state = 'fulfilled') THEN 0 ELSE 1 END`,
	} {
		if n := p.number(query); n != 0 {
			p.r.Fatalf("%s: %d", what, n)
		}
	}
}
