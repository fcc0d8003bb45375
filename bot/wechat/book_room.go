package wechat

import (
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// room is what is known of a group. It is never changed in place: whoever holds one can go on reading it.
type room struct {
	user, name string
	crowd      *crowd
	whole      bool      // the crowd is everybody
	tried      bool      // its member list was asked for, if in vain
	first      time.Time // when everybody was known first
	read       time.Time // when that was so last
	awaited    bool      // the list is read again for an answer that is still to be translated
	fresh      bool      // and everybody was known for that answer first
	turn       int       // how often the list changed: it keeps ids apart
	former     []string  // what the bot was called here before
	came, went []passage // not told yet
	open       []line    // lines about people whom no list had yet
	told       map[string]time.Time
}

// passage is somebody who appeared in a member list, or disappeared from it.
type passage struct {
	who  member
	at   time.Time
	turn int
}

// line is a system line about people who came, or were thrown out.
type line struct {
	id       string // of its message
	at       time.Time
	kind     saying
	readings []reading
}

// room takes in a group whose member list was read, and tells what that shows: everybody who is there, and what
// changed since the list before. Who came is told by the line that names them, so they wait a while for one. The
// caller owes the delivery of what is told here, before or together with what is translated next.
func (b *book) room(c rawContact, at time.Time) []bot.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !isRoom(c.UserName) {
		return nil
	}
	d := b.draft(at)
	r := d.edit(c.UserName)
	r.tried, r.read = true, at
	if name := named(c.NickName); name != "" {
		r.name = name
	}
	if len(c.MemberList) > 0 {
		isAll := len(c.MemberList) >= int(c.MemberCount)
		d.crowd(r, c.MemberList, isAll)
		if isAll {
			d.seen(r)
		}
		for _, l := range slices.Clone(r.open) {
			d.explain(r, l, false)
		}
		if !r.awaited {
			d.leaves(r)
			d.arrivals(r, lineWait)
		}
	}
	d.settle()
	return d.events
}

// crowd gives a group a new member list; it may be a part of one.
func (d *draft) crowd(r *room, list []rawMember, isAll bool) {
	members := read(list)
	next := newCrowd(members)
	_, wasIn := r.crowd.get(d.b.me)
	_, isIn := next.get(d.b.me)
	if !isAll || wasIn && !isIn { // a list without the bot itself is no list to believe that others left
		next = r.crowd.with(members)
	}
	d.rename(r, next)
	if r.whole {
		d.compare(r, next)
	} else if isAll {
		r.first, r.fresh = d.at, r.awaited
		r.turn++
	}
	r.crowd, r.whole = next, r.whole || isAll
}

// rename remembers what the bot was called until now.
func (d *draft) rename(r *room, next *crowd) {
	was, ok := r.crowd.get(d.b.me)
	is, _ := next.get(d.b.me)
	if old := was.called(); ok && old != "" && old != is.called() {
		const most = 3
		r.former = append([]string{old}, r.former...)
		r.former = r.former[:min(len(r.former), most)]
	}
}

// compare finds who came, went and changed their name.
func (d *draft) compare(r *room, next *crowd) {
	came, went, renamed := difference(r.crowd, next)
	if len(came)+len(went)+len(renamed) > 0 {
		r.turn++
	}
	for _, m := range came {
		if slices.ContainsFunc(r.went, func(p passage) bool { return p.who.user == m.user }) {
			d.leaves(r)
		}
		if m.user != d.b.me {
			r.came = append(r.came[:len(r.came):len(r.came)], passage{m, d.at, r.turn})
		}
	}
	for _, m := range went {
		if m.user == d.b.me {
			continue
		}
		if i := slices.IndexFunc(r.came, func(p passage) bool { return p.who.user == m.user }); i >= 0 {
			d.arrived(r, r.came[i])
		}
		r.went = append(r.went[:len(r.went):len(r.went)], passage{m, d.at, r.turn})
	}
	for _, m := range renamed {
		if m.user == d.b.me {
			continue
		}
		ev := d.event(r, bot.Renamed, d.changeID(r, "renamed", m.user, r.turn), d.at)
		ev.From = d.asPerson(m)
		d.tell(ev)
	}
}

// seen tells everybody who is in the group.
func (d *draft) seen(r *room) {
	people := make([]bot.Person, len(r.crowd.list))
	key := make([]string, 0, 5*len(people))
	for i, m := range r.crowd.list {
		p := d.asPerson(m)
		people[i] = p
		key = append(key, m.user, p.Name, p.Display, p.Remark, p.Attr)
	}
	ev := d.event(r, bot.MembersSeen, "", d.at)
	key = append(key, ev.ChatName, ev.BotName)
	ev.ID = d.changeID(r, "members", digest(key...), r.turn)
	ev.Members = people
	d.tell(ev)
}

// leaves tells who went and was not told of.
func (d *draft) leaves(r *room) {
	for _, p := range r.went {
		ev := d.event(r, bot.Left, d.changeID(r, "left", p.who.user, p.turn), p.at)
		ev.From = d.asPerson(p.who)
		d.tell(ev)
		r.note("left", p.who.user, d.at)
	}
	r.went = nil
}

// arrivals tells who came so long ago that no line will say it any more.
func (d *draft) arrivals(r *room, wait time.Duration) {
	for _, p := range r.came {
		if d.at.Sub(p.at) >= wait {
			d.arrived(r, p)
		}
	}
}

// arrived tells that somebody came, of whom no line has spoken.
func (d *draft) arrived(r *room, p passage) {
	ev := d.event(r, bot.Joined, d.changeID(r, "joined", p.who.user, p.turn), p.at)
	ev.From = d.asPerson(p.who)
	d.tell(ev)
	r.note("joined", p.who.user, d.at)
	r.came = dropped(r.came, p.who.user)
}

func dropped(list []passage, user string) []passage {
	return slices.DeleteFunc(slices.Clone(list), func(p passage) bool { return p.who.user == user })
}

// wants tells whether a line speaks of somebody whom only a later member list can have.
func (r *room) wants() bool {
	return slices.ContainsFunc(r.open, func(l line) bool { return r.read.Before(l.at.Add(lineWait)) })
}

// note remembers that something was told of somebody, as long as a late line may tell it again. The room is a
// draft's own.
func (r *room) note(what, user string, at time.Time) {
	told := make(map[string]time.Time, len(r.told)+1)
	for key, t := range r.told {
		if at.Sub(t) < lineLife {
			told[key] = t
		}
	}
	told[what+"/"+user] = at
	r.told = told
}

// noted tells whether something was told of somebody of late.
func (r *room) noted(what, user string, at time.Time) bool {
	t, ok := r.told[what+"/"+user]
	return ok && at.Sub(t) < lineLife
}
