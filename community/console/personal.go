package console

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.sessions", Tables: []bot.PersonalTable{
			{Name: "console_sessions", Of: []string{"member_id"}, Hide: []string{"hash"}, Drop: true},
			{Name: "data_links", Of: []string{"member_id"}, Hide: []string{"hash"}, Drop: true},
			{Name: "console_links", Of: []string{"member_id"}, Hide: []string{"hash"}, Drop: true},
		}},
	}
}
