package nudge

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// undoTag takes back that tags were given or taken.
const undoTag = "nudge.tag"

// tagged is what was given to somebody, or taken.
type tagged struct {
	Member string
	Names  []string
	Taken  bool
}

const (
	longestTag = 12
	mostTags   = 30 // of one member
	mostShown  = 30
)

// tags is 标签 [@x]: the tags that there are, or those of one person.
func (f *feature) tags(ctx context.Context, r *bot.Request) error {
	if strings.TrimSpace(r.Args) != "" {
		return f.tagsOf(ctx, r)
	}
	all, err := f.c.Tags.Of(ctx, r.At)
	if err != nil {
		return err
	}
	counts, names := countTags(all)
	if len(counts) == 0 {
		r.Reply(r.T("tags.none"))
		return nil
	}
	var parts []string
	for _, folded := range ranked(counts)[:min(len(counts), mostShown)] {
		parts = append(parts, r.T("tags.count", "Tag", f.c.Words.ScreenName(names[folded]), "N", counts[folded]))
	}
	r.Reply(r.T("tags.title", "N", len(counts)) + "\n" + strings.Join(parts, r.T("comma")))
	return nil
}

// countTags counts how many people have a tag, by its folded name, and keeps how it is written.
func countTags(all map[community.MemberID][]community.Tag) (counts map[string]int, names map[string]string) {
	counts, names = map[string]int{}, map[string]string{}
	for _, list := range all {
		for _, tag := range list {
			folded := bot.Fold(tag.Name)
			if counts[folded]++; names[folded] == "" || tag.Name < names[folded] {
				names[folded] = tag.Name
			}
		}
	}
	return counts, names
}

// ranked are tags, those of most people first.
func ranked(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
}

func (f *feature) tagsOf(ctx context.Context, r *bot.Request) error {
	who, rest, err := f.c.Target(ctx, r)
	if err != nil {
		return err
	}
	if rest != "" {
		return r.Refuse("log.usage", "Command", r.Command())
	}
	text, err := f.tagLine(ctx, r, who.ID)
	if err != nil {
		return err
	}
	r.Whisper(r.Actor.Member, text)
	return nil
}

// tagLine are the tags of one person in words.
func (f *feature) tagLine(ctx context.Context, r *bot.Request, member community.MemberID) (string, error) {
	name, err := f.c.Called(ctx, member)
	if err != nil {
		return "", err
	}
	all, err := f.c.Tags.Of(ctx, r.At, member)
	if err != nil {
		return "", err
	}
	var parts []string
	for _, tag := range all[member] {
		text := f.c.Words.ScreenName(tag.Name)
		if !tag.Given {
			text += r.T("tags.seen")
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return r.T("tags.empty", "Name", name), nil
	}
	return r.T("tags.of", "Name", name, "List", strings.Join(parts, r.T("comma"))), nil
}

// wanted reads whom a command is about and the tags that follow.
func (f *feature) wanted(ctx context.Context, r *bot.Request) (community.Person, []string, error) {
	who, rest, err := f.c.Target(ctx, r)
	if err != nil {
		return who, nil, err
	}
	var list []string
	for _, word := range strings.FieldsFunc(rest, func(c rune) bool { return strings.ContainsRune(" ,，、#\t\n", c) }) {
		if community.CleanName(word) != word || utf8.RuneCountInString(word) > longestTag {
			return who, nil, r.Refuse("tag.long", "Most", longestTag)
		}
		if !slices.ContainsFunc(list, func(other string) bool { return bot.Fold(other) == bot.Fold(word) }) {
			list = append(list, word)
		}
	}
	if len(list) == 0 {
		return who, nil, r.Refuse("tag.usage", "Command", r.Command())
	}
	if who.Bot {
		return who, nil, r.Refuse("tag.bot")
	}
	return who, list, nil
}

// tag is 打标签 @x 护肤.
func (f *feature) tag(ctx context.Context, r *bot.Request) error {
	who, list, err := f.wanted(ctx, r)
	if err != nil {
		return err
	}
	had, err := f.c.Tags.Of(ctx, r.At, who.ID)
	if err != nil {
		return err
	}
	if len(had[who.ID])+len(list) > mostTags {
		return r.Refuse("tag.many", "Most", mostTags)
	}
	var fresh []string
	for _, name := range list {
		is, err := f.c.Tags.Give(ctx, r, who.ID, name)
		if err != nil {
			return err
		}
		if is {
			fresh = append(fresh, name)
		}
	}
	if len(fresh) == 0 {
		return r.Refuse("tag.had")
	}
	return f.tagChanged(ctx, r, who, tagged{string(who.ID), fresh, false})
}

// takeTag is 去标签 @x 护肤.
func (f *feature) takeTag(ctx context.Context, r *bot.Request) error {
	who, list, err := f.wanted(ctx, r)
	if err != nil {
		return err
	}
	var gone []string
	for _, name := range list {
		was, err := f.c.Tags.Take(ctx, who.ID, name)
		if err != nil {
			return err
		}
		if was {
			gone = append(gone, name)
		}
	}
	if len(gone) == 0 {
		return r.Refuse("tag.hadnot")
	}
	return f.tagChanged(ctx, r, who, tagged{string(who.ID), gone, true})
}

func (f *feature) tagChanged(ctx context.Context, r *bot.Request, who community.Person, t tagged) error {
	code, err := f.c.Undo.Offer(ctx, r, undoTag, t)
	if err != nil {
		return err
	}
	action := "tag.give"
	if t.Taken {
		action = "tag.take"
	}
	if err := f.c.Audit.Record(ctx, r, action, string(who.ID), map[string]any{"n": len(t.Names)}); err != nil {
		return err
	}
	text, err := f.tagLine(ctx, r, who.ID)
	if err != nil {
		return err
	}
	r.Reply(text + "\n" + r.T("undo", "Code", code))
	return nil
}

// untag takes it back that tags were given or taken.
func (f *feature) untag(ctx context.Context, r *bot.Request, payload []byte) error {
	var t tagged
	if err := json.Unmarshal(payload, &t); err != nil {
		return err
	}
	did := false
	for _, name := range t.Names {
		var is bool
		var err error
		if t.Taken {
			is, err = f.c.Tags.Give(ctx, r, community.MemberID(t.Member), name)
		} else {
			is, err = f.c.Tags.Take(ctx, community.MemberID(t.Member), name)
		}
		if err != nil {
			return err
		}
		did = did || is
	}
	if !did {
		return r.In("nudge").Refuse("undo.late")
	}
	return nil
}
