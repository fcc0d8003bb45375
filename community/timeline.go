package community

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Moment is something that happened to a member, as their page tells it.
type Moment struct {
	At   time.Time
	Text string       // in the reader's language; it may hold names, screened
	Link *bot.ViewRef // where more of it is shown; may be nil
}

// Chronicler tells the latest moments of a person, of all their ids, at most limit. It reads tables only; q is of
// the feature that registered it.
type Chronicler func(ctx context.Context, q *bot.Query, ids []MemberID, limit int) ([]Moment, error)

// Timeline is what features remember of a member: their page shows it without knowing the features.
type Timeline struct{ tellers []chronicler }

type chronicler struct {
	feature string
	tell    Chronicler
}

// Register says who tells of members for a feature, while the program is put together.
func (t *Timeline) Register(feature string, tell Chronicler) {
	t.tellers = append(t.tellers, chronicler{feature, tell})
}

// momentsShown is how many moments a member's page tells.
const momentsShown = 30

// memberTimeline shows what happened to a member, the latest first.
func (c *Community) memberTimeline(ctx context.Context, d *Directory, q *bot.Query, p profile) (bot.Table, error) {
	t := bot.Table{Key: "timeline", Title: q.T("member.timeline"), Empty: q.T("member.timeline.none"), Columns: columns(q, "at what")}
	var all []Moment
	for _, o := range append([]chronicler{{"community", c.ownMoments}}, c.Timeline.tellers...) {
		list, err := o.tell(ctx, q.In(o.feature), d.IDs(p.ID), momentsShown)
		if err != nil {
			return t, fmt.Errorf("timeline of %s: %s: %w", p.ID, o.feature, err)
		}
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b Moment) int { return b.At.Compare(a.At) })
	for i, m := range all[:min(len(all), momentsShown)] {
		t.Rows = append(t.Rows, bot.Row{Key: fmt.Sprint(i), Cells: []bot.Cell{c.Clock(m.At), {Text: bot.Clean(m.Text), Link: m.Link}}})
	}
	return t, nil
}

// ownMoments are when they joined and left groups, spoke first, were honoured and frozen.
func (c *Community) ownMoments(ctx context.Context, q *bot.Query, ids []MemberID, limit int) (list []Moment, err error) {
	in, args := In(ids, limit)
	names, err := c.GroupNames(ctx)
	if err != nil {
		return nil, err
	}
	db := SQL{c.db}
	add := func(at int64, key string, kv ...any) {
		list = append(list, Moment{At: bot.FromMillis(at), Text: q.T(key, kv...)})
	}
	err = db.Each(ctx, func(scan func(...any) error) error {
		var at int64
		var group, kind string
		err := scan(&at, &group, &kind)
		if kind == string(bot.Joined) || kind == string(bot.Left) {
			add(at, "moment."+kind, "Group", names[GroupID(group)])
		}
		return err
	}, `SELECT at, group_id, kind FROM passages WHERE member_id IN `+in+` ORDER BY at DESC LIMIT ?`, args...)
	if err != nil {
		return nil, err
	}
	var first int64
	if err := db.Row(ctx, `SELECT COALESCE(MIN(first_at), 0) FROM activity WHERE member_id IN `+in, args[:len(ids)]...).Scan(&first); err != nil {
		return nil, err
	}
	if first > 0 {
		add(first, "moment.spoke")
	}
	err = db.Each(ctx, func(scan func(...any) error) error {
		var b Badge
		var at int64
		err := scan(&b.Feature, &b.Name, &b.Title, &at)
		name := c.Words.ScreenName(b.Title)
		if b.Title == "" {
			name = q.In(b.Feature).T("badge." + b.Name)
		}
		add(at, "moment.badge", "Badge", name)
		return err
	}, `SELECT feature, name, title, at FROM badges WHERE member_id IN `+in+` ORDER BY at DESC LIMIT ?`, args...)
	if err != nil {
		return nil, err
	}
	return list, db.Each(ctx, func(scan func(...any) error) error {
		var at int64
		var reason string
		err := scan(&at, &reason)
		add(at, "moment.frozen", "Reason", bot.Clean(reason))
		return err
	}, `SELECT at, reason FROM freezes WHERE member_id IN `+in+` ORDER BY at DESC LIMIT ?`, args...)
}
