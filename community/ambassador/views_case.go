package ambassador

import (
	"context"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// casesView lists cases: those that wait for a decision, or the others, the newest first.
func (f *feature) casesView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	where := `WHERE ` + undecided
	if q.Params["state"] == "decided" {
		where = `WHERE state <> 'open' AND appealed_at <= decided_at`
	}
	args := []any{int64(1) << 62}
	if before, err := strconv.ParseInt(q.After, 10, 64); err == nil {
		args = []any{before}
	}
	list, err := f.cases(ctx, where+` AND id < ? ORDER BY id DESC LIMIT ?`, append(args, q.Limit+1)...)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "cases", Empty: q.T("cases.none"), Columns: columns(q, "case about signs opened state reason appeal")}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		t.Next = strconv.FormatInt(list[q.Limit-1].ID, 10)
	}
	d, err := f.c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	ids := make([]community.MemberID, len(list))
	for i, c := range list {
		ids[i] = c.about()
	}
	names, err := d.Called(ctx, ids...)
	if err != nil {
		return bot.Page{}, err
	}
	for _, c := range list {
		signs, err := f.saidSigns(ctx, q, c.ID)
		if err != nil {
			return bot.Page{}, err
		}
		id := strconv.FormatInt(c.ID, 10)
		t.Rows = append(t.Rows, bot.Row{Key: id, Acts: ruleActs(c), Cells: []bot.Cell{
			{Text: id, Value: c.ID, Link: &bot.ViewRef{View: "ambassador.invitecase", Params: map[string]string{"id": id}}}, d.Cell(names, c.about()), {Text: signs},
			f.c.Clock(c.Opened), {Text: q.T("case.state." + c.State), Value: c.State}, {Text: c.Reason}, {Text: c.Appeal},
		}})
	}
	return bot.Page{Tables: []bot.Table{t}}, nil
}

// about is whom a case is about first: the inviter, or the newcomer.
func (d doubt) about() community.MemberID {
	if d.Kind != "" {
		return d.Member
	}
	return d.Owner
}

// ruleActs are the decisions that a case waits for.
func ruleActs(c doubt) []bot.Act {
	if c.State != caseOpen && !c.Appealed.After(c.Decided) {
		return nil
	}
	id := strconv.FormatInt(c.ID, 10)
	acts := []bot.Act{{Command: "裁定", Args: id + " 有效", Label: "有效"}}
	if c.Kind == Conflict {
		acts = append(acts, bot.Act{Command: "裁定", Args: id + " 改记", Label: "改记"})
	}
	return append(acts, bot.Act{Command: "裁定", Args: id + " 无效", Label: "无效", Grave: true})
}

func (f *feature) saidSigns(ctx context.Context, q *bot.Query, id int64) (string, error) {
	signs, n, err := f.signsOf(ctx, id)
	if err != nil {
		return "", err
	}
	var said []string
	for _, s := range signs {
		said = append(said, q.T("sign."+string(s), "Count", n[s]))
	}
	return strings.Join(said, q.T("case.comma")), nil
}

// caseView is a case with all evidence on one page.
func (f *feature) caseView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	id, _ := strconv.ParseInt(q.Params["id"], 10, 64)
	if id == 0 {
		if err := f.db.Row(ctx, `SELECT COALESCE(MAX(id), 0) FROM invite_cases`).Scan(&id); err != nil {
			return bot.Page{}, err
		}
	}
	list, err := f.cases(ctx, `WHERE id = ?`, id)
	if err != nil || len(list) == 0 {
		return bot.Page{Note: q.T("cases.none")}, err
	}
	c := list[0]
	d, err := f.c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	names, err := d.Called(ctx, c.about())
	if err != nil {
		return bot.Page{}, err
	}
	signs, err := f.saidSigns(ctx, q, id)
	if err != nil {
		return bot.Page{}, err
	}
	claims, err := f.claimsOf(ctx, id)
	if err != nil {
		return bot.Page{}, err
	}
	t, err := f.invitesTable(ctx, q, d, claims)
	if err != nil {
		return bot.Page{}, err
	}
	if err := f.signColumn(ctx, q, id, &t); err != nil {
		return bot.Page{}, err
	}
	decision := bot.Table{Key: "decision", Columns: columns(q, "case about opened state reason appeal"), Rows: []bot.Row{{Key: strconv.FormatInt(id, 10), Acts: ruleActs(c), Cells: []bot.Cell{
		count(id), d.Cell(names, c.about()), f.c.Clock(c.Opened), {Text: q.T("case.state." + c.State), Value: c.State}, {Text: c.Reason}, {Text: c.Appeal},
	}}}}
	var paid int64
	for _, v := range claims {
		paid += v.Vested
	}
	return bot.Page{Note: signs, Figures: []bot.Figure{
		{Key: "invitations", Title: q.T("view.invitations"), Cell: count(len(claims))}, {Key: "paid", Title: q.T("column.earned"), Cell: count(paid)},
	}, Tables: []bot.Table{decision, t}}, nil
}

// signColumn adds which signs each invitation of a case shows.
func (f *feature) signColumn(ctx context.Context, q *bot.Query, id int64, t *bot.Table) error {
	by := map[string][]string{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var claim int64
		var sign string
		err := scan(&claim, &sign)
		key := strconv.FormatInt(claim, 10)
		by[key] = append(by[key], q.T("one."+sign))
		return err
	}, `SELECT invite_id, sign FROM invite_case_signs WHERE case_id = ? ORDER BY sign`, id)
	if err != nil {
		return err
	}
	t.Columns = append(t.Columns, columns(q, "signs")...)
	for i := range t.Rows {
		t.Rows[i].Cells = append(t.Rows[i].Cells, bot.Cell{Text: strings.Join(by[t.Rows[i].Key], q.T("case.comma"))})
	}
	return nil
}
