package console_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/console"
)

func TestAUsageIsAForm(t *testing.T) {
	for _, c := range []struct {
		usage, args string
		want        []string
	}{
		{"", "", nil},
		{"@谁 数量 原因", "", []string{"member 谁", "number 数量", "rest 原因"}},
		{"@谁 数量 原因", "m4", []string{"number 数量", "rest 原因"}},
		{"@谁 数量 原因", "m4 10 谢谢 你", nil},
		{"@谁 到 @谁", "", []string{"member 谁", "literal 到", "member 谁"}},
		{"@谁 到 @谁", "m4", []string{"literal 到", "member 谁"}},
		{"名称 @谁 数量 原因", "", []string{"text 名称", "member 谁", "number 数量", "rest 原因"}},
		{"编号 名称 @谁", "7", []string{"text 名称", "member 谁"}},
		{"周|月|总", "", []string{"choice |周|月|总"}},
		{"@谁 管理员|协管员|成员", "m4", []string{"choice |管理员|协管员|成员"}},
		{"[多久]", "", []string{"rest 多久?"}},
		{"名称 价格 库存 [限购、日期、说明等]", "", []string{"text 名称", "number 价格", "number 库存", "rest 限购、日期、说明等?"}},
		{"名称 [21天 连续|累计15天 明天 05:00-09:00]", "", []string{"text 名称", "rest (21天 连续|累计15天 明天 05:00-09:00)?"}},
		{"名称 [21天 连续|累计15天 明天 05:00-09:00]", "早起", []string{"rest (21天 连续|累计15天 明天 05:00-09:00)?"}},
		{"[页码]", "", []string{"number 页码?"}},
		{"[how long]", "", []string{"rest how long?"}},
		{"原因（下面每行一位：@谁 数量 说明）", "", []string{"rest 原因"}},
		{"@who amount reason", "", []string{"member who", "number amount", "rest reason"}},
	} {
		if diff := cmp.Diff(c.want, console.Asked(c.usage, c.args)); diff != "" {
			t.Errorf("%q with %q: %s", c.usage, c.args, diff)
		}
	}
}

func TestAChartIsLaidOut(t *testing.T) {
	many := make([]string, 30)
	for name, c := range map[string]struct {
		chart        bot.Chart
		grid         []string
		bars, points int
	}{
		"few places are bars":       {bot.Chart{Labels: []string{"a", "b"}, Series: []bot.Series{{Values: []float64{10, 42}}}}, []string{"0", "20", "40", "60"}, 2, 0},
		"many places are lines":     {bot.Chart{Labels: many, Series: []bot.Series{{Values: make([]float64, 30)}, {Values: []float64{1, 2}}}}, []string{"0", "0.5", "1", "1.5", "2"}, 0, 32},
		"below nothing":             {bot.Chart{Labels: []string{"a"}, Series: []bot.Series{{Values: []float64{-3}}}}, []string{"-3", "-2", "-1", "0"}, 1, 0},
		"nothing at all":            {bot.Chart{}, []string{"0", "1"}, 0, 0},
		"no number is not drawn":    {bot.Chart{Labels: []string{"a", "b"}, Series: []bot.Series{{Values: []float64{math.NaN(), math.Inf(1)}}}}, []string{"0", "1"}, 0, 0},
		"more values than places":   {bot.Chart{Labels: []string{"a"}, Series: []bot.Series{{Values: []float64{1, 2, 3}}}}, []string{"0", "1", "2", "3"}, 1, 0},
		"fractions have few digits": {bot.Chart{Labels: []string{"a"}, Series: []bot.Series{{Values: []float64{0.3}}}}, []string{"0", "0.1", "0.2", "0.3"}, 1, 0},
	} {
		grid, bars, points := console.Draw(c.chart)
		if diff := cmp.Diff(c.grid, grid); diff != "" || bars != c.bars || points != c.points {
			t.Errorf("%s: %d bars, %d points, %s", name, bars, points, diff)
		}
	}
}
