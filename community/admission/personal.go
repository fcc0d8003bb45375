package admission

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.admissions", Tables: []bot.PersonalTable{
			{Name: "admissions", Of: []string{"member_id"}, By: []string{"decided_by"}, Hide: []string{"note"}, Blank: []string{"note"}},
			{Name: "admission_without", Of: []string{"member_id"}},
		}},
		{Text: "personal.answers", Tables: []bot.PersonalTable{{Name: "admission_answers", Where: `admission_id IN (SELECT id FROM admissions WHERE member_id IN ?)`, Blank: []string{"answer"}}}},
	}
}
