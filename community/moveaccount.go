package community

import (
	"context"

	"github.com/weilu-im/weilu/bot"
)

// Move is what a new account of the bot will recognise, if nobody changes their names until then. The names of its JSON
// are a contract.
type Move struct {
	Groups  MoveGroups  `json:"groups"`
	Members MoveMembers `json:"members"`
}

// MoveGroups are the groups of a transport whose ids are new at each login.
type MoveGroups struct {
	Total     int `json:"total"`
	ByCode    int `json:"by_code"`    // found for certain
	ByMembers int `json:"by_members"` // found where enough of the members are the same
	Unsure    int `json:"unsure"`     // too few members are known, and there is no code
}

// MoveMembers are the people who are in these groups, each once.
type MoveMembers struct {
	Total       int `json:"total"`
	ByTag       int `json:"by_tag"`
	ByName      int `json:"by_name"`     // everything that is told of them is theirs alone: found, on weak evidence
	Provisional int `json:"provisional"` // they will wait to be recognised
}

// PreviewMove tells what a new account will recognise in the groups of a transport. It only reads, by the rules of a login.
func (ro *Roster) PreviewMove(ctx context.Context, transport string) (m Move, err error) {
	places, err := ro.knownPlaces(ctx, login{transport: transport})
	if err != nil {
		return m, err
	}
	var crowds []crowd
	met := map[MemberID]bool{}
	for _, place := range places {
		m.Groups.Total++
		switch {
		case place.code != "":
			m.Groups.ByCode++
		case len(place.people)+len(place.told) >= overlapAtLeast:
			m.Groups.ByMembers++
		default:
			m.Groups.Unsure++
		}
		people, err := ro.peopleOf(ctx, place.group)
		if err != nil {
			return m, err
		}
		c := crowd{group: place.group}
		for _, p := range people {
			p.Remark = "" // what the old account called them says nothing to the new one
			c.known = append(c.known, p.Known)
			if p.here && !p.missing {
				met[p.Member] = true
				c.present = append(c.present, Present{p.Trait, bot.UserID(p.Member)})
			}
		}
		crowds = append(crowds, c)
	}
	result := agree(crowds, nil)
	m.Members.Total = len(met)
	for id := range met {
		switch f := result[bot.UserID(id)]; {
		case f.member != id:
			m.Members.Provisional++
		case f.rule == ByTag:
			m.Members.ByTag++
		default:
			m.Members.ByName++
		}
	}
	return m, nil
}
