package community

import (
	"slices"

	"github.com/weilu-im/weilu/bot"
)

// crowd is what is known of one group, and what its list shows in this session.
type crowd struct {
	group   GroupID
	known   []Known
	present []Present
}

// found is whom the evidence of all groups together says that a user is.
type found struct {
	member MemberID // empty: nobody, for certain or not
	rule   Rule
	group  GroupID // whose evidence it is; empty for a remark, which is not of a group
	clash  bool    // there is evidence, and it contradicts itself
}

// agree puts the evidence of all groups together. A person has one user in all groups of a session, so two groups that
// name two people, or two users who are named as one person, contradict each other, and nobody is bound; only
// a remark outweighs what is weaker. remarked are all who ever had a remark, with the latest one.
func agree(crowds []crowd, remarked []Known) map[bot.UserID]found {
	users, remarks := usersOf(crowds)
	result := map[bot.UserID]found{}
	for i, v := range match(knownRemarks(remarked), shownRemarks(users), remarks) {
		if v.Frozen || v.Member != "" {
			result[users[i].User] = found{member: v.Member, rule: v.Rule, clash: v.Frozen}
		}
	}
	votes := map[bot.UserID][]found{}
	for _, c := range crowds {
		for i, v := range match(c.known, c.present, remarks) {
			user := c.present[i].User
			if v.Frozen || v.Member != "" && v.Rule != ByRemark {
				votes[user] = append(votes[user], found{v.Member, v.Rule, c.group, v.Frozen})
			}
		}
	}
	for user, list := range votes {
		if _, remark := result[user]; !remark {
			result[user] = count(list)
		}
	}
	vetoTags(crowds, result)
	onePersonOneUser(result)
	return result
}

// count is what the votes of several groups about one user come to.
func count(votes []found) found {
	best := votes[0]
	for _, v := range votes {
		if v.clash || v.member != best.member {
			return found{clash: true}
		}
		if v.rule.stronger(best.rule) || v.rule == best.rule && v.group < best.group {
			best = v
		}
	}
	return best
}

// vetoTags undoes what one group says where in another the two have different tags.
func vetoTags(crowds []crowd, result map[bot.UserID]found) {
	for _, c := range crowds {
		tags := map[MemberID]string{}
		for _, k := range c.known {
			if tag := k.Tag(); tag != "" {
				tags[k.Member] = tag
			}
		}
		for _, p := range c.present {
			f := result[p.User]
			if f.member == "" || f.rule == ByRemark {
				continue
			}
			if tag := p.Tag(); tag != "" && tags[f.member] != "" && tags[f.member] != tag {
				result[p.User] = found{clash: true}
			}
		}
	}
}

// onePersonOneUser undoes everything by which a person would be two users, but for what a remark says.
func onePersonOneUser(result map[bot.UserID]found) {
	claims := map[MemberID][]bot.UserID{}
	for user, f := range result {
		if f.member != "" {
			claims[f.member] = append(claims[f.member], user)
		}
	}
	for _, users := range claims {
		if len(users) == 1 {
			continue
		}
		for _, user := range users {
			if result[user].rule != ByRemark {
				result[user] = found{clash: true}
			}
		}
	}
}

// usersOf are the users of all lists, each once, and whether any of them has a remark.
func usersOf(crowds []crowd) (users []Present, remarks bool) {
	at := map[bot.UserID]int{}
	for _, c := range crowds {
		for _, p := range c.present {
			remarks = remarks || p.Remark != ""
			if i, ok := at[p.User]; !ok {
				at[p.User] = len(users)
				users = append(users, p)
			} else if users[i].Remark == "" {
				users[i].Remark = p.Remark
			}
		}
	}
	return users, remarks
}

// knownRemarks and shownRemarks leave nothing of people but their remarks, which are of no group.
func knownRemarks(list []Known) []Known {
	list = slices.Clone(list)
	for i := range list {
		list[i].Trait = Trait{Remark: list[i].Remark}
	}
	return list
}

func shownRemarks(list []Present) []Present {
	list = slices.Clone(list)
	for i := range list {
		list[i].Trait = Trait{Remark: list[i].Remark}
	}
	return list
}
