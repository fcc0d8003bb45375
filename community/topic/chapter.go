package topic

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// chapterShown is how many topics and picked answers a report shows.
const chapterShown = 10

// chapter tells a report which topics were asked, who answered, and which answers were picked as best.
func (f *topic) chapter(ctx context.Context, q *bot.Query, s bot.Span) (bot.Page, error) {
	list, best, err := f.told(ctx, s)
	if err != nil || len(list) == 0 {
		return bot.Page{}, err
	}
	people, answers, posted, present := map[community.MemberID]bool{}, 0, 0, 0
	for _, one := range list {
		answers, posted, present = answers+one.answers, posted+one.posted, present+one.present
		for id := range one.members {
			people[id] = true
		}
	}
	all := figures{answers: answers, present: present}
	p := bot.Page{Figures: []bot.Figure{
		{Key: "posted", Title: q.T("view.posted"), Cell: number(int64(posted))}, {Key: "answers", Title: q.T("view.answers"), Cell: number(int64(answers))},
		{Key: "members", Title: q.T("view.members"), Cell: number(int64(len(people)))},
		{Key: "rate", Title: q.T("view.rate"), Cell: bot.Cell{Text: strconv.Itoa(all.rate()) + "%", Value: int64(all.rate())}},
	}}
	slices.SortStableFunc(list, func(a, b *figures) int { return cmp.Compare(len(b.members), len(a.members)) })
	t := bot.Table{Key: "topics", Columns: []bot.Column{{Key: "topic", Title: q.T("view.topic")}, {Key: "column", Title: q.T("view.column")},
		{Key: "answers", Title: q.T("view.answers"), Numbers: true}, {Key: "members", Title: q.T("view.members"), Numbers: true}, {Key: "rate", Title: q.T("view.rate"), Numbers: true}}}
	for _, one := range list[:min(chapterShown, len(list))] {
		t.Rows = append(t.Rows, bot.Row{Key: strconv.FormatInt(one.topic, 10), Cells: []bot.Cell{{Text: one.text}, {Text: one.column}, number(int64(one.answers)),
			number(int64(len(one.members))), {Text: strconv.Itoa(one.rate()) + "%", Value: int64(one.rate())}}})
	}
	p.Tables = append(p.Tables, t)
	picked, err := f.picked(ctx, q, best)
	p.Tables = append(p.Tables, picked)
	return p, err
}

// pick is an answer that was picked as best.
type pick struct {
	member community.MemberID
	event  string
	topic  string
}

// told are the topics of a span with their answers, and the picked ones. Staff and bots are left out.
func (f *topic) told(ctx context.Context, s bot.Span) (list []*figures, best []pick, err error) {
	people, err := f.c.Directory(ctx)
	if err != nil {
		return nil, nil, err
	}
	out, err := f.c.Uncounted(ctx)
	if err != nil {
		return nil, nil, err
	}
	byTopic, byDay := map[int64]*figures{}, map[int64]*figures{}
	args := []any{s.From.UnixMilli(), s.To.UnixMilli(), s.Group, s.Group}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var day int64
		one := figures{members: map[community.MemberID]bool{}}
		var present int
		if err := scan(&day, &one.topic, &one.column, &one.text, &present); err != nil {
			return err
		}
		if byTopic[one.topic] == nil {
			byTopic[one.topic] = &one
			list = append(list, &one)
		}
		sum := byTopic[one.topic]
		sum.posted, sum.present = sum.posted+1, sum.present+present
		byDay[day] = sum
		return nil
	}, `SELECT id, topic_id, column_name, text, present FROM topic_days WHERE state = 'posted' AND posted_at >= ? AND posted_at < ? AND (? = '' OR group_id = ?) ORDER BY posted_at, id`, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("topics of a report: %w", err)
	}
	seen := map[string]bool{}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var day, picked int64
		var member community.MemberID
		var event string
		if err := scan(&day, &member, &picked, &event); err != nil {
			return err
		}
		one, who := byDay[day], people.Who(member)
		if one == nil || out[who] {
			return nil
		}
		if picked > 0 {
			best = append(best, pick{who, event, one.text})
		}
		if key := answerKey(day, who); !seen[key] {
			seen[key] = true
			one.answers++
			one.members[who] = true
		}
		return nil
	}, `SELECT a.day_id, a.member_id, a.best_at, a.event FROM topic_answers a JOIN topic_days d ON d.id = a.day_id
		WHERE d.posted_at >= ? AND d.posted_at < ? AND (? = '' OR d.group_id = ?) AND a.recalled = 0 ORDER BY a.best_at, a.day_id, a.member_id`, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("answers of a report: %w", err)
	}
	return list, best, nil
}

// picked shows the picked answers with their authors, as long as their words are kept.
func (f *topic) picked(ctx context.Context, q *bot.Query, best []pick) (bot.Table, error) {
	t := bot.Table{Key: "best_answers", Title: q.T("view.best_answers"), Columns: []bot.Column{{Key: "answer", Title: q.T("view.answer")}, {Key: "member", Title: q.T("view.member")}, {Key: "topic", Title: q.T("view.topic")}}}
	people, err := f.c.Directory(ctx)
	if err != nil {
		return t, err
	}
	var ids []community.MemberID
	for _, one := range best {
		ids = append(ids, one.member)
	}
	names, err := people.Called(ctx, ids...)
	if err != nil {
		return t, err
	}
	for i, one := range best[:min(chapterShown, len(best))] {
		words := ""
		if seq, ok, err := bot.Accepted(ctx, f.db, one.event); err != nil {
			return t, err
		} else if ok {
			if err := f.db.Row(ctx, `SELECT COALESCE(MAX(text), '') FROM message_texts WHERE seq = ?`, seq).Scan(&words); err != nil {
				return t, fmt.Errorf("picked answer: %w", err)
			}
		}
		if words = community.Excerpt(words, 60); words == "" {
			words = "—"
		}
		t.Rows = append(t.Rows, bot.Row{Key: strconv.Itoa(i), Cells: []bot.Cell{{Text: words}, people.Cell(names, one.member), {Text: one.topic}}})
	}
	return t, nil
}
