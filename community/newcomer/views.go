package newcomer

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// listed is how many people 新手进度 names.
const listed = 20

// progress tells moderators how far newcomers come, and in private also who is stuck where.
func (f *newcomer) progress(ctx context.Context, r *bot.Request) error {
	rep, err := f.report(ctx, r.At)
	if err != nil {
		return err
	}
	lines := []string{r.T("progress.title", "Days", window, "N", rep.begun)}
	line := func(name string, to reached) {
		text := r.T("progress.line", "Name", name, "N", to.all)
		for i, d := range f.cfg.Reminders {
			n := 0
			if i < len(to.by) {
				n = to.by[i]
			}
			text += r.T("progress.by", "Day", d, "N", n)
		}
		lines = append(lines, text)
	}
	for s := range steps {
		line(r.T("step."+s.String()), rep.steps[s])
	}
	line(r.T("progress.completed"), rep.ended)
	lines = append(lines, r.T("progress.open", "N", len(rep.open)))
	if r.Actor.Group != "" {
		if len(rep.open) > 0 {
			lines = append(lines, r.T("progress.private"))
		}
		r.Reply(strings.Join(lines, "\n"))
		return nil
	}
	for i := range rep.open {
		if i == listed {
			lines = append(lines, r.T("progress.more", "N", len(rep.open)-listed))
			break
		}
		p := &rep.open[i]
		lines = append(lines, r.T("progress.stuck", "Name", rep.names[p.Member], "ID", string(p.Member), "Day", f.age(&p.path, r.At), "Missing", missingIn(r.T, p)))
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

func missingIn(text func(key string, kv ...any) string, p *person) string {
	var names []string
	for _, s := range p.missing() {
		names = append(names, text("step."+s.String()))
	}
	return strings.Join(names, text("list"))
}

// view shows the funnel and the paths that are open.
func (f *newcomer) view(ctx context.Context, q *bot.Query) (bot.Page, error) {
	rep, err := f.report(ctx, q.At)
	if err != nil {
		return bot.Page{}, err
	}
	page := bot.Page{Note: q.T("view.note", "Days", window), Figures: f.figures(q, &rep)}
	groups, err := f.c.GroupNames(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "paths", Title: q.T("view.open"), Empty: q.T("view.none"), Columns: []bot.Column{
		{Key: "member", Title: q.T("view.member")}, {Key: "group", Title: q.T("view.group")}, {Key: "started", Title: q.T("view.started")},
		{Key: "day", Title: q.T("view.day"), Numbers: true}, {Key: "missing", Title: q.T("view.missing")}, {Key: "reminded", Title: q.T("view.reminded")},
	}}
	for i := range rep.open {
		p := &rep.open[i]
		if place(p) <= q.After {
			continue
		}
		if len(t.Rows) == q.Limit {
			t.Next = t.Rows[len(t.Rows)-1].Key
			break
		}
		row := bot.Row{Key: place(p), Cells: []bot.Cell{
			rep.dir.Cell(rep.names, p.Member), {Text: groups[p.Group], Value: string(p.Group)}, f.c.Clock(bot.FromMillis(p.Started)),
			number(f.age(&p.path, q.At)), {Text: missingIn(q.T, p)}, {},
		}}
		if p.Reminded > 0 {
			row.Cells[5] = bot.Cell{Text: "D" + strconv.Itoa(p.Reminded), Value: int64(p.Reminded)}
		}
		if q.Actor.Role >= bot.Manager {
			row.Acts = []bot.Act{{Command: "重置新手任务", Args: string(p.Member), Grave: true}}
		}
		t.Rows = append(t.Rows, row)
	}
	page.Tables = []bot.Table{t}
	return page, nil
}

// place is where somebody stands among the open paths, to be compared as text.
func place(p *person) string { return fmt.Sprintf("%013d/%s", p.Started, p.Member) }

func (f *newcomer) figures(q *bot.Query, rep *report) []bot.Figure {
	figure := func(key, title string, to reached) bot.Figure {
		var by []string
		for i, d := range f.cfg.Reminders {
			if i < len(to.by) {
				by = append(by, fmt.Sprintf("D%d %d", d, to.by[i]))
			}
		}
		return bot.Figure{Key: key, Title: title, Cell: number(to.all), Note: strings.Join(by, " · ")}
	}
	list := []bot.Figure{{Key: "begun", Title: q.T("figure.begun"), Cell: number(rep.begun)}}
	for s := range steps {
		list = append(list, figure(s.String(), q.T("step."+s.String()), rep.steps[s]))
	}
	return append(list, figure("completed", q.T("progress.completed"), rep.ended))
}

func number(n int) bot.Cell { return bot.Cell{Text: strconv.Itoa(n), Value: int64(n)} }
