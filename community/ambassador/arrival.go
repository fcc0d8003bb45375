package ambassador

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// arrival is when a person came, as far as that is known.
type arrival struct {
	at     time.Time
	group  community.GroupID
	unseen bool // nobody was told that they joined; at is when they were seen first
	back   bool // they were here before
}

// came tells when a person came who says at an instant who invited them; ok is false where that is longer ago than the
// window, or unknown.
func (f *feature) came(ctx context.Context, ids []community.MemberID, now time.Time) (a arrival, ok bool, err error) {
	in, args := community.In(ids)
	since := now.Add(-window).UnixMilli()
	var at int64
	ok, err = one(f.db.Row(ctx, `SELECT p.at, p.group_id FROM passages p JOIN groups g ON g.id = p.group_id
		WHERE p.member_id IN `+in+` AND p.kind = ? AND p.at >= ? AND p.at <= ? AND g.adopted ORDER BY p.at, p.seq LIMIT 1`,
		append(args, string(bot.Joined), since, now.UnixMilli())...), &at, &a.group)
	if err != nil {
		return a, false, fmt.Errorf("join: %w", err)
	}
	if !ok {
		a.unseen = true
		ok, err = one(f.db.Row(ctx, `SELECT s.joined_at, s.group_id FROM stays s JOIN groups g ON g.id = s.group_id
			WHERE s.member_id IN `+in+` AND s.joined_at >= ? AND s.left_at = 0 AND g.adopted ORDER BY s.joined_at, s.group_id LIMIT 1`,
			append(args, since)...), &at, &a.group)
		if err != nil || !ok {
			return a, false, err
		}
	}
	a.at = bot.FromMillis(at)
	a.back, err = f.before(ctx, ids, a.at)
	return a, true, err
}

// before tells whether a person was in the community at some time in the 180 days before they came.
func (f *feature) before(ctx context.Context, ids []community.MemberID, at time.Time) (bool, error) {
	in, args := community.In(ids)
	came, since := at.UnixMilli(), at.Add(-away).UnixMilli()
	var n int
	all := append([]any{}, args...)
	all = append(all, came, since)
	all = append(all, args...)
	all = append(all, came, since)
	all = append(all, args...)
	all = append(all, came, since)
	err := f.db.Row(ctx, `SELECT (SELECT COUNT(*) FROM stays WHERE member_id IN `+in+` AND joined_at < ? AND (left_at = 0 OR left_at > ?))
		+ (SELECT COUNT(*) FROM passages WHERE member_id IN `+in+` AND at < ? AND at > ?)
		+ (SELECT COUNT(*) FROM activity WHERE member_id IN `+in+` AND first_at < ? AND last_at > ?)`, all...).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("presence before: %w", err)
	}
	return n > 0, nil
}

// longestLook is how many messages are looked through for somebody's first words.
const longestLook = 200

// firstWords finds the first valid message of a person since they came, and keeps it in v.
func (f *feature) firstWords(ctx context.Context, r *bot.Request, v *invite, ids []community.MemberID) error {
	in, args := community.In(ids)
	v.SpokeSeq, v.SpokeID, v.SpokeAt, v.SpokeDay = 0, "", time.Time{}, 0
	type message struct {
		seq, at int64
		id      community.MemberID
		text    string
	}
	var list []message
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var m message
		err := scan(&m.seq, &m.at, &m.id, &m.text)
		list = append(list, m)
		return err
	}, `SELECT m.seq, m.at, m.member_id, t.text FROM messages m JOIN message_texts t ON t.seq = m.seq WHERE m.member_id IN `+in+` AND m.at >= ? AND m.group_id <> ''
		AND m.form = ? AND m.len >= ? AND m.recalled = 0 ORDER BY m.at, m.seq LIMIT ?`,
		append(args, v.since().UnixMilli(), string(bot.Text), fewestLetters, longestLook)...)
	if err != nil {
		return fmt.Errorf("first words: %w", err)
	}
	for _, m := range list {
		if worded(m.text) && !r.IsCommand(m.text) {
			at := bot.FromMillis(m.at)
			v.SpokeSeq, v.SpokeID, v.SpokeAt, v.SpokeDay = m.seq, m.id, at, f.c.Calendar.Day(at)
			return nil
		}
	}
	return nil
}

// since is from when on what the newcomer says counts.
func (v *invite) since() time.Time {
	if v.Came.IsZero() {
		return v.At
	}
	return v.Came
}

// fewestLetters is how many letters a message has to have at the least to be valid, as for speaking.
const fewestLetters = 4

