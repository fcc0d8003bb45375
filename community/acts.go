package community

import (
	"slices"

	"github.com/weilu-im/weilu/bot"
)

// memberAct is a command that is offered wherever a member is shown.
type memberAct struct {
	role bot.Role
	act  bot.Act
}

// ActOnMembers offers a command to those of a role wherever a member is shown, with the member's id as its first
// argument. Features call it while the program is put together.
func (c *Community) ActOnMembers(role bot.Role, act bot.Act) {
	c.memberActs = append(c.memberActs, memberAct{role, act})
}

// actsOn are the commands that a reader may give about a member.
func (c *Community) actsOn(q *bot.Query, id MemberID, ids int, waits bool) (acts []bot.Act) {
	offer := func(role bot.Role, act bot.Act, args string) {
		if q.Actor.Role >= role {
			act.Args = args
			acts = append(acts, act)
		}
	}
	for _, a := range c.memberActs {
		offer(a.role, a.act, string(id))
	}
	if waits {
		offer(bot.Manager, bot.Act{Command: "确认新人"}, string(id))
	}
	offer(bot.Manager, bot.Act{Command: "合并"}, string(id)+" 到")
	if ids > 1 {
		offer(bot.Manager, bot.Act{Command: "拆分", Grave: true}, string(id))
	}
	return slices.Clip(acts)
}
