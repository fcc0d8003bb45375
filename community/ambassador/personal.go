package ambassador

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func (f *feature) personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.ambassador", Tables: []bot.PersonalTable{
			{Name: "ambassadors", Of: []string{"member_id"}, By: []string{"decided_by"}, Hide: []string{"note"}, Blank: []string{"words", "note"}},
		}, Erase: f.erase},
		{Text: "personal.invites", Tables: []bot.PersonalTable{
			{Name: "invites", Of: []string{"owner_id", "member_id"}, By: []string{"spoke_id"}},
			{Name: "invite_codes", Of: []string{"owner_id"}, By: []string{"made_by"}},
			{Name: "invite_tries", Of: []string{"member_id"}, Drop: true},
			{Name: "invite_news", Of: []string{"owner_id"}, Drop: true},
			{Name: "invite_cases", Of: []string{"owner_id", "member_id"}, By: []string{"decided_by"}, Hide: []string{"reason"}, Blank: []string{"reason", "appeal"}},
		}},
	}
}
