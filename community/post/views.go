package post

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func (f *feature) views() []bot.View {
	return []bot.View{
		{Name: "posts", Title: "view.posts", Role: bot.Moderator, Acts: []bot.Act{{Command: "定时"}}, Read: f.postsView},
		{
			Name: "calendar", Title: "view.calendar", Role: bot.Moderator, Read: f.calendarView,
			Params: []bot.Param{{Name: "month", Label: "view.month", Kind: bot.Month}},
		},
		{
			Name: "post", Title: "view.post", Role: bot.Moderator, Detail: true, Read: f.postView,
			Params: []bot.Param{{Name: "id", Label: "view.id", Kind: bot.Identifier}},
		},
	}
}

// persons asks the directory: a view must not ask the roster.
func (f *feature) persons(ctx context.Context) (persons, *community.Directory, error) {
	d, err := f.c.Directory(ctx)
	if err != nil {
		return nil, nil, err
	}
	return func(id community.MemberID) (community.MemberID, error) { return d.Who(id), nil }, d, nil
}

func link(p *post) *bot.ViewRef {
	return &bot.ViewRef{View: "post.post", Params: map[string]string{"id": strconv.FormatInt(p.ID, 10)}}
}

// postsView is what is to come, the first one first.
func (f *feature) postsView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	who, d, err := f.persons(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	list, err := f.upcoming(ctx, q.Occurrences, q.At)
	if err != nil {
		return bot.Page{}, err
	}
	names, err := f.c.GroupNames(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "posts", Empty: q.T("list.none"), Columns: []bot.Column{
		{Key: "id", Title: q.T("view.id"), Numbers: true}, {Key: "text", Title: q.T("view.text")}, {Key: "when", Title: q.T("view.when")},
		{Key: "next", Title: q.T("view.next")}, {Key: "groups", Title: q.T("view.groups")}, {Key: "left_out", Title: q.T("view.left_out")},
		{Key: "author", Title: q.T("view.author")}, {Key: "state", Title: q.T("view.state")},
	}}
	begin, _ := strconv.Atoi(q.After) // how many came before; empty: none
	begin = min(max(begin, 0), len(list))
	end := min(begin+q.Limit, len(list))
	if end < len(list) {
		t.Next = strconv.Itoa(end)
	}
	var authors []community.MemberID
	for _, u := range list[begin:end] {
		authors = append(authors, u.Author)
	}
	called, err := d.Called(ctx, authors...)
	if err != nil {
		return bot.Page{}, err
	}
	for _, u := range list[begin:end] {
		a, err := u.assent(who)
		if err != nil {
			return bot.Page{}, err
		}
		t.Rows = append(t.Rows, bot.Row{Key: strconv.FormatInt(u.ID, 10), Acts: f.acts(q, u.post, a), Cells: []bot.Cell{
			{Text: u.number(), Value: u.ID, Link: link(u.post)}, {Text: u.title(), Value: u.Text, Link: link(u.post)},
			{Text: f.c.Calendar.SayWhen(q.In("community").T, u.When, q.At)}, f.c.Clock(u.next), {Text: groupList(names, u.Groups)},
			{Text: f.sayExclusions(q.T, q.In("community").T, u.post)}, d.Cell(called, u.Author), {Text: f.stateText(q.T, u.post, a, q.At)},
		}})
	}
	return bot.Page{Tables: []bot.Table{t}}, nil
}

// acts are the commands that a manager can give about a post.
func (f *feature) acts(q *bot.Query, p *post, a assent) (acts []bot.Act) {
	if q.Actor.Role < bot.Manager || p.State == cancelled {
		return nil
	}
	number := strconv.FormatInt(p.ID, 10)
	offer := func(command string, grave bool) {
		acts = append(acts, bot.Act{Command: command, Args: number, Grave: grave})
	}
	if p.live(q.At) {
		if need := f.cfg.need(); !a.enough(need, f.cfg.OwnerMaySkip) {
			if need == 2 && a.reviewer == "" {
				offer("审稿", false)
			} else {
				offer("批准", false)
			}
		}
		if f.cfg.need() > 0 {
			offer("退稿", false)
		}
		offer("修改定时", false)
		if p.State == paused {
			offer("恢复定时", false)
		} else {
			offer("暂停定时", false)
		}
	}
	if p.live(q.At) {
		if a.enough(f.cfg.need(), f.cfg.OwnerMaySkip) {
			offer("立即发送", false)
		}
		offer("取消定时", true)
	}
	return acts
}

