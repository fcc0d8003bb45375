package challenge

import (
	"context"
	"fmt"
	"strconv"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func (f *feature) views() []bot.View {
	return []bot.View{
		{Name: "challenges", Title: "view.challenges", Role: bot.Moderator, Acts: []bot.Act{{Command: "新建挑战"}}, Read: f.challengesView},
		{
			Name: "challenge", Title: "view.challenge", Role: bot.Moderator, Detail: true, Read: f.challengeView,
			Params: []bot.Param{{Name: "id", Label: "view.id", Kind: bot.Identifier}},
		},
	}
}

// challengesView lists the challenges, the newest first.
func (f *feature) challengesView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	where, args := ``, []any{}
	if before, err := strconv.ParseInt(q.After, 10, 64); err == nil {
		where, args = `WHERE id < ?`, append(args, before)
	}
	list, err := f.challenges(ctx, where+` ORDER BY id DESC LIMIT ?`, append(args, q.Limit+1)...)
	if err != nil {
		return bot.Page{}, err
	}
	groups, err := f.c.GroupNames(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "challenges", Empty: q.T("none"), Columns: []bot.Column{
		{Key: "name", Title: q.T("view.name")}, {Key: "state", Title: q.T("view.state")}, {Key: "rule", Title: q.T("view.rule")},
		{Key: "group", Title: q.T("view.group")}, {Key: "members", Title: q.T("view.members"), Numbers: true},
		{Key: "reached", Title: q.T("view.reached"), Numbers: true}, {Key: "today", Title: q.T("view.today"), Numbers: true},
	}}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		t.Next = strconv.FormatInt(list[q.Limit-1].ID, 10)
	}
	for _, c := range list {
		row, err := f.challengeRow(ctx, q, c, groups)
		if err != nil {
			return bot.Page{}, err
		}
		t.Rows = append(t.Rows, row)
	}
	return bot.Page{Tables: []bot.Table{t}}, nil
}

func (f *feature) challengeRow(ctx context.Context, q *bot.Query, c *challenge, groups map[community.GroupID]string) (bot.Row, error) {
	var members, reached, today int
	if err := f.db.Row(ctx, `SELECT (SELECT COUNT(*) FROM challenge_members WHERE challenge_id = ? AND quit_at = 0 AND out_seq = 0),
		(SELECT COUNT(*) FROM challenge_standings WHERE challenge_id = ? AND reached > 0),
		(SELECT COUNT(*) FROM challenge_marks WHERE challenge_id = ? AND day = ? AND kind = 'done' AND gone_seq = 0)`,
		c.ID, c.ID, c.ID, int(f.c.Calendar.Day(q.At))).Scan(&members, &reached, &today); err != nil {
		return bot.Row{}, fmt.Errorf("challenge %d: %w", c.ID, err)
	}
	key := strconv.FormatInt(c.ID, 10)
	group := groups[c.Group]
	if c.Group == "" {
		group = q.T("view.all_groups")
	}
	row := bot.Row{Key: key, Cells: []bot.Cell{
		{Text: f.c.Words.ScreenName(c.Name), Link: &bot.ViewRef{View: "challenge.challenge", Params: map[string]string{"id": key}}},
		{Text: q.T("state." + c.stands(f.c.Calendar.Day(q.At))), Value: string(c.State)}, {Text: sayRule(q.T, c)}, {Text: group},
		count(members), count(reached), count(today),
	}}
	if q.Actor.Role >= bot.Manager && c.State == Open {
		row.Acts = f.actsOn(c, q)
	}
	return row, nil
}

// stands is the state of a challenge as people see it: one that is open may not have begun.
func (c *challenge) stands(today community.Day) string {
	if c.State == Open && c.First > today {
		return "to_come"
	}
	return string(c.State)
}

func (f *feature) actsOn(c *challenge, q *bot.Query) []bot.Act {
	acts := []bot.Act{{Command: "延长挑战", Args: c.Name}, {Command: "加奖", Args: c.Name}}
	if c.First > f.c.Calendar.Day(q.At) {
		acts = append([]bot.Act{{Command: "改挑战", Args: c.Name}}, acts...)
	}
	return append(acts, bot.Act{Command: "结束挑战", Args: c.Name, Whole: true, Grave: true}, bot.Act{Command: "取消挑战", Args: c.Name, Whole: true, Grave: true})
}

func count(n int) bot.Cell { return bot.Cell{Text: strconv.Itoa(n), Value: int64(n)} }

