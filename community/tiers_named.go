package community

import (
	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/tiers"
)

// TierName is what a tier is called, in the texts of the feature tier.
func TierName(text func(key string, kv ...any) string, tier tiers.Tier) string {
	return text("tier." + string(tier))
}

// ReadTier reads the name of a tier, as the texts of the feature tier call it or in English.
func ReadTier(text func(key string, kv ...any) string, name string) (tiers.Tier, bool) {
	folded := bot.Fold(name)
	for _, t := range tiers.All() {
		if folded == string(t) || folded == bot.Fold(TierName(text, t)) {
			return t, true
		}
	}
	return "", false
}