// worded tells whether a text says something: enough letters, and more than the code.
func worded(text string) bool {
	if strings.HasPrefix(text, "/") || strings.HasPrefix(text, "／") {
		return false
	}
	if _, claims := findCode(text); claims {
		for _, w := range codeLike(bot.Fold(text)) {
			text = strings.ReplaceAll(strings.ToUpper(text), w, "")
		}
		for _, w := range codeWords {
			text = strings.ReplaceAll(strings.ToLower(text), w, "")
		}
		return letters(text) >= 3*fewestLetters // an introduction, with the code in it
	}
	return letters(text) >= fewestLetters
}

func letters(text string) (n int) {
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// gone finds the Day at whose end a newcomer was away, the first since they came; 0: there is none.
func (f *feature) gone(ctx context.Context, v *invite, ids []community.MemberID, today community.Day) (community.Day, error) {
	in, args := community.In(ids)
	from := v.since().UnixMilli()
	type passage struct {
		at    int64
		group string
		in    bool
	}
	var list []passage
	inside := map[string]bool{string(v.Group): true}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var p passage
		var kind string
		err := scan(&p.at, &p.group, &kind)
		p.in = kind == string(bot.Joined)
		list = append(list, p)
		return err
	}, `SELECT at, group_id, kind FROM passages WHERE member_id IN `+in+` AND at >= ? ORDER BY at, seq`, append(args, from)...)
	if err != nil {
		return 0, fmt.Errorf("passages: %w", err)
	}
	for i, p := range list {
		if p.in {
			inside[p.group] = true
			continue
		}
		if delete(inside, p.group); len(inside) > 0 {
			continue
		}
		ends := f.c.Calendar.Start(f.c.Calendar.Day(bot.FromMillis(p.at)) + 1).UnixMilli()
		back := i+1 < len(list) && list[i+1].in && list[i+1].at < ends
		if !back {
			if back, err = f.heard(ctx, ids, p.at, ends); err != nil {
				return 0, err
			}
		}
		if day := f.c.Calendar.Day(bot.FromMillis(p.at)); !back && day < today {
			return day, nil
		}
		if heard := back && (i+1 == len(list) || !list[i+1].in); heard {
			inside[p.group] = true
		}
	}
	return f.goneUntold(ctx, ids, today)
}

// heard tells whether a person said something in a group after an instant and before another.
func (f *feature) heard(ctx context.Context, ids []community.MemberID, after, before int64) (bool, error) {
	in, args := community.In(ids)
	var n int
	err := f.db.Row(ctx, `SELECT COUNT(*) FROM messages WHERE member_id IN `+in+` AND group_id <> '' AND at > ? AND at < ?`, append(args, after, before)...).Scan(&n)
	return n > 0, err
}

// goneUntold finds the Day on which somebody was found missing whose leaving nobody told.
func (f *feature) goneUntold(ctx context.Context, ids []community.MemberID, today community.Day) (community.Day, error) {
	is, err := f.c.IsGone(ctx, ids[0])
	if err != nil || !is {
		return 0, err
	}
	in, args := community.In(ids)
	var at int64
	if err := f.db.Row(ctx, `SELECT COALESCE(MAX(left_at), 0) FROM stays WHERE member_id IN `+in, args...).Scan(&at); err != nil || at == 0 {
		return 0, err
	}
	if day := f.c.Calendar.Day(bot.FromMillis(at)); day < today {
		return day, nil
	}
	return 0, nil
}

// active are the Days on which a newcomer said something since they came, before today.
func (f *feature) active(ctx context.Context, v *invite, ids []community.MemberID, today community.Day) (days []community.Day, err error) {
	in, args := community.In(ids)
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var d community.Day
		err := scan(&d)
		days = append(days, d)
		return err
	}, `SELECT DISTINCT day FROM activity WHERE member_id IN `+in+` AND day >= ? AND day < ? AND messages > 0 ORDER BY day`, append(args, int(v.CameDay), int(today))...)
	if err != nil {
		return nil, fmt.Errorf("active days: %w", err)
	}
	return days, nil
}

// activeOn tells whether a person said something in a group on a Day.
func (f *feature) activeOn(ctx context.Context, ids []community.MemberID, day community.Day) (bool, error) {
	in, args := community.In(ids, int(day))
	var n int
	err := f.db.Row(ctx, `SELECT COUNT(*) FROM activity WHERE member_id IN `+in+` AND day = ? AND messages > 0`, args...).Scan(&n)
	return n > 0, err
}
