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

// The reasons for which nothing is posted, besides those of the noise budget.
const (
	skipEmpty    = "empty"    // the column has no topic for the date
	skipAsked    = "asked"    // a manager wanted none
	skipAgain    = "again"    // the date had its topic: the column's time was changed
	skipDisabled = "disabled" // the bot is not enabled in the group, or the column doesn't post there any more
	skipWord     = "word"     // the words are on the community's list
	skipNobody   = "nobody"   // nobody answered
	skipGone     = "gone"     // the topic is not open
)

// post asks the question of a date in a group.
func (f *topic) post(ctx context.Context, r *bot.Request) error {
	name, id, _ := strings.Cut(r.Key, "/")
	col, known := f.column(name)
	g := community.GroupID(id)
	place, err := f.c.Place(ctx, g)
	if err != nil {
		return err
	}
	here := group{id: g, name: place.Name, language: f.spoken(place.Language)}
	if !known || !f.cfg.Enabled || !place.Adopted || !col.posts(here) {
		r.Skip(skipDisabled)
		return nil
	}
	o, err := f.due(ctx, r, col, here)
	if err != nil {
		return err
	}
	switch {
	case o.state == daySkipped:
		r.Skip(skipAsked)
		return nil
	case o.state == dayPosted:
		r.Skip(skipAgain)
		return nil
	case o.state != dayPlanned:
		r.Skip(skipEmpty)
		return nil
	case r.At.Sub(r.Slot) > tooOld:
		r.Skip(bot.SkippedMissed)
		return f.miss(ctx, o)
	}
	said, err := f.wording(ctx, r, col, here, o)
	if err != nil {
		return err
	}
	reason, err := f.mayBeSaid(ctx, r, g, said)
	if err != nil {
		return err
	}
	if reason != "" {
		r.Skip(reason)
		return f.miss(ctx, o)
	}
	r.Send(bot.Outgoing{Group: string(g), Text: said, Priority: bot.Post, NotAfter: r.Slot.Add(tooOld), Ref: "post/" + strconv.FormatInt(o.id, 10), Dated: !r.Late()})
	return f.begin(ctx, r, col, here, o, said)
}

// due is the date that a slot is of, planned now where nobody has planned it before.
func (f *topic) due(ctx context.Context, r *bot.Request, col Column, g group) (occasion, error) {
	date := f.date(r.Slot)
	if err := f.settle(ctx, r); err != nil {
		return occasion{}, err
	}
	if err := f.fillColumn(ctx, r, col, g, date, r.Slot.Add(-time.Second)); err != nil {
		return occasion{}, err
	}
	o, _, err := f.occasion(ctx, `WHERE d.column_name = ? AND d.group_id = ? AND d.date = ?`, col.Name, string(g.id), int(date))
	return o, err
}

// miss frees the topic of a date on which it was not posted.
func (f *topic) miss(ctx context.Context, o occasion) error {
	_, err := f.db.Exec(ctx, `UPDATE topic_days SET state = ? WHERE id = ? AND state = 'planned'`, dayMissed, o.id)
	return err
}

// in is r in the language of a group, for its texts.
func in(r *bot.Request, g group) *bot.Request {
	other := *r
	other.Actor.Language = g.language
	return &other
}

// wording is what is posted.
func (f *topic) wording(ctx context.Context, r *bot.Request, col Column, g group, o occasion) (string, error) {
	r = in(r, g)
	kv := []any{"Hashtag", col.tag(), "Text", o.words, "Points", f.cfg.Answer}
	text := r.T("post.question", kv...)
	if r.Late() {
		text = r.T("post.late") + "\n" + text
	}
	e, ok, err := f.find(ctx, o.topic)
	if err != nil {
		return "", err
	}
	if ok && e.member != "" {
		name, err := f.c.Called(ctx, e.member)
		if err != nil {
			return "", err
		}
		text += "\n" + r.T("post.by", "Name", name)
	}
	key := "post.how_free"
	if f.cfg.Answer > 0 {
		key = "post.how"
	}
	return text + "\n" + r.T(key, kv...), nil
}

