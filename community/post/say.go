package post

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// The reasons of what is not said, besides those of exclusions and of the noise.
const (
	isPaused   = "paused"
	unapproved = "unapproved"
	badWord    = "word"
	noGroup    = "no_group"
)

// readKey reads the key of a plan; see key and nowKey.
func readKey(key string) (id int64, g community.GroupID, now, ok bool) {
	number, rest, ok := strings.Cut(key, "/")
	id, err := strconv.ParseInt(number, 10, 64)
	name, now := strings.CutSuffix(rest, "/now")
	return id, community.GroupID(name), now, ok && err == nil
}

// say sends a post to one of its groups, or ends its time as skipped.
func (f *feature) say(ctx context.Context, r *bot.Request) error {
	id, g, now, ok := readKey(r.Key)
	if !ok {
		return fmt.Errorf("no post has the key %q", r.Key)
	}
	p, ok, err := f.find(ctx, id)
	if err != nil {
		return err
	}
	if !ok || p.State == cancelled {
		r.Skip(bot.SkippedChanged)
		return nil
	}
	reason, err := f.forbidden(ctx, r, p, now)
	if err != nil {
		return err
	}
	place, known, err := f.place(ctx, g)
	switch {
	case err != nil:
		return err
	case reason != "":
		r.Skip(reason)
		return nil
	case !known || !place.Adopted:
		r.Skip(noGroup)
		return nil
	}
	return f.speak(ctx, r, p, place, now)
}

// place reads a group; known is false where there is none.
func (f *feature) place(ctx context.Context, g community.GroupID) (p community.Place, known bool, err error) {
	var n int
	if err := f.db.Row(ctx, `SELECT COUNT(*) FROM groups WHERE id = ?`, string(g)).Scan(&n); err != nil || n == 0 {
		return p, false, err
	}
	p, err = f.c.Place(ctx, g)
	return p, err == nil, err
}

// forbidden is why a post is not to be sent at this time, or empty. What a manager sends now has no exclusions.
func (f *feature) forbidden(ctx context.Context, r *bot.Request, p *post, now bool) (reason string, err error) {
	if !now {
		if p.State == paused {
			return isPaused, nil
		}
		if reason, err = f.days().excluded(ctx, p, r.Slot); err != nil || reason != "" {
			return reason, err
		}
	}
	a, err := p.assent(f.who(ctx))
	if err != nil || a.enough(f.cfg.need(), f.cfg.OwnerMaySkip) {
		return "", err
	}
	return unapproved, f.tellUnapproved(ctx, r, p)
}

// who asks the roster.
func (f *feature) who(ctx context.Context) persons {
	return func(id community.MemberID) (community.MemberID, error) { return f.c.Who(ctx, id) }
}

// tellUnapproved tells the managers once that a post is not sent because nobody agreed to it as it stands.
func (f *feature) tellUnapproved(ctx context.Context, r *bot.Request, p *post) error {
	n, err := f.db.Exec(ctx, `UPDATE posts SET told = base WHERE id = ? AND told <> base`, p.ID)
	if err != nil || n == 0 {
		return err
	}
	managers, err := f.c.Managers(ctx)
	if err != nil {
		return err
	}
	text := r.T("told.unapproved", "Number", p.number(), "Title", p.title(), "Time", f.c.Calendar.SayTime(r.In("community").T, r.Slot, r.At), "ID", p.ID)
	for _, m := range managers {
		r.Whisper(string(m), text)
	}
	return nil
}

// speak says a post in a group, where the words and the noise allow it.
func (f *feature) speak(ctx context.Context, r *bot.Request, p *post, place community.Place, now bool) error {
	text, err := f.fill(ctx, r, p.Text, place)
	if err != nil {
		return err
	}
	if r.Late() && !now {
		text = f.cfg.LatePrefix + text
	}
	_, dated := f.c.Noise.Quiet(r.Slot) // a manager chose a time in the night
	u := community.Unasked{Group: place.ID, Feature: "post", Text: text, Dated: dated || now}
	reason := ""
	if _, bad := f.c.Words.Forbidden(text); bad {
		reason = badWord
	} else if reason, err = f.c.Noise.Try(ctx, r.At, u); err != nil {
		return err
	}
	if reason != "" {
		r.Skip(reason)
		return f.c.Noise.Withhold(ctx, r.At, u, reason)
	}
	png, err := f.png(ctx, p.Digest)
	if err != nil {
		return err
	}
	o := bot.Outgoing{Group: string(place.ID), Text: text, Picture: png, Priority: bot.Post, Dated: u.Dated}
	if f.cfg.StaleMinutes > 0 {
		o.NotAfter = r.At.Add(time.Duration(f.cfg.StaleMinutes) * time.Minute)
	}
	r.Send(o)
	return nil
}

// fill puts the values of a group and of this moment into a text, in the language of the group.
func (f *feature) fill(ctx context.Context, r *bot.Request, text string, place community.Place) (string, error) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	var members int
	err := f.db.Row(ctx, `SELECT COUNT(DISTINCT COALESCE(a.member_id, s.member_id)) FROM stays s JOIN members m ON m.id = s.member_id
		LEFT JOIN aliases a ON a.alias = s.member_id WHERE s.group_id = ? AND s.left_at = 0 AND m.bot = ?`, string(place.ID), false).Scan(&members)
	if err != nil {
		return "", fmt.Errorf("members of %s: %w", place.ID, err)
	}
	there := *r
	if place.Language != "" {
		there.Actor.Language = place.Language
	}
	date := community.DateOf(r.At, f.c.Calendar.Zone())
	_, month, day := date.Date()
	return fill(text, map[string]string{
		"Group": f.c.Words.ScreenName(place.Name), "Members": strconv.Itoa(members),
		"Date":    there.T("date", "Month", int(month), "MonthName", month.String()[:3], "Day", day),
		"Weekday": there.In("community").T(fmt.Sprintf("when.weekday.%d", date.Weekday())),
	}), nil
}
