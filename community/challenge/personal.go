package challenge

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func (f *feature) personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.marks", Tables: []bot.PersonalTable{
			{Name: "challenge_marks", Of: []string{"member_id"}, Hide: []string{"media", "print"}},
			{Name: "challenge_doubts", Of: []string{"member_id"}},
			{Name: "challenge_standings", Of: []string{"member_id"}},
			{Name: "challenge_wins", Of: []string{"member_id"}},
		}},
		{Text: "personal.joined", Erase: f.leaveAll, Tables: []bot.PersonalTable{
			{Name: "challenge_members", Of: []string{"member_id"}, Hide: []string{"out_reason"}, Blank: []string{"out_reason"}},
			{Name: "challenge_rejoins", Of: []string{"member_id"}},
			{Name: "challenge_cheers", Of: []string{"from_id", "to_id"}},
			{Name: "challenge_teams", Of: []string{"member_id"}},
			{Name: "challenge_team_asks", Of: []string{"from_id", "to_id"}, Drop: true},
			{Name: "challenges", By: []string{"made_by"}},
		}},
		{Text: "personal.halves", Tables: []bot.PersonalTable{
			{Name: "challenge_halves", Of: []string{"member_id"}, Hide: []string{"media"}, Drop: true},
			{Name: "challenge_drafts", Of: []string{"member_id"}, Drop: true},
		}},
	}
}
