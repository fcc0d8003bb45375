package community

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// viewAudit lists what managers did, newest first.
func (c *Community) viewAudit(ctx context.Context, q *bot.Query) (bot.Page, error) {
	d, err := c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	f := AuditFilter{Action: q.Params["action"], Limit: q.Limit + 1}
	if id := q.Params["actor"]; id != "" {
		f.Actors = d.IDs(MemberID(bot.Fold(id)))
	}
	if id := q.Params["target"]; id != "" {
		f.Targets = d.IDs(MemberID(bot.Fold(id)))
	}
	if f.Before, err = strconv.ParseInt(q.After, 10, 64); err != nil {
		f.Before = 0
	}
	t, err := c.auditTable(ctx, d, q, f)
	return bot.Page{Tables: []bot.Table{t}}, err
}

// auditTable shows entries of the audit, with what can still be taken back. One entry more than the query's limit is
// asked for, to know whether there are more.
func (c *Community) auditTable(ctx context.Context, d *Directory, q *bot.Query, f AuditFilter) (bot.Table, error) {
	t := bot.Table{Key: "audit", Title: q.T("audit.title"), Empty: q.T("audit.none"), Columns: columns(q, "entry# at actor did target state")}
	entries, err := c.Audit.List(ctx, f)
	if err != nil {
		return t, err
	}
	if len(entries) == f.Limit {
		entries = entries[:len(entries)-1]
		t.Next = fmt.Sprint(entries[len(entries)-1].ID)
	}
	var ids []MemberID
	var events []string
	for _, e := range entries {
		ids, events = append(ids, e.Actor, MemberID(e.Target)), append(events, e.Event)
	}
	names, err := d.Called(ctx, ids...)
	if err != nil {
		return t, err
	}
	groups, err := c.GroupNames(ctx)
	if err != nil {
		return t, err
	}
	undos, err := c.Undo.of(ctx, events)
	if err != nil {
		return t, err
	}
	shown := map[string]bool{} // a code stands at one entry, even where its event has several
	for _, e := range entries {
		row := bot.Row{Key: fmt.Sprint(e.ID)}
		state := ""
		for _, u := range undos[e.Event] {
			switch {
			case e.Action == "undo":
			case u.UsedAt != nil:
				state = q.T("audit.undone")
			case c.Undo.open(u, q) && !shown[u.Code]:
				shown[u.Code] = true
				state = q.T("audit.open")
				row.Acts = append(row.Acts, bot.Act{Command: "撤销", Args: u.Code, Grave: true})
			}
		}
		row.Cells = []bot.Cell{
			number(e.ID), c.Clock(e.At), c.doer(d, q, names, e), {Text: did(q, e), Value: e.Action},
			c.done(d, names, groups, e.Target), {Text: state, Value: len(row.Acts) > 0},
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

// doer shows who did something.
func (c *Community) doer(d *Directory, q *bot.Query, names map[MemberID]string, e AuditEntry) bot.Cell {
	if e.Actor == "" {
		return bot.Cell{Text: q.T("audit.program"), Value: ""}
	}
	return d.Cell(names, e.Actor)
}

// done shows what something was done to: a member, a group, or whatever has this id.
func (c *Community) done(d *Directory, names map[MemberID]string, groups map[GroupID]string, target string) bot.Cell {
	if id, rest, ok := cutID(target); ok && rest == "" && string(id) == target {
		return d.Cell(names, id)
	}
	if name, ok := groups[GroupID(target)]; ok {
		return bot.Cell{Text: name, Value: target}
	}
	return bot.Cell{Text: bot.Clean(target), Value: target}
}

// did says in words what was done: with the text "did.<action>" of the community or, for "feature.action", with
// "did.action" of the feature, which may name the entries of the detail. Without a text it is the action's name.
func did(q *bot.Query, e AuditEntry) string {
	var detail map[string]any
	dec := json.NewDecoder(strings.NewReader(string(e.Detail)))
	dec.UseNumber() // amounts as they are written
	if dec.Decode(&detail) != nil {
		detail = nil
	}
	var kv []any
	for key, value := range detail {
		if e.Action == "appoint" {
			value = q.T(fmt.Sprint("role.", value))
		}
		kv = append(kv, key, value)
	}
	key := "did." + strings.ReplaceAll(e.Action, " ", "_")
	text := q.T(key, kv...)
	if feature, action, ok := strings.Cut(e.Action, "."); text == key && ok {
		key = "did." + action
		text = q.In(feature).T(key, kv...)
	}
	if text == key || strings.Contains(text, "<no value>") {
		return e.Action
	}
	return bot.Clean(text)
}

// of are the undo codes that events offered.
func (u *Undo) of(ctx context.Context, events []string) (map[string][]undoRow, error) {
	found := map[string][]undoRow{}
	events = slices.Compact(slices.Sorted(slices.Values(events)))
	for part := range slices.Chunk(events, 500) {
		var rows []undoRow
		if err := u.db.Conn(ctx).Where("event IN ?", part).Order("code").Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("undo codes: %w", err)
		}
		for _, row := range rows {
			found[row.Event] = append(found[row.Event], row)
		}
	}
	return found, nil
}

// open tells whether 撤销 would take something back for who asks.
func (u *Undo) open(row undoRow, q *bot.Query) bool {
	mine := q.Actor.Role >= bot.Manager || row.Member != "" && row.Member == q.Actor.Member
	return mine && row.UsedAt == nil && u.actions[row.Action] != nil && q.At.UnixMilli() <= row.ExpiresAt
}
