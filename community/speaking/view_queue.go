package speaking

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// queueView shows what 队列 tells, with everything that waits.
func (f *speaking) queueView() bot.View {
	return bot.View{Name: "queue", Title: "view.queue", Role: bot.Manager, Read: f.readQueue, Acts: []bot.Act{{Command: "暂停"}, {Command: "继续"}}}
}

func (f *speaking) readQueue(ctx context.Context, q *bot.Query) (bot.Page, error) {
	v, err := f.pacing.Queue(ctx, q.At)
	if err != nil {
		return bot.Page{}, err
	}
	d, err := f.c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	by, paused := "", bot.Cell{Text: q.T("answer.no"), Value: false}
	if v.Paused != nil {
		who := community.MemberID(v.Paused.By)
		names, err := d.Called(ctx, who)
		if err != nil {
			return bot.Page{}, err
		}
		by, paused = names[who], bot.Cell{Text: q.T("answer.yes"), Value: true}
	}
	names, err := f.c.GroupNames(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	oldest := bot.Cell{Value: int64(0)}
	if v.Waiting > 0 {
		oldest = bot.Cell{Text: age(q.T, v.At.Sub(v.Oldest)), Value: int64(v.At.Sub(v.Oldest) / time.Second)}
	}
	return bot.Page{
		Note: strings.Join(f.reasons(q.T, v, by), "\n"),
		Figures: []bot.Figure{
			{Key: "waiting", Title: q.T("figure.waiting"), Cell: number(v.Waiting)}, {Key: "stale", Title: q.T("figure.stale"), Cell: number(v.Stale)},
			{Key: "later", Title: q.T("figure.later"), Cell: number(v.Later)},
			{Key: "oldest_seconds", Title: q.T("figure.oldest"), Cell: oldest}, {Key: "paused", Title: q.T("figure.paused"), Cell: paused},
		},
		Tables: []bot.Table{f.groupsTable(q, v, names), f.prioritiesTable(q, v), f.transportsTable(q, v), f.troublesTable(q, v)},
	}, nil
}

func number(n int) bot.Cell { return bot.Cell{Text: fmt.Sprint(n), Value: int64(n)} }

// table is an empty table with columns whose texts are "column.<key>"; a # behind a key says that they are numbers.
func table(q *bot.Query, name, keys string) bot.Table {
	t := bot.Table{Key: name, Title: q.T("table." + name), Empty: q.T("table.none")}
	for key := range strings.FieldsSeq(keys) {
		key, numbers := strings.CutSuffix(key, "#")
		t.Columns = append(t.Columns, bot.Column{Key: key, Title: q.T("column." + key), Numbers: numbers})
	}
	return t
}

func (f *speaking) groupsTable(q *bot.Query, v bot.QueueView, names map[community.GroupID]string) bot.Table {
	t := table(q, "groups", "group waiting# oldest")
	for _, g := range v.Groups {
		name, ok := names[community.GroupID(g.Group)]
		if g.Group == "" {
			name, ok = q.T("queue.private"), true
		}
		if !ok {
			name = g.Group
		}
		t.Rows = append(t.Rows, bot.Row{Key: g.Group, Cells: []bot.Cell{{Text: name, Value: g.Group}, number(g.Waiting), f.c.Clock(g.Oldest)}})
	}
	return t
}

func (f *speaking) prioritiesTable(q *bot.Query, v bot.QueueView) bot.Table {
	t := table(q, "priorities", "priority waiting#")
	for _, p := range v.Priorities {
		t.Rows = append(t.Rows, bot.Row{Key: fmt.Sprint(int(p.Priority)), Cells: []bot.Cell{
			{Text: q.T(fmt.Sprint("priority.", int(p.Priority))), Value: int64(p.Priority)}, number(p.Waiting),
		}})
	}
	return t
}

func (f *speaking) transportsTable(q *bot.Query, v bot.QueueView) bot.Table {
	t := table(q, "transports", "transport wait minute# hour# day#")
	for _, tr := range v.Transports {
		wait := bot.Cell{Value: string(tr.Wait)}
		if tr.Wait != bot.NoWait && tr.Wait != bot.WaitPaused {
			wait.Text = q.T("wait."+string(tr.Wait), "Transport", tr.Name, "Until", f.clock(tr.Until, v.At), "Times", tr.Times)
		}
		t.Rows = append(t.Rows, bot.Row{Key: tr.Name, Cells: []bot.Cell{
			{Text: bot.Clean(tr.Name)}, wait, said(tr.Minute), said(tr.Hour), said(tr.Day),
		}})
	}
	return t
}

// said is how much was said, shown against the limit.
func said(s bot.Share) bot.Cell { return bot.Cell{Text: share(s), Value: int64(s.Said)} }

func (f *speaking) troublesTable(q *bot.Query, v bot.QueueView) bot.Table {
	t := table(q, "troubles", "outcome count# reason")
	for i, tr := range v.Troubles {
		t.Rows = append(t.Rows, bot.Row{Key: fmt.Sprint(i), Cells: []bot.Cell{
			{Text: q.T("outcome." + string(tr.Outcome)), Value: string(tr.Outcome)}, number(tr.Count), {Text: bot.Clean(tr.Reason)},
		}})
	}
	return t
}
