package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot/wechat/wechattest"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database"
)

// movedTown is 500 members in five groups: a third with tags, some with the name of somebody else, some in two groups.
type movedTown struct {
	*wechattest.Server
	wang   *wechattest.Person
	people []*wechattest.Person
	groups []*wechattest.Group
	home   []*wechattest.Group
}

const (
	movedPeople = 500
	movedGroups = 5
)

func newMovedTown(t *testing.T) *movedTown {
	town := &movedTown{Server: wechattest.New(wechattest.Options{AutoScan: true, AutoPush: true})}
	t.Cleanup(town.Close)
	town.wang = town.Person("老王", wechattest.Attr{Friend: true, Remark: "王总-0001"})
	for g := range movedGroups {
		town.groups = append(town.groups, town.Group(fmt.Sprintf("群%d", g), town.wang))
	}
	for i := range movedPeople - 1 {
		attr := wechattest.Attr{AttrStatus: int64(100 + i%7)}
		if i%10 == 0 {
			attr.Friend, attr.Remark = true, fmt.Sprintf("友%03d", i)
		}
		nick := fmt.Sprintf("成员%03d", i)
		if i%50 >= 48 { // two of them, in one group, with different attributes
			nick = fmt.Sprintf("同名%03d", i/50)
		}
		p := town.Person(nick, attr)
		home := town.groups[i*movedGroups/movedPeople]
		home.AddMany(town.wang, p)
		if i%20 == 7 {
			town.groups[(i+1)%movedGroups].AddMany(town.wang, p)
		}
		if i%3 == 0 {
			home.SetDisplay(p, fmt.Sprintf("%s#%d", nick, i+1))
		}
		town.people, town.home = append(town.people, p), append(town.home, home)
	}
	town.codes()
	return town
}

// codes is what the operator does on the phone of the bot.
func (town *movedTown) codes() {
	for i, g := range town.groups {
		g.BotDisplay(fmt.Sprintf("小助手·G%02d", i+1))
	}
}

// standing is one user of a login: who they are to the bot, and what tells the test who they really are.
type standing struct{ GroupID, MemberID, Nick, Display, Attr, Rule string }

// truth is who somebody really is, whatever they are called now.
func (s standing) truth() string {
	nick := strings.Replace(s.Nick, "改名", "成员", 1)
	if strings.HasPrefix(nick, "同名") {
		return nick + "/" + s.Attr
	}
	return nick
}

// standings are all who are bound in the latest login.
func standings(t *testing.T, data string) (list []standing) {
	t.Helper()
	stored(t, data, &list, `SELECT i.group_id, i.member_id, i.nick, i.display, i.attr, b.rule FROM sightings i
		JOIN bindings b ON b.member_id = i.member_id AND b.session = i.session
		WHERE i.group_id <> '' AND b.session = (SELECT session FROM sessions ORDER BY n DESC LIMIT 1)`)
	return list
}

