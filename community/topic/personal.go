package topic

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.answers", Tables: []bot.PersonalTable{{Name: "topic_answers", Of: []string{"member_id"}, Hide: []string{"print"}}}},
		{Text: "personal.proposals", Tables: []bot.PersonalTable{
			{Name: "topic_proposals", Of: []string{"member_id"}, Blank: []string{"text"}},
			{Name: "topic_topics", Of: []string{"member_id"}, Hide: []string{"host"}},
		}},
	}
}