// challengeView is one challenge: its figures, how many stay at it, and who takes part.
func (f *feature) challengeView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	id, err := strconv.ParseInt(q.Params["id"], 10, 64)
	if err != nil {
		if err := f.db.Row(ctx, `SELECT COALESCE(MAX(id), 0) FROM challenges`).Scan(&id); err != nil {
			return bot.Page{}, fmt.Errorf("challenge: %w", err)
		}
	}
	c, err := f.byID(ctx, id)
	if err != nil {
		return bot.Page{}, err
	}
	if c == nil {
		return bot.Page{Note: q.T("none")}, nil
	}
	today := f.c.Calendar.Day(q.At)
	g, err := f.figuresOf(ctx, c, today)
	if err != nil {
		return bot.Page{}, err
	}
	members, err := f.membersTable(ctx, q, c, today)
	if err != nil {
		return bot.Page{}, err
	}
	page := bot.Page{Note: f.c.Words.ScreenName(c.Name) + " · " + sayRule(q.T, c), Figures: f.figureCells(q, g), Tables: []bot.Table{members}}
	if len(g.Curve) > 1 {
		chart := bot.Chart{Title: q.T("view.curve"), Series: []bot.Series{{Name: q.T("view.done")}}}
		for i, n := range g.Curve {
			chart.Labels = append(chart.Labels, "D"+strconv.Itoa(i+1))
			chart.Series[0].Values = append(chart.Series[0].Values, float64(n))
		}
		page.Charts = []bot.Chart{chart}
	}
	return page, nil
}

func (f *feature) figureCells(q *bot.Query, g figures) []bot.Figure {
	figure := func(key string, n int, note string) bot.Figure {
		return bot.Figure{Key: key, Title: q.T("view." + key), Cell: count(n), Note: note}
	}
	stopped := ""
	if g.Stopped > 0 {
		stopped = q.T("view.stopped_on", "Day", g.StoppedOn)
	}
	return []bot.Figure{
		figure("members", g.Joined, q.T("view.left", "Quit", g.Quit, "Out", g.Out)),
		figure("reached", g.Reached, fmt.Sprintf("%d%%", percent(g.Reached, g.Joined))),
		figure("done", g.Done, q.T("view.rate", "Rate", int(100*g.Rate+0.5))),
		figure("stopped", g.Stopped, stopped),
		figure("made_up", g.MadeUp, ""), figure("leave", g.Leave, ""),
		figure("doubts", g.Doubts, q.T("view.explained", "Count", g.Explained, "Rate", percent(g.Doubts, g.Done))),
	}
}

// membersTable are those who take part, the best first.
func (f *feature) membersTable(ctx context.Context, q *bot.Query, c *challenge, today community.Day) (bot.Table, error) {
	d, err := f.c.Directory(ctx)
	if err != nil {
		return bot.Table{}, err
	}
	type line struct {
		who community.MemberID
		s   Standing
	}
	skip, _ := strconv.Atoi(q.After)
	skip = max(skip, 0)
	var list []line
	var ids []community.MemberID
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var l line
		err := scan(&l.who, &l.s.Total, &l.s.Best, &l.s.Run, &l.s.RunEnd, &l.s.Cards, &l.s.MadeUp, &l.s.Leaves, &l.s.Reached)
		list, ids = append(list, l), append(ids, l.who)
		return err
	}, `SELECT member_id, total, best, run, run_end, cards, made_up, leaves, reached FROM challenge_standings WHERE challenge_id = ?
		ORDER BY total DESC, best DESC, member_id LIMIT ? OFFSET ?`, c.ID, q.Limit+1, skip)
	if err != nil {
		return bot.Table{}, fmt.Errorf("members of challenge %d: %w", c.ID, err)
	}
	t := bot.Table{Key: "members", Title: q.T("view.members"), Empty: q.T("view.nobody"), Columns: []bot.Column{
		{Key: "member", Title: q.T("view.member")}, {Key: "total", Title: q.T("view.total"), Numbers: true}, {Key: "streak", Title: q.T("view.streak"), Numbers: true},
		{Key: "best", Title: q.T("view.best"), Numbers: true}, {Key: "made_up", Title: q.T("view.made_up"), Numbers: true},
		{Key: "leave", Title: q.T("view.leave"), Numbers: true}, {Key: "cards", Title: q.T("view.cards"), Numbers: true}, {Key: "reached", Title: q.T("view.goal")},
	}}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		t.Next = strconv.Itoa(skip + q.Limit)
	}
	called, err := d.Called(ctx, ids...)
	if err != nil {
		return bot.Table{}, err
	}
	for _, l := range list {
		goal := ""
		if l.s.Reached > 0 {
			goal = "🏅"
		}
		row := bot.Row{Key: string(l.who), Cells: []bot.Cell{
			d.Cell(called, l.who), count(l.s.Total), count(l.s.Streak(today)), count(l.s.Best), count(l.s.MadeUp), count(l.s.Leaves), count(l.s.Cards),
			{Text: goal, Value: l.s.Reached > 0},
		}}
		if q.Actor.Role >= bot.Manager && (c.State == Open || c.State == Settled && q.At.Sub(c.Ended) < keptFor) {
			args := string(l.who) + " " + c.Name
			row.Acts = []bot.Act{{Command: "奖励", Args: args}, {Command: "取消资格", Args: args, Grave: true}}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}
