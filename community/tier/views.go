package tier

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

func (f *feature) views() []bot.View {
	return []bot.View{
		{Name: "holders", Title: "view.members", Role: bot.Moderator, Read: f.membersView, Params: []bot.Param{
			{Name: "tier", Label: "view.tier", Kind: bot.Choice, Choices: []string{"all", "koc", "contributor", "interactor", "onlooker", "lurker", "waits", "warned"}},
		}},
		{Name: "moves", Title: "view.moves", Role: bot.Moderator, Read: f.movesView, Params: []bot.Param{{Name: "month", Label: "view.month", Kind: bot.Month}}},
		{Name: "whatif", Title: "whatif.title", Role: bot.Manager, Read: f.whatIf, Params: f.whatIfParams()},
	}
}

// membersView lists who holds more than the lowest tier, or did.
func (f *feature) membersView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	all, err := f.c.Tiers.All(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	out, err := f.c.LeftOut(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	counts := map[tiers.Tier]int{}
	var ids []community.MemberID
	for id, s := range all {
		if out[id] {
			continue
		}
		counts[s.Tier]++
		if wanted(s, q.Params["tier"]) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b community.MemberID) int {
		if s, t := all[a].Tier, all[b].Tier; s != t {
			if s.Above(t) {
				return -1
			}
			return 1
		}
		return byAge(a, b)
	})
	p := bot.Page{Note: q.T("view.note")}
	if last, ok, err := f.c.Tiers.Last(ctx); err != nil {
		return p, err
	} else if ok {
		p.Note = q.T("view.note.last", "Date", last.String())
	}
	for _, t := range slices.Backward(tiers.All()) {
		if n := counts[t]; t != tiers.Lurker && (n > 0 || t != tiers.Onlooker) {
			p.Figures = append(p.Figures, bot.Figure{Key: string(t), Title: named(q.T, t), Cell: number(n)})
		}
	}
	t := bot.Table{Key: "holders", Empty: q.T("view.empty"), Columns: []bot.Column{
		{Key: "member", Title: q.T("view.member")}, {Key: "tier", Title: q.T("view.tier")}, {Key: "since", Title: q.T("view.since")}, {Key: "state", Title: q.T("view.state")},
	}}
	from := 0
	if n, err := strconv.Atoi(q.After); err == nil && n > 0 {
		from = min(n, len(ids))
	}
	to := min(from+q.Limit, len(ids))
	if to < len(ids) {
		t.Next = strconv.Itoa(to)
	}
	names, err := f.c.Names(ctx, ids[from:to]...)
	if err != nil {
		return p, err
	}
	for _, id := range ids[from:to] {
		t.Rows = append(t.Rows, f.memberRow(q, id, names[id], all[id]))
	}
	p.Tables = []bot.Table{t}
	return p, nil
}

// wanted tells whether somebody stands in the list that is asked for.
func wanted(s tiers.Standing, choice string) bool {
	switch choice {
	case "", "all":
		return true
	case "waits":
		return s.Waits != ""
	case "warned":
		return s.Warned > 0
	}
	return string(s.Tier) == choice
}

func number(n int) bot.Cell { return bot.Cell{Text: strconv.Itoa(n), Value: int64(n)} }

func (f *feature) memberRow(q *bot.Query, id community.MemberID, name string, s tiers.Standing) bot.Row {
	since, state := "", ""
	if s.Since > 0 {
		since = date(s.Since)
	}
	switch {
	case s.Waits != "":
		state = q.T("view.waits", "Tier", named(q.T, s.Waits))
	case s.Warned > 0:
		state = q.T("view.warned", "Date", date(s.Warned+tiers.Grace))
	}
	row := bot.Row{Key: string(id), Cells: []bot.Cell{
		{Text: name, Member: string(id)}, {Text: named(q.T, s.Tier), Value: string(s.Tier)}, {Text: since}, {Text: state},
	}}
	row.Acts = append(row.Acts, bot.Act{Command: "等级", Args: string(id), Whole: true})
	if q.Actor.Role < bot.Manager {
		return row
	}
	if s.Waits != "" {
		row.Acts = append(row.Acts, bot.Act{Command: "确认等级", Args: string(id), Whole: true}, bot.Act{Command: "暂缓等级", Args: string(id), Whole: true})
	}
	row.Acts = append(row.Acts, bot.Act{Command: "锁定等级", Args: string(id)})
	return row
}

// movesView is a month's matrix, with what came of the months before.
func (f *feature) movesView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	month := q.Params["month"]
	if _, _, err := community.ParseMonth(month); err != nil { // of something else it is this month
		month = f.c.Calendar.Day(q.At).String()[:7]
	}
	m, err := f.c.Tiers.Moves(ctx, month)
	if err != nil {
		return bot.Page{}, err
	}
	p := bot.Page{Note: q.T("moves.note", "Month", month)}
	for _, n := range [...]struct {
		key string
		n   int
	}{{"up", m.Up}, {"down", m.Down}, {"held", m.Held}, {"in", m.In}, {"out", m.Out}, {"stuck", m.Stuck}} {
		p.Figures = append(p.Figures, bot.Figure{Key: n.key, Title: q.T("moves." + n.key), Cell: number(n.n)})
	}
	t := bot.Table{Key: "matrix", Columns: []bot.Column{{Key: "from", Title: q.T("moves.from")}}}
	list := shown(m)
	for _, to := range list {
		t.Columns = append(t.Columns, bot.Column{Key: string(to), Title: q.T("moves.to", "Tier", named(q.T, to)), Numbers: true})
	}
	for _, from := range list {
		row := bot.Row{Key: string(from), Cells: []bot.Cell{{Text: named(q.T, from), Value: string(from)}}}
		for _, to := range list {
			row.Cells = append(row.Cells, number(m.Matrix[from][to]))
		}
		t.Rows = append(t.Rows, row)
	}
	p.Tables = []bot.Table{t}
	return p, nil
}

// shown are the tiers of a matrix, lowest first: onlookers only where there are any.
func shown(m community.Moves) (list []tiers.Tier) {
	for _, t := range tiers.All() {
		if t != tiers.Onlooker || m.Ends[t] > 0 || len(m.Matrix[t]) > 0 {
			list = append(list, t)
		}
	}
	return list
}

// moves is 等级流动: how a month moved people between tiers.
func (f *feature) moves(ctx context.Context, r *bot.Request) error {
	month := strings.TrimSpace(bot.Fold(r.Args))
	if month == "" {
		month = f.c.Calendar.Day(r.At).String()[:7]
	}
	if _, err := time.Parse("2006-01", month); err != nil {
		return r.Refuse("moves.month", "Command", r.Command())
	}
	m, err := f.c.Tiers.Moves(ctx, month)
	if err != nil {
		return err
	}
	lines := []string{r.T("moves.title", "Month", month),
		r.T("moves.line", "Up", m.Up, "Down", m.Down, "Held", m.Held, "In", m.In, "Out", m.Out, "Stuck", m.Stuck, "Days", community.StuckAfter)}
	for _, from := range shown(m) {
		for _, to := range shown(m) {
			if n := m.Matrix[from][to]; n > 0 && from != to {
				lines = append(lines, r.T("moves.way", "From", named(r.T, from), "To", named(r.T, to), "N", n))
			}
		}
	}
	var ends []string
	for _, t := range slices.Backward(shown(m)) {
		ends = append(ends, fmt.Sprintf("%s %d", named(r.T, t), m.Ends[t]))
	}
	r.Reply(strings.Join(append(lines, r.T("moves.ends", "List", strings.Join(ends, r.T("comma")))), "\n"))
	return nil
}
