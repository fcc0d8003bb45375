package nudge

import (
	"slices"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// Span is a range of whole numbers with both of its ends. Without an end Max is below 0.
type Span struct{ Min, Max int }

// Has tells whether a number lies in the range; there is none: every number does.
func (s *Span) Has(n int) bool { return s == nil || n >= s.Min && (s.Max < 0 || n <= s.Max) }

// Segment says whom a family is for. All conditions hold together; what is left empty does not matter.
type Segment struct {
	Tiers     []tiers.Tier        `json:",omitempty"`
	Silent    *Span               `json:",omitempty"` // Days since they last spoke; who never did counts from when they came
	Joined    *Span               `json:",omitempty"` // Days since they came
	Back      *Span               `json:",omitempty"` // Days that they were silent before they spoke again, these two Days
	Streak    *Span               `json:",omitempty"` // Days of the check-in streak
	Unchecked bool                `json:",omitempty"` // today's check-in is still to come
	Points    *Span               `json:",omitempty"` // what they have
	Given     *Span               `json:",omitempty"` // contributions of 28 Days
	Tags      []string            `json:",omitempty"` // at least one of these
	Without   []string            `json:",omitempty"` // none of these
	Groups    []community.GroupID `json:",omitempty"` // they are in one of these
}

// profile is what segments ask of a person, at a time.
type profile struct {
	ID      community.MemberID
	Tier    tiers.Tier
	Silent  int
	Joined  int
	Seen    int // Days since they last did anything, also without a word in a group
	Tags    []string
	Groups  []community.GroupID
	Back    int
	Streak  int
	Waiting bool // today's check-in is still to come
	Points  int64
	Given   int
	reason  string // why they get nothing whatever else is so
}

// lately is within how many Days somebody did something of whom Back, Streak and Unchecked can be true.
const lately = 2

// rough tells whether somebody may be in the segment, by what is read for everybody at once.
func (s *Segment) rough(p *profile) bool {
	return (len(s.Tiers) == 0 || slices.Contains(s.Tiers, p.Tier)) && s.Silent.Has(p.Silent) && s.Joined.Has(p.Joined) &&
		(!s.lively() || p.Seen <= lately) && (len(s.Tags) == 0 || share(s.Tags, p.Tags)) && !share(s.Without, p.Tags) &&
		(len(s.Groups) == 0 || slices.ContainsFunc(p.Groups, func(g community.GroupID) bool { return slices.Contains(s.Groups, g) }))
}

// lively tells whether only those can be in the segment who did something lately.
func (s *Segment) lively() bool { return s.Back != nil || s.Streak != nil || s.Unchecked }

// fine tells whether somebody who may be in the segment is, by what is read for each of them.
func (s *Segment) fine(p *profile) bool {
	return (s.Back == nil || p.Back > 0 && s.Back.Has(p.Back)) && s.Streak.Has(p.Streak) && (!s.Unchecked || p.Waiting) && s.Points.Has(int(p.Points)) && s.Given.Has(p.Given)
}

// share tells whether two lists of tags have one in common.
func share(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool {
		return slices.ContainsFunc(b, func(y string) bool { return bot.Fold(x) == bot.Fold(y) })
	})
}

// conditions are the words for what a segment asks, longest first where one begins another.
var conditions = []struct {
	field string
	words []string
}{
	{"without", []string{"不含标签", "无标签", "without"}}, {"unchecked", []string{"还没签到", "没签到", "未签到", "unchecked"}}, {"tier", []string{"等级", "tier"}},
	{"silent", []string{"沉默", "silent"}}, {"joined", []string{"入群", "joined"}}, {"back", []string{"回归", "back"}}, {"streak", []string{"连续签到", "连续", "streak"}},
	{"points", []string{"积分", "points"}}, {"given", []string{"贡献", "contributions"}}, {"tag", []string{"标签", "tag"}}, {"group", []string{"群", "group"}},
}

// problem is why a segment can't be read: the key of the text, and the word that it is about.
type problem struct{ key, word string }

// readSegment reads "等级:潜水者 沉默:14-180 入群:14+". tier and group find what is named; all may be said in any order.
func readSegment(text string, tier func(word string) (tiers.Tier, bool), group func(word string) (community.GroupID, bool)) (s Segment, bad *problem) {
	words := strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" \t\n　;；", c) })
	if len(words) == 0 {
		return s, &problem{key: "segment.empty"}
	}
	if len(words) == 1 && (words[0] == "所有人" || bot.Fold(words[0]) == "everybody") {
		return s, nil
	}
	for _, word := range words {
		field, value, ok := condition(word)
		if !ok {
			return s, &problem{"segment.unknown", word}
		}
		spans := map[string]**Span{"silent": &s.Silent, "joined": &s.Joined, "back": &s.Back, "streak": &s.Streak, "points": &s.Points, "given": &s.Given}
		switch into := spans[field]; {
		case into != nil:
			span, ok := readSpan(value)
			if !ok {
				return s, &problem{"segment.span", word}
			}
			*into = &span
		case field == "unchecked":
			s.Unchecked = true
		case value == "":
			return s, &problem{"segment.value", word}
		default:
			if bad := s.named(field, value, tier, group); bad != nil {
				return s, bad
			}
		}
	}
	return s, nil
}

