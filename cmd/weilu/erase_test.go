package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/stage"
	"github.com/weilu-im/weilu/config"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// memberColumns are names of columns that hold members.
var memberColumns = []string{"member_id", "by_member", "from_id", "to_id", "owner_id", "candidate_id", "alias", "author", "actor", "target", "account",
	"debit", "credit", "user_id", "spoke_id", "used_by", "made_by", "decided_by", "settled_by"}

// notMembers are columns of such a name that hold something else, or whose table is not of members.
var notMembers = map[string]string{
	"sessions.account": "the bot's own account of a login", "group_candidates.candidate_id": "a group", "challenges.target": "how many days",
	"bindings.user_id": "the transport's name of whoever is bound to member_id",
}

// TestEveryTableWithMembersSaysWhatErasingDoes finds columns that hold members and that no feature declared.
func TestEveryTableWithMembersSaysWhatErasingDoes(t *testing.T) {
	e, err := bareEngine(defaults())
	if err != nil {
		t.Fatal(err)
	}
	declared, all := map[string]bool{}, map[string]bool{}
	for _, p := range e.Personal() {
		for _, table := range p.Tables {
			if all[table.Name] {
				t.Errorf("the table %s stands in two declarations", table.Name)
			}
			all[table.Name] = true
			for _, c := range slices.Concat(table.Of, table.By) {
				declared[table.Name+"."+c] = true
			}
		}
	}
	dbtest.Each(t, allOwners(defaults()), func(t *testing.T, db *database.DB) {
		tables, err := db.Tables(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		there := map[string]bool{}
		for _, table := range tables {
			there[table.Name] = true
			for _, c := range table.Columns {
				full := table.Name + "." + c.Name
				there[full] = true
				if slices.Contains(memberColumns, c.Name) && !declared[full] && notMembers[full] == "" && !byWhere(e.Personal(), table.Name) {
					t.Errorf("%s holds members: its feature must say in bot.Feature.Personal what it is, and what erasing does to it", full)
				}
			}
		}
		for _, p := range e.Personal() {
			for _, table := range p.Tables {
				for _, c := range slices.Concat(table.Of, table.By, table.Hide, table.Blank, table.Null) {
					if !there[table.Name+"."+c] && c != "tx" { // which PostgreSQL alone has
						t.Errorf("%s declares the column %s.%s, which is not there", p.Feature, table.Name, c)
					}
				}
			}
		}
	})
}

// byWhere tells whether the rows of a table are found by a condition, which names its columns.
func byWhere(list []bot.PersonalOf, name string) bool {
	return slices.ContainsFunc(list, func(p bot.PersonalOf) bool {
		return slices.ContainsFunc(p.Tables, func(t bot.PersonalTable) bool { return t.Name == name && t.Where != "" })
	})
}

// eraseStory is a life in all features, with words that are nowhere else.
const eraseStory = `
! owner 老板
[大群] 独孤求败 joins
[大群] 小红 joins
独孤求败: 我是梅花三弄，很高兴认识大家
独孤求败: 签到
小红: 签到
小红: 我的秘密是红烧肉
独孤求败: 感谢 @小红 梅花三弄
小红: 感谢 @独孤求败 帮了大忙
老板: 加分 @独孤求败 500 梅花三弄
老板: 上架 贴纸 100 5
独孤求败: 转赠 @小红 10 梅花三弄
小红: 转赠 @独孤求败 3 梅花三弄
老板: 新建挑战 早起 21天 连续
独孤求败: 参加 早起
小红: 参加 早起
独孤求败: 打卡 早起 梅花三弄
老板 whispers: 打标签 @独孤求败 梅花三弄
老板: 任命大使 @独孤求败
独孤求败 whispers: 我的邀请码
独孤求败: 出题 你喜欢梅花三弄吗？
独孤求败: 打卡 梅花三弄
独孤求败 whispers: 找回码
独孤求败: 免打扰
独孤求败 whispers: 积分
独孤求败 is now 独孤剑
独孤求败: 我改名了，还是梅花三弄
老板: 冻结 @独孤求败 梅花三弄
老板: 解冻 @独孤求败
[大群] 独孤二号 joins
独孤二号: 我也是梅花三弄
独孤二号: 签到
老板: 合并 @独孤二号 到 m2 同一人
>~ [大群] 确认 {merge}
老板: 确认 {merge}
== +1d ==
独孤求败: 签到
独孤求败 whispers: 兑换 101
独孤求败 whispers: 删除我的数据
`

// TestErasingLeavesNoTrace plays a life, erases it and looks for its words in every column of every table.
func TestErasingLeavesNoTrace(t *testing.T) {
	onDialects(t, func(t *testing.T, dialect string) {
		w := newEraseWorld(t, dbtest.DSN(t, dialect))
		w.play(t, eraseStory)
		if said := w.last(); !strings.Contains(said, "1 笔兑换") {
			t.Fatalf("with an order that waits: %s", w.all())
		}
		w.play(t, "老板: 发货 1\n独孤求败 whispers: 我的数据\n独孤求败 whispers: 删除我的数据\n")
		w.checkExport(t)
		before := w.traces(t, "独孤", "梅花三弄")
		if len(before) < 8 {
			t.Errorf("the life left few traces, so this tests little: %v", before)
		}
		i := strings.Index(w.last(), "确认 ")
		if i < 0 {
			t.Fatalf("the preview: %q", w.last())
		}
		w.play(t, "独孤求败 whispers: "+w.last()[i:i+len("确认 1234")]+"\n== +2h ==\n小红: 还在吗\n")
		left := slices.DeleteFunc(w.traces(t, "独孤", "梅花三弄"), func(at string) bool {
			return strings.HasPrefix(at, "message_texts.") // words of others, who said the name; they go in time
		})
		if len(left) > 0 {
			t.Errorf("traces are left in %v; before: %v", left, before)
		}
		var quit []bool
		if err := w.app.db.Conn(t.Context()).Raw(`SELECT quit_at > 0 FROM challenge_members WHERE member_id = 'm2'`).Scan(&quit).Error; err != nil ||
			!slices.Equal(quit, []bool{true}) {
			t.Errorf("the tombstone quit challenges: %v, %v; want the one it was in", quit, err)
		}
		if names := w.names(t); len(names) != 2 || names[0] != "已注销成员" || names[1] != "已注销成员" {
			t.Errorf("the ids that were one person are called %q", names)
		}
		report, err := w.app.ledger.Verify(t.Context(), points.VerifyOptions{})
		if err != nil || !report.OK {
			t.Errorf("ledger: %+v, %v", report, err)
		}
		if n, err := w.app.ledger.Balance(t.Context(), points.Member("m2")); err != nil || n != 0 {
			t.Errorf("the tombstone has %d points, %v", n, err)
		}
		w.play(t, "独孤求败: 我回来了\n独孤求败 whispers: 积分\n独孤求败 whispers: 我的\n老板: 排行\n")
		if said := w.all(); strings.Contains(said[strings.LastIndex(said, "我回来了")+1:], "已注销") {
			t.Errorf("the tombstone is spoken of: %s", said)
		}
	})
}

// eraseWorld is the whole program on a stage, in a database of its own that outlives transcripts.
type eraseWorld struct {
	app   *app
	stage *stage.Stage
	said  []bot.Outgoing
	start time.Time
}

func newEraseWorld(t *testing.T, dsn string) *eraseWorld {
	t.Helper()
	s, _, err := loadFrom(config.Source{Set: map[string]string{"points.transfers.enabled": "true"}})
	if err != nil {
		t.Fatal(err)
	}
	w := &eraseWorld{start: time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC)}
	w.stage = stage.New(w.start, func() error { return nil })
	hear := func(o bot.Outgoing) {
		w.said = append(w.said, o)
		w.stage.Hear(o)
	}
	w.app, err = open(t.Context(), s, slog.New(slog.DiscardHandler), openOptions{dsn: dsn, adopt: adoptAll, onSaid: hear, secret: []byte("x")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.app.close(); err != nil {
			t.Error(err)
		}
	})
	if err := w.stage.Open(t.Context(), w.app.engine, w.app.community); err != nil {
		t.Fatal(err)
	}
	return w
}

