package welcome

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.welcomes", Tables: []bot.PersonalTable{
			{Name: "welcomes", Of: []string{"member_id"}},
			{Name: "arrivals", Of: []string{"member_id", "inviter"}},
		}},
	}
}
