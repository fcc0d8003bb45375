package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/config/database"
)

// tables is everything that is stored, as text, by table; skip names tables to leave out.
func tables(t *testing.T, data string, skip ...string) map[string][]string {
	t.Helper()
	db, err := database.Open(t.Context(), database.Options{DSN: filepath.Join(data, "weilu.db"), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all := map[string][]string{}
	var names []string
	if err := db.Conn(t.Context()).Raw(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`).Scan(&names).Error; err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.Contains(" "+strings.Join(skip, " ")+" ", " "+name+" ") {
			continue
		}
		var rows []map[string]any
		if err := db.Conn(t.Context()).Raw(`SELECT * FROM "` + name + `"`).Scan(&rows).Error; err != nil {
			t.Fatal(err)
		}
		all[name] = []string{}
		for _, row := range rows {
			all[name] = append(all[name], fmt.Sprint(row))
		}
	}
	return all
}

// told are the tables in which every message leaves a row, whatever it says.
var told = []string{"inbox", "outbox", "messages", "message_texts", "activity"}

// unprintable is the first character that could do something to a terminal, or "".
func unprintable(s string) string {
	if !utf8.ValidString(s) {
		return "invalid UTF-8"
	}
	for _, r := range s {
		if r < 0x20 && r != '\n' || r >= 0x7f && r <= 0x9f || r >= 0x200b && r <= 0x200c || r >= 0x200e && r <= 0x200f ||
			r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff {
			return fmt.Sprintf("%U", r)
		}
	}
	return ""
}

// chatter talks to a bot one line at a time.
type chatter struct {
	*process
	n, heard int
}

// say sends a message in c1 and answers what the bot says next.
func (c *chatter) say(from, text string, kv ...any) outLine {
	c.t.Helper()
	c.tell(from, text, kv...)
	c.out.wait(c.t, fmt.Sprintf("answer to %.60q", text), func([]string) bool { return len(c.words()) > c.heard })
	c.heard++
	return c.words()[c.heard-1]
}

// tell sends a message in c1 and waits until it is stored.
func (c *chatter) tell(from, text string, kv ...any) {
	c.t.Helper()
	c.n++
	id := fmt.Sprintf("t%d", c.n)
	at := fmt.Sprintf("2024-05-01T%02d:%02d:%02dZ", 1+c.n/3600, c.n/60%60, c.n%60)
	c.send(event(id, at, append([]any{"chat", "c1", "from", from, "text", text}, kv...)...))
	c.waitAcks(id)
}

var bindCode = regexp.MustCompile(`bind code: ([A-Z0-9]{6})`)

// withOwner starts a bot of which boss (老王) is the owner. It asks no daily topics: those that were planned for the time of the
// events are due long since by the clock of the program, and at some hours would be taken for an answer.
func withOwner(t *testing.T, data string, env ...string) *chatter {
	t.Helper()
	c := &chatter{process: startBot(t, data, append([]string{"WEILU_topic__enabled=false"}, env...)...)}
	code := ""
	c.errs.wait(t, "bind code", func(all []string) bool {
		if m := bindCode.FindStringSubmatch(strings.Join(all, "\n")); m != nil {
			code = m[1]
		}
		return code != ""
	})
	c.tell("boss", "大家好", "name", "老王")
	if got := c.say("boss", "绑定 "+code, "private", true); !strings.HasPrefix(got.Say, "绑定成功") || got.To != "boss" {
		t.Fatalf("绑定 with the printed code: %+v", got)
	}
	return c
}

func TestBadCommandsChangeNothing(t *testing.T) {
	data := t.TempDir()
	c := withOwner(t, data)
	c.tell("u1", "我来啦", "name", "小明")
	c.tell("u2", "是我", "name", "小红")
	c.tell("u3", "也是我", "name", "小红")
	if got := c.say("boss", "加分 @小明 １００ 开张"); !strings.Contains(got.Say, "已给 小明 加 100 分，现在有 100 分（开张）") {
		t.Fatalf("a full-width amount: %q", got.Say)
	}
	before := tables(t, data, told...)
	for _, b := range [...]struct{ who, text, want string }{
		{"boss", "加分 @小明 -5", "数量要大于 0"},
		{"boss", "加分 @小明 －５", "数量要大于 0"},
		{"boss", "加分 @小明 −5", "数量要大于 0"},
		{"boss", "加分 @小明 0", "数量不能是 0"},
		{"boss", "加分 @小明 ０００", "数量不能是 0"},
		{"boss", "加分 @小明 1.5", "数量要写整数"},
		{"boss", "加分 @小明 １．５", "数量要写整数"},
		{"boss", "加分 @小明 1000001", "数量太大啦"},
		{"boss", "加分 @小明 99999999999999999999999999", "数量太大啦"},
		{"boss", "加分 @小明 " + strings.Repeat("9", 5000), "数量太大啦"},
		{"boss", "加分 @小明 1e3", "没看懂这个数量"},
		{"boss", "加分 @小明 0x10", "没看懂这个数量"},
		{"boss", "加分 @小明 十", "没看懂这个数量"},
		{"boss", "加分 @小明", "没看懂这个数量"},
		{"boss", "加分 @小明 '; DROP TABLE members; --", "没看懂这个数量"},
		{"boss", "加分", "请说明是谁"},
		{"boss", "加分 小明 10", "请说明是谁"},
		{"boss", "加分 @", "没有找到"},
		{"boss", "加分 @没有这个人 10", "没有找到「没有这个人」"},
		{"boss", "加分 m999 10", "没有找到"},
		{"boss", "加分 @小红 10", "有 2 位叫「小红」"},
		{"boss", "加分 @老王 10", "不能给自己"},
		{"boss", "扣分 @小明 101", "小明 只有 100 分"},
		{"boss", "扣分 @小明 -1", "数量要大于 0"},
		{"boss", "任命 @小明 皇帝", "想任命成什么"},
		{"boss", "撤销 XXXXXX", "没有找到这个撤销码"},
		{"boss", "确认 1234", "没有等你确认"},
		{"u1", "加分 @小明 10", "需要管理员"},
		{"u1", "任命 @小明 管理员", "需要"},
	} {
		if got := c.say(b.who, b.text); !strings.Contains(got.Say, b.want) {
			t.Errorf("%.60q: %q, want %q", b.text, got.Say, b.want)
		}
		if diff := cmp.Diff(before, tables(t, data, told...)); diff != "" {
			t.Fatalf("%.60q changed something (-before +after):\n%s", b.text, diff)
		}
	}
	ask := c.say("boss", "加分 @小红 10 谢谢").Say
	ids := regexp.MustCompile(`· (m\d+)：1 条发言`).FindAllStringSubmatch(ask, -1)
	if len(ids) != 2 || !strings.Contains(ask, "加分 "+ids[0][1]+" 10 谢谢") {
		t.Fatalf("namesakes: %q", ask)
	}
	if got := c.say("boss", "加分 "+ids[1][1]+" 10 谢谢"); !strings.Contains(got.Say, "已给 小红 加 10 分，现在有 10 分（谢谢）") {
		t.Errorf("by id: %q", got.Say)
	}
	for who, want := range map[string]string{"u1": "100 积分", "u2": "0 积分", "u3": "10 积分"} {
		if got := c.say(who, "积分"); !strings.HasPrefix(got.Say, want) {
			t.Errorf("%s has %q, want %q", who, got.Say, want)
		}
	}
	c.finish()
	report := read[verifyJSON](t, "ledger", "verify", "--json", "--data", data)
	if !report.OK || report.Transfers != 2 {
		t.Errorf("ledger verify: %+v, want 2 transfers", report)
	}
}

// hostile are names and texts that mean harm.
var hostile = []string{
	"<script>alert(1)</script>", "=cmd()", "'; DROP TABLE members; --", `"; DROP TABLE inbox; --`, "\x1b[2J\x1b]0;title\x07",
	"a\x00b\x08c\rd", "小\u202e红\u2066", "零\u200b宽\u200d\ufeff", "两\n行", "制\t表", "@所有人", "{{.Name}} %s %d", "\u0301\u0301\u0301",
	strings.Repeat("长", 10_000), strings.Repeat("e\u0301\u0302", 3000), "💥👨‍👩‍👧", " ", "\u3164", "../../etc/passwd", "m1", "签到",
}

func TestHostileNamesAndTexts(t *testing.T) {
	data := t.TempDir()
	c := withOwner(t, data)
	c.tell("u1", "你好", "name", "小明")
	for i, bad := range hostile {
		got := c.say(fmt.Sprintf("bad%d", i), "签到", "name", bad)
		if !strings.HasPrefix(got.Say, "签到成功，") || strings.Contains(got.Say, "\n") || strings.Contains(got.Say, "@所有人") {
			t.Errorf("签到 by %.40q: %q", bad, got.Say)
		}
		if r := unprintable(got.Say); r != "" || utf8.RuneCountInString(got.Say) > 100 {
			t.Errorf("签到 by %.40q says %d characters, among them %q", bad, utf8.RuneCountInString(got.Say), r)
		}
		c.tell(fmt.Sprintf("bad%d", i), "我说："+bad, "mentions", []string{"u1", bad})
		if got := c.say("boss", "加分 @"+bad+" 10"); got.Say == "" || strings.Contains(got.Say, "出了点小问题") {
			t.Errorf("加分 to %.40q: %q", bad, got.Say)
		} else if r := unprintable(got.Say); r != "" {
			t.Errorf("加分 to %.40q says %q", bad, r)
		}
		want := "已给 小明 加 1 分"
		if utf8.RuneCountInString(bad) > 200 {
			want = "原因或备注最多 200 个字"
		}
		if got := c.say("boss", "加分 @小明 1 "+bad); !strings.HasPrefix(got.Say, want) {
			t.Errorf("加分 for %.40q: %q", bad, got.Say)
		} else if r := unprintable(got.Say); r != "" {
			t.Errorf("加分 for %.40q says %q", bad, r)
		}
	}
	for _, word := range []string{"明细", "排行 总", "积分"} {
		if r := unprintable(c.say("u1", word).Say); r != "" {
			t.Errorf("%s says %q", word, r)
		}
	}
	c.finish()
	for _, s := range c.errs.all {
		if r := unprintable(s); r != "" || strings.Contains(s, "panic") {
			t.Errorf("the log holds %q: %.300q", r, s)
		}
	}
	for _, args := range [][]string{{"members"}, {"members", "--json"}, {"activity", "--month", "2024-05"}, {"ledger", "verify"}} {
		out, errs, code := weilu(t, "", append(args, "--data", data)...)
		if r := unprintable(out + errs); r != "" || code != 0 {
			t.Errorf("weilu %s: exit %d, holds %q", strings.Join(args, " "), code, r)
		}
		if want := 4 + len(hostile); args[0] == "members" && len(args) == 1 && strings.Count(out, "\n") != want-1 {
			t.Errorf("members has %d lines, want %d", strings.Count(out, "\n"), want-1)
		}
	}
}

func TestBadLinesChangeNothing(t *testing.T) {
	data := t.TempDir()
	p := startBot(t, data)
	p.send(event("e1", "2024-05-01T01:00:00Z", "chat", "c1", "from", "u1", "name", "小明", "text", "签到"))
	p.waitSaid("check-in", func(o outLine) bool { return strings.HasPrefix(o.Say, "签到成功") })
	before := tables(t, data, "outbox") // there the courier still writes down what it sent
	bad := []struct{ line, want string }{
		{"hello", "not an event"},
		{`{"id":"x1","time":"2024-05-01T01:00:00Z"`, "not an event"},
		{"\x00\x01\x02\xff\xfe", "not an event"},
		{"[1,2,3]", "not an event"},
		{`{"id":"x2","time":"2024-05-01T01:00:00Z","chat":"c1","from":"u1","kind":"poke"}`, "kind: unknown"},
		{`{"id":"x3","chat":"c1","from":"u1"}`, "time: missing"},
		{`{"time":"2024-05-01T01:00:00Z","chat":"c1","from":"u1"}`, "id: missing"},
		{`{"id":"x4","time":"2024-05-01T01:00:00Z","from":"u1"}`, "chat: missing"},
		{`{"id":"x5","time":"2024-05-01T01:00:00Z","chat":"c1"}`, "from: missing"},
		{`{"id":"x6","time":"yesterday","chat":"c1","from":"u1"}`, "time: not like"},
		{`{"id":"x7","time":"2024-05-01T01:00:00Z","chat":"c1","from":"u1","len":-3}`, "len: negative"},
		{`{"id":"x8","time":"2024-05-01T01:00:00Z","chat":"c1","from":"u1","text":"` + strings.Repeat("x", 20<<20) + `"}`, "longer than"},
	}
	for i, b := range bad {
		p.send(b.line)
		p.out.wait(t, "answer to a bad line", func([]string) bool { p.mu.Lock(); defer p.mu.Unlock(); return len(p.bad) > i })
		if got := p.bad[i]; !strings.Contains(got.Error, b.want) || got.Line != i+2 {
			t.Errorf("line %d %.60q: %+v, want %q", i+2, b.line, got, b.want)
		}
	}
	if diff := cmp.Diff(before, tables(t, data, "outbox")); diff != "" {
		t.Errorf("bad lines changed something (-before +after):\n%s", diff)
	}
	// It goes on after all of them; a message of 1 MB and bytes that are no UTF-8 are only messages.
	p.send(event("big", "2024-05-01T01:00:01Z", "chat", "c1", "from", "u1", "text", strings.Repeat("大", 350_000)))
	p.send(`{"id":"raw","time":"2024-05-01T01:00:02Z","chat":"c1","from":"u1","text":"` + "\xff\xfe\xc3(" + `","name":"` + "\xf0\x28\x8c\xbc" + `"}`)
	p.send(event(strings.Repeat("i", 100_000), "2024-05-01T01:00:03Z", "chat", strings.Repeat("c", 100_000), "from", strings.Repeat("u", 100_000), "text", "长"))
	p.waitAcks("big", "raw", strings.Repeat("i", 100_000))
	p.finish()
	if r := unprintable(strings.Join(p.errs.all, "\n")); r != "" {
		t.Errorf("the log holds %q", r)
	}
	messages := 0
	for _, m := range read[[]memberJSON](t, "members", "--json", "--data", data) {
		messages += m.Messages
	}
	if messages != 4 {
		t.Errorf("%d messages are counted, want 4", messages)
	}
}

// What import, replay and config tell of bad files goes to a terminal too.
func TestBadFilesAreToldPrintably(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	evil := "\x1b[2J\u202e\u009b\x07"
	history := file("h.jsonl", evil+"\n"+`{"id":"e1","time":"`+evil+`","chat":"c1","from":"u1"}`+"\n"+
		event("e2", "2024-05-01T01:00:00Z", "chat", "c1", "from", "u1", "kind", evil)+"\n")
	unmet := file("unmet.chat", "[大群] 小明: 签到\n> [大群] "+evil+"\n")
	wrong := file("wrong.chat", "[大群] 小明 "+evil+" nonsense\n")
	yaml := file("bad.yaml", "points:\n  \"check\\e[2Jin\": 3\n  checkin: \"\\e[2J\"\n")
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"import", history, "--data", filepath.Join(dir, "data")}, 1},
		{[]string{"import", history, "--dry-run"}, 1},
		{[]string{"replay", unmet}, 1},
		{[]string{"replay", "--json", unmet}, 1},
		{[]string{"replay", wrong}, 2},
		{[]string{"config", "check", "--config", yaml}, 1},
		{[]string{"activity", "--month", evil}, 2},
	} {
		out, errs, code := weilu(t, "", c.args...)
		if r := unprintable(out + errs); r != "" || code != c.code {
			t.Errorf("weilu %s: exit %d, want %d; it prints %q: %q", c.args[0], code, c.code, r, out+errs)
		}
	}
}
