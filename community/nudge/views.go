package nudge

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func (f *feature) views() []bot.View {
	return []bot.View{
		{Name: "families", Title: "view.families", Role: bot.Manager, Read: f.familiesView, Acts: []bot.Act{{Command: "新建触达"}}},
		{Name: "effects", Title: "view.effects", Role: bot.Manager, Read: f.effectsView, Params: []bot.Param{{Name: "month", Label: "view.month", Kind: bot.Month}}},
		{Name: "nudged", Title: "view.nudged", Role: bot.Manager, Read: f.nudgedView, Params: []bot.Param{
			{Name: "state", Label: "view.state", Kind: bot.Choice, Choices: []string{"all", sent, planned, withheld, failed, held, "refused"}},
		}},
		{Name: "tags", Title: "view.tags", Role: bot.Moderator, Read: f.tagsView, Params: []bot.Param{{Name: "tag", Label: "view.tag", Kind: bot.Search}}},
	}
}

func number(n int) bot.Cell { return bot.Cell{Text: strconv.Itoa(n), Value: int64(n)} }

// percent is a share, for programs as a number from 0 to 1.
func percent(x float64) bot.Cell { return bot.Cell{Text: fmt.Sprintf("%.1f%%", 100*x), Value: x} }

// difference is a difference of shares.
func difference(x float64) bot.Cell { return bot.Cell{Text: signed(x), Value: x} }

func columns(q *bot.Query, numbers string, keys ...string) (list []bot.Column) {
	for _, key := range keys {
		list = append(list, bot.Column{Key: key, Title: q.T("view." + key), Numbers: slices.Contains(strings.Fields(numbers), key)})
	}
	return list
}

// familiesView shows what each family is, and what can be done with it.
func (f *feature) familiesView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	list, err := f.families(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	today := f.c.Calendar.Day(q.At)
	t := bot.Table{Key: "families", Columns: columns(q, "reached held", "family", "state", "who", "time", "channel", "reached", "held")}
	for i := range list {
		s := &list[i]
		who, err := f.segment(ctx, q.T, q.In("tier").T, &s.Segment)
		if err != nil {
			return bot.Page{}, err
		}
		e, err := f.effectOf(ctx, s.Name, quarterOf(today), today)
		if err != nil {
			return bot.Page{}, err
		}
		out, err := f.heldOut(ctx, s.Name, quarterOf(today))
		if err != nil {
			return bot.Page{}, err
		}
		name := f.title(q.T, s)
		row := bot.Row{Key: s.Name, Cells: []bot.Cell{
			{Text: name, Value: s.Name}, {Text: f.stands(q.T, s), Value: s.On}, {Text: who}, {Text: q.T("view.daily", "At", s.At, "Every", s.Every), Value: s.At},
			{Text: q.T("channel." + string(s.Channel)), Value: string(s.Channel)}, number(e.reached), number(out),
		}}
		if s.On {
			row.Acts = append(row.Acts, bot.Act{Command: "停止触达", Args: name, Whole: true})
		} else {
			row.Acts = append(row.Acts, bot.Act{Command: "开启触达", Args: name, Whole: true})
		}
		row.Acts = append(row.Acts, bot.Act{Command: "预览触达", Args: name, Whole: true}, bot.Act{Command: "执行触达", Args: name, Whole: true},
			bot.Act{Command: "触达", Args: name, Whole: true, Label: q.T("act.show")}, bot.Act{Command: "改触达", Args: name})
		if s.Own && !s.On {
			row.Acts = append(row.Acts, bot.Act{Command: "删除触达", Args: name, Whole: true, Grave: true})
		}
		t.Rows = append(t.Rows, row)
	}
	return bot.Page{Note: q.T("view.families.note", "Percent", int(100*Heldout), "Week", f.cfg.Week, "Month", f.cfg.Month, "From", f.cfg.From, "Until", f.cfg.Until),
		Tables: []bot.Table{t}}, nil
}

// heldOut is how many people of a family are held out in a quarter.
func (f *feature) heldOut(ctx context.Context, family, quarter string) (n int, err error) {
	units, err := f.units(ctx, family, quarter)
	for _, u := range units {
		if u.Held {
			n++
		}
	}
	return n, err
}

