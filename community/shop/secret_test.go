package shop_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/shop"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

func sorted(list []string) string {
	list = slices.Clone(list)
	slices.Sort(list)
	return strings.Join(list, " ")
}

// each runs a test with one instance on each engine.
func each(t *testing.T, fn func(t *testing.T, h *house), goods ...shop.Goods) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) { fn(t, open(t, dbtest.Open(t, dialect, nil), goods...)) })
	}
}

var coupon = shop.Goods{ID: 3, Name: "九折券", Price: 5, Kind: shop.Code}

// send lets everything that was said arrive.
func (h *house) send() (sent []bot.Outgoing) {
	h.t.Helper()
	claimed, err := h.engine.Claim(h.t.Context(), h.at, 100)
	if err != nil {
		h.t.Fatal(err)
	}
	var results []bot.Result
	for _, o := range claimed {
		results = append(results, bot.Result{Outgoing: o, Outcome: bot.Sent})
	}
	if err := h.engine.Settle(h.t.Context(), h.at, results...); err != nil {
		h.t.Fatal(err)
	}
	return claimed
}

func TestCodesAreNowhereButInThePool(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.member("boss", 0, bot.Manager)
		u := h.member("u", 100, bot.Member)
		h.tells("boss", "导入兑换码 3\nSECRET-1\nSECRET-2", true)
		h.says("u", "兑换 3")
		h.tells("u", "我的兑换 R1", true)
		seen := 0
		for _, o := range h.send() {
			if strings.Contains(o.Text, "SECRET") {
				seen++
				if o.Member != string(u) || o.Group != "" || !o.Secret || !strings.Contains(o.Text, "SECRET-1") {
					t.Errorf("%+v", o)
				}
			}
		}
		if seen != 2 {
			t.Errorf("the code was told %d times", seen)
		}
		for _, column := range []string{"outbox.text", "message_texts.text", "audits.detail", "undos.payload", "confirmations.said", "transfer_texts.reason", "inbox.id", "withheld.preview", "shop_orders.note"} {
			table, name, _ := strings.Cut(column, ".")
			if n := h.number(fmt.Sprintf(`SELECT COUNT(*) FROM %s WHERE %s LIKE '%%SECRET-%%'`, table, name)); n != 0 {
				t.Errorf("%s holds a code", column)
			}
		}
		if n := h.number(`SELECT COUNT(*) FROM shop_codes WHERE code LIKE 'SECRET-%'`); n != 2 {
			t.Errorf("the pool has %d codes", n) // what was looked for can be found
		}
	}, coupon)
}

func TestAnImportIsTakenBackButForWhatWasGiven(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.member("boss", 0, bot.Manager)
		h.member("u", 100, bot.Member)
		said := h.tells("boss", "导入兑换码 3\nA\u202e1\nA2\nA3\n"+strings.Repeat("x", 201), true)
		if !strings.Contains(said, "新增 3 个，重复 0 个，看不懂 1 个") {
			t.Error(said)
		}
		h.says("u", "兑换 3")
		h.tells("boss", "撤销 "+undoCode.FindStringSubmatch(said)[1], true)
		if n := h.number(`SELECT COUNT(*) FROM shop_codes WHERE code = 'A1'`); n != 1 || h.number(`SELECT COUNT(*) FROM shop_codes`) != 1 {
			t.Error("the pool does not hold just the code that was given")
		}
		if said := h.tells("boss", "导入兑换码 3\nA1", true); !strings.Contains(said, "新增 0 个，重复 1 个") {
			t.Error(said)
		}
		if said := h.tells("boss", "导入兑换码 3\n"+strings.Repeat("code\n", 3000), true); !strings.Contains(said, "消息太长") {
			t.Error(said)
		}
		answers, err := h.engine.Ask(t.Context(), bot.Event{
			ID: "page", At: h.at, Text: "导入兑换码 3", Member: "m1", Table: [][]string{{"券码", "备注"}, {"T1", ""}, {"T2"}, {}, {"T1"}},
		})
		if err != nil || len(answers) != 1 || !strings.Contains(answers[0].Text, "新增 2 个，重复 1 个") {
			t.Errorf("%+v, %v", answers, err)
		}
	}, coupon)
}