// mayBeSaid gives the reason for which a ritual's words may not be said to a group now, and lists them where it is so.
func (f *topic) mayBeSaid(ctx context.Context, r *bot.Request, g community.GroupID, text string) (reason string, err error) {
	u := community.Unasked{Group: g, Feature: r.Feature(), Text: text, Dated: !r.Late()}
	if _, bad := f.c.Words.Forbidden(text); bad {
		reason = skipWord
	} else if reason, err = f.c.Noise.Try(ctx, r.At, u); err != nil {
		return "", err
	}
	if reason == "" {
		return "", nil
	}
	return reason, f.c.Noise.Withhold(ctx, r.At, u, reason)
}

// begin opens a topic for answers, and plans what belongs to it: the host's own answer and the recap.
func (f *topic) begin(ctx context.Context, r *bot.Request, col Column, g group, o occasion, said string) error {
	until := r.At.Add(time.Duration(f.cfg.Window) * time.Hour)
	_, err := f.db.Exec(ctx, `UPDATE topic_days SET state = 'posted', said = ?, text = ?, posted_at = ?, until_at = ?,
		present = (SELECT COUNT(*) FROM stays s JOIN members m ON m.id = s.member_id WHERE s.group_id = ? AND s.left_at = 0 AND m.role = 0 AND m.bot = ?)
		WHERE id = ?`, said, o.words, r.At.UnixMilli(), until.UnixMilli(), string(g.id), false, o.id)
	if err != nil {
		return fmt.Errorf("post topic: %w", err)
	}
	f.forget(ctx, g.id)
	e, ok, err := f.find(ctx, o.topic)
	if err != nil {
		return err
	}
	key := strconv.FormatInt(o.id, 10)
	if ok && e.Host != "" {
		if err := r.Later(ctx, r.At.Add(time.Duration(f.cfg.Host)*time.Minute), hostJob, key); err != nil {
			return err
		}
	}
	tod, _ := community.TimeOfDay(f.cfg.RecapAt) // checked by Validate
	at := onDate(f.date(r.At), tod, f.c.Calendar.Zone())
	if !at.After(r.At) {
		at = onDate(f.date(r.At)+1, tod, f.c.Calendar.Zone())
	}
	return r.Plan(ctx, bot.Plan{Job: recapJob, Key: key, Title: in(r, g).T("recap.name", "Column", col.Name), Group: string(g.id), At: at, Grace: grace})
}

// hostAnswers posts the host's own answer, where it is not much too late for it.
func (f *topic) hostAnswers(ctx context.Context, r *bot.Request) error {
	id, _ := strconv.ParseInt(r.Key, 10, 64)
	o, ok, err := f.occasion(ctx, `WHERE d.id = ? AND d.state = 'posted' AND d.until_at > ?`, id, r.At.UnixMilli())
	if err != nil || !ok || r.At.Sub(r.Slot) > time.Hour {
		return err
	}
	e, ok, err := f.find(ctx, o.topic)
	if err != nil || !ok || e.Host == "" {
		return err
	}
	place, err := f.c.Place(ctx, o.group)
	if err != nil || !place.Adopted {
		return err
	}
	col, _ := f.column(o.column)
	text := in(r, group{language: f.spoken(place.Language)}).T("post.host", "Text", e.Host, "Hashtag", col.tag())
	reason, err := f.mayBeSaid(ctx, r, o.group, text)
	if err != nil || reason != "" {
		return err
	}
	r.Say(string(o.group), text)
	if _, err := f.db.Exec(ctx, `UPDATE topic_days SET host_at = ?, host_said = ? WHERE id = ?`, r.At.UnixMilli(), text, o.id); err != nil {
		return fmt.Errorf("host's answer: %w", err)
	}
	f.forget(ctx, o.group)
	return nil
}
