package admission

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func (f *admission) views() []bot.View {
	return []bot.View{
		{
			Name: "waiting", Title: "view.waiting", Role: bot.Manager, Read: f.waitingView,
			Params: []bot.Param{{Name: "state", Label: "view.state", Kind: bot.Choice, Choices: []string{"waiting", "open", "all"}}},
		},
		{Name: "figures", Title: "view.figures", Role: bot.Manager, Read: f.figuresView},
	}
}

// columns are the columns of a table, by their keys, with the texts "column.<key>"; a # behind a key says that they are
// numbers.
func columnsOf(q *bot.Query, keys string) (list []bot.Column) {
	for key := range strings.FieldsSeq(keys) {
		key, numbers := strings.CutSuffix(key, "#")
		list = append(list, bot.Column{Key: key, Title: q.T("column." + key), Numbers: numbers})
	}
	return list
}

// waitingView is who waits, with what a manager can do about it.
func (f *admission) waitingView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	states := []string{string(waiting)}
	switch q.Params["state"] {
	case "open":
		states = append(states, string(arrived), string(asking))
	case "all":
		states = append(states, string(arrived), string(asking), string(passed), string(refused), string(lapsed), string(withdrawn), string(joined))
	}
	after, _ := strconv.ParseInt(q.After, 10, 64) // empty: from the beginning
	list, err := f.list(ctx, `WHERE state IN ? AND id > ? ORDER BY id`, states, after)
	if err != nil {
		return bot.Page{}, err
	}
	people, err := f.c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	if q.Params["state"] != "all" {
		list = newestOnly(list, people.Who)
	}
	t := bot.Table{Key: "applications", Empty: q.T("view.empty"), Columns: columnsOf(q, "number# member state since answers")}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		t.Next = strconv.FormatInt(list[q.Limit-1].id, 10)
	}
	ids := make([]community.MemberID, len(list))
	for i, a := range list {
		ids[i] = a.member
	}
	names, err := people.Called(ctx, ids...)
	if err != nil {
		return bot.Page{}, err
	}
	for _, a := range list {
		answers, err := f.answersCell(ctx, q, a.id)
		if err != nil {
			return bot.Page{}, err
		}
		since := a.submitted
		if since.IsZero() {
			since = a.at
		}
		number := strconv.FormatInt(a.id, 10)
		row := bot.Row{Key: number, Cells: []bot.Cell{
			{Text: number, Value: a.id}, people.Cell(names, a.member), {Text: q.T("state." + string(a.state)), Value: string(a.state)}, f.c.Clock(since), answers,
		}}
		if a.state.open() {
			row.Acts = []bot.Act{{Command: "通过", Args: number}, {Command: "加问", Args: number}, {Command: "婉拒", Args: number, Grave: true}}
		}
		t.Rows = append(t.Rows, row)
	}
	return bot.Page{Tables: []bot.Table{t}}, nil
}

func (f *admission) answersCell(ctx context.Context, q *bot.Query, id int64) (bot.Cell, error) {
	questions, err := f.questions(ctx, id)
	if err != nil {
		return bot.Cell{}, err
	}
	var lines []string
	for _, o := range questions {
		lines = append(lines, q.T("full.line", "N", o.n, "Question", o.text, "Answer", f.answerText(q.T, o, indented)))
	}
	return bot.Cell{Text: strings.Join(lines, "\n")}, nil
}

// tally is how applications went.
type tally struct {
	applied, answered, passed, refused, lapsed, withdrawn, joined, without int64
	took                                                                   []time.Duration // until a decision
}

// tallies counts applications by the month in which they began, and who came without one by the month of that. The
// applications that count no more are left out. A month is like 2026-11.
func (f *admission) tallies(ctx context.Context) (map[string]*tally, error) {
	months := map[string]*tally{}
	of := func(ms int64) *tally {
		month := f.c.Calendar.Day(bot.FromMillis(ms)).String()[:len("2026-11")]
		if months[month] == nil {
			months[month] = &tally{}
		}
		return months[month]
	}
	rows, err := f.db.Conn(ctx).Raw(`SELECT at, state, submitted_at, decided_at, joined_at FROM admissions WHERE state <> ?`, string(superseded)).Rows()
	if err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var at, submitted, decided, in int64
		var s state
		if err := rows.Scan(&at, &s, &submitted, &decided, &in); err != nil {
			return nil, fmt.Errorf("figures: %w", err)
		}
		of(at).count(s, submitted, decided)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	var without []int64
	if err := f.db.Conn(ctx).Raw(`SELECT at FROM admission_without`).Scan(&without).Error; err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	for _, at := range without {
		of(at).without++
	}
	return months, nil
}

// count adds an application. Who joined was passed, unless nobody decided.
func (t *tally) count(s state, submitted, decided int64) {
	t.applied++
	if submitted > 0 {
		t.answered++
		if decided > 0 {
			t.took = append(t.took, time.Duration(decided-submitted)*time.Millisecond)
		}
	}
	switch s {
	case refused:
		t.refused++
	case lapsed:
		t.lapsed++
	case withdrawn:
		t.withdrawn++
	case joined:
		t.joined++
	}
	if s == passed || s == joined && decided > 0 {
		t.passed++
	}
}

// add adds the counts of another one.
func (t *tally) add(o *tally) {
	t.applied += o.applied
	t.answered += o.answered
	t.passed += o.passed
	t.refused += o.refused
	t.lapsed += o.lapsed
	t.withdrawn += o.withdrawn
	t.joined += o.joined
	t.without += o.without
	t.took = append(t.took, o.took...)
}

const figureKeys = "applied# answered# passed# refused# lapsed# withdrawn# joined# without# median#"

// cells are the counts in the order of figureKeys.
func (t *tally) cells(q *bot.Query) (list []bot.Cell) {
	for _, n := range []int64{t.applied, t.answered, t.passed, t.refused, t.lapsed, t.withdrawn, t.joined, t.without} {
		list = append(list, bot.Cell{Text: strconv.FormatInt(n, 10), Value: n})
	}
	took := bot.Cell{}
	if d, ok := median(t.took); ok {
		took = bot.Cell{Text: span(q.T, d), Value: int64(d / time.Second)}
	}
	return append(list, took)
}

// figuresView is how applications went, in all and by month.
func (f *admission) figuresView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	months, err := f.tallies(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	var names []string
	all := &tally{}
	for month, t := range months {
		names = append(names, month)
		all.add(t)
	}
	slices.Sort(names)
	slices.Reverse(names)
	page := bot.Page{Note: q.T("figures.note")}
	cells := all.cells(q)
	for i, c := range columnsOf(q, figureKeys) {
		page.Figures = append(page.Figures, bot.Figure{Key: c.Key, Title: c.Title, Cell: cells[i]})
	}
	table := bot.Table{Key: "months", Empty: q.T("view.empty"), Columns: columnsOf(q, "month "+figureKeys)}
	for _, month := range names {
		if q.After != "" && month >= q.After {
			continue
		}
		if len(table.Rows) == q.Limit {
			table.Next = table.Rows[len(table.Rows)-1].Key
			break
		}
		table.Rows = append(table.Rows, bot.Row{Key: month, Cells: append([]bot.Cell{{Text: month}}, months[month].cells(q)...)})
	}
	page.Tables = []bot.Table{table}
	return page, nil
}
