package checkin

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.checkins", Tables: []bot.PersonalTable{
			{Name: "checkins", Of: []string{"member_id"}},
			{Name: "checkin_bonuses", Of: []string{"member_id"}},
		}},
	}
}