// stored reads rows of the data of a bot that does not run.
func stored(t *testing.T, data string, into any, query string) {
	t.Helper()
	db, err := database.Open(t.Context(), database.Options{DSN: filepath.Join(data, "weilu.db"), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Conn(t.Context()).Raw(query).Scan(into).Error; err != nil {
		t.Fatal(err)
	}
}

// balancesOf are the balances of all accounts.
func balancesOf(t *testing.T, data string) map[string]int64 {
	var rows []struct {
		Account string
		Balance int64
	}
	stored(t, data, &rows, `SELECT account, balance FROM balances`)
	m := map[string]int64{}
	for _, row := range rows {
		m[row.Account] = row.Balance
	}
	return m
}

// summariesOf is what members --json says, by member.
func summariesOf(t *testing.T, data string) map[community.MemberID]community.Summary {
	m := map[community.MemberID]community.Summary{}
	for _, s := range read[[]community.Summary](t, "members", "--json", "--data", data) {
		m[s.Member] = s
	}
	return m
}

// TestMoveAccount rehearses the loss of an account with 500 members, who all have points: another account takes its place
// in all groups, and knows nobody.
func TestMoveAccount(t *testing.T) {
	begin := time.Now()
	town := newMovedTown(t)
	data := filepath.Join(t.TempDir(), "data")
	b := startWeChat(t, town.Server, "weilu-hurried", data)
	code := b.bindCode()
	b.says("logged in as")
	town.wang.Whisper("绑定 " + code)
	waitSent(t, town.Server, "answer to 绑定", sentInPrivate(town.wang, "所有者"))
	for _, g := range town.groups {
		g.Say(town.wang, "启用")
		waitSent(t, town.Server, "answer to 启用", sentTo(g, "开始在这个群"))
	}
	for i, p := range town.people {
		town.home[i].Say(p, "签到")
	}
	town.wang.Whisper("积分")
	waitSent(t, town.Server, "last answer", sentInPrivate(town.wang, "积分"))
	out, errs, exit := weilu(t, "", "move-account", "--data", data)
	if exit != 1 || !strings.Contains(errs, "is used by another weilu") {
		t.Errorf("beside the bot: exit %d: %s%s", exit, out, errs)
	}
	beside := read[moved](t, "move-account", "--data", data, "--dry-run", "--json")
	b.stop()
	before, balances, summaries := standings(t, data), balancesOf(t, data), summariesOf(t, data)
	prepared := time.Since(begin)

	result := read[moved](t, "move-account", "--data", data, "--json")
	if result.Move != beside.Move || !result.Forgotten || result.BindCode == "" || beside.Forgotten || beside.BindCode != "" {
		t.Errorf("move-account: %+v, and before, as a dry run, %+v", result, beside)
	}
	if want := (community.MoveGroups{Total: movedGroups, ByCode: movedGroups}); result.Groups != want || result.Members.Total != movedPeople {
		t.Errorf("the preview is %+v", result.Move)
	}

	town.ReplaceBot("新助手")
	town.codes()
	town.wang.Befriend()
	town.wang.SetRemark("新备注") // so that a friend of the old account lacks theirs
	renamed, gone := 0, 0
	for i, p := range town.people {
		switch i % 50 {
		case 4, 13, 22:
			p.Rename(fmt.Sprintf("改名%03d", i))
			renamed++
		case 31:
			town.home[i].Remove(p)
			gone++
		}
	}
	for i, g := range town.groups {
		g.AddMany(town.wang, town.Person(fmt.Sprintf("来客%d", i)))
	}
	scanned := time.Now()
	b = startWeChat(t, town.Server, "weilu-hurried", data)
	b.says("logged in as")
	town.wang.Whisper("绑定 " + result.BindCode)
	waitSent(t, town.Server, "answer to the second 绑定", func(m wechattest.Sent) bool {
		return m.Person == town.wang && m.At.After(scanned) && strings.Contains(m.Text, "所有者")
	})
	town.groups[0].Say(town.wang, "待认领")
	waitSent(t, town.Server, "answer to 待认领", sentInPrivate(town.wang, "等待认领"))
	bound := time.Since(scanned)
	b.stop()

	truth := map[string]string{}
	for _, s := range before {
		truth[s.truth()] = s.MemberID
	}
	after := standings(t, data)
	found, waiting, wrong := map[string]string{}, map[string]bool{}, 0
	for _, s := range after {
		switch was := truth[s.truth()]; {
		case s.Rule == string(community.ByNothing):
			waiting[s.MemberID] = true
		case s.MemberID == was:
			found[s.MemberID] = s.Rule
		default:
			wrong++
			t.Errorf("%+v was %s", s, was)
		}
	}
	people := movedPeople - gone + movedGroups
	if len(found)+len(waiting) != people || found[truth["老王"]] != "bind code" {
		t.Errorf("%d found and %d waiting are not %d people; the owner is found by %q", len(found), len(waiting), people, found[truth["老王"]])
	}
	if least := movedPeople * 9 / 10; len(found) < least {
		t.Errorf("%d found, want %d", len(found), least)
	}
	var groups []struct {
		ID   string
		Rule string
	}
	stored(t, data, &groups, `SELECT group_id AS id, rule FROM chats WHERE session = (SELECT session FROM sessions ORDER BY n DESC LIMIT 1) ORDER BY id`)
	if got := fmt.Sprint(groups); got != "[{g1 code} {g2 code} {g3 code} {g4 code} {g5 code}]" {
		t.Errorf("groups: %s", got)
	}
	if got := balancesOf(t, data); !maps.Equal(got, balances) {
		t.Errorf("balances changed: %d accounts before, %d after", len(balances), len(got))
	}
	now := summariesOf(t, data)
	for id, s := range summaries {
		if n := now[id]; string(id) != truth["老王"] && (n.Messages != s.Messages || n.Groups != s.Groups || n.Provisional) {
			t.Errorf("%s was %+v and is %+v", id, s, n)
		}
	}
	if report := read[verifyJSON](t, "ledger", "verify", "--json", "--data", data); !report.OK || report.Transfers != movedPeople-1 {
		t.Errorf("ledger verify: %+v", report)
	}
	rules := map[string]int{}
	for rule := range maps.Values(found) {
		rules[rule]++
	}
	t.Logf("%d members in %d groups, with points after %s; then %d renamed, %d gone, %d new. Preview: %+v. Found %v, %d provisional, %d wrong, all groups; %s from the scan to the answer of 待认领",
		movedPeople, movedGroups, prepared.Round(time.Millisecond), renamed, gone, movedGroups, result.Members, rules, len(waiting), wrong, bound.Round(time.Millisecond))
	if slices.Contains(slices.Collect(maps.Values(found)), string(community.ByRemark)) {
		t.Error("the new account has no remarks")
	}
}
