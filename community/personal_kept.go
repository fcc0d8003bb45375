package community

import "github.com/weilu-im/weilu/bot"

// personal is what the machine, the ledger and the community keep of members.
func (c *Community) personal() []bot.Personal {
	return []bot.Personal{
		{Text: "personal.profile", Tables: []bot.PersonalTable{
			{Name: "members", Of: []string{"id"}},
			{Name: "friends", Where: `(transport, session, user_id) IN (SELECT transport, session, user_id FROM bindings WHERE member_id IN ?)`, Drop: true},
			{Name: "friend_requests", Where: `(transport, session, user_id) IN (SELECT transport, session, user_id FROM bindings WHERE member_id IN ?)`, Hide: []string{"token"}, Drop: true},
			{Name: "bindings", Of: []string{"member_id"}, Drop: true},
			{Name: "sightings", Of: []string{"member_id"}, Hide: []string{"avatar"}, Drop: true},
			{Name: "stays", Of: []string{"member_id"}, Blank: []string{"display", "folded"}},
			{Name: "candidates", Of: []string{"member_id", "candidate_id"}, Hide: []string{"evidence"}, Drop: true},
			{Name: "aliases", Of: []string{"alias", "member_id"}, By: []string{"by_member"}, Blank: []string{"evidence"}},
			{Name: "openings", Of: []string{"member_id"}},
			{Name: "recovery_codes", Of: []string{"member_id"}, Hide: []string{"hash"}, Drop: true},
			{Name: "move_codes", Of: []string{"member_id"}, Hide: []string{"hash"}, Drop: true},
			{Name: "recovery_attempts", Of: []string{"member_id"}, Drop: true},
			{Name: "bind_attempts", Of: []string{"member_id"}, Drop: true},
			{Name: "bind_codes", Of: []string{"used_by"}, Hide: []string{"hash"}},
			{Name: "erasures", Of: []string{"member_id"}, By: []string{"by_member"}},
		}, Erase: c.forget},
		{Text: "personal.texts", Tables: []bot.PersonalTable{{Name: "message_texts", Where: `seq IN (SELECT seq FROM messages WHERE member_id IN ?)`, Drop: true}}},
		{Text: "personal.said", Tables: []bot.PersonalTable{{Name: "outbox", Of: []string{"member_id"}, Hide: []string{"token", "guard", "merge_key"}, Blank: []string{"text", "mention", "merge_head", "merge_item"}, Null: []string{"picture"}}}},
		{Text: "personal.messages", Tables: []bot.PersonalTable{
			{Name: "messages", Of: []string{"member_id"}},
			{Name: "activity", Of: []string{"member_id"}},
			{Name: "traces", Of: []string{"member_id"}},
			{Name: "edges", Of: []string{"from_id", "to_id"}},
			{Name: "passages", Of: []string{"member_id"}, By: []string{"by_member"}},
			{Name: "contributions", Of: []string{"member_id"}},
		}},
		{Text: "personal.points", Tables: []bot.PersonalTable{
			{Name: "transfers", Of: []string{"debit", "credit"}, Prefix: []string{"member:", "suspense:"}, Hide: []string{"digest", "tx"}},
			{Name: "transfer_texts", Where: `transfer_id IN (SELECT t.id FROM transfers t JOIN members m ON t.debit IN ('member:' || m.id, 'suspense:' || m.id) OR t.credit IN ('member:' || m.id, 'suspense:' || m.id) WHERE m.id IN ?)`, Hide: []string{"salt"}},
			{Name: "balances", Of: []string{"account"}, Prefix: []string{"member:", "suspense:"}},
			{Name: "debts", Of: []string{"account"}, Prefix: []string{"member:", "suspense:"}, Blank: []string{"reason"}},
			{Name: "pools", Of: []string{"from_id", "to_id"}},
			{Name: "freezes", Of: []string{"member_id"}, By: []string{"by_member"}, Hide: []string{"reason"}, Blank: []string{"reason"}},
			{Name: "thawed", Of: []string{"member_id"}, By: []string{"by_member"}, Hide: []string{"reason"}, Blank: []string{"reason"}},
			{Name: "budgets", By: []string{"by_member"}},
		}, Erase: c.burnRest},
		{Text: "personal.tiers", Tables: []bot.PersonalTable{
			{Name: "tier_changes", Of: []string{"member_id"}},
			{Name: "tier_standings", Of: []string{"member_id"}},
			{Name: "tier_stale", Of: []string{"member_id"}},
			{Name: "tier_acts", Of: []string{"member_id"}, By: []string{"by_member"}, Hide: []string{"reason"}, Blank: []string{"reason"}},
		}},
		{Text: "personal.honours", Tables: []bot.PersonalTable{
			{Name: "badges", Of: []string{"member_id"}, Drop: true},
			{Name: "tags", Of: []string{"member_id"}, By: []string{"by_member"}, Drop: true},
		}},
		{Text: "personal.consents", Tables: []bot.PersonalTable{
			{Name: "consent_changes", Of: []string{"member_id"}},
			{Name: "consents", Of: []string{"member_id"}},
		}},
		{Text: "personal.audit", Tables: []bot.PersonalTable{
			{Name: "audits", Of: []string{"target", "actor"}, Hide: []string{"detail"}},
			{Name: "undos", By: []string{"member_id", "used_by"}},
			{Name: "confirmations", Of: []string{"member_id"}, Hide: []string{"code"}, Drop: true},
			{Name: "holds", By: []string{"by_member"}},
		}},
	}
}
