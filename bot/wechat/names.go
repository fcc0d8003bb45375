package wechat

import (
	"slices"
	"strconv"
)

// member is somebody in a group, as their names are read.
type member struct {
	user, nick, display, attr string
}

// called is the name that the group sees.
func (m member) called() string {
	if m.display != "" {
		return m.display
	}
	return m.nick
}

// crowd is who is in a group. It never changes: what changes is which crowd a group has.
type crowd struct {
	list   []member
	index  map[string]int   // by user
	byName map[string][]int // by nick and display
}

func newCrowd(list []member) *crowd {
	c := &crowd{index: make(map[string]int, len(list)), byName: make(map[string][]int, len(list))}
	for _, m := range list {
		if _, twice := c.index[m.user]; m.user == "" || twice {
			continue
		}
		i := len(c.list)
		c.list = append(c.list, m)
		c.index[m.user] = i
		for _, name := range [...]string{m.nick, m.display} {
			if name != "" && !slices.Contains(c.byName[name], i) {
				c.byName[name] = append(c.byName[name], i)
			}
		}
	}
	return c
}

// read takes down a member list.
func read(list []rawMember) []member {
	members := make([]member, len(list))
	for i, m := range list {
		members[i] = member{m.UserName, named(m.NickName), named(m.DisplayName), attr(m.AttrStatus)}
		if members[i].display == members[i].nick {
			members[i].display = ""
		}
	}
	return members
}

// attr is an attribute mask as events tell it.
func attr(status number) string {
	if status == 0 {
		return ""
	}
	return strconv.FormatInt(int64(status), 10)
}

func (c *crowd) get(user string) (member, bool) {
	if c == nil {
		return member{}, false
	}
	i, ok := c.index[user]
	if !ok {
		return member{}, false
	}
	return c.list[i], true
}

// with is the crowd with others in it; who is in both is as the others tell.
func (c *crowd) with(others []member) *crowd {
	if c == nil {
		return newCrowd(others)
	}
	list := slices.Clone(c.list)
	var more []member
	for _, m := range others {
		if i, ok := c.index[m.user]; ok {
			list[i] = m
		} else {
			more = append(more, m)
		}
	}
	return newCrowd(append(list, more...))
}

// without is the crowd after somebody left.
func (c *crowd) without(user string) *crowd {
	if _, ok := c.get(user); !ok {
		return c
	}
	return newCrowd(slices.DeleteFunc(slices.Clone(c.list), func(m member) bool { return m.user == user }))
}

// difference is what happened between one crowd and the next.
func difference(before, after *crowd) (came, went, renamed []member) {
	for _, m := range after.list {
		switch old, ok := before.get(m.user); {
		case !ok:
			came = append(came, m)
		case old.nick != m.nick || old.display != m.display:
			renamed = append(renamed, m)
		}
	}
	for _, m := range before.list {
		if _, ok := after.get(m.user); !ok {
			went = append(went, m)
		}
	}
	return came, went, renamed
}
