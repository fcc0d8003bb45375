package topic

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// How an answer was told from other talk.
const (
	byHashtag = "hashtag"
	byQuote   = "quote"
	byReply   = "reply"
)

// What makes first words an answer: how soon they come after the topic or the host's answer, and how long they are.
const (
	replyWithin   = 30 * time.Minute
	shortestReply = 5
	shortestQuote = 6 // letters of a quote that was cut off
)

// hear looks at what is said in a group. Where no topic is open that costs a look into a map.
func (f *topic) hear(ctx context.Context, r *bot.Request) error {
	g := community.GroupID(r.Actor.Group)
	if g == "" || r.Actor.Origin == "" {
		return nil
	}
	if err := f.wake(ctx, r); err != nil {
		return err
	}
	here, err := f.room(ctx, g, r.At)
	if err != nil {
		return err
	}
	if r.Form != bot.Text || !r.At.Before(here.until) {
		return nil
	}
	a, how := here.about(r)
	if a == nil {
		return nil
	}
	return f.attribute(ctx, r, a, how)
}

// about is the topic that a message answers, and how that is known; nil where it answers none. That its author has
// not answered yet is not looked at here.
func (here *room) about(r *bot.Request) (a *asked, how string) {
	if strings.HasPrefix(r.Text, "/") || strings.HasPrefix(r.Text, "／") {
		return nil, ""
	}
	folded := bot.Fold(r.Text)
	for _, a := range here.topics {
		if a.openAt(r.At) && strings.Contains(folded, a.tag) {
			return a, byHashtag
		}
	}
	if r.Quote != nil {
		quoted := letters(r.Quote.Text)
		for _, a := range here.topics {
			if a.openAt(r.At) && a.quotedAs(quoted) {
				return a, byQuote
			}
		}
		return nil, "" // it answers somebody else's words
	}
	for _, a := range here.topics {
		if a.openAt(r.At) && a.fresh(r.At) && utf8.RuneCountInString(strings.TrimSpace(r.Text)) >= shortestReply {
			return a, byReply
		}
	}
	return nil, ""
}

func (a *asked) openAt(at time.Time) bool { return !at.Before(a.posted) && at.Before(a.until) }

// fresh tells whether the topic or the host's answer was said a moment ago.
func (a *asked) fresh(at time.Time) bool {
	after := func(said time.Time) bool {
		return !said.IsZero() && !at.Before(said) && at.Sub(said) <= replyWithin
	}
	return after(a.posted) || after(a.host)
}

// quotedAs tells whether the letters of a quote are those of the topic, which transports may cut off, or hold all of its question.
func (a *asked) quotedAs(quoted string) bool {
	for _, said := range a.said {
		if quoted == said || utf8.RuneCountInString(quoted) >= shortestQuote && strings.HasPrefix(said, quoted) ||
			utf8.RuneCountInString(said) >= shortestQuote && strings.Contains(quoted, said) {
			return true
		}
	}
	return false
}

// attribute keeps an answer, of a person who has not answered yet and in words that are their own.
func (f *topic) attribute(ctx context.Context, r *bot.Request, a *asked, how string) error {
	said := letters(strings.ReplaceAll(bot.Fold(r.Text), a.tag, ""))
	if said == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(said))
	print := hex.EncodeToString(sum[:12])
	if a.prints[print] {
		return nil
	}
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	for _, id := range ids {
		if a.answered[id] {
			return nil
		}
	}
	return f.keepAnswer(ctx, r, a, how, print)
}

func answerKey(day int64, origin community.MemberID) string {
	return fmt.Sprintf("topic/%d/%s", day, origin)
}

