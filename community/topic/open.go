package topic

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// room is the open topics of a group, as hear remembers them.
type room struct {
	topics []*asked
	until  time.Time // when the last of them closes
}

// asked is a topic that is open for answers.
type asked struct {
	id       int64
	column   string
	tag      string   // folded, without the sign at its end
	said     []string // what a quote of it looks like, folded
	posted   time.Time
	host     time.Time // of the host's own answer; zero: none
	until    time.Time
	answered map[community.MemberID]bool // the ids that answered
	prints   map[string]bool             // their words
}

// forget makes the open topics of a group be read anew.
func (f *topic) forget(ctx context.Context, g community.GroupID) {
	delete(f.open, g)
	f.db.OnRollback(ctx, func() { delete(f.open, g) })
}

// changed forgets who answered: two ids may be one person now.
func (f *topic) changed(ctx context.Context, _ *bot.Request, _ community.Change) error {
	clear(f.open)
	f.db.OnRollback(ctx, func() { clear(f.open) })
	return nil
}

// room is the open topics of a group. What is remembered is of the group's first message since it changed.
func (f *topic) room(ctx context.Context, g community.GroupID, now time.Time) (*room, error) {
	if known := f.open[g]; known != nil {
		return known, nil
	}
	fresh := &room{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		a := &asked{answered: map[community.MemberID]bool{}, prints: map[string]bool{}}
		var posted, host, until int64
		var said, hostSaid, text string
		if err := scan(&a.id, &a.column, &posted, &host, &until, &said, &hostSaid, &text); err != nil {
			return err
		}
		col, _ := f.column(a.column)
		a.tag = bot.Fold(col.bareTag())
		a.posted, a.host, a.until = bot.FromMillis(posted), bot.FromMillis(host), bot.FromMillis(until)
		for _, s := range [...]string{said, hostSaid, text} {
			if s = letters(s); s != "" {
				a.said = append(a.said, s)
			}
		}
		if a.until.After(fresh.until) {
			fresh.until = a.until
		}
		fresh.topics = append(fresh.topics, a)
		return nil
	}, `SELECT id, column_name, posted_at, host_at, until_at, said, host_said, text FROM topic_days
		WHERE group_id = ? AND until_at > ? AND state = 'posted' ORDER BY posted_at DESC, id DESC`, string(g), now.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("open topics: %w", err)
	}
	for _, a := range fresh.topics {
		if err := f.answers(ctx, a); err != nil {
			return nil, err
		}
	}
	f.open[g] = fresh
	f.db.OnRollback(ctx, func() { delete(f.open, g) })
	return fresh, nil
}

// answers fills in who answered a topic.
func (f *topic) answers(ctx context.Context, a *asked) error {
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var member, print string
		err := scan(&member, &print)
		a.answered[community.MemberID(member)], a.prints[print] = true, true
		return err
	}, `SELECT member_id, print FROM topic_answers WHERE day_id = ? AND recalled = 0`, a.id)
	if err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	return nil
}
