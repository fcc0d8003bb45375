package ambassador

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func (f *feature) views() []bot.View {
	return []bot.View{
		{
			Name: "ambassadors", Title: "view.ambassadors", Role: bot.Manager, Read: f.seatsView, Acts: []bot.Act{{Command: "任命大使"}},
			Params: []bot.Param{{Name: "state", Label: "view.state", Kind: bot.Choice, Choices: []string{"active", "applied", "declined", "retired"}}},
		},
		{
			Name: "invitations", Title: "view.invitations", Role: bot.Manager, Read: f.invitesView,
			Params: []bot.Param{{Name: "member", Label: "view.member", Kind: bot.MemberID}},
		},
		{Name: "invitecodes", Title: "view.codes", Role: bot.Manager, Read: f.codesView, Acts: []bot.Act{{Command: "活动邀请码"}}},
		{Name: "invitefunnel", Title: "view.funnel", Role: bot.Moderator, Read: f.funnelView, Params: []bot.Param{{Name: "month", Label: "view.month", Kind: bot.Month}}},
		{
			Name: "invitecases", Title: "view.cases", Role: bot.Manager, Read: f.casesView,
			Params: []bot.Param{{Name: "state", Label: "view.state", Kind: bot.Choice, Choices: []string{"open", "decided"}}},
		},
		{Name: "invitecase", Title: "view.case", Role: bot.Manager, Detail: true, Read: f.caseView, Params: []bot.Param{{Name: "id", Label: "view.id", Kind: bot.Identifier}}},
	}
}

// columns are columns by their keys, with the texts "column.<key>"; a # behind a key says that they are numbers.
func columns(q *bot.Query, keys string) (list []bot.Column) {
	for key := range strings.FieldsSeq(keys) {
		key, numbers := strings.CutSuffix(key, "#")
		list = append(list, bot.Column{Key: key, Title: q.T("column." + key), Numbers: numbers})
	}
	return list
}

func count[N int | int64](n N) bot.Cell { return bot.Cell{Text: fmt.Sprint(n), Value: int64(n)} }

// seatsView lists ambassadors, or applications.
func (f *feature) seatsView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	state := standing(q.Params["state"])
	if state == "" {
		state = active
	}
	after, _ := strconv.ParseInt(q.After, 10, 64) // empty: from the beginning
	list, err := f.seats(ctx, `WHERE state = ? AND id > ? ORDER BY id LIMIT ?`, string(state), after, q.Limit+1)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "ambassadors", Empty: q.T("view.nobody"), Columns: columns(q, "member since code claims# counting# stayed# earned# words")}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		t.Next = strconv.FormatInt(list[q.Limit-1].ID, 10)
	}
	d, err := f.c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	ids := make([]community.MemberID, len(list))
	for i, s := range list {
		ids[i] = s.Member
	}
	names, err := d.Called(ctx, ids...)
	if err != nil {
		return bot.Page{}, err
	}
	for _, s := range list {
		all := d.IDs(s.Member)
		sum, err := f.sumOf(ctx, all)
		if err != nil {
			return bot.Page{}, err
		}
		c, _, err := f.ownCode(ctx, all)
		if err != nil {
			return bot.Page{}, err
		}
		since, words := s.Decided, s.Note
		if state == applied {
			since, words = s.Applied, s.Words
		}
		id := string(s.Member)
		row := bot.Row{Key: id, Cells: []bot.Cell{
			d.Cell(names, s.Member), f.c.Clock(since), {Text: shownCode(c.Code), Value: c.Code}, count(sum.Claims), count(sum.Counting), count(sum.Stayed), count(sum.Vested),
			{Text: words},
		}}
		switch state {
		case applied:
			row.Acts = []bot.Act{{Command: "通过大使", Args: id, Whole: true}, {Command: "婉拒大使", Args: id, Grave: true}}
		case active:
			row.Acts = []bot.Act{{Command: "卸任大使", Args: id, Grave: true}}
		}
		t.Rows = append(t.Rows, row)
	}
	return bot.Page{Tables: []bot.Table{t}}, nil
}

// invitesView lists the invitations, the newest first; of a member, those by their codes and their own.
func (f *feature) invitesView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	d, err := f.c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	where, args := `WHERE i.id < ?`, []any{int64(1) << 62}
	if before, err := strconv.ParseInt(q.After, 10, 64); err == nil {
		args = []any{before}
	}
	if m := community.MemberID(q.Params["member"]); m != "" {
		in, of := community.In(d.IDs(m))
		where, args = where+` AND (i.owner_id IN `+in+` OR i.member_id IN `+in+`)`, slices.Concat(args, of, of)
	}
	list, err := f.invites(ctx, where+` ORDER BY i.id DESC LIMIT ?`, append(args, q.Limit+1)...)
	if err != nil {
		return bot.Page{}, err
	}
	t, err := f.invitesTable(ctx, q, d, list[:min(q.Limit, len(list))])
	if err != nil {
		return bot.Page{}, err
	}
	if len(list) > q.Limit {
		t.Next = strconv.FormatInt(list[q.Limit-1].ID, 10)
	}
	return bot.Page{Note: q.T("view.hint"), Tables: []bot.Table{t}}, nil
}

