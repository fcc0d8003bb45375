package topic

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// namedInRecap is how many people the recap names.
const namedInRecap = 8

// answerer is a person who answered a topic.
type answerer struct {
	id   community.MemberID
	best bool
}

// answerers are the people who answered a topic, in that order.
func (f *topic) answerers(ctx context.Context, day int64) (list []answerer, err error) {
	var rows []answerer
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var a answerer
		var best int64
		err := scan(&a.id, &best)
		a.best = best > 0
		rows = append(rows, a)
		return err
	}, `SELECT member_id, best_at FROM topic_answers WHERE day_id = ? AND recalled = 0 ORDER BY at, member_id`, day)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	at := map[community.MemberID]int{}
	for _, a := range rows {
		if a.id, err = f.c.Who(ctx, a.id); err != nil {
			return nil, err
		}
		i, twice := at[a.id]
		if !twice {
			i, at[a.id] = len(list), len(list)
			list = append(list, a)
		}
		list[i].best = list[i].best || a.best
	}
	return list, nil
}

// recap thanks those who answered, in the evening.
func (f *topic) recap(ctx context.Context, r *bot.Request) error {
	id, _ := strconv.ParseInt(r.Key, 10, 64)
	o, ok, err := f.occasion(ctx, `WHERE d.id = ? AND d.state = 'posted'`, id)
	if err != nil {
		return err
	}
	if !ok {
		r.Skip(skipGone)
		return nil
	}
	place, err := f.c.Place(ctx, o.group)
	switch {
	case err != nil:
		return err
	case !place.Adopted || !f.cfg.Enabled:
		r.Skip(skipDisabled)
		return nil
	case r.At.Sub(r.Slot) > tooOld:
		r.Skip(bot.SkippedMissed)
		return nil
	}
	text, err := f.recapText(ctx, r, in(r, group{language: f.spoken(place.Language)}), o)
	if err != nil {
		return err
	}
	if text == "" {
		r.Skip(skipNobody)
		return nil
	}
	reason, err := f.mayBeSaid(ctx, r, o.group, text)
	if err != nil {
		return err
	}
	if reason != "" {
		r.Skip(reason)
		return nil
	}
	r.Send(bot.Outgoing{Group: string(o.group), Text: text, Priority: bot.Post, NotAfter: r.Slot.Add(tooOld), Dated: !r.Late()})
	return nil
}

// recapText is empty where nobody answered and the group heard so within a week. t has the language of the group.
func (f *topic) recapText(ctx context.Context, r, t *bot.Request, o occasion) (string, error) {
	people, err := f.answerers(ctx, o.id)
	if err != nil {
		return "", err
	}
	if len(people) == 0 {
		now := r.At.UnixMilli()
		ok, err := f.seldom(ctx, "silence/"+string(o.group), now, now-(7*24*time.Hour-time.Hour).Milliseconds())
		if err != nil || !ok {
			return "", err
		}
		return t.T("recap.nobody", "Column", o.column), nil
	}
	var names, best []string
	for i, a := range people {
		name := ""
		if i < namedInRecap || a.best {
			if name, err = f.c.Called(ctx, a.id); err != nil {
				return "", err
			}
		}
		if i < namedInRecap {
			names = append(names, name)
		}
		if a.best {
			best = append(best, name)
		}
	}
	kv := []any{"Column", o.column, "Count", len(people), "Names", strings.Join(names, t.T("and"))}
	key := "recap.all"
	if len(people) > namedInRecap {
		key = "recap.many"
	}
	text := t.T(key, kv...)
	if len(best) > 0 {
		text += "\n" + t.T("recap.best", "Names", strings.Join(best, t.T("and")))
	}
	return text + "\n" + t.T("recap.thanks"), nil
}

// today is 今日话题: the open topics of this group, in private those of the member's groups.
func (f *topic) today(ctx context.Context, r *bot.Request) error {
	ids := []string{r.Actor.Group}
	if r.Actor.Group == "" {
		who, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
		if err != nil {
			return err
		}
		ids = nil
		if err := f.db.Conn(ctx).Raw(`SELECT DISTINCT group_id FROM stays WHERE member_id IN ? AND left_at = 0`, who).Scan(&ids).Error; err != nil {
			return fmt.Errorf("groups of %s: %w", r.Actor.Member, err)
		}
	}
	var lines []string
	for _, id := range ids {
		list, err := f.occasions(ctx, `WHERE d.group_id = ? AND d.until_at > ? AND d.state = 'posted' ORDER BY d.posted_at DESC`, id, r.At.UnixMilli())
		if err != nil {
			return err
		}
		for _, o := range list {
			col, known := f.column(o.column)
			people, err := f.answerers(ctx, o.id)
			if err != nil {
				return err
			}
			if known {
				lines = append(lines, r.T("today.line", "Hashtag", col.tag(), "Text", o.words, "Count", len(people)))
			}
		}
	}
	if len(lines) == 0 {
		r.Reply(r.T("today.none"))
		return nil
	}
	r.Reply(strings.Join(append(lines, r.T("today.how")), "\n"))
	return nil
}
