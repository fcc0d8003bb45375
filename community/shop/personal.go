package shop

import "github.com/weilu-im/weilu/bot"

// personal is what the feature keeps of members.
func (s *shop) personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.orders", Tables: []bot.PersonalTable{
			{Name: "shop_orders", Of: []string{"member_id"}, By: []string{"settled_by"}, Hide: []string{"note"}, Blank: []string{"note"}},
		}, Busy: s.busy},
		{Text: "personal.codes", Tables: []bot.PersonalTable{
			{Name: "shop_codes", Where: `order_id IN (SELECT id FROM shop_orders WHERE member_id IN ?) OR order_id IN (SELECT -id FROM shop_handouts WHERE member_id IN ?)`},
			{Name: "shop_handouts", Of: []string{"member_id"}},
		}},
	}
}
