// Package ambassador lets members bring newcomers: ambassadors have a code, a newcomer says it, and both are rewarded.
//
// What a newcomer says is kept as a claim, a fact that never changes. What all claims come to is derived by Judge, and the
// parts of a reward by Parts, both pure; after every change of the facts the ledger is made to say what they say. So a
// merge and a split of identities move exactly what belongs to whom, and nobody is paid twice.
//
// Detectors open cases. A case holds what is still to be paid by its invitations until a manager decides, and takes nothing.
package ambassador

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/draw"
)

//go:embed locales
var locales embed.FS

type feature struct {
	db  community.SQL
	c   *community.Community
	cfg Config
	Look
	waiting waiting
}

// Look is what posters are drawn with.
type Look struct {
	Fonts     *draw.Fonts
	Community string // its name
}

// afterStart is when the night's work begins, after the start of a Day: behind the tiers'.
const afterStart = 50 * time.Minute

// New makes the feature. The configuration is valid.
func New(db bot.Storage, c *community.Community, cfg Config, look Look) bot.Feature {
	f := &feature{db: community.SQL{Storage: db}, c: c, cfg: cfg, Look: look}
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	c.OnIdentity("ambassador", f.changed, keyPart+"/", keyNew+"/", keyTarget+"/", keyMove+"/")
	c.Facts.Register("ambassador.invites", f.invited)
	c.Facts.RegisterCrowd("ambassador.invited", f.invitedCrowd)
	c.Earnings.Register("ambassador", f.explain)
	c.Tags.Register(f.tagged)
	c.Timeline.Register("ambassador", f.moments)
	f.registerUndo()
	at := c.Calendar.Starts() + afterStart
	return bot.Feature{
		Name: "ambassador", Locales: texts, Migrations: migrations(), Personal: f.personal(),
		Chapters: []bot.Chapter{{Key: "ambassadors", Title: "chapter", Read: f.chapter}},
		On:       []bot.Listener{bot.On(f.listen, bot.Message), bot.On(f.recalled, bot.Recalled)},
		Jobs: []bot.Job{
			{Name: nightJob, Spec: fmt.Sprintf("%d %d * * *", int(at.Minutes())%60, int(at.Hours())%24), Run: f.night},
			{Name: moreJob, Run: f.more},
			{Name: tellJob, Spec: "45 8 * * *", Run: f.tell},
		},
		Commands: slices.Concat(f.memberCommands(), f.managerCommands(), f.caseCommands()),
		Views:    f.views(), Section: bot.People, Inbox: f.inbox(),
	}
}

func (f *feature) memberCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"邀请码", "invite"}, Usage: "usage.invite", Help: "help.invite", Run: f.invite},
		{Names: []string{"我的邀请", "myinvites"}, Help: "help.mine", Run: f.mine},
		{Names: []string{"邀请榜", "inviteboard"}, Usage: "usage.board", Help: "help.board", Run: f.board},
		{Names: []string{"申请大使", "apply-ambassador"}, Usage: "usage.apply", Help: "help.apply", Run: f.apply},
		{Names: []string{"换邀请码", "new-invite-code"}, Help: "help.renew", Run: f.renew},
		{Names: []string{"申诉", "appeal"}, Usage: "usage.appeal", Help: "help.appeal", Run: f.appeal},
	}
}

func (f *feature) managerCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"大使", "ambassadors"}, Help: "help.list", Role: bot.Moderator, Run: f.list},
		{Names: []string{"大使审核", "ambassador-applications"}, Help: "help.waiting", Role: bot.Manager, Run: f.applicants},
		{Names: []string{"通过大使", "accept-ambassador"}, Usage: "usage.who", Help: "help.accept", Role: bot.Manager, Run: f.accept},
		{Names: []string{"婉拒大使", "decline-ambassador"}, Usage: "usage.who_why", Help: "help.decline", Role: bot.Manager, Run: f.decline},
		{Names: []string{"任命大使", "appoint-ambassador"}, Usage: "usage.who", Help: "help.appoint", Role: bot.Manager, Run: f.appoint},
		{Names: []string{"卸任大使", "retire-ambassador"}, Usage: "usage.who_why", Help: "help.retire", Role: bot.Manager, Run: f.retire},
		{Names: []string{"停用邀请码", "revoke-invite-code"}, Usage: "usage.code", Help: "help.revoke", Role: bot.Manager, Run: f.revoke},
		{Names: []string{"活动邀请码", "campaign-code"}, Usage: "usage.campaign", Help: "help.campaign", Role: bot.Manager, Run: f.campaign},
		{Names: []string{"邀请报告", "invite-report"}, Usage: "usage.report", Help: "help.report", Role: bot.Moderator, Run: f.funnelSaid},
	}
}
