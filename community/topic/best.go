package topic

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// How many answers of a topic may be picked, and for how long after it was posted.
const (
	mostBest   = 3
	bestWithin = 48 * time.Hour
)

// best is 精选 @x, or 精选 as a reply that quotes the answer.
func (f *topic) best(ctx context.Context, r *bot.Request) error {
	asking := *r
	if r.Args == "" && r.Quote != nil {
		asking.Mentions, asking.Args = []bot.Person{r.Quote.From}, "@"+r.Quote.From.Called()
	}
	who, _, err := f.c.Target(ctx, &asking)
	if err != nil {
		return err
	}
	day, g, origin, held, err := f.answerOf(ctx, r, who.ID)
	if err != nil {
		return err
	}
	name, err := f.c.Called(ctx, who.ID)
	if err != nil {
		return err
	}
	if day == 0 {
		return r.Refuse("best.none", "Name", name)
	}
	if held {
		return r.Refuse("best.already", "Name", name)
	}
	key := fmt.Sprintf("topic-best/%d/%s/%d", day, origin, r.Seq)
	n, err := f.db.Exec(ctx, `UPDATE topic_answers SET best_at = ?, best_key = ? WHERE day_id = ? AND member_id = ? AND recalled = 0 AND best_at = 0
		AND (SELECT COUNT(*) FROM topic_answers b WHERE b.day_id = ? AND b.best_at > 0 AND b.recalled = 0) < ?`, r.At.UnixMilli(), key, day, string(origin), day, mostBest)
	if err != nil {
		return fmt.Errorf("best answer: %w", err)
	}
	if n == 0 {
		return r.Refuse("best.many", "Most", mostBest)
	}
	amount := f.cfg.Best
	if who.Role >= bot.Moderator || who.Bot {
		amount = 0
	} else if err := f.c.Contributions.Record(ctx, community.Contribution{Key: key, Member: origin, Group: g, Kind: community.BestAnswer, Ref: fmt.Sprint(day),
		At: r.At, Day: f.c.Calendar.Day(r.At)}); err != nil {
		return err
	}
	if err := f.pay(ctx, r, key, origin, amount, r.T("reason.best")); err != nil {
		return err
	}
	text := r.T("best.done_free", "Name", name)
	if amount > 0 {
		text = r.T("best.done", "Name", name, "Points", amount)
	}
	return f.answer(ctx, r, change{"topic.best", "best-answer", string(who.ID)}, picked{day, string(origin), key}, map[string]any{"day": day, "points": amount}, text)
}

// answerOf is the latest answer of a person to a topic of this group, or in private of any: day is 0 where there is
// none. A quote that the transport names means that very answer.
func (f *topic) answerOf(ctx context.Context, r *bot.Request, who community.MemberID) (day int64, g community.GroupID, origin community.MemberID, held bool, err error) {
	ids, err := f.c.IDs(ctx, who)
	if err != nil {
		return 0, "", "", false, err
	}
	event := ""
	if r.Quote != nil {
		event = r.Quote.ID
	}
	var best int64
	err = f.db.Conn(ctx).Raw(`SELECT d.id, d.group_id, a.member_id, a.best_at FROM topic_answers a JOIN topic_days d ON d.id = a.day_id
		WHERE a.member_id IN ? AND a.recalled = 0 AND d.posted_at > ? AND (d.group_id = ? OR ? = '')
		ORDER BY CASE WHEN a.event = ? THEN 0 ELSE 1 END, d.posted_at DESC, d.id DESC, a.at LIMIT 1`,
		ids, r.At.Add(-bestWithin).UnixMilli(), r.Actor.Group, r.Actor.Group, event).Row().Scan(&day, &g, &origin, &best)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", "", false, nil
	}
	if err != nil {
		return 0, "", "", false, fmt.Errorf("answer of %s: %w", who, err)
	}
	return day, g, origin, best > 0, nil
}

// picked is what an undo of 精选 needs.
type picked struct {
	Day    int64  `json:"day"`
	Member string `json:"member"`
	Key    string `json:"key"`
}

func (f *topic) undoBest(ctx context.Context, r *bot.Request, payload []byte) error {
	var p picked
	if err := json.Unmarshal(payload, &p); err != nil {
		return err
	}
	n, err := f.db.Exec(ctx, `UPDATE topic_answers SET best_at = 0, best_key = '' WHERE day_id = ? AND member_id = ? AND best_key = ?`, p.Day, p.Member, p.Key)
	if err != nil {
		return fmt.Errorf("best answer: %w", err)
	}
	if n == 0 {
		return bot.Refuse(r.In("topic").T("undo.late"))
	}
	if err := f.c.Contributions.Withdraw(ctx, p.Key, r.At); err != nil {
		return err
	}
	return f.takeBack(ctx, r, p.Key, "undo", r.In("topic").T("reason.undone"))
}
