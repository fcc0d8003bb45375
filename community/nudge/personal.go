package nudge

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.nudges", Tables: []bot.PersonalTable{
			{Name: "nudge_sends", Of: []string{"member_id"}, Hide: []string{"reason"}},
			{Name: "nudge_units", Of: []string{"member_id"}},
			{Name: "nudge_refusals", Of: []string{"member_id"}, Drop: true},
		}},
	}
}
