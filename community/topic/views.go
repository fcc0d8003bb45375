package topic

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func (f *topic) views() []bot.View {
	return []bot.View{
		{Name: "calendar", Title: "view.calendar", Role: bot.Manager, Read: f.calendarView},
		{
			Name: "library", Title: "view.library", Role: bot.Manager, Read: f.libraryView,
			Acts:   []bot.Act{{Command: "加题"}, {Command: "导入题库", Table: true}},
			Params: []bot.Param{{Name: "words", Label: "view.words", Kind: bot.Search}},
		},
		{Name: "proposals", Title: "view.proposals", Role: bot.Moderator, Read: f.proposalsView},
		{Name: "statistics", Title: "view.statistics", Role: bot.Moderator, Read: f.statisticsView},
	}
}

// calendarView is what is planned. It plans nothing itself: that is done every night and when a manager asks in the chat.
func (f *topic) calendarView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	list, err := f.occasions(ctx, `WHERE d.slot > ? AND d.state <> 'posted' ORDER BY d.slot, d.group_id, d.column_name LIMIT 1000`, q.At.UnixMilli())
	if err != nil {
		return bot.Page{}, err
	}
	names, err := f.c.GroupNames(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "calendar", Empty: q.T("calendar.none"), Columns: []bot.Column{
		{Key: "number", Title: q.T("view.number")}, {Key: "when", Title: q.T("view.when")}, {Key: "group", Title: q.T("view.group")},
		{Key: "column", Title: q.T("view.column")}, {Key: "topic", Title: q.T("view.topic")},
	}}
	for _, o := range list {
		key := "C" + strconv.FormatInt(o.id, 10)
		t.Rows = append(t.Rows, bot.Row{
			Key: key, Cells: []bot.Cell{{Text: key}, {Text: f.when(q.T, o), Value: o.slot}, {Text: names[o.group], Value: string(o.group)}, {Text: o.column}, {Text: f.describe(q.T, o)}},
			Acts: []bot.Act{{Command: "换题", Args: key}, {Command: "改话题", Args: key}, {Command: "跳过话题", Args: key, Grave: true}},
		})
	}
	return bot.Page{Tables: []bot.Table{t}}, nil
}

// libraryView is all topics, by number.
func (f *topic) libraryView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	after, _ := strconv.ParseInt(q.After, 10, 64) // empty: from the beginning
	where, args := `t.id > ?`, []any{after}
	if wanted := strings.TrimSpace(q.Params["words"]); wanted != "" {
		where += ` AND t.text LIKE ? ESCAPE '\'`
		args = append(args, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(wanted)+"%")
	}
	list, err := f.entries(ctx, where+` ORDER BY t.id LIMIT ?`, append(args, q.Limit+1)...)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "topics", Empty: q.T("list.none"), Columns: []bot.Column{
		{Key: "number", Title: q.T("view.number"), Numbers: true}, {Key: "column", Title: q.T("view.column")}, {Key: "topic", Title: q.T("view.topic")},
		{Key: "terms", Title: q.T("view.terms")}, {Key: "source", Title: q.T("view.source")},
	}}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		t.Next = strconv.FormatInt(list[q.Limit-1].id, 10)
	}
	for _, e := range list {
		key := strconv.FormatInt(e.id, 10)
		row := bot.Row{Key: key, Cells: []bot.Cell{number(e.id), {Text: e.Column}, {Text: e.Text}, {Text: strings.TrimPrefix(f.terms(q.T, e), " · ")},
			{Text: q.T("source." + e.source), Value: e.source}}, Acts: []bot.Act{{Command: "改题", Args: key}}}
		if e.state == paused {
			row.Acts = append(row.Acts, bot.Act{Command: "启题", Args: key})
		} else {
			row.Acts = append(row.Acts, bot.Act{Command: "停题", Args: key, Grave: true})
		}
		t.Rows = append(t.Rows, row)
	}
	return bot.Page{Tables: []bot.Table{t}}, nil
}

// proposalsView is what members proposed and nobody decided yet.
func (f *topic) proposalsView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	list, err := f.waiting(ctx, q.Limit)
	if err != nil {
		return bot.Page{}, err
	}
	people, err := f.c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	var ids []community.MemberID
	for _, p := range list {
		ids = append(ids, p.member)
	}
	names, err := people.Called(ctx, ids...)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "proposals", Empty: q.T("proposals.none"), Columns: []bot.Column{
		{Key: "number", Title: q.T("view.number"), Numbers: true}, {Key: "column", Title: q.T("view.column")}, {Key: "topic", Title: q.T("view.topic")}, {Key: "member", Title: q.T("view.member")},
	}}
	for _, p := range list {
		key := strconv.FormatInt(p.id, 10)
		t.Rows = append(t.Rows, bot.Row{Key: key, Cells: []bot.Cell{number(p.id), {Text: p.column}, {Text: p.text}, people.Cell(names, p.member)},
			Acts: []bot.Act{{Command: "采用题", Args: key}, {Command: "退题", Args: key, Grave: true}}})
	}
	return bot.Page{Tables: []bot.Table{t}}, nil
}

// statisticsView is how the topics of the last year went.
func (f *topic) statisticsView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	list, err := f.figuresSince(ctx, q.At.Add(-365*24*time.Hour))
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "topics", Empty: q.T("statistics.none"), Columns: []bot.Column{
		{Key: "number", Title: q.T("view.number"), Numbers: true}, {Key: "column", Title: q.T("view.column")}, {Key: "topic", Title: q.T("view.topic")},
		{Key: "posted", Title: q.T("view.posted"), Numbers: true}, {Key: "answers", Title: q.T("view.answers"), Numbers: true},
		{Key: "members", Title: q.T("view.members"), Numbers: true}, {Key: "rate", Title: q.T("view.rate"), Numbers: true}, {Key: "best", Title: q.T("view.best"), Numbers: true},
	}}
	from, _ := strconv.Atoi(q.After) // empty: from the beginning
	from = min(max(0, from), len(list))
	for _, one := range list[from:min(len(list), from+q.Limit)] {
		t.Rows = append(t.Rows, bot.Row{Key: strconv.FormatInt(one.topic, 10), Cells: []bot.Cell{
			number(one.topic), {Text: one.column}, {Text: one.text}, number(int64(one.posted)), number(int64(one.answers)),
			number(int64(len(one.members))), {Text: strconv.Itoa(one.rate()) + "%", Value: int64(one.rate())}, number(int64(one.best)),
		}})
	}
	if from+q.Limit < len(list) {
		t.Next = strconv.Itoa(from + q.Limit)
	}
	return bot.Page{Note: q.T("statistics.note"), Tables: []bot.Table{t}}, nil
}
