package script

import (
	"context"
	"fmt"
	"strconv"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func (s *scripts) runsView() bot.View {
	return bot.View{
		Name: "runs", Title: "view.runs", Role: bot.Moderator, Acts: []bot.Act{{Command: "导入剧本"}}, Read: s.readRuns,
		Params: []bot.Param{{Name: "run", Label: "view.run", Kind: bot.Identifier}},
	}
}

// readRuns is what runs and ran, newest first; of one run its steps and entries.
func (s *scripts) readRuns(ctx context.Context, q *bot.Query) (bot.Page, error) {
	groups, err := s.c.GroupNames(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	if id, err := strconv.ParseInt(q.Params["run"], 10, 64); err == nil {
		v, ok, err := s.find(ctx, id)
		if err != nil {
			return bot.Page{}, err
		}
		if ok {
			return s.readRun(ctx, q, v, groups)
		}
	}
	where, args := ``, []any{}
	if before, err := strconv.ParseInt(q.After, 10, 64); err == nil {
		where, args = `WHERE id < ?`, append(args, before)
	}
	list, err := s.runs(ctx, fmt.Sprintf(`%s ORDER BY id DESC LIMIT %d`, where, q.Limit+1), args...)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "runs", Empty: q.T("view.empty"), Columns: []bot.Column{
		{Key: "run", Title: q.T("view.id"), Numbers: true}, {Key: "title", Title: q.T("view.title")}, {Key: "group", Title: q.T("view.group")},
		{Key: "start", Title: q.T("view.start")}, {Key: "state", Title: q.T("view.state")}, {Key: "done", Title: q.T("view.done"), Numbers: true},
		{Key: "steps", Title: q.T("view.steps"), Numbers: true}, {Key: "entries", Title: q.T("view.entries"), Numbers: true},
	}}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		t.Next = strconv.FormatInt(list[q.Limit-1].id, 10)
	}
	for _, v := range list {
		n, err := s.count(ctx, v.id)
		if err != nil {
			return bot.Page{}, err
		}
		key := strconv.FormatInt(v.id, 10)
		t.Rows = append(t.Rows, bot.Row{Key: key, Acts: s.runActs(q, v), Cells: []bot.Cell{
			{Text: key, Value: v.id, Link: &bot.ViewRef{View: "script.runs", Params: map[string]string{"run": key}}}, {Text: v.title}, {Text: groups[v.group]},
			s.c.Clock(v.start), {Text: q.T("run." + v.stands(q.At)), Value: v.state}, number(v.over()), number(len(v.steps)), number(n),
		}})
	}
	library, err := s.libraryTable(ctx, q)
	if err != nil {
		return bot.Page{}, err
	}
	return bot.Page{Tables: []bot.Table{t, library}}, nil
}