// effectsView is the report of the quarter that a month is in.
func (f *feature) effectsView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	today := f.c.Calendar.Day(q.At)
	quarter := quarterOf(today)
	if first, _, err := community.ParseMonth(q.Params["month"]); err == nil {
		quarter = quarterOf(first)
	}
	list, err := f.families(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	_, after, _ := quarterBounds(quarter)
	due := today >= after+lookAfter
	p := bot.Page{Note: q.T("view.effects.due", "Quarter", quarter)}
	if !due {
		p.Note = q.T("view.effects.early", "Quarter", quarter, "Date", (after + lookAfter).String())
	}
	t := bot.Table{Key: "effects", Empty: q.T("report.empty"), Columns: columns(q, "treated held open rate held_rate diff lo hi least", "family", "treated", "held", "open", "rate", "held_rate", "diff", "lo", "hi", "least", "verdict")}
	v := bot.Table{Key: "variants", Title: q.T("view.variants"), Empty: q.T("report.empty"), Columns: columns(q, "treated rate diff lo hi", "family", "variant", "treated", "rate", "diff", "lo", "hi", "verdict")}
	for i := range list {
		e, err := f.effectOf(ctx, list[i].Name, quarter, today)
		if err != nil {
			return p, err
		}
		if e.result.Treated.N+e.result.Held.N+e.open == 0 {
			continue
		}
		name := bot.Cell{Text: f.title(q.T, &list[i]), Value: list[i].Name}
		numbers := []bot.Cell{{}, {}, {}, {}, {}}
		if due {
			numbers = []bot.Cell{percent(e.result.Treated.Rate()), percent(e.result.Held.Rate()), difference(e.result.Diff), difference(e.result.Lo), difference(e.result.Hi)}
		}
		cells := append([]bot.Cell{name, number(e.result.Treated.N), number(e.result.Held.N), number(e.open)}, numbers...)
		least := percent(e.least)
		if e.least >= 1 {
			least = bot.Cell{Text: "–", Value: e.least}
		}
		cells = append(cells, least, bot.Cell{Text: q.T("short." + string(e.verdict)), Value: string(e.verdict)})
		t.Rows = append(t.Rows, bot.Row{Key: list[i].Name, Cells: cells})
		for k, w := range e.variants {
			cells := []bot.Cell{name, {Text: w.label}, number(w.arm.N), {}, {}, {}, {}, {Text: q.T("short.early"), Value: "early"}}
			if due {
				cells[3], cells[7] = percent(w.arm.Rate()), bot.Cell{Text: q.T("beside.first"), Value: "first"}
				if k > 0 {
					cells[4], cells[5], cells[6] = difference(w.beside.Diff), difference(w.beside.Lo), difference(w.beside.Hi)
					cells[7] = bot.Cell{Text: q.T("beside." + string(w.verdict)), Value: string(w.verdict)}
				}
			}
			v.Rows = append(v.Rows, bot.Row{Key: list[i].Name + "/" + w.label, Cells: cells})
		}
	}
	p.Tables = []bot.Table{t, v}
	return p, nil
}