// play goes on with the story.
func (w *eraseWorld) play(t *testing.T, text string) {
	t.Helper()
	if !strings.HasPrefix(strings.TrimSpace(text), "!") {
		text = "== " + w.stage.Now().Add(time.Minute).In(time.FixedZone("", 8*3600)).Format("2006-01-02 15:04") + " ==\n[大群] 路人: 嗯\n" + text
	}
	script, err := transcript.Parse(fmt.Sprintf("erase%d.chat", len(w.said)), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	build := func(context.Context, map[string]string, time.Time) (transcript.World, error) { return w.stage, nil }
	if _, err := transcript.Run(t.Context(), script, build, transcript.Options{}); err != nil {
		t.Fatal(err)
	}
}

// checkExport reads what m2 gets of themselves: all of it, under both ids, and no words of others.
func (w *eraseWorld) checkExport(t *testing.T) {
	t.Helper()
	e := community.DataExport{Storage: w.app.db, Personal: w.app.engine.Personal(), KeepDays: 90, At: w.stage.Now(),
		Text: func(feature, key string, kv ...any) string { return w.app.engine.Text("zh", feature, key, kv...) }}
	var out bytes.Buffer
	if err := e.Write(t.Context(), "m2", &out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		IDs  []string
		Kept []struct {
			What   string
			Tables map[string][]map[string]any
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	rows := map[string]int{}
	for _, kept := range got.Kept {
		for table, list := range kept.Tables {
			rows[table] = len(list)
		}
	}
	for table, want := range map[string]int{"members": 2, "checkins": 3, "gifts": 2, "thanks": 2, "shop_orders": 1, "tags": 1} {
		if rows[table] != want {
			t.Errorf("the export has %d rows of %s, want %d", rows[table], table, want)
		}
	}
	if len(got.IDs) != 2 || !strings.Contains(out.String(), "我也是梅花三弄") || !strings.Contains(out.String(), "2026-01-") {
		t.Errorf("the export of %v lacks words or dates", got.IDs)
	}
	for _, other := range []string{"红烧肉", "salt", `"hash"`, `"digest"`} {
		if strings.Contains(out.String(), other) {
			t.Errorf("the export holds %q", other)
		}
	}
}

// names are those of all ids of the person m2.
func (w *eraseWorld) names(t *testing.T) (names []string) {
	t.Helper()
	err := w.app.db.Conn(t.Context()).Raw(`SELECT name FROM members WHERE id = 'm2' OR id IN (SELECT alias FROM aliases WHERE member_id = 'm2')`).Scan(&names).Error
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func (w *eraseWorld) last() string { return w.said[len(w.said)-1].Text }

func (w *eraseWorld) all() string {
	var b strings.Builder
	for _, o := range w.said {
		fmt.Fprintf(&b, "%s%s: %s\n", o.Group, o.Member, o.Text)
	}
	return b.String()
}

// traces are the columns that hold any of the words, with how often.
func (w *eraseWorld) traces(t *testing.T, words ...string) (found []string) {
	t.Helper()
	err := w.app.db.Snapshot(t.Context(), func(ctx context.Context) error {
		tables, err := w.app.db.Tables(ctx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			n := map[string]int{}
			if err := w.app.db.Rows(ctx, table, func(values []any) error {
				for i, v := range values {
					if s, ok := v.(string); ok && slices.ContainsFunc(words, func(word string) bool { return strings.Contains(s, word) }) {
						n[table.Columns[i].Name]++
					}
				}
				return nil
			}); err != nil {
				return err
			}
			for column, n := range n {
				found = append(found, fmt.Sprintf("%s.%s (%d)", table.Name, column, n))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return found
}
