package nudge

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// The limits of what managers write.
const (
	longestTitle = 12
	longestText  = 300
	mostLetters  = 4
	mostOwn      = 20
)

// edit is 改触达 唤醒 时间 10:30: one thing of a family.
func (f *feature) edit(ctx context.Context, r *bot.Request) error {
	s, rest, err := f.meant(ctx, r)
	if err != nil {
		return err
	}
	before := s.stored()
	s.Variants = slices.Clone(s.Variants)
	text, err := f.set(ctx, r, s, rest)
	if err != nil {
		return err
	}
	if reflect.DeepEqual(before, s.stored()) {
		return r.Refuse("edit.same", "Family", f.title(r.T, s))
	}
	return f.change(ctx, r, before, s, false, "edit", text)
}

// fields are the words for what can be changed.
var fields = []struct {
	field string
	words []string
}{
	{"group", []string{"群文案", "group-text"}}, {"text", []string{"文案", "text"}}, {"who", []string{"人群", "segment"}}, {"at", []string{"时间", "time"}},
	{"channel", []string{"渠道", "channel"}}, {"every", []string{"间隔", "every"}}, {"goal", []string{"目标", "goal"}},
}

// set changes what the words say, and tells what it is now.
func (f *feature) set(ctx context.Context, r *bot.Request, s *state, words string) (string, error) {
	for _, field := range fields {
		for _, word := range field.words {
			if len(words) < len(word) || !strings.EqualFold(words[:len(word)], word) {
				continue
			}
			value := words[len(word):]
			letter := ""
			if field.field == "text" || field.field == "group" {
				value = strings.TrimLeft(value, " -")
				if value != "" && strings.IndexByte("ABCDabcd", value[0]) >= 0 {
					letter, value = strings.ToUpper(value[:1]), value[1:]
				}
			}
			value = strings.TrimSpace(strings.TrimLeft(value, " :：=＝"))
			return f.assignField(ctx, r, s, field.field, letter, value)
		}
	}
	return "", r.Refuse("edit.usage", "Command", r.Command(), "Family", f.title(r.T, s))
}

func (f *feature) assignField(ctx context.Context, r *bot.Request, s *state, field, letter, value string) (string, error) {
	name := f.title(r.T, s)
	switch field {
	case "who":
		segment, err := f.readWho(ctx, r, value)
		if err != nil {
			return "", err
		}
		s.Segment = segment
		who, err := f.segment(ctx, r.T, r.In("tier").T, &s.Segment)
		return r.T("edit.who", "Family", name, "Who", who), err
	case "at":
		at, err := community.TimeOfDay(strings.ReplaceAll(bot.Fold(value), "：", ":"))
		clock := fmt.Sprintf("%02d:%02d", int(at.Hours()), int(at.Minutes())%60)
		if err != nil || clock < f.cfg.From || clock >= f.cfg.Until {
			return "", r.Refuse("edit.at.bad", "From", f.cfg.From, "Until", f.cfg.Until)
		}
		s.At = clock
		return r.T("edit.at", "Family", name, "At", s.At), nil
	case "channel":
		for _, ch := range [...]Channel{Private, Group, Any} {
			if bot.Fold(value) == bot.Fold(r.T("channel."+string(ch))) || bot.Fold(value) == string(ch) {
				s.Channel = ch
				return r.T("edit.channel", "Family", name, "Channel", r.T("channel."+string(ch))), nil
			}
		}
		return "", r.Refuse("edit.channel.bad")
	case "every":
		n, err := strconv.Atoi(strings.NewReplacer("天", "", "days", "", "day", "", " ", "").Replace(bot.Fold(value)))
		if err != nil || n < 7 || n > 365 {
			return "", r.Refuse("edit.every.bad")
		}
		s.Every = n
		return r.T("edit.every", "Family", name, "Every", n), nil
	case "goal":
		for _, goal := range goals {
			if bot.Fold(value) == bot.Fold(r.T("goal."+goal)) || bot.Fold(value) == goal {
				s.Goal = goal
				return r.T("edit.goal", "Family", name, "Goal", r.T("goal."+goal), "Days", Within), nil
			}
		}
		return "", r.Refuse("edit.goal.bad", "List", f.goalNames(r.T))
	}
	return f.setText(r, s, field, letter, value)
}