// invitesTable is a table of invitations with what managers have to know of them.
func (f *feature) invitesTable(ctx context.Context, q *bot.Query, d *community.Directory, list []*invite) (bot.Table, error) {
	t := bot.Table{Key: "invitations", Empty: q.T("view.none"), Columns: columns(q, "newcomer inviter said hint state first messages# outside# earned#")}
	hints := make([]community.MemberID, len(list))
	var people []community.MemberID
	var err error
	for i, v := range list {
		if hints[i], err = f.hinted(ctx, v); err != nil {
			return t, err
		}
		people = append(people, v.Member, v.Owner, hints[i])
	}
	people = slices.DeleteFunc(people, func(id community.MemberID) bool { return id == "" })
	names, err := d.Called(ctx, people...)
	if err != nil {
		return t, err
	}
	today := f.c.Calendar.Day(q.At)
	for i, v := range list {
		var tr Trace
		var owners []community.MemberID
		inviter := bot.Cell{}
		if v.Owner != "" {
			inviter, owners = d.Cell(names, v.Owner), d.IDs(v.Owner)
		} else if name, err := f.inviterName(ctx, v); err != nil {
			return t, err
		} else {
			inviter.Text = name
		}
		if err := f.trace(ctx, v, d.IDs(v.Member), owners, nil, today, &tr); err != nil {
			return t, err
		}
		hint := bot.Cell{}
		if hints[i] != "" {
			hint = d.Cell(names, hints[i])
		}
		t.Rows = append(t.Rows, bot.Row{Key: strconv.FormatInt(v.ID, 10), Cells: []bot.Cell{
			d.Cell(names, v.Member), inviter, f.c.Clock(v.At), hint, {Text: f.sayState(q, v), Value: string(v.State)}, f.c.Clock(v.SpokeAt), count(tr.Messages), count(tr.Outside),
			{Text: fmt.Sprintf("%d/%d", v.Vested, v.Inviter), Value: v.Vested},
		}})
	}
	return t, nil
}

func (f *feature) sayState(q *bot.Query, v *invite) string {
	switch {
	case v.State != Counts:
		return q.T("why." + string(v.State))
	case !v.Earns:
		return q.T("why.capped", "Day", f.cfg.PerDay, "Month", f.cfg.PerMonth)
	}
	if v.LeftDay > 0 {
		return q.T("view.left", "Day", v.LeftDay.String())
	}
	return q.T("view.counts")
}

// codesView lists the codes, the newest first.
func (f *feature) codesView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	skip, _ := strconv.Atoi(q.After)
	list, err := f.codes(ctx, `ORDER BY made_at DESC, code LIMIT ? OFFSET ?`, q.Limit+1, max(skip, 0))
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "codes", Empty: q.T("view.none"), Columns: columns(q, "code owner campaign inviter_points# newcomer_points# uses# made ended")}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		t.Next = strconv.Itoa(max(skip, 0) + q.Limit)
	}
	d, err := f.c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	var owners []community.MemberID
	for _, c := range list {
		if c.Owner != "" {
			owners = append(owners, c.Owner)
		}
	}
	names, err := d.Called(ctx, owners...)
	if err != nil {
		return bot.Page{}, err
	}
	for _, c := range list {
		var uses int
		if err := f.db.Row(ctx, `SELECT COUNT(*) FROM invites WHERE code = ?`, c.Code).Scan(&uses); err != nil {
			return bot.Page{}, fmt.Errorf("uses: %w", err)
		}
		owner, campaign := bot.Cell{Text: q.T("view.house")}, ""
		if c.Owner != "" {
			owner = d.Cell(names, c.Owner)
		}
		if c.Budget != "" {
			b, err := f.c.Budgets.Get(ctx, c.Budget)
			if err != nil {
				return bot.Page{}, err
			}
			campaign = f.c.Words.ScreenName(b.Name)
		}
		row := bot.Row{Key: c.Code, Cells: []bot.Cell{
			{Text: shownCode(c.Code), Value: c.Code}, owner, {Text: campaign, Value: c.Budget}, count(c.Inviter), count(c.Newcomer), count(uses), f.c.Clock(c.Made),
			{Text: map[bool]string{true: q.T("view.ended")}[c.Revoked], Value: c.Revoked},
		}}
		if !c.Revoked {
			row.Acts = []bot.Act{{Command: "停用邀请码", Args: c.Code, Whole: true, Grave: true}}
		}
		t.Rows = append(t.Rows, row)
	}
	return bot.Page{Tables: []bot.Table{t}}, nil
}