// named reads what is a list of names: tiers, tags or groups.
func (s *Segment) named(field, value string, tier func(string) (tiers.Tier, bool), group func(string) (community.GroupID, bool)) *problem {
	for _, name := range strings.FieldsFunc(value, func(c rune) bool { return strings.ContainsRune(",，、/|", c) }) {
		switch field {
		case "tier":
			t, ok := tier(name)
			if !ok {
				return &problem{"segment.tier", name}
			}
			s.Tiers = append(s.Tiers, t)
		case "group":
			g, ok := group(name)
			if !ok {
				return &problem{"segment.group", name}
			}
			s.Groups = append(s.Groups, g)
		case "tag":
			s.Tags = append(s.Tags, name)
		case "without":
			s.Without = append(s.Without, name)
		}
	}
	return nil
}

// condition splits "沉默:14-180", "沉默14-180" or "沉默=14-180".
func condition(word string) (field, value string, ok bool) {
	for _, c := range conditions {
		for _, name := range c.words {
			if len(word) >= len(name) && strings.EqualFold(word[:len(name)], name) {
				rest := strings.TrimLeft(word[len(name):], ":：=＝")
				return c.field, rest, c.field != "unchecked" || rest == ""
			}
		}
	}
	return "", "", false
}

// most is the greatest number of a span.
const most = 1_000_000

// readSpan reads 14-180, 14+, 14天以上, ≥14, 7天以内, ≤7.
func readSpan(text string) (s Span, ok bool) {
	t := strings.NewReplacer("天", "", "日", "", "days", "", "day", "", "分", "", " ", "").Replace(bot.Fold(text))
	number := func(t string) (int, bool) {
		n, err := strconv.Atoi(t)
		return n, err == nil && n >= 0 && n <= most && t[0] != '+'
	}
	for _, open := range [...]struct {
		prefix, suffix string
		from           bool
	}{{"", "+", true}, {"", "以上", true}, {">=", "", true}, {"≥", "", true}, {"", "以内", false}, {"", "内", false}, {"<=", "", false}, {"≤", "", false}} {
		if !strings.HasPrefix(t, open.prefix) || !strings.HasSuffix(t, open.suffix) {
			continue
		}
		if n, fits := number(strings.TrimSuffix(strings.TrimPrefix(t, open.prefix), open.suffix)); fits && open.from {
			return Span{n, -1}, true
		} else if fits {
			return Span{0, n}, true
		}
	}
	for _, dash := range [...]string{"-", "–", "~", "到", "至"} {
		if a, b, found := strings.Cut(t, dash); found {
			from, ok1 := number(a)
			to, ok2 := number(b)
			return Span{from, to}, ok1 && ok2 && from <= to
		}
	}
	return s, false
}

// speaker is whose words are used.
type speaker func(key string, kv ...any) string

// say is the segment in words.
func (s *Segment) say(t speaker, tier func(tiers.Tier) string, group func(community.GroupID) string) string {
	var parts []string
	if len(s.Tiers) > 0 {
		var names []string
		for _, t := range s.Tiers {
			names = append(names, tier(t))
		}
		parts = append(parts, t("is.tier", "List", strings.Join(names, t("or"))))
	}
	for _, span := range [...]struct {
		field string
		span  *Span
	}{{"silent", s.Silent}, {"joined", s.Joined}, {"back", s.Back}, {"streak", s.Streak}, {"points", s.Points}, {"given", s.Given}} {
		if span.span != nil {
			parts = append(parts, t("is."+span.field, "Span", span.span.say(t)))
		}
	}
	if s.Unchecked {
		parts = append(parts, t("is.unchecked"))
	}
	if len(s.Tags) > 0 {
		parts = append(parts, t("is.tag", "List", strings.Join(s.Tags, t("or"))))
	}
	if len(s.Without) > 0 {
		parts = append(parts, t("is.without", "List", strings.Join(s.Without, t("or"))))
	}
	if len(s.Groups) > 0 {
		var names []string
		for _, g := range s.Groups {
			names = append(names, group(g))
		}
		parts = append(parts, t("is.group", "List", strings.Join(names, t("or"))))
	}
	if len(parts) == 0 {
		return t("is.everybody")
	}
	return strings.Join(parts, t("comma"))
}

func (s *Span) say(t speaker) string {
	switch {
	case s.Max < 0:
		return t("span.from", "Min", s.Min)
	case s.Min == 0:
		return t("span.to", "Max", s.Max)
	}
	return t("span", "Min", s.Min, "Max", s.Max)
}