func (f *topic) keepAnswer(ctx context.Context, r *bot.Request, a *asked, how, print string) error {
	origin, g := community.MemberID(r.Actor.Origin), community.GroupID(r.Actor.Group)
	_, err := f.db.Exec(ctx, `INSERT INTO topic_answers (day_id, member_id, at, event, print, how) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (day_id, member_id) DO UPDATE SET at = excluded.at, event = excluded.event, print = excluded.print, how = excluded.how, recalled = 0
		WHERE topic_answers.recalled = 1`, a.id, string(origin), r.At.UnixMilli(), r.ID, print, how)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	a.answered[origin], a.prints[print] = true, true
	f.db.OnRollback(ctx, func() { delete(f.open, g) })
	who, err := f.c.Person(ctx, community.MemberID(r.Actor.Member))
	if err != nil || who.Role >= bot.Moderator || who.Bot {
		return err // staff and bots earn nothing
	}
	key := answerKey(a.id, origin)
	err = f.c.Contributions.Record(ctx, community.Contribution{Key: key, Member: origin, Group: g, Kind: community.TopicAnswer, Ref: fmt.Sprint(a.id),
		At: r.At, Day: f.c.Calendar.Day(r.At)})
	if err != nil {
		return err
	}
	return f.pay(ctx, r, key, origin, f.cfg.Answer, r.T("reason.answer", "Column", a.column))
}

// pay gives points to an id, where there are any to give.
func (f *topic) pay(ctx context.Context, r *bot.Request, key string, id community.MemberID, amount int64, reason string) error {
	if amount == 0 {
		return nil
	}
	account, err := f.c.Account(ctx, id)
	if err != nil {
		return err
	}
	_, err = f.c.Purse.Post(ctx, points.Transfer{Key: key, From: points.Issued, To: account, Amount: amount, Reason: reason, At: r.At})
	return err
}

// takeBack reverses what stands under a key, or under the keys that a merge or a split posted it again with.
func (f *topic) takeBack(ctx context.Context, r *bot.Request, of, by, reason string) error {
	key := of
	for n := 1; ; n++ {
		t, ok, err := f.c.Purse.Find(ctx, key)
		if err != nil || !ok {
			return err
		}
		if t.Reversal == "" {
			_, err := f.c.Purse.Reverse(ctx, key, points.Reversal{Key: by + "/" + key, Reason: reason, At: r.At})
			return err
		}
		key = fmt.Sprintf("again/%d/%s", n, of)
	}
}

// recalled withdraws an answer whose author took it back. Another one counts, and earns nothing.
func (f *topic) recalled(ctx context.Context, r *bot.Request) error {
	if r.Ref == "" {
		return nil
	}
	type answer struct {
		day    int64
		member community.MemberID
		group  community.GroupID
		best   string
	}
	var list []answer
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var a answer
		err := scan(&a.day, &a.member, &a.group, &a.best)
		list = append(list, a)
		return err
	}, `SELECT a.day_id, a.member_id, d.group_id, a.best_key FROM topic_answers a JOIN topic_days d ON d.id = a.day_id WHERE a.event = ? AND a.recalled = 0`, r.Ref)
	if err != nil {
		return fmt.Errorf("recall: %w", err)
	}
	for _, a := range list {
		if _, err := f.db.Exec(ctx, `UPDATE topic_answers SET recalled = 1, best_at = 0, best_key = '' WHERE day_id = ? AND member_id = ?`, a.day, string(a.member)); err != nil {
			return fmt.Errorf("recall: %w", err)
		}
		f.forget(ctx, a.group)
		for _, key := range [...]string{answerKey(a.day, a.member), a.best} {
			if key == "" {
				continue
			}
			if err := f.c.Contributions.Withdraw(ctx, key, r.At); err != nil {
				return err
			}
			if err := f.takeBack(ctx, r, key, "recall", r.T("reason.recalled")); err != nil {
				return err
			}
		}
	}
	return nil
}

// counted is the fact topic.answers.
func (f *topic) counted(ctx context.Context, who []community.MemberID, from, to time.Time) (n int, err error) {
	err = f.db.Conn(ctx).Raw(`SELECT COUNT(DISTINCT day_id) FROM topic_answers WHERE member_id IN ? AND at >= ? AND at < ? AND recalled = 0`,
		who, from.UnixMilli(), to.UnixMilli()).Row().Scan(&n)
	return n, err
}