// nudgedView is what people got, and why they got nothing, the newest first.
func (f *feature) nudgedView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	list, err := f.families(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	titles := map[string]string{}
	for i := range list {
		titles[list[i].Name] = f.title(q.T, &list[i])
	}
	d, err := f.c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	skip, _ := strconv.Atoi(q.After)
	state := q.Params["state"]
	if state == "" || state == "all" {
		state = ""
	}
	t := bot.Table{Key: "nudged", Empty: q.T("log.empty"), Columns: columns(q, "", "at", "member", "family", "variant", "where", "state")}
	var ids []community.MemberID
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		var family, variant, group, state, reason string
		var at int64
		if err := scan(&at, &id, &family, &variant, &group, &state, &reason); err != nil {
			return err
		}
		if titles[family] == "" {
			titles[family] = family
		}
		what := q.T("sent." + state)
		if reason != "" {
			what += q.T("sent.because", "Reason", q.T("why."+reason))
		}
		where := q.T("channel.private")
		switch {
		case group != "":
			where = group
		case state == "refused" || state == held:
			where = ""
		}
		ids = append(ids, id)
		t.Rows = append(t.Rows, bot.Row{Key: fmt.Sprintf("%d/%s/%s", at, id, family), Cells: []bot.Cell{
			f.c.Clock(bot.FromMillis(at)), {Value: string(id)}, {Text: titles[family], Value: family}, {Text: variant}, {Text: where, Value: group}, {Text: what, Value: state},
		}})
		return nil
	}, `SELECT at, member_id, family, variant, group_id, state, reason FROM (
		SELECT at, member_id, family, variant, group_id, state, reason FROM nudge_sends
		UNION ALL SELECT at, member_id, family, '', '', 'refused', reason FROM nudge_refusals) AS everything
		WHERE ? = '' OR state = ? ORDER BY at DESC, member_id, family LIMIT ? OFFSET ?`, state, state, q.Limit+1, max(skip, 0))
	if err != nil {
		return bot.Page{}, fmt.Errorf("nudges: %w", err)
	}
	if len(t.Rows) > q.Limit {
		t.Rows, ids, t.Next = t.Rows[:q.Limit], ids[:q.Limit], strconv.Itoa(max(skip, 0)+q.Limit)
	}
	called, err := d.Called(ctx, ids...)
	if err != nil {
		return bot.Page{}, err
	}
	groups, err := f.c.GroupNames(ctx)
	for i, id := range ids {
		t.Rows[i].Cells[1] = d.Cell(called, id)
		if group, _ := t.Rows[i].Cells[4].Value.(string); group != "" {
			t.Rows[i].Cells[4].Text = groups[community.GroupID(group)]
		}
	}
	return bot.Page{Note: q.T("view.nudged.note"), Tables: []bot.Table{t}}, err
}

// tagsView are the tags, or who has one.
func (f *feature) tagsView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	all, err := f.c.Tags.Of(ctx, q.At)
	if err != nil {
		return bot.Page{}, err
	}
	wanted := bot.Fold(strings.TrimSpace(q.Params["tag"]))
	if wanted == "" {
		counts, names := countTags(all)
		t := bot.Table{Key: "tags", Empty: q.T("tags.none"), Columns: columns(q, "members", "tag", "members")}
		for _, folded := range ranked(counts) {
			t.Rows = append(t.Rows, bot.Row{Key: folded, Cells: []bot.Cell{
				{Text: f.c.Words.ScreenName(names[folded]), Value: names[folded], Link: &bot.ViewRef{View: "nudge.tags", Params: map[string]string{"tag": names[folded]}}}, number(counts[folded]),
			}})
		}
		return bot.Page{Note: q.T("view.tags.note"), Tables: []bot.Table{page(t, q)}}, nil
	}
	d, err := f.c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	ids := slices.SortedFunc(maps.Keys(all), func(a, b community.MemberID) int {
		if older(a, b) {
			return -1
		}
		return 1
	})
	t := bot.Table{Key: "tagged", Empty: q.T("view.tags.nobody"), Columns: columns(q, "", "member", "tags")}
	for _, id := range ids {
		var parts []string
		has := false
		for _, tag := range all[id] {
			has = has || bot.Fold(tag.Name) == wanted
			text := f.c.Words.ScreenName(tag.Name)
			if !tag.Given {
				text += q.T("tags.seen")
			}
			parts = append(parts, text)
		}
		if has {
			t.Rows = append(t.Rows, bot.Row{Key: string(id), Cells: []bot.Cell{{Value: string(id)}, {Text: strings.Join(parts, q.T("comma"))}},
				Acts: []bot.Act{{Command: "打标签", Args: string(id)}, {Command: "去标签", Args: string(id)}}})
		}
	}
	t = page(t, q)
	var shown []community.MemberID
	for _, row := range t.Rows {
		shown = append(shown, community.MemberID(row.Key))
	}
	called, err := d.Called(ctx, shown...)
	for i, id := range shown {
		t.Rows[i].Cells[0] = d.Cell(called, id)
	}
	return bot.Page{Note: q.T("view.tags.note"), Tables: []bot.Table{t}}, err
}

// page is the part of a table that is asked for.
func page(t bot.Table, q *bot.Query) bot.Table {
	skip, _ := strconv.Atoi(q.After)
	skip = min(max(skip, 0), len(t.Rows))
	end := min(skip+q.Limit, len(t.Rows))
	if end < len(t.Rows) {
		t.Next = strconv.Itoa(end)
	}
	t.Rows = t.Rows[skip:end]
	return t
}