func TestACodeIsNotTakenForWhomItCantReach(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.member("boss", 0, bot.Manager)
		h.tells("boss", "导入兑换码 3\nA1", true)
		h.engineHears(bot.Event{ID: "up", Kind: bot.SessionUp, At: h.at, SeenAt: h.at, Transport: "app", Session: "s1", From: bot.Person{Self: true, User: "@bot"}})
		ev := bot.Event{ID: "ask", Kind: bot.Message, Form: bot.Text, Text: "兑换 3", At: h.at, SeenAt: h.at, Transport: "app", Session: "s1", Chat: "@@c",
			From: bot.Person{User: "@u", Name: "小明"}}
		h.engineHears(ev)
		if said := h.answer("ask"); !strings.Contains(said, "先加我为好友") {
			t.Error(said)
		}
		if n := h.number(`SELECT COUNT(*) FROM shop_orders`) + h.number(`SELECT sold FROM shop_goods WHERE id = 3`); n != 0 {
			t.Error("something happened")
		}
	}, coupon)
}

func (h *house) engineHears(ev bot.Event) {
	h.t.Helper()
	if err := h.engine.Deliver(h.t.Context(), []bot.Event{ev}); err != nil {
		h.t.Fatal(err)
	}
}

func TestWhoIsNotCertainlyThemselvesRedeemsNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ev := h.event("weak", "u", "早", false)
		ev.From.Stable = false
		h.engineHears(ev)
		if err := h.engine.Do(t.Context(), h.gift("m1", 100)); err != nil {
			t.Fatal(err)
		}
		ev.ID, ev.Text = "weak2", "兑换 1"
		h.engineHears(ev)
		if said := h.answer("weak2"); !strings.Contains(said, "还没有确认你是谁") {
			t.Error(said)
		}
		if n := h.number(`SELECT COUNT(*) FROM shop_orders`); n != 0 {
			t.Error("there is an order")
		}
	}, shop.Goods{ID: 1, Name: "马克杯", Price: 30})
}

func TestAnOrderBelongsToTheIdThatRedeemed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.member("boss", 0, bot.Manager)
		a, b := h.member("a", 20, bot.Member), h.member("b", 20, bot.Member)
		h.says("boss", "早")
		h.says("boss", fmt.Sprintf("xmerge %s %s", b, a))
		if said := h.says("b", "兑换 1"); !strings.Contains(said, "还有 10") {
			t.Fatal(said) // what both have together
		}
		if said := h.says("a", "兑换 1"); !strings.Contains(said, "每人限 1 件") {
			t.Error(said)
		}
		if said := h.says("a", "我的兑换"); !strings.Contains(said, "R1") {
			t.Error(said)
		}
		h.says("boss", "xsplit "+string(b))
		if said := h.says("a", "我的兑换"); !strings.Contains(said, "还没有兑换过") {
			t.Error(said)
		}
		if said := h.says("b", "我的兑换"); !strings.Contains(said, "R1") {
			t.Error(said)
		}
		h.says("boss", "退款 R1 缺货")
		if n := h.holds(points.Member(string(a))) + h.holds(points.Member(string(b))); n != 40 {
			t.Errorf("both have %d", n)
		}
		h.verify()
	}, shop.Goods{ID: 1, Name: "马克杯", Price: 30, Limit: 1})
}

// TestARefundThatIsTakenBackLeavesNoTrace: two ids were one person when one of them redeemed with what the other had. The
// refund goes to whoever paid, and it is taken from there again.
func TestARefundThatIsTakenBackLeavesNoTrace(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.member("boss", 0, bot.Manager)
		a, b := h.member("a", 20, bot.Member), h.member("b", 10, bot.Member)
		h.says("boss", "早")
		h.says("boss", fmt.Sprintf("xmerge %s %s", b, a))
		h.says("b", "兑换 1")
		h.says("boss", "xsplit "+string(b))
		has := func() string {
			return fmt.Sprint(h.holds(points.Member(string(a))), h.holds(points.Member(string(b))))
		}
		before := has()
		said := h.tells("boss", "退款 R1 缺货", true)
		code := undoCode.FindStringSubmatch(said)
		if code == nil || has() == before {
			t.Fatal(said)
		}
		if said := h.tells("boss", "撤销 "+code[1], true); has() != before {
			t.Errorf("before %s, after %s: %s", before, has(), said)
		}
		h.verify()
	}, shop.Goods{ID: 1, Name: "马克杯", Price: 2})
}
