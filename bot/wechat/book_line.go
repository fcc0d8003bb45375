package wechat

import (
	"slices"

	"github.com/weilu-im/weilu/bot"
)

// explain finds who a line about people speaks of, and tells it. Names are no proof, so who came and who went is
// taken from the difference of member lists, and names only choose among those. A line that no list explains yet
// stays open for a while. sole says that no other line of the answer tells of people who came.
func (d *draft) explain(r *room, l line, sole bool) {
	spent := false
	if l.kind == entered {
		spent = d.explainCame(r, l, sole)
	} else {
		spent = d.explainWent(r, l)
	}
	r.open = slices.DeleteFunc(slices.Clone(r.open), func(o line) bool { return o.id == l.id || d.at.Sub(o.at) > lineLife })
	if !spent && d.at.Sub(l.at) <= lineLife {
		r.open = append(r.open, l)
	}
}

func (d *draft) explainCame(r *room, l line, sole bool) (spent bool) {
	if len(r.came) == 0 {
		return d.hinted(r, l)
	}
	here := func(name string) []string {
		if users := d.among(r.came, name); len(users) > 0 {
			return users
		}
		return d.who(r, name)
	}
	if rd, list := d.best(r, l, here); list != nil {
		for _, user := range assign(list) {
			d.joined(r, l, rd, user)
		}
		return true
	}
	rd := d.likely(r, l)
	if sole && len(r.came) <= listed(rd.names) {
		for _, p := range r.came {
			d.joined(r, l, rd, p.who.user)
		}
		return true
	}
	for _, name := range split(rd.names) {
		if users := d.among(r.came, name); len(users) == 1 {
			d.joined(r, l, rd, users[0])
		}
	}
	return false
}

// hinted tells by their names who came, where there is no difference because the line is older than the first
// list. Of anybody who was on a list before the line, a line can't say that they came.
func (d *draft) hinted(r *room, l line) (spent bool) {
	if !r.whole {
		return false
	}
	rd, list := d.best(r, l, func(name string) []string { return d.who(r, name) })
	if list == nil {
		return false
	}
	if r.mayHint(l) {
		for _, users := range list {
			if len(users) == 1 {
				d.joined(r, l, rd, users[0])
			}
		}
		return true
	}
	return slices.ContainsFunc(list[0], func(user string) bool { return r.noted("joined", user, d.at) })
}

// joined tells that a line has brought somebody, unless that is told already.
func (d *draft) joined(r *room, l line, rd reading, user string) {
	pending := slices.ContainsFunc(r.came, func(p passage) bool { return p.who.user == user })
	if user == d.b.me || r.noted("joined", user, d.at) && !pending || !pending && !r.mayHint(l) {
		return
	}
	ev := d.event(r, bot.Joined, l.id+"/"+user, l.at)
	ev.From = d.person(r, user)
	if by, ok := d.actor(r, rd); ok && string(by.User) != user {
		ev.By = &by
	}
	d.tell(ev)
	r.came = dropped(r.came, user)
	r.note("joined", user, d.at)
}

// mayHint tells whether a line is older than the first list, so that whoever it names may be on it. Clocks need not
// agree where the list was read because of the line.
func (r *room) mayHint(l line) bool { return r.fresh || !r.first.Before(l.at) }

func (d *draft) explainWent(r *room, l line) (spent bool) {
	rd, list := d.best(r, l, func(name string) []string { return d.among(r.went, name) })
	if list == nil && r.read.Before(l.at) { // they are still on the list
		rd, list = d.best(r, l, func(name string) []string { return d.who(r, name) })
	}
	users := assign(list)
	for _, user := range users {
		i := slices.IndexFunc(r.went, func(p passage) bool { return p.who.user == user })
		ev := d.event(r, bot.Left, l.id+"/"+user, l.at)
		if ev.From = d.person(r, user); i >= 0 {
			ev.From = d.asPerson(r.went[i].who)
		}
		if by, ok := d.actor(r, rd); ok && string(by.User) != user {
			ev.By = &by
		}
		if user == d.b.me || i < 0 && r.noted("left", user, d.at) {
			continue
		}
		d.tell(ev)
		r.went = dropped(r.went, user)
		r.came = dropped(r.came, user)
		r.crowd = r.crowd.without(user)
		r.note("left", user, d.at)
	}
	return len(users) > 0 || !r.read.Before(l.at)
}

// best is the reading of a line in which all names are known, and, where there are several, who did it too.
func (d *draft) best(r *room, l line, who func(string) []string) (best reading, users [][]string) {
	for _, rd := range l.readings {
		list := segment(rd.names, who)
		if list == nil {
			continue
		}
		_, known := d.actor(r, rd)
		if users == nil || known {
			best, users = rd, list
		}
		if known {
			break
		}
	}
	return best, users
}

// likely is the reading of a line to go by where the names say nothing.
func (d *draft) likely(r *room, l line) reading {
	for _, rd := range l.readings {
		if _, known := d.actor(r, rd); known {
			return rd
		}
	}
	return l.readings[0]
}

// actor is who did what a line tells: the bot, or the one person who is called so.
func (d *draft) actor(r *room, rd reading) (bot.Person, bool) {
	if rd.byBot {
		return d.person(r, d.b.me), true
	}
	return d.only(r, rd.by)
}

// among are the users of a list of passages who have a name.
func (d *draft) among(list []passage, name string) (users []string) {
	for _, p := range list {
		c, _ := d.known(p.who.user)
		if name != "" && (name == p.who.nick || name == p.who.display || name == c.remark) {
			users = append(users, p.who.user)
		}
	}
	return users
}

// assign chooses who is meant by each name of a list: whoever alone has it, or all who have it, if the list has
// the name as often.
func assign(list [][]string) (users []string) {
	for _, options := range list {
		times := 0
		for _, other := range list {
			if slices.Equal(options, other) {
				times++
			}
		}
		if times != len(options) {
			continue
		}
		for _, user := range options {
			if !slices.Contains(users, user) {
				users = append(users, user)
			}
		}
	}
	return users
}
