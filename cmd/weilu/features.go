package main

import (
	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/admission"
	"github.com/weilu-im/weilu/community/agenda"
	"github.com/weilu-im/weilu/community/ambassador"
	"github.com/weilu-im/weilu/community/campaign"
	"github.com/weilu-im/weilu/community/challenge"
	"github.com/weilu-im/weilu/community/checkin"
	"github.com/weilu-im/weilu/community/console"
	"github.com/weilu-im/weilu/community/earning"
	"github.com/weilu-im/weilu/community/economy"
	"github.com/weilu-im/weilu/community/expiry"
	"github.com/weilu-im/weilu/community/newcomer"
	"github.com/weilu-im/weilu/community/nudge"
	"github.com/weilu-im/weilu/community/post"
	"github.com/weilu-im/weilu/community/proof"
	"github.com/weilu-im/weilu/community/report"
	"github.com/weilu-im/weilu/community/rules"
	scripts "github.com/weilu-im/weilu/community/script"
	"github.com/weilu-im/weilu/community/shop"
	"github.com/weilu-im/weilu/community/speaking"
	"github.com/weilu-im/weilu/community/tier"
	"github.com/weilu-im/weilu/community/topic"
	"github.com/weilu-im/weilu/community/wallet"
	"github.com/weilu-im/weilu/community/welcome"
)

// features is THE list of what Weilu does, in the order in which help shows it.
func features(db bot.Storage, c *community.Community, s *settings, pacing *bot.Pacing) []bot.Feature {
	return []bot.Feature{
		checkin.New(db, c, s.Points.checkinPoints),
		earning.New(db, c, s.Points.earningPoints),
		wallet.New(db, c, s.Points.walletPoints),
		shop.New(db, c, s.Shop),
		expiry.New(db, c, s.Points.expiryPoints),
		campaign.New(c, s.Points.ConfirmAbove),
		proof.New(db, c, s.Proof),
		economy.New(db, c),
		rules.New(db, c, s.Rules),
		welcome.New(db, c, s.Welcome),
		scripts.New(db, c, s.Script),
		newcomer.New(db, c, s.Newcomer),
		admission.New(db, c, s.Admission, s.Community.KeepTextDays),
		topic.New(db, c, s.Topic),
		challenge.New(db, c, s.Challenge, challenge.Look{Fonts: s.fonts, Community: s.Community.Name}),
		tier.New(db, c, s.Tiers),
		ambassador.New(db, c, s.Ambassador, ambassador.Look{Fonts: s.fonts, Community: s.Community.Name}),
		nudge.New(db, c, s.Nudge),
		speaking.New(c, pacing),
		post.New(db, c, s.Post),
		agenda.New(db, c),
		report.New(db, c, s.Report, s.reportLook()),
		s.system(db, c, pacing),
		console.Feature(db, c, &s.Console),
		c.Feature(),
	}
}