// libraryTable is what can be started.
func (s *scripts) libraryTable(ctx context.Context, q *bot.Query) (bot.Table, error) {
	list, err := s.library(ctx)
	if err != nil {
		return bot.Table{}, err
	}
	t := bot.Table{Key: "library", Title: q.T("view.library"), Columns: []bot.Column{
		{Key: "name", Title: q.T("view.name")}, {Key: "title", Title: q.T("view.title")}, {Key: "steps", Title: q.T("view.steps"), Numbers: true},
	}}
	for _, sc := range list {
		if sc.Language != "" && sc.Language != q.Actor.Language {
			continue
		}
		row := bot.Row{Key: sc.Name, Cells: []bot.Cell{{Text: sc.Name}, {Text: sc.Title}, number(len(sc.Steps))}}
		if q.Actor.Role >= bot.Manager {
			row.Acts = []bot.Act{{Command: "开始剧本", Args: sc.Name}}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

func (s *scripts) runActs(q *bot.Query, v run) (acts []bot.Act) {
	key := strconv.FormatInt(v.id, 10)
	acts = append(acts, bot.Act{Command: "剧本进度", Args: key}, bot.Act{Command: "入选", Args: key})
	if v.state == running && q.Actor.Role >= bot.Manager {
		acts = append(acts, bot.Act{Command: "停止剧本", Args: key, Grave: true})
	}
	return acts
}

func (s *scripts) readRun(ctx context.Context, q *bot.Query, v run, groups map[community.GroupID]string) (bot.Page, error) {
	steps := bot.Table{Key: "steps", Title: v.title + " · " + groups[v.group], Columns: []bot.Column{
		{Key: "step", Title: q.T("view.step"), Numbers: true}, {Key: "at", Title: q.T("view.at")}, {Key: "kind", Title: q.T("view.kind")},
		{Key: "state", Title: q.T("view.state")}, {Key: "done_at", Title: q.T("view.done_at")}, {Key: "text", Title: q.T("view.text")},
	}}
	for _, st := range v.steps {
		text := v.peek(st.Text, longestValue)
		if st.said != "" {
			text = shorten(st.said, longestValue)
		}
		row := bot.Row{Key: strconv.Itoa(st.n), Cells: []bot.Cell{
			number(st.n), s.c.Clock(st.at), {Text: q.T("kind." + string(st.Kind)), Value: string(st.Kind)},
			{Text: q.T("state." + st.state), Value: st.state}, s.c.Clock(st.done), {Text: text},
		}}
		if st.state == waiting && v.state == running && q.Actor.Role >= bot.Manager {
			args := fmt.Sprintf("%d %d", v.id, st.n)
			row.Acts = append(row.Acts, bot.Act{Command: "改剧本步骤", Args: args})
			if st.Kind != Close {
				row.Acts = append(row.Acts, bot.Act{Command: "跳过步骤", Args: args, Grave: true})
			}
		}
		steps.Rows = append(steps.Rows, row)
	}
	entries, err := s.entriesTable(ctx, q, v)
	return bot.Page{Note: q.T("run." + v.stands(q.At)), Tables: []bot.Table{steps, entries}}, err
}

// mostEntries is how many entries a page shows.
const mostEntries = 1000

func (s *scripts) entriesTable(ctx context.Context, q *bot.Query, v run) (bot.Table, error) {
	t := bot.Table{Key: "entries", Title: q.T("view.entries"), Empty: q.T("view.no_entries"), Columns: []bot.Column{
		{Key: "member", Title: q.T("view.member")}, {Key: "at", Title: q.T("view.at")}, {Key: "step", Title: q.T("view.step"), Numbers: true},
		{Key: "state", Title: q.T("view.state")}, {Key: "picked", Title: q.T("view.picked")},
	}}
	var rows []struct {
		ID           int64
		MemberID     community.MemberID
		N            int
		At, PickedAt int64
		State        string
	}
	err := s.db.Conn(ctx).Raw(`SELECT id, member_id, n, at, picked_at, state FROM script_entries WHERE run_id = ? AND state <> ? ORDER BY at, id LIMIT ?`,
		v.id, half, mostEntries).Scan(&rows).Error
	if err != nil {
		return t, fmt.Errorf("entries of run %d: %w", v.id, err)
	}
	d, err := s.c.Directory(ctx)
	if err != nil {
		return t, err
	}
	ids := make([]community.MemberID, len(rows))
	for i, row := range rows {
		ids[i] = row.MemberID
	}
	names, err := d.Called(ctx, ids...)
	if err != nil {
		return t, err
	}
	for _, row := range rows {
		out := bot.Row{Key: strconv.FormatInt(row.ID, 10), Cells: []bot.Cell{
			d.Cell(names, row.MemberID), s.c.Clock(bot.FromMillis(row.At)), number(row.N),
			{Text: q.T("entry." + row.State), Value: row.State}, s.c.Clock(bot.FromMillis(row.PickedAt)),
		}}
		if row.State == entered && row.PickedAt == 0 {
			out.Acts = append(out.Acts, bot.Act{Command: "入选", Args: fmt.Sprintf("%d %s", v.id, d.Who(row.MemberID))})
		}
		t.Rows = append(t.Rows, out)
	}
	return t, nil
}

func number(n int) bot.Cell { return bot.Cell{Text: strconv.Itoa(n), Value: int64(n)} }
