package community

import (
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// MemberView is the view that shows one member; its parameter id says whom.
const MemberView = "community.member"

// MemberLink leads to a member's page.
func MemberLink(id MemberID) *bot.ViewRef {
	return &bot.ViewRef{View: MemberView, Params: map[string]string{"id": string(id)}}
}

func (c *Community) views() []bot.View {
	return []bot.View{
		{Name: "members", Title: "view.members", Role: bot.Moderator, Read: c.viewMembers, Params: []bot.Param{
			{Name: "search", Label: "view.search", Kind: bot.Search},
			{Name: "state", Label: "view.state", Kind: bot.Choice, Choices: []string{"all", "present", "gone", "provisional", "staff", "bots"}},
			{Name: "role", Label: "view.role", Kind: bot.Choice, Choices: []string{"any", "member", "moderator", "manager", "owner"}},
			{Name: "tier", Label: "view.tier", Kind: bot.Choice, Choices: []string{"any", "koc", "contributor", "interactor", "onlooker", "lurker"}},
			{Name: "tag", Label: "view.tag", Kind: bot.Search},
			{Name: "group", Label: "view.group", Kind: bot.Search},
		}},
		{Name: "groups", Title: "view.groups", Role: bot.Moderator, Read: c.viewGroups},
		{Name: "member", Title: "view.member", Role: bot.Moderator, Detail: true, Read: c.viewMember, Params: []bot.Param{
			{Name: "id", Label: "view.who", Kind: bot.MemberID},
		}},
		{Name: "identities", Title: "view.identities", Role: bot.Manager, Read: c.viewIdentities},
		{Name: "audit", Title: "view.audit", Role: bot.Manager, Section: bot.Tools, Read: c.viewAudit, Params: []bot.Param{
			{Name: "actor", Label: "view.actor", Kind: bot.MemberID},
			{Name: "target", Label: "view.target", Kind: bot.MemberID},
			{Name: "action", Label: "view.action", Kind: bot.Identifier},
		}},
	}
}

// number is a cell with a number.
func number[N int | int64](n N) bot.Cell { return bot.Cell{Text: fmt.Sprint(n), Value: int64(n)} }

// columns are the columns of a table, by their keys, with the texts "column.<key>"; a # behind a key says that
// they are numbers.
func columns(q *bot.Query, keys string) (list []bot.Column) {
	for key := range strings.FieldsSeq(keys) {
		key, numbers := strings.CutSuffix(key, "#")
		list = append(list, bot.Column{Key: key, Title: q.T("column." + key), Numbers: numbers})
	}
	return list
}

// figure is a number with its name, which has the text "figure.<key>".
func figure(q *bot.Query, key string, cell bot.Cell) bot.Figure {
	return bot.Figure{Key: key, Title: q.T("figure." + key), Cell: cell}
}