// goals are what can be hoped for: to speak, or a fact that features count.
var goals = []string{Spoke, "checkin.days", "topic.answers", "challenge.days"}

func (f *feature) goalName(t speaker, goal string) string { return t("goal." + goal) }

func (f *feature) goalNames(t speaker) string {
	var list []string
	for _, g := range goals {
		list = append(list, t("goal."+g))
	}
	return strings.Join(list, t("comma"))
}

// setText is a wording: a new letter adds one, 无 takes one away.
func (f *feature) setText(r *bot.Request, s *state, field, letter, value string) (string, error) {
	name := f.title(r.T, s)
	if letter == "" {
		return "", r.Refuse("text.letter", "Command", r.Command(), "Family", name)
	}
	i := slices.IndexFunc(s.Variants, func(v Variant) bool { return v.Letter == letter })
	if value == "无" || bot.Fold(value) == "none" {
		if i < 0 || len(s.Variants) == 1 {
			return "", r.Refuse("text.last", "Letter", letter)
		}
		s.Variants = slices.Delete(s.Variants, i, i+1)
		return r.T("text.gone", "Family", name, "Letter", letter), nil
	}
	if err := f.checkText(r, field, value); err != nil {
		return "", err
	}
	if i < 0 {
		if next := string(rune('A' + len(s.Variants))); letter > next || len(s.Variants) >= mostLetters {
			return "", r.Refuse("text.next", "Letter", next, "Most", mostLetters)
		}
		first := s.Variants[0]
		if field == "group" && first.Private == "" && s.Title == "" {
			first.Private = r.T("say." + s.Name + "." + first.Letter)
		}
		if field == "text" && first.Group == "" && s.Title == "" {
			first.Group = r.T("say." + s.Name + "." + first.Letter + ".group")
		}
		s.Variants = append(s.Variants, Variant{Letter: letter, Private: first.Private, Group: first.Group})
		i = len(s.Variants) - 1
	} else {
		s.Variants[i].Version++
	}
	if field == "group" {
		s.Variants[i].Group = value
	} else {
		s.Variants[i].Private = value
	}
	return r.T("text.done."+field, "Family", name, "Letter", letter, "Text", value), nil
}

// checkText tells what is wrong with a wording.
func (f *feature) checkText(r *bot.Request, field, value string) error {
	if utf8.RuneCountInString(value) > longestText {
		return r.Refuse("text.long", "Most", longestText)
	}
	if value == "" {
		return r.Refuse("text.empty")
	}
	if word, bad := f.c.Words.Forbidden(value); bad {
		return r.Refuse("text.word", "Word", f.c.Words.Masked(word))
	}
	known := []string{"{名字}", "{name}", "{近况}", "{about}", "{连续}", "{streak}"}
	if field == "group" {
		known = []string{"{名单}", "{names}"}
		if !strings.Contains(value, known[0]) && !strings.Contains(value, known[1]) {
			return r.Refuse("text.names")
		}
	}
	rest := value
	for _, k := range known {
		rest = strings.ReplaceAll(rest, k, "")
	}
	if strings.ContainsAny(rest, "{}") {
		return r.Refuse("text.holes." + field)
	}
	return nil
}

// readWho reads a segment, and says kindly what is wrong with it.
func (f *feature) readWho(ctx context.Context, r *bot.Request, value string) (Segment, error) {
	groups, err := f.c.AdoptedGroups(ctx)
	if err != nil {
		return Segment{}, err
	}
	tier := func(word string) (tiers.Tier, bool) { return community.ReadTier(r.In("tier").T, word) }
	group := func(word string) (community.GroupID, bool) {
		for _, g := range groups {
			if bot.Fold(word) == string(g.ID) || bot.Fold(word) == bot.Fold(strings.ReplaceAll(g.Name, " ", "")) {
				return g.ID, true
			}
		}
		return "", false
	}
	s, bad := readSegment(value, tier, group)
	if bad != nil {
		return s, r.Refuse(bad.key, "Word", f.c.Words.ScreenName(bad.word))
	}
	return s, nil
}
