package wallet

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.gifts", Tables: []bot.PersonalTable{{Name: "gifts", Of: []string{"from_id", "to_id"}}}},
	}
}