// calendarView is a month of posts by Day: what was sent, and what is to come.
func (f *feature) calendarView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	who, _, err := f.persons(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	first, after := f.c.Calendar.Day(q.At).Month()
	if asked := q.Params["month"]; asked != "" {
		var ok bool
		if first, after, ok = period(asked, f.c.Calendar.Day(q.At)); !ok {
			return bot.Page{Note: q.T("view.which_month")}, nil
		}
	}
	list, err := f.entries(ctx, q.Occurrences, who, f.c.Calendar.Start(first), f.c.Calendar.Start(after))
	if err != nil {
		return bot.Page{}, err
	}
	names, err := f.c.GroupNames(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "calendar", Empty: q.T("calendar.none"), Columns: []bot.Column{
		{Key: "day", Title: q.T("view.day")}, {Key: "slot", Title: q.T("view.time")}, {Key: "id", Title: q.T("view.id"), Numbers: true},
		{Key: "text", Title: q.T("view.text")}, {Key: "groups", Title: q.T("view.groups")}, {Key: "state", Title: q.T("view.state")},
	}}
	begin, _ := strconv.Atoi(q.After) // how many came before; empty: none
	begin = min(max(begin, 0), len(list))
	end := min(begin+q.Limit, len(list))
	if end < len(list) {
		t.Next = strconv.Itoa(end)
	}
	for _, e := range list[begin:end] {
		day := f.c.Calendar.Day(e.Slot)
		state := string(e.Ending)
		if e.Ending == bot.ToCome {
			state = "to_come"
		}
		t.Rows = append(t.Rows, bot.Row{Key: e.Key + "/" + e.Slot.Format("20060102T150405.000"), Cells: []bot.Cell{
			{Text: f.dayName(q.T, q.In("community").T, day), Value: day.String()}, {Text: f.clock(q.T, e.Slot), Value: e.Slot},
			{Text: e.post.number(), Value: e.post.ID, Link: link(e.post)}, {Text: e.title(), Link: link(e.post)},
			{Text: groupList(names, e.groups)}, {Text: f.entryState(q.T, e), Value: state},
		}})
	}
	return bot.Page{Tables: []bot.Table{t}}, nil
}

// postView is one post: what it says, who did what to it, and what became of its times.
func (f *feature) postView(ctx context.Context, q *bot.Query) (bot.Page, error) {
	id, ok := readNumber(q.Params["id"])
	if !ok {
		return bot.Page{Note: q.T("view.which")}, nil
	}
	p, ok, err := f.find(ctx, id)
	if err != nil {
		return bot.Page{}, err
	}
	if !ok {
		return bot.Page{Note: q.T("unknown", "ID", id)}, nil
	}
	who, d, err := f.persons(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	a, err := p.assent(who)
	if err != nil {
		return bot.Page{}, err
	}
	groups, err := f.c.GroupNames(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	fact := func(key string, cell bot.Cell) bot.Row {
		return bot.Row{Key: key, Cells: []bot.Cell{{Text: q.T("view." + key), Value: key}, cell}}
	}
	about := bot.Table{Key: "post", Title: q.T("show.title", "Number", p.number(), "State", f.stateText(q.T, p, a, q.At)),
		Columns: []bot.Column{{Key: "what", Title: q.T("view.what")}, {Key: "value", Title: q.T("view.value")}}}
	text := fact("text", bot.Cell{Text: p.Text})
	text.Acts = f.acts(q, p, a)
	about.Rows = []bot.Row{
		text, fact("when", bot.Cell{Text: f.c.Calendar.SayWhen(q.In("community").T, p.When, q.At)}), fact("groups", bot.Cell{Text: groupList(groups, p.Groups)}),
		fact("left_out", bot.Cell{Text: f.sayExclusions(q.T, q.In("community").T, p)}), fact("picture", bot.Cell{Text: community.Excerpt(p.Picture, 40)}),
	}
	steps, err := f.stepsTable(ctx, q, d, p)
	if err != nil {
		return bot.Page{}, err
	}
	past, err := f.past(ctx, q.Occurrences, p.ID, q.At)
	if err != nil {
		return bot.Page{}, err
	}
	slots := bot.Table{Key: "occurrences", Title: q.T("view.occurrences"), Empty: q.T("view.occurrences.none"), Columns: []bot.Column{
		{Key: "slot", Title: q.T("view.time")}, {Key: "group", Title: q.T("view.groups")}, {Key: "state", Title: q.T("view.state")},
	}}
	for _, o := range past {
		slots.Rows = append(slots.Rows, bot.Row{Key: o.Key + "/" + o.Slot.Format("20060102T150405.000"), Cells: []bot.Cell{
			f.c.Clock(o.Slot), {Text: groups[community.GroupID(o.Group)]}, {Text: f.ending(q.T, o, ""), Value: string(o.Ending)},
		}})
	}
	return bot.Page{Tables: []bot.Table{about, steps, slots}}, nil
}

// stepsTable is who did what to a post, and when.
func (f *feature) stepsTable(ctx context.Context, q *bot.Query, d *community.Directory, p *post) (bot.Table, error) {
	t := bot.Table{Key: "steps", Title: strings.TrimRight(q.T("show.steps"), "：:"), Columns: []bot.Column{
		{Key: "at", Title: q.T("view.time")}, {Key: "member", Title: q.T("view.who")}, {Key: "step", Title: q.T("view.step")}, {Key: "note", Title: q.T("view.note")},
	}}
	var ids []community.MemberID
	for _, s := range p.Steps {
		ids = append(ids, s.Member)
	}
	called, err := d.Called(ctx, ids...)
	if err != nil {
		return t, err
	}
	for i, s := range p.Steps {
		what := q.T("step." + s.What)
		if s.Undone {
			what += q.T("step.undone")
		}
		t.Rows = append(t.Rows, bot.Row{Key: fmt.Sprint(i), Cells: []bot.Cell{f.c.Clock(s.At), d.Cell(called, s.Member), {Text: what, Value: s.What}, {Text: f.note(q.T, s)}}})
	}
	return t, nil
}
