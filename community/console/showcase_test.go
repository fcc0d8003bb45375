package console_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// showcase is a feature with everything that a page can hold.
func (h *house) showcase() bot.Feature {
	return bot.Feature{
		Name: "showcase", Locales: texts, Section: bot.Economy,
		Commands: []bot.Command{
			{Names: []string{"上架", "publish"}, Help: "help", Usage: "usage.restock", Role: bot.Manager, Run: reply("已上架")},
			{Names: []string{"清空", "clear"}, Help: "help", Role: bot.Manager, Run: reply("清空了")},
			{Names: []string{"只在群里", "grouponly"}, Help: "help", Role: bot.Manager, Where: bot.InGroup, Run: reply("群")},
			{Names: []string{"导入", "import"}, Help: "help", Usage: "usage.import", Role: bot.Manager, Table: true, Run: func(_ context.Context, r *bot.Request) error {
				r.Reply(fmt.Sprintf("读到 %d 行：%q", len(r.Table), r.Table))
				return nil
			}},
		},
		Views: []bot.View{
			{Name: "goods", Title: "goods", Role: bot.Moderator, Params: []bot.Param{
				{Name: "q", Label: "search", Kind: bot.Search}, {Name: "period", Label: "period", Kind: bot.Choice, Choices: []string{"week", "month"}},
				{Name: "month", Label: "month", Kind: bot.Month}, {Name: "day", Label: "day", Kind: bot.Date},
			}, Acts: []bot.Act{{Command: "上架"}, {Command: "导入", Label: "导入文件", Table: true}, {Command: "没有这个"}}, Read: goods},
			{Name: "member", Title: "member", Role: bot.Manager, Params: []bot.Param{{Name: "id", Label: "who", Kind: bot.MemberID}}, Read: func(_ context.Context, q *bot.Query) (bot.Page, error) {
				return bot.Page{Note: "看的是 " + q.Params["id"], Login: true, Tables: []bot.Table{{Key: "none", Empty: q.T("empty")}}}, nil
			}},
		},
	}
}

func reply(text string) bot.Handler {
	return func(_ context.Context, r *bot.Request) error {
		r.Reply(strings.TrimSpace(text + " " + r.Args))
		return nil
	}
}

// goods is a view with figures, charts and a table of two pages.
func goods(_ context.Context, q *bot.Query) (bot.Page, error) {
	page := bot.Page{Note: "查询：" + q.Params["q"] + "|" + q.Params["period"], Figures: []bot.Figure{
		{Key: "sold", Title: "本月兑换", Cell: bot.Cell{Value: int64(128)}, Note: "比上月多 12 件"},
		{Key: "value", Title: "花掉的积分", Cell: bot.Cell{Text: "12,480"}}, {Key: "rate", Title: "成员参与", Cell: bot.Cell{Text: "37.5%"}, Note: "48 人里有 18 人"},
		{Key: "top", Title: "最受欢迎", Cell: bot.Cell{Text: "紫砂壶（小品）", Link: &bot.ViewRef{View: "showcase.member", Params: map[string]string{"id": "m4"}}}},
	}}
	var days []string
	var earned, spent []float64
	for i := range 30 {
		days = append(days, noon.AddDate(0, 0, i-30).Format(time.DateOnly))
		earned, spent = append(earned, 120+60*math.Sin(float64(i)/3)), append(spent, 70+40*math.Cos(float64(i)/4))
	}
	page.Charts = []bot.Chart{
		{Title: "每天发出和花掉的积分", Labels: days, Series: []bot.Series{{Name: "发出", Values: earned}, {Name: "花掉", Values: spent}}},
		{Title: "各类商品", Labels: []string{"茶", "壶", "杯", "券", "周边"}, Series: []bot.Series{{Name: "件数", Values: []float64{42, 17, 33, 25, 9}}}},
	}
	t := bot.Table{Key: "goods", Title: "商品", Columns: []bot.Column{{Key: "name", Title: "名称"}, {Key: "who", Title: "谁上架的"}, {Key: "price", Title: "积分", Numbers: true}, {Key: "stock", Title: "库存", Numbers: true}, {Key: "at", Title: "上架时间"}}}
	names := []string{"凤凰单丛·蜜兰香 50 克", `<script>alert("x")</script>`, "手绘品茗杯一对", "九折券", "=HYPERLINK(1)"}
	from := 0
	if q.After != "" {
		from = 2
	}
	for i := from; i < min(from+4, len(names)); i++ {
		id := fmt.Sprint(i + 1)
		t.Rows = append(t.Rows, bot.Row{Key: id, Cells: []bot.Cell{{Text: names[i]}, {Text: people[3+i%4], Member: "m4"}, {Value: int64(100 * (i + 1))}, {Value: int64(7 * i)}, {Value: noon}},
			Acts: []bot.Act{{Command: "上架", Args: id, Label: "补货"}, {Command: "加分", Args: "m4", Label: "送分"}, {Command: "清空", Grave: true, Label: "下架"}}})
	}
	t.Rows[2].Acts = append(t.Rows[2].Acts, bot.Act{Command: "扣分", Args: "m4", Grave: true})
	if from == 0 {
		t.Next = "2"
	}
	page.Tables = []bot.Table{t}
	return page, nil
}
