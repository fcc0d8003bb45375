package earning

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.earnings", Tables: []bot.PersonalTable{{Name: "earnings", Of: []string{"member_id"}, Hide: []string{"media"}}}},
		{Text: "personal.thanks", Tables: []bot.PersonalTable{{Name: "thanks", Of: []string{"from_id", "to_id"}}}},
	}
}
