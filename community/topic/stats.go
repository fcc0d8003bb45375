package topic

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// statisticsOver is how far 话题统计 looks back, statisticsShown how many topics it prints.
const (
	statisticsOver  = 30 * 24 * time.Hour
	statisticsShown = 10
)

// figures are how a topic went, over all groups and dates.
type figures struct {
	topic   int64
	column  string
	text    string
	posted  int // how often
	answers int
	present int // members that were there, summed over the posts
	best    int
	members map[community.MemberID]bool // who answered
}

// rate is which part of the members present answered, in percent.
func (g figures) rate() int {
	if g.present == 0 {
		return 0
	}
	return min(100, (100*g.answers+g.present/2)/g.present)
}

// figuresSince are the topics that were posted since an instant, the latest first. It reads tables only.
func (f *topic) figuresSince(ctx context.Context, since time.Time) (list []*figures, err error) {
	byTopic, byDay := map[int64]*figures{}, map[int64]*figures{}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var day, topic int64
		var present int
		var column, text string
		if err := scan(&day, &topic, &column, &text, &present); err != nil {
			return err
		}
		one := byTopic[topic]
		if one == nil {
			one = &figures{topic: topic, column: column, text: text, members: map[community.MemberID]bool{}}
			byTopic[topic], list = one, append(list, one)
		}
		one.posted++
		one.present += present
		byDay[day] = one
		return nil
	}, `SELECT id, topic_id, column_name, text, present FROM topic_days WHERE state = 'posted' AND posted_at >= ? ORDER BY posted_at DESC, id DESC`, since.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("statistics: %w", err)
	}
	people, err := f.c.Directory(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var day, best int64
		var member community.MemberID
		if err := scan(&day, &member, &best); err != nil {
			return err
		}
		one, who := byDay[day], people.Who(member)
		if one == nil {
			return nil
		}
		if best > 0 {
			one.best++
		}
		if key := answerKey(day, who); !seen[key] {
			seen[key] = true
			one.answers++
			one.members[who] = true
		}
		return nil
	}, `SELECT a.day_id, a.member_id, a.best_at FROM topic_answers a JOIN topic_days d ON d.id = a.day_id WHERE d.posted_at >= ? AND a.recalled = 0`, since.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("statistics: %w", err)
	}
	return list, nil
}

// statistics is 话题统计.
func (f *topic) statistics(ctx context.Context, r *bot.Request) error {
	list, err := f.figuresSince(ctx, r.At.Add(-statisticsOver))
	if err != nil {
		return err
	}
	if len(list) == 0 {
		r.Reply(r.T("statistics.none"))
		return nil
	}
	answers := 0
	for _, one := range list {
		answers += one.answers
	}
	lines := []string{r.T("statistics.title", "Topics", len(list), "Answers", answers)}
	for _, one := range list[:min(statisticsShown, len(list))] {
		lines = append(lines, r.T("statistics.line", "Column", one.column, "Text", one.text, "Answers", one.answers, "Members", len(one.members), "Rate", one.rate(), "Best", one.best))
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}
