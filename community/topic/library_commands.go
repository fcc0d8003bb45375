package topic

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// listedAtOnce is how many topics 题库 shows.
const listedAtOnce = 20

func topicTarget(id int64) string { return fmt.Sprintf("topic/%d", id) }

// tagged takes a column off the beginning of the arguments: "#好物分享 文本". Without one it is the first column.
func (f *topic) tagged(r *bot.Request, args string) (Column, string, error) {
	if len(f.cfg.Columns) == 0 {
		return Column{}, "", r.Refuse("columns.none")
	}
	word, rest := firstWord(args)
	if !strings.HasPrefix(bot.Fold(word), "#") {
		return f.cfg.Columns[0], strings.TrimSpace(args), nil
	}
	if col, ok := f.column(word); ok {
		return col, rest, nil
	}
	if head, tail, ok := strings.Cut(strings.TrimPrefix(bot.Fold(args), "#"), "#"); ok { // "#好物分享#文本"
		if col, found := f.column(head); found {
			_, tail = cutAfter(args, len([]rune(head))+2, tail)
			return col, strings.TrimSpace(tail), nil
		}
	}
	return Column{}, "", r.Refuse("columns.unknown", "Columns", f.columnNames())
}

// cutAfter splits after a number of characters; folded is what to take where the text is shorter.
func cutAfter(s string, n int, folded string) (head, tail string) {
	runes := []rune(s)
	if n > len(runes) {
		return s, folded
	}
	return string(runes[:n]), string(runes[n:])
}

func (f *topic) columnNames() string {
	var names []string
	for _, c := range f.cfg.Columns {
		names = append(names, "#"+c.Name)
	}
	return strings.Join(names, " ")
}

// words are what a manager or member typed as one paragraph.
func words(s string) string { return strings.Join(strings.Fields(bot.Clean(s)), " ") }

// named is the topic whose number the arguments begin with, or a refusal.
func (f *topic) named(ctx context.Context, r *bot.Request) (e entry, rest string, err error) {
	word, rest := firstWord(r.Args)
	id, ok := readNumber(word, "")
	if !ok {
		return entry{}, "", r.Refuse("topic.which", "Command", r.Command())
	}
	if err := f.settle(ctx, r); err != nil {
		return entry{}, "", err
	}
	e, ok, err = f.find(ctx, id)
	if err == nil && !ok {
		err = r.Refuse("topic.unknown", "ID", id)
	}
	return e, rest, err
}

// single refuses more numbers, with the mark that they may have, after the one that a command takes.
func single(r *bot.Request, one, rest, mark string) error {
	words := strings.Fields(rest)
	for _, word := range words {
		if _, ok := readNumber(strings.Trim(word, ",，、"), mark); !ok {
			return nil
		}
	}
	if len(words) == 0 {
		return nil
	}
	return r.Refuse("single", "Command", r.Command(), "One", one)
}

