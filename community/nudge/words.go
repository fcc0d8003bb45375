package nudge

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// voice is in whose words a family speaks: r in a language.
func (f *feature) voice(r *bot.Request, group *community.Place) *bot.Request {
	in := r.In("nudge")
	in.Actor.Language = f.c.Language()
	if group != nil && group.Language != "" {
		in.Actor.Language = group.Language
	}
	return in
}

// words is the text of a family for one person, in private.
func (f *feature) words(ctx context.Context, in *bot.Request, fam *Family, c *choice) (string, error) {
	v, _ := fam.variant(c.variant)
	text := v.Private
	if text == "" {
		text = in.T("say." + fam.Name + "." + v.Letter)
	}
	about := ""
	if strings.Contains(text, "{近况}") || strings.Contains(text, "{about}") {
		var err error
		if about, err = f.about(ctx, in, c.person, in.At); err != nil {
			return "", err
		}
	}
	streak := fmt.Sprint(c.streak)
	text = strings.NewReplacer("{名字}", c.name, "{name}", c.name, "{近况}", about, "{about}", about, "{连续}", streak, "{streak}", streak).Replace(text)
	return strings.TrimSpace(strings.ReplaceAll(text, "  ", " ")) + in.T("how"), nil
}

// longest is how many characters of a question are repeated to who answered it.
const longest = 24

// about is what a text says about one person: what they answered last, their streak, and what is about to expire.
func (f *feature) about(ctx context.Context, in *bot.Request, member community.MemberID, at time.Time) (string, error) {
	var parts []string
	last, ok, err := f.c.Facts.Tell(ctx, "topic.last", member, at)
	if err != nil {
		return "", err
	}
	if ok && last.On > f.c.Calendar.Day(at)-365 {
		parts = append(parts, in.T("about.topic", "Question", community.Excerpt(last.What, longest)))
	}
	streak, ok, err := f.c.Facts.Tell(ctx, "checkin.streak", member, at)
	if err != nil {
		return "", err
	}
	if ok && streak.N >= 3 {
		parts = append(parts, in.T("about.streak", "N", streak.N))
	}
	soon, ok, err := f.c.Facts.Tell(ctx, "expiry.soon", member, at)
	if err != nil {
		return "", err
	}
	if ok && soon.N > 0 {
		parts = append(parts, in.T("about.points", "N", soon.N, "Date", soon.On.String()[len("2006-"):]))
	}
	return strings.Join(parts, ""), nil
}

// called is the text of a family for a group. What is known of single people is not said there, but their streak, which
// everybody saw.
func (f *feature) called(in *bot.Request, fam *Family, variant string, list []*choice) string {
	v, _ := fam.variant(variant)
	text := v.Group
	if text == "" {
		text = in.T("say." + fam.Name + "." + v.Letter + ".group")
	}
	parts := make([]string, len(list))
	for i, c := range list {
		parts[i] = "@" + c.name
		if fam.Segment.Streak != nil && c.streak > 0 {
			parts[i] += in.T("with.streak", "N", c.streak)
		}
	}
	all := strings.Join(parts, " ")
	return strings.TrimSpace(strings.NewReplacer("{名单}", all, "{names}", all).Replace(text)) + in.T("how")
}
