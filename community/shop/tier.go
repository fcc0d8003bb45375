package shop

import (
	"context"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// ladder is the tiers that goods can ask for today, as they are called.
type ladder struct {
	rungs tiers.Ladder
	text  func(key string, kv ...any) string // of the feature tier
}

func (s *shop) ladder(ctx context.Context, r *bot.Request) (ladder, error) {
	now, _, err := s.c.Tiers.Ladder(ctx, s.c.Calendar.Day(r.At))
	return ladder{now, r.In("tier").T}, err
}

// called is the tier of a name. The lowest is "", which is no condition; ok is false where the ladder has none of that name.
func (l ladder) called(name string) (tier tiers.Tier, ok bool) {
	tier, ok = community.ReadTier(l.text, name)
	switch {
	case !ok || !l.rungs.Has(tier):
		return "", false
	case tier == l.rungs[0].Tier:
		return "", true
	}
	return tier, true
}

// unknown refuses a name that no tier has, with those that there are.
func (l ladder) unknown() error {
	var names []string
	for _, rung := range l.rungs[1:] {
		names = append(names, community.TierName(l.text, rung.Tier))
	}
	return &wordError{Key: "offer.tier", KV: []any{"Tiers", strings.Join(names, "/"), "Tier", names[0]}}
}

// tierWords stand before the name of a tier, orAbove behind it.
var (
	tierWords = []string{"等级", "条件", "tier"}
	orAbove   = []string{"及以上", "以上", "起", "+"}
)

// tierCondition reads 贡献者以上, 等级KOC, 条件 贡献者 and the like at the end of words; n is how many it took.
func (d *definition) tierCondition(words []string, l ladder) (n int, err error) {
	last := bot.Fold(words[len(words)-1])
	n = 1
	name, marked := afterMark(last)
	if len(words) > 1 {
		if before, alone := afterMark(bot.Fold(words[len(words)-2])); alone && before == "" {
			n, marked = 2, true
		}
	}
	tier, ok := l.read(name)
	switch {
	case !ok && !marked:
		return 0, nil
	case !ok:
		return 0, l.unknown()
	case d.Tier != "":
		return 0, &wordError{Key: "offer.tiers"}
	}
	d.Tier = tier
	return n, nil
}

// afterMark is what follows 等级 and the like in a word; marked tells that a tier is meant, known or not.
func afterMark(word string) (name string, marked bool) {
	for _, mark := range tierWords {
		if rest, ok := strings.CutPrefix(word, mark); ok {
			return strings.TrimLeft(rest, ":："), true
		}
	}
	return word, strings.HasSuffix(word, orAbove[1])
}

// read reads the name of a tier, with 以上 or without.
func (l ladder) read(name string) (tiers.Tier, bool) {
	name = bot.Fold(name)
	if tier, ok := l.called(name); ok {
		return tier, true
	}
	for _, end := range orAbove {
		if rest, found := strings.CutSuffix(name, end); found {
			return l.called(strings.TrimSpace(rest))
		}
	}
	return "", false
}

// setTier takes a tier as the condition, or takes the condition away.
func (d *definition) setTier(value string, l ladder) error {
	if none(value) {
		d.Tier = ""
		return nil
	}
	tier, ok := l.read(value)
	if !ok {
		return l.unknown()
	}
	d.Tier = tier
	return nil
}

// tierTerm says who may have goods; nothing where everybody may.
func tierTerm(text, tierText func(key string, kv ...any) string, tier tiers.Tier) string {
	key := "terms.tier"
	switch tier {
	case "":
		return ""
	case highest:
		key = "terms.tier.top"
	}
	return text(key, "Tier", community.TierName(tierText, tier))
}

// highest is the tier that has none above it.
const highest = tiers.KOC

// reach is what somebody may have by their tier.
type reach struct {
	all  bool // staff, who have no tier
	held tiers.Tier
}

// reach reads what the sender may have.
func (s *shop) reach(ctx context.Context, r *bot.Request) (reach, error) {
	if max(r.Actor.Role, r.Actor.Asleep) >= bot.Moderator {
		return reach{all: true}, nil
	}
	standing, err := s.c.Tiers.Of(ctx, community.MemberID(r.Actor.Member))
	return reach{held: standing.Tier}, err
}

// has tells whether goods are within reach.
func (h reach) has(g goods) bool { return h.all || g.Tier == "" || !g.Tier.Above(h.held) }

// entitled refuses goods that are for a higher tier than the sender's.
func (s *shop) entitled(ctx context.Context, r *bot.Request, g goods) error {
	if g.Tier == "" {
		return nil
	}
	h, err := s.reach(ctx, r)
	if err != nil || h.has(g) {
		return err
	}
	key := "redeem.tier"
	if g.Tier == highest {
		key = "redeem.tier.top"
	}
	in := r.In("tier").T
	return r.Refuse(key, "Name", g.Name, "Tier", community.TierName(in, g.Tier), "Held", community.TierName(in, h.held))
}