// list is 题库 [栏目] [页].
func (f *topic) list(ctx context.Context, r *bot.Request) error {
	if err := f.settle(ctx, r); err != nil {
		return err
	}
	where, args, page, column := `1 = 1`, []any{}, 1, ""
	for _, word := range strings.Fields(r.Args) {
		if n, ok := readNumber(word, ""); ok && n > 0 && n < 10_000 {
			page = int(n)
			continue
		}
		col, ok := f.column(word)
		if !ok {
			return r.Refuse("columns.unknown", "Columns", f.columnNames())
		}
		where, args, column = where+` AND t.column_name = ?`, append(args, col.Name), " #"+col.Name
	}
	var total int
	if err := f.db.Row(ctx, `SELECT COUNT(*) FROM topic_topics t WHERE t.state <> 'removed' AND `+where, args...).Scan(&total); err != nil {
		return fmt.Errorf("count topics: %w", err)
	}
	list, err := f.entries(ctx, where+` ORDER BY t.id LIMIT ? OFFSET ?`, append(args, listedAtOnce, (page-1)*listedAtOnce)...)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		r.Reply(r.T("list.none"))
		return nil
	}
	lines := []string{r.T("list.title", "Count", total, "Page", page, "Pages", (total+listedAtOnce-1)/listedAtOnce)}
	for _, e := range list {
		lines = append(lines, r.T("list.line", "ID", e.id, "Column", e.Column, "Text", e.Text, "Terms", f.terms(r.T, e)))
	}
	if page*listedAtOnce < total {
		lines = append(lines, r.T("list.more", "Column", column, "Page", page+1))
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// terms are the conditions of a topic that are not the usual ones, each after a separator.
func (f *topic) terms(t func(string, ...any) string, e entry) string {
	text := ""
	add := func(key string, kv ...any) { text += " · " + t("terms."+key, kv...) }
	if e.state == paused {
		add("paused")
	}
	if e.Weight != 1 {
		add("weight", "N", e.Weight)
	}
	if e.Season != "" {
		add("season", "Season", e.Season)
	}
	if e.Audience != "" {
		add("audience", "Groups", e.Audience)
	}
	if e.CoolOff != 0 {
		add("cool_off", "Days", e.CoolOff)
	}
	if e.Host != "" {
		add("host")
	}
	return text
}

// add is 加题 [#栏目] 文本.
func (f *topic) add(ctx context.Context, r *bot.Request) error {
	col, text, err := f.tagged(r, r.Args)
	if err != nil {
		return err
	}
	if err := f.settle(ctx, r); err != nil {
		return err
	}
	d := definition{Column: col.Name, Text: words(text), Weight: 1}
	if key, kv := f.check(d); key != "" {
		return r.Refuse(key, kv...)
	}
	id, ok, err := f.store(ctx, d, origins{source: added, at: r.At.UnixMilli()})
	if err != nil {
		return err
	}
	if !ok {
		return r.Refuse("add.twice", "Column", col.Name)
	}
	if err := f.keep(ctx, r); err != nil {
		return err
	}
	return f.answer(ctx, r, change{"topic.topic", "add-topic", topicTarget(id)}, undone{ID: id, Was: removed, Is: active}, map[string]any{},
		r.T("add.done", "ID", id, "Column", col.Name, "Text", d.Text))
}

// edit is 改题 编号 文本.
func (f *topic) edit(ctx context.Context, r *bot.Request) error {
	e, rest, err := f.named(ctx, r)
	if err != nil {
		return err
	}
	d := e.definition
	d.Text = words(rest)
	if key, kv := f.check(d); key != "" {
		return r.Refuse(key, kv...)
	}
	if d.Text == e.Text {
		return r.Refuse("edit.same")
	}
	ok, err := f.setText(ctx, e.id, e.Column, e.Text, d.Text)
	if err != nil {
		return err
	}
	if !ok {
		return r.Refuse("add.twice", "Column", e.Column)
	}
	return f.answer(ctx, r, change{"topic.topic", "edit-topic", topicTarget(e.id)}, undone{ID: e.id, Old: e.Text, New: d.Text}, map[string]any{},
		r.T("edit.done", "ID", e.id, "Text", d.Text))
}

// setText changes the words of a topic that are still the old ones; ok is false where another one has the new.
func (f *topic) setText(ctx context.Context, id int64, column, was, text string) (ok bool, err error) {
	n, err := f.db.Exec(ctx, `UPDATE topic_topics SET text = ?, folded = ? WHERE id = ? AND text = ? AND state <> 'removed'
		AND NOT EXISTS (SELECT 1 FROM topic_topics o WHERE o.column_name = ? AND o.folded = ? AND o.id <> ?)`,
		text, letters(text), id, was, column, letters(text), id)
	if err != nil {
		return false, fmt.Errorf("edit topic %d: %w", id, err)
	}
	return n > 0, nil
}

func (f *topic) pause(ctx context.Context, r *bot.Request) error {
	return f.turn(ctx, r, active, paused, "pause")
}

func (f *topic) resume(ctx context.Context, r *bot.Request) error {
	return f.turn(ctx, r, paused, active, "resume")
}

// turn is 停题 and 启题.
func (f *topic) turn(ctx context.Context, r *bot.Request, from, to, key string) error {
	e, rest, err := f.named(ctx, r)
	if err == nil {
		err = single(r, strconv.FormatInt(e.id, 10), rest, "")
	}
	if err != nil {
		return err
	}
	ok, err := f.setState(ctx, r, e.id, from, to)
	if err != nil {
		return err
	}
	if !ok {
		return r.Refuse(key+".already", "ID", e.id)
	}
	if err := f.keep(ctx, r); err != nil {
		return err
	}
	return f.answer(ctx, r, change{"topic.topic", key + "-topic", topicTarget(e.id)}, undone{ID: e.id, Was: from, Is: to}, map[string]any{},
		r.T(key+".done", "ID", e.id, "Text", e.Text))
}

// undone is what an undo of a change to one topic needs: of its state, or of its words.
type undone struct {
	ID  int64  `json:"id"`
	Was string `json:"was,omitempty"`
	Is  string `json:"is,omitempty"`
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
}

func (f *topic) undoTopic(ctx context.Context, r *bot.Request, payload []byte) error {
	var p undone
	if err := json.Unmarshal(payload, &p); err != nil {
		return err
	}
	var ok bool
	var err error
	if p.Old != "" {
		e, found, err := f.find(ctx, p.ID)
		if err != nil {
			return err
		}
		if found {
			if ok, err = f.setText(ctx, p.ID, e.Column, p.New, p.Old); err != nil {
				return err
			}
		}
	} else if ok, err = f.setState(ctx, r, p.ID, p.Is, p.Was); err != nil {
		return err
	}
	if !ok {
		return bot.Refuse(r.In("topic").T("undo.late"))
	}
	return nil
}

// change names what a manager did: as an undo, in the audit, and to what.
type change struct{ undo, audit, target string }

// answer keeps what a manager did and tells them, with the code that takes it back.
func (f *topic) answer(ctx context.Context, r *bot.Request, what change, payload, detail any, text string) error {
	code, err := f.c.Undo.Offer(ctx, r, what.undo, payload)
	if err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, what.audit, what.target, detail); err != nil {
		return err
	}
	r.Reply(text + "\n" + r.T("undo", "Code", code))
	return nil
}

// tellManagers says something to all managers in private.
func (f *topic) tellManagers(ctx context.Context, r *bot.Request, text string) error {
	managers, err := f.c.Managers(ctx)
	for _, id := range managers {
		r.Send(bot.Outgoing{Member: string(id), Text: text, Priority: bot.Notice})
	}
	return err
}

func number(n int64) bot.Cell { return bot.Cell{Text: strconv.FormatInt(n, 10), Value: n} }
