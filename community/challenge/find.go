package challenge

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// here tells whether a challenge is held where a request comes from; in private all are.
func (c *challenge) here(r *bot.Request) bool {
	return c.Group == "" || r.Actor.Group == "" || string(c.Group) == r.Actor.Group
}

// endedLately is how long what has ended is answered for by its name: as long as its last Days can be made up.
const endedLately = makeUpWithin + 24*time.Hour

// held are the challenges that were open where and when r comes from, the oldest first: what is told late counts too.
func (f *feature) held(ctx context.Context, r *bot.Request) (list []*challenge, err error) {
	return f.heldWhere(ctx, r, `WHERE state = 'open' OR state = 'settled' AND settled_at > ? ORDER BY id`, r.At.UnixMilli())
}

// ended are the challenges that had ended lately where and when r comes from, the latest first.
func (f *feature) ended(ctx context.Context, r *bot.Request) (list []*challenge, err error) {
	return f.heldWhere(ctx, r, `WHERE state = 'settled' AND settled_at <= ? AND settled_at > ? ORDER BY settled_at DESC, id DESC`,
		r.At.UnixMilli(), r.At.Add(-endedLately).UnixMilli())
}

func (f *feature) heldWhere(ctx context.Context, r *bot.Request, where string, args ...any) (list []*challenge, err error) {
	all, err := f.challenges(ctx, where, args...)
	for _, c := range all {
		if c.here(r) {
			list = append(list, c)
		}
	}
	return list, err
}

// named finds the challenge whose name text begins with, and what follows. The longest name wins.
func named(list []*challenge, text string) (found *challenge, rest string) {
	for _, c := range list {
		if after, ok := cutName(text, c.Name); ok && (found == nil || len(c.Name) > len(found.Name)) {
			found, rest = c, after
		}
	}
	return found, strings.TrimSpace(rest)
}

// cutName cuts a name off the beginning of a text, in any width and case. A name of letters ends where a word ends.
func cutName(text, name string) (rest string, ok bool) {
	text = strings.TrimLeft(strings.TrimSpace(text), "#＃")
	want := bot.Fold(name)
	for end := range text {
		switch start := bot.Fold(text[:end]); {
		case end > 0 && start == want:
			return strings.TrimLeft(text[end:], "#＃"), boundary(name, text[end:])
		case len(start) > 2*len(want)+16: // it is longer than the name
			return "", false
		}
	}
	return "", text != "" && bot.Fold(text) == want
}

// boundary tells whether a name can end before rest: "Run" is not the beginning of "Running".
func boundary(name, rest string) bool {
	letter := func(b byte) bool { return b < 0x80 && (b|0x20 >= 'a' && b|0x20 <= 'z' || b >= '0' && b <= '9') }
	return !letter(name[len(name)-1]) || rest == "" || !letter(rest[0])
}

// mineOf are the challenges of a list that a person takes part in, or was disqualified from, the oldest first.
func (f *feature) mineOf(ctx context.Context, r *bot.Request, list []*challenge) (mine []*challenge, err error) {
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		rows, err := f.members(ctx, c.ID, ids)
		if err != nil {
			return nil, err
		}
		if takesPart(rows) || banned(rows) {
			mine = append(mine, c)
		}
	}
	return mine, nil
}

// takesPart tells whether somebody with these rows takes part: one of their ids has joined and not quit, and none was
// disqualified.
func takesPart(rows []member) bool {
	in := false
	for _, m := range rows {
		if m.Out > 0 {
			return false
		}
		in = in || !m.Left
	}
	return in
}

// which finds the challenge that a member means: the one they name, or the only one that they take part in. Without one
// it answers what there is to choose from, as a refusal.
func (f *feature) which(ctx context.Context, r *bot.Request, list []*challenge) (c *challenge, rest string, err error) {
	if c, rest = named(list, r.Args); c != nil {
		return c, rest, nil
	}
	gone, err := f.ended(ctx, r)
	if err != nil {
		return nil, "", err
	}
	if c, _ = named(gone, r.Args); c != nil {
		return nil, "", r.Refuse("over", "Name", c.Name)
	}
	mine, err := f.mineOf(ctx, r, list)
	if err != nil {
		return nil, "", err
	}
	switch {
	case len(mine) == 1:
		return mine[0], strings.TrimSpace(r.Args), nil
	case len(mine) > 1:
		return nil, "", r.Refuse("which", "Names", names(mine), "Command", r.Command(), "Example", mine[0].Name)
	}
	today := f.c.Calendar.Day(r.At)
	gone = slices.DeleteFunc(notNamed(gone, list), func(c *challenge) bool { return f.c.Calendar.Day(c.Ended) != today })
	if mine, err = f.mineOf(ctx, r, gone); err != nil {
		return nil, "", err
	}
	switch {
	case len(mine) > 0:
		return nil, "", r.Refuse("over", "Name", mine[0].Name)
	case len(list) == 0:
		return nil, "", r.Refuse("none")
	}
	return nil, "", r.Refuse("join_first", "Names", names(list), "Example", list[0].Name)
}

// notNamed are the challenges of a list whose names no other has.
func notNamed(list, others []*challenge) (rest []*challenge) {
	for _, c := range list {
		if !slices.ContainsFunc(others, func(o *challenge) bool { return bot.Fold(o.Name) == bot.Fold(c.Name) }) {
			rest = append(rest, c)
		}
	}
	return rest
}

// lately finds the challenge that a member means also where it ended lately: there is something to see, and to make up. What
// they take part in comes first.
func (f *feature) lately(ctx context.Context, r *bot.Request) (c *challenge, rest string, err error) {
	list, err := f.held(ctx, r)
	if err != nil {
		return nil, "", err
	}
	gone, err := f.ended(ctx, r)
	if err != nil {
		return nil, "", err
	}
	mine, err := f.mineOf(ctx, r, list)
	if err != nil {
		return nil, "", err
	}
	before, err := f.mineOf(ctx, r, gone)
	if err != nil {
		return nil, "", err
	}
	for _, some := range [...][]*challenge{mine, before, list, gone} {
		if c, rest = named(some, r.Args); c != nil {
			return c, rest, nil
		}
	}
	if len(mine) == 0 && len(before) == 1 {
		return before[0], strings.TrimSpace(r.Args), nil
	}
	return f.which(ctx, r, list)
}

// finder finds the challenge that a member means, with what follows its name.
type finder func(ctx context.Context, r *bot.Request) (c *challenge, rest string, err error)

// now finds the challenge that a member means among those that are held.
func (f *feature) now(ctx context.Context, r *bot.Request) (c *challenge, rest string, err error) {
	list, err := f.held(ctx, r)
	if err != nil {
		return nil, "", err
	}
	return f.which(ctx, r, list)
}

// meant is the challenge that a member means, with what follows its name, and all ids of the member.
func (f *feature) meant(ctx context.Context, r *bot.Request) (c *challenge, rest string, ids []community.MemberID, err error) {
	if c, rest, err = f.now(ctx, r); err != nil {
		return nil, "", nil, err
	}
	ids, err = f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	return c, rest, ids, err
}

func names(list []*challenge) string {
	var all []string
	for _, c := range list {
		all = append(all, c.Name)
	}
	return strings.Join(all, "、")
}
