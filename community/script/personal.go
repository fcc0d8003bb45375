package script

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.entries", Tables: []bot.PersonalTable{
			{Name: "script_entries", Of: []string{"member_id"}},
			{Name: "script_late", Of: []string{"member_id"}},
			{Name: "script_runs", By: []string{"made_by"}},
		}},
	}
}
