package rules

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.agreed", Tables: []bot.PersonalTable{
			{Name: "rules_agreed", Of: []string{"member_id"}},
			{Name: "rules_versions", By: []string{"by_member"}},
		}},
	}
}
