package expiry

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.expiry", Tables: []bot.PersonalTable{
			{Name: "expiry_notices", Of: []string{"member_id"}},
			{Name: "expiry_due", Of: []string{"member_id"}},
		}},
	}
}
