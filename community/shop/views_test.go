package shop_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/shop"
)

// rows are a view's rows as lines: the cells, and the acts in brackets.
func (h *house) rows(view string, q bot.Query) (lines []string, next string) {
	h.t.Helper()
	q.At, q.Actor.Language = h.at, "zh"
	page, err := h.engine.View(h.t.Context(), view, q)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, row := range page.Tables[0].Rows {
		var parts []string
		for _, c := range row.Cells {
			parts = append(parts, c.Text)
		}
		for _, a := range row.Acts {
			parts = append(parts, fmt.Sprintf("[%s %s]", a.Command, a.Args))
		}
		if len(row.Cells) != len(page.Tables[0].Columns) {
			h.t.Errorf("%d cells under %d columns", len(row.Cells), len(page.Tables[0].Columns))
		}
		lines = append(lines, strings.Join(parts, "|"))
	}
	return lines, page.Tables[0].Next
}

func TestPagesShowTheShopAndItsOrders(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		manager, member := bot.Actor{Role: bot.Manager}, bot.Actor{}
		want := func(view string, q bot.Query, want ...string) (next string) {
			t.Helper()
			got, next := h.rows(view, q)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			return next
		}
		want("shop.goods", bot.Query{Actor: member}, "3|九折券|5|0|0|已兑完") // before anything was ever said
		h.member("boss", 0, bot.Manager)
		h.member("加微信领福利", 100, bot.Member)
		h.says("boss", "上架 帽子 20 不限 每周2")
		h.says("boss", "下架 101")
		h.says("boss", "上架 围巾 20 3")
		want("shop.goods", bot.Query{Actor: member}, "3|九折券|5|0|0|已兑完", "102|围巾|20|3|0|还剩 3 件")
		want("shop.goods", bot.Query{Actor: manager}, "3|九折券|5|0|0|已兑完|[导入兑换码 3]",
			"101|帽子|20|不限|0|已下架 · 每人每周 2 件|[改商品 101]|[上架 101]", "102|围巾|20|3|0|还剩 3 件|[改商品 102]|[下架 102]")
		next := want("shop.goods", bot.Query{Actor: manager, Limit: 2}, "3|九折券|5|0|0|已兑完|[导入兑换码 3]", "101|帽子|20|不限|0|已下架 · 每人每周 2 件|[改商品 101]|[上架 101]")
		want("shop.goods", bot.Query{Actor: manager, Limit: 2, After: next}, "102|围巾|20|3|0|还剩 3 件|[改商品 102]|[下架 102]")

		h.says("加微信领福利", "兑换 102")
		h.says("加微信领福利", "兑换 102")
		h.says("boss", "发货 R1 好了")
		second := "R2|围巾|新朋友|20|2026-11-02 12:00|待发货||[发货 R2]|[退款 R2]"
		want("shop.orders", bot.Query{Actor: manager}, second)
		all := bot.Query{Actor: manager, Params: map[string]string{"state": "all"}, Limit: 1}
		all.After = want("shop.orders", all, second)
		if last := want("shop.orders", all, "R1|围巾|新朋友|20|2026-11-02 12:00|已完成|好了|[退款 R1]"); last != "" {
			t.Errorf("there is a page after %q", last)
		}
	}, shop.Goods{ID: 3, Name: "九折券", Price: 5, Kind: shop.Code})
}