// funnelView is the funnel of a month: invited beside organic newcomers, and by ambassador and campaign.
func (f *feature) funnelView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	today := f.c.Calendar.Day(q.At)
	from, to := today.Month()
	if first, after, err := community.ParseMonth(q.Params["month"]); err == nil {
		from, to = first, after
	}
	s, err := f.funnels(ctx, from, to, today)
	if err != nil {
		return bot.Page{}, err
	}
	page := bot.Page{Note: q.T("view.funnel_note", "Month", from.String()[:7])}
	page.Figures = []bot.Figure{
		{Key: "said", Title: q.T("column.said_n"), Cell: count(s.Invited.Said)}, {Key: "invited", Title: q.T("report.invited"), Cell: count(s.Invited.Joined)},
		{Key: "organic", Title: q.T("report.organic"), Cell: count(s.Organic.Joined)}, {Key: "paid", Title: q.T("column.earned"), Cell: count(s.Vested)},
	}
	chart := bot.Chart{Title: q.T("view.funnel"), Labels: []string{q.T("column.joined"), q.T("column.spoke"), "D7", "D30"}}
	table := bot.Table{Key: "funnel", Columns: columns(q, "source said_n# joined# spoke# spoke_rate# d7# d7_rate# d30# d30_rate#")}
	for _, x := range []struct {
		key string
		f   Funnel
	}{{"invited", s.Invited}, {"organic", s.Organic}} {
		name := q.T("report." + x.key)
		chart.Series = append(chart.Series, bot.Series{Name: name, Values: []float64{100 * rate(x.f.Joined, x.f.Joined), 100 * rate(x.f.Spoke, x.f.Joined), 100 * rate(x.f.D7, x.f.D7Of),
			100 * rate(x.f.D30, x.f.D30Of)}})
		table.Rows = append(table.Rows, bot.Row{Key: x.key, Cells: append([]bot.Cell{{Text: name}}, cells(x.f)...)})
	}
	page.Charts = []bot.Chart{chart}
	owners, err := f.ownersTable(ctx, q, &s)
	if err != nil {
		return bot.Page{}, err
	}
	campaigns := bot.Table{Key: "campaigns", Title: q.T("view.by_campaign"), Empty: q.T("view.none"), Columns: columns(q, "campaign said_n# joined# spoke# spoke_rate# d7# d7_rate# d30# d30_rate#")}
	for _, id := range s.campaigns() {
		b, err := f.c.Budgets.Get(ctx, id)
		if err != nil {
			return bot.Page{}, err
		}
		campaigns.Rows = append(campaigns.Rows, bot.Row{Key: id, Cells: append([]bot.Cell{{Text: f.c.Words.ScreenName(b.Name), Value: id}}, cells(*s.Budgets[id])...)})
	}
	page.Tables = []bot.Table{table, owners, campaigns}
	return page, nil
}

// ownersTable is the funnel of each ambassador, the best first.
func (f *feature) ownersTable(ctx context.Context, q *bot.Query, s *Funnels) (bot.Table, error) {
	t := bot.Table{Key: "ambassadors", Title: q.T("view.by_ambassador"), Empty: q.T("view.none"), Columns: columns(q, "member said_n# joined# spoke# spoke_rate# d7# d7_rate# d30# d30_rate#")}
	d, err := f.c.Directory(ctx)
	if err != nil {
		return t, err
	}
	best := s.best()
	skip, _ := strconv.Atoi(q.After)
	best = best[min(max(skip, 0), len(best)):]
	if len(best) > q.Limit {
		best = best[:q.Limit]
		t.Next = strconv.Itoa(max(skip, 0) + q.Limit)
	}
	names, err := d.Called(ctx, best...)
	if err != nil {
		return t, err
	}
	for _, id := range best {
		t.Rows = append(t.Rows, bot.Row{Key: string(id), Cells: append([]bot.Cell{d.Cell(names, id)}, cells(*s.Owners[id])...)})
	}
	return t, nil
}

func rate(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// cells are a funnel in the order said_n joined spoke spoke_rate d7 d7_rate d30 d30_rate. A rate without people is null.
func cells(x Funnel) []bot.Cell {
	part := func(n, of int) bot.Cell {
		if of == 0 {
			return bot.Cell{Text: "–"}
		}
		return bot.Cell{Text: fmt.Sprintf("%.0f %% (%s)", 100*rate(n, of), interval(n, of)), Value: rate(n, of)}
	}
	return []bot.Cell{
		count(x.Said), count(x.Joined), count(x.Spoke), part(x.Spoke, x.Joined), count(x.D7), part(x.D7, x.D7Of), count(x.D30), part(x.D30, x.D30Of),
	}
}
