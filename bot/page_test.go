package bot_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
)

// shown is a page with one of everything.
func shown() bot.Page {
	return bot.Page{
		Note:    "到昨天为止。",
		Figures: []bot.Figure{{Key: "supply", Title: "流通", Cell: bot.Cell{Text: "1,200", Value: int64(1200)}, Note: "不含悬挂"}},
		Charts:  []bot.Chart{{Title: "每天", Labels: []string{"05-01", "05-02"}, Series: []bot.Series{{Name: "发出", Values: []float64{3, 4.5}}}}},
		Tables: []bot.Table{{
			Key: "members", Title: "成员", Next: "m3",
			Columns: []bot.Column{{Key: "id", Title: "编号"}, {Key: "points", Title: "积分", Numbers: true}, {Key: "seen", Title: "最近"}, {Key: "bot", Title: "机器人"}},
			Rows: []bot.Row{
				{Key: "m1", Cells: []bot.Cell{{Text: "m1"}, {Text: "1,000", Value: int64(-1000)}, {Text: "昨天", Value: noon.In(time.FixedZone("", 3600))}, {Text: "否", Value: false}}},
				{Key: "m2", Cells: []bot.Cell{{Text: "m2", Value: "member/m2"}, {Text: "半", Value: 0.5}, {}, {Text: "是", Value: true}}},
			},
		}},
	}
}

func TestAPageAsText(t *testing.T) {
	want := "到昨天为止。\n流通：1,200（不含悬挂）\n每天\n· 05-01 · 发出 3\n· 05-02 · 发出 4.5\n成员\n· m1 · 积分 1,000 · 昨天 · 否\n· m2 · 积分 半 · 是"
	if diff := cmp.Diff(want, shown().Text("zh", 20)); diff != "" {
		t.Error(diff)
	}
	want = "到昨天为止。\n流通: 1,200 (不含悬挂)\n每天\n· 05-01 · 发出 3\n· 05-02 · 发出 4.5\n成员\n· m1 · 积分 1,000 · 昨天 · 否\n… 1 more"
	if diff := cmp.Diff(want, shown().Text("en", 3)); diff != "" {
		t.Error(diff)
	}
	if text := shown().Text("zh", 1); !strings.HasSuffix(text, "· 05-01 · 发出 3\n……还有 3 行") {
		t.Errorf("one line: %s", text)
	}
	empty := bot.Page{Tables: []bot.Table{{Title: "成员", Empty: "还没有人"}}}
	if text := empty.Text("zh", 5); text != "成员\n还没有人" {
		t.Errorf("empty: %q", text)
	}
}

func TestAPageAsJSON(t *testing.T) {
	got, err := shown().JSON()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"note":"到昨天为止。","figures":{"supply":1200},"tables":{"members":[` +
		`{"id":"m1","points":-1000,"seen":"2026-11-22T12:00:00Z","bot":false},{"id":"member/m2","points":0.5,"seen":"","bot":true}]},` +
		`"charts":[{"title":"每天","labels":["05-01","05-02"],"series":[{"name":"发出","values":[3,4.5]}]}],"next":{"members":"m3"}}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if got, err := (bot.Page{}).JSON(); err != nil || string(got) != `{"figures":{},"tables":{},"charts":[]}` {
		t.Errorf("an empty page: %s, %v", got, err)
	}
	if got, err := (bot.Page{Tables: []bot.Table{{Key: "none"}}}).JSON(); err != nil || !strings.Contains(string(got), `"none":[]`) {
		t.Errorf("an empty table: %s, %v", got, err)
	}
	cells := []bot.Cell{{Text: "1"}, {Text: "2"}}
	for name, p := range map[string]bot.Page{
		"two figures of one key": {Figures: []bot.Figure{{Key: "a"}, {Key: "a"}}},
		"a table without a key":  {Tables: []bot.Table{{Title: "成员"}}},
		"two columns of one key": {Tables: []bot.Table{{Key: "t", Columns: []bot.Column{{Key: "a"}, {Key: "a"}}, Rows: []bot.Row{{Cells: cells}}}}},
		"a row that is short":    {Tables: []bot.Table{{Key: "t", Columns: []bot.Column{{Key: "a"}}, Rows: []bot.Row{{Cells: cells}}}}},
	} {
		if got, err := p.JSON(); err == nil {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestATableAsCSV(t *testing.T) {
	var b bytes.Buffer
	if err := shown().Tables[0].CSV(&b); err != nil {
		t.Fatal(err)
	}
	want := "编号,积分,最近,机器人\nm1,-1000,2026-11-22T12:00:00Z,否\nm2,0.5,,是\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	if err := (bot.Table{Columns: []bot.Column{{Key: "a"}}, Rows: []bot.Row{{}}}).CSV(&b); err == nil {
		t.Error("a short row was written")
	}
}

// hostileNames are names that try to be something else.
var hostileNames = []string{
	"=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u200b=1", "\u202e=1", "＝1+1", "－1", "＠x",
	"a\u202eb\u2066c", "\x1b[31mred\x1b[0m", "\x9b2J", "a\x00b", "\xff\xfe", "一\n二\n· m9 · 管理员", `","x`, "</script><b>", strings.Repeat("长", 10_000),
}

func TestHostileNamesStayNames(t *testing.T) {
	for _, name := range hostileNames {
		p := bot.Page{
			Note:    name,
			Figures: []bot.Figure{{Key: "who", Title: name, Cell: bot.Cell{Text: name}, Note: name}},
			Charts:  []bot.Chart{{Title: name, Labels: []string{name}, Series: []bot.Series{{Name: name, Values: []float64{1}}}}},
			Tables: []bot.Table{{
				Key: "rows", Title: name, Columns: []bot.Column{{Key: "name", Title: name, Numbers: true}, {Key: "again", Title: "again"}},
				Rows: []bot.Row{{Cells: []bot.Cell{{Text: name}, {Text: name, Value: name}}}, {Cells: []bot.Cell{{}, {}}}},
			}},
		}
		text := bot.Page{Figures: p.Figures, Charts: p.Charts, Tables: p.Tables}.Text("zh", 20)
		if n := strings.Count(text, "\n"); n > 5 || utf8.RuneCountInString(text) > 1000 || strings.ContainsAny(text, "\x1b\u202e\u2066\u009b\x00\r\t") || !utf8.ValidString(text) {
			t.Errorf("%.30q as text: %d lines: %.300q", name, n+1, text)
		}
		data, err := p.JSON()
		if err != nil || !json.Valid(data) || strings.ContainsAny(string(data), "\u202e\u2066\u009b") {
			t.Errorf("%.30q as JSON: %v %.300s", name, err, data)
		}
		var b bytes.Buffer
		if err := p.Tables[0].CSV(&b); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(lines) != 3 {
			t.Fatalf("%.30q as CSV: %v %q", name, err, lines)
		}
		for _, cell := range []string{lines[0][0], lines[1][0], lines[1][1]} {
			if bare := strings.TrimSpace(cell); bare != "" && strings.ContainsAny(string([]rune(bare)[:1]), "=+-@＝＋－＠") || strings.HasPrefix(cell, "\n") {
				t.Errorf("%.30q as CSV is computed: %q", name, cell)
			}
		}
	}
}
