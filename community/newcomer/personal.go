package newcomer

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.path", Tables: []bot.PersonalTable{{Name: "newcomer_paths", Of: []string{"member_id"}}}},
	}
}
