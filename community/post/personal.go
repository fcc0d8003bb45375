package post

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.posts", Tables: []bot.PersonalTable{
			{Name: "posts", Of: []string{"author"}},
			{Name: "post_steps", Of: []string{"member_id"}, Blank: []string{"note"}},
		}},
	}
}
