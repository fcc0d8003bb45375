package wechat

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// The types of messages that are told apart.
const (
	typeText     = 1
	typePicture  = 3
	typeRequest  = 37
	typeApp      = 49
	typeNotify   = 51 // what the phone did: chats opened, read
	typeSystem   = 10000
	typeRecalled = 10002
)

// silent are types that nobody says anything with: calls, notes of the service to the client.
var silent = []number{40, 50, typeNotify, 52, 53, 9999}

// translate makes events of what a sync brought, in order. The book changes when commit is called, which is to be
// done when the events are durable. Until then the same answer gives the same events, with the same ids.
func (b *book) translate(a syncAnswer, seenAt time.Time) (events []bot.Event, commit func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.draft(seenAt)
	for _, c := range a.ModContactList {
		d.modified(c)
	}
	lines := d.lines(a)
	for i, m := range a.AddMsgList {
		d.message(m, lines[i])
	}
	for _, c := range a.DelContactList {
		d.deleted(c.UserName)
	}
	d.sweep()
	return d.events, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		d.settle()
	}
}

// modified takes in a person or a group that changed.
func (d *draft) modified(c rawContact) {
	if !isRoom(c.UserName) {
		d.contact(c)
		return
	}
	r := d.edit(c.UserName)
	if name := named(c.NickName); name != "" {
		r.name = name
	}
	if len(c.MemberList) == 0 {
		return
	}
	isAll, wasAll := isWhole(c), r.whole
	d.crowd(r, c.MemberList, isAll)
	if isAll {
		r.tried, r.read = true, d.at
	}
	if isAll && !wasAll {
		r.fresh = true
		d.seen(r)
	}
}

// deleted forgets a person or a group that is gone.
func (d *draft) deleted(user string) {
	switch r := d.room(user); {
	case !isRoom(user):
		d.people[user] = nil
	case r != nil:
		r = d.edit(user)
		r.turn++
		d.banished(r, d.changeID(r, "left", d.b.me, r.turn), d.at, reading{})
	}
}

// banished tells that the bot is no longer in a group.
func (d *draft) banished(r *room, id string, at time.Time, rd reading) {
	ev := d.event(r, bot.Left, id, at)
	ev.From = d.person(r, d.b.me)
	if by, ok := d.only(r, rd.by); ok && !by.Self {
		ev.By = &by
	}
	d.tell(ev)
	d.rooms[r.user] = nil
}

// understood is a system line that was read.
type understood struct {
	kind     saying
	readings []reading
	sole     bool // no other line of the answer says that somebody entered the group
}

// lines reads the system lines of an answer, by their place in it.
func (d *draft) lines(a syncAnswer) map[int]understood {
	var lines map[int]understood
	times := map[string]int{}
	for i, m := range a.AddMsgList {
		if m.MsgType != typeSystem || !isRoom(m.FromUserName) && !isRoom(m.ToUserName) {
			continue
		}
		if lines == nil {
			lines = map[int]understood{}
		}
		kind, readings := understand(decode(string(m.Content)))
		lines[i] = understood{kind: kind, readings: readings}
		if kind == entered {
			times[groupOf(m)]++
		}
	}
	for i, l := range lines {
		l.sole = times[groupOf(a.AddMsgList[i])] == 1
		lines[i] = l
	}
	return lines
}

// groupOf is the group that a message is in, whoever sent it.
func groupOf(m rawMessage) string {
	if isRoom(m.FromUserName) {
		return m.FromUserName
	}
	return m.ToUserName
}

// sweep tells what no message of the answer has told: who went, and who came some time ago.
func (d *draft) sweep() {
	users := slices.Collect(maps.Keys(d.b.rooms))
	users = slices.AppendSeq(users, maps.Keys(d.rooms))
	slices.Sort(users)
	for _, user := range slices.Compact(users) {
		r := d.room(user)
		if r == nil || !r.awaited && !r.fresh && len(r.came) == 0 && len(r.went) == 0 {
			continue
		}
		r = d.edit(user)
		r.awaited, r.fresh = false, false
		d.leaves(r)
		d.arrivals(r, lineWait)
	}
}

// message makes the event of one message, if it is one.
func (d *draft) message(m rawMessage, l understood) {
	if slices.Contains(silent, m.MsgType) {
		return
	}
	own := m.FromUserName == d.b.me && d.b.me != ""
	switch {
	case isRoom(m.FromUserName):
		d.inGroup(m.FromUserName, m, l)
	case isRoom(m.ToUserName) && own:
		d.inGroup(m.ToUserName, m, l)
	case own:
	case m.MsgType == typeRequest:
		d.asked(m)
	case strings.HasPrefix(m.FromUserName, "@"): // the service's own accounts are words
		d.inPrivate(m)
	}
}

// inGroup makes the event of something in a group.
func (d *draft) inGroup(user string, m rawMessage, l understood) {
	if m.MsgType == typeSystem {
		d.line(d.edit(user), m, l)
		return
	}
	r := d.room(user)
	if r == nil {
		r = d.edit(user) // heard of
	}
	body, from := string(m.Content), d.b.me
	if m.FromUserName == user {
		from, body, _ = sender(body)
	}
	switch {
	case m.MsgType == typeRecalled:
		d.recalled(r, from, body, m)
		return
	case from == "":
		return // nobody said it
	}
	at := d.when(m)
	if i := slices.IndexFunc(r.came, func(p passage) bool { return p.who.user == from }); i >= 0 {
		p := r.came[i] // who speaks is here, whatever line may still come
		if at.Before(p.at) {
			p.at = at
		}
		r = d.edit(user)
		d.arrived(r, p)
	}
	ev := d.event(r, bot.Message, messageID(m), at)
	ev.From = d.person(r, from)
	d.fill(&ev, r, body, m)
	d.tell(ev)
	d.heard = append(d.heard, utterance{ev.ID, from})
}

// line makes the events of a system line in a group.
func (d *draft) line(r *room, m rawMessage, l understood) {
	at := d.when(m)
	switch l.kind {
	case entered, removed:
		d.explain(r, line{messageID(m), at, l.kind, l.readings}, l.sole)
	case banished:
		d.banished(r, messageID(m)+"/"+d.b.me, at, l.readings[0])
	case retitled:
		r.name = l.readings[0].names
	case tapped:
		for _, rd := range l.readings {
			if d.tapped(r, messageID(m), at, rd) {
				break
			}
		}
	}
}

// tapped tells who nudged whom, if both are certain.
func (d *draft) tapped(r *room, id string, at time.Time, rd reading) bool {
	from, known := d.only(r, rd.by)
	whom := d.person(r, d.b.me)
	if !rd.toBot {
		var ok bool
		whom, ok = d.only(r, rd.names)
		known = known && ok
	}
	if !known || from.Self {
		return false
	}
	ev := d.event(r, bot.Tapped, id, at)
	ev.From, ev.Mentions, ev.ToBot = from, []bot.Person{whom}, whom.Self
	d.tell(ev)
	return true
}

// inPrivate makes the event of something that somebody said to the bot alone.
func (d *draft) inPrivate(m rawMessage) {
	c, known := d.known(m.FromUserName)
	if c.official || m.MsgType == typeSystem {
		return
	}
	if !known {
		d.people[m.FromUserName] = &contact{} // whoever speaks can be answered
	}
	at := d.when(m)
	if m.MsgType == typeRecalled {
		d.recalled(nil, m.FromUserName, string(m.Content), m)
		return
	}
	ev := d.event(nil, bot.Message, messageID(m), at)
	ev.Private, ev.From, ev.BotName = true, d.person(nil, m.FromUserName), d.nick
	d.fill(&ev, nil, string(m.Content), m)
	d.tell(ev)
	d.heard = append(d.heard, utterance{ev.ID, m.FromUserName})
}

// asked makes the event of somebody's wish to be a friend.
func (d *draft) asked(m rawMessage) {
	who := m.RecommendInfo
	if who.UserName == "" {
		return
	}
	ev := d.event(nil, bot.FriendAsked, messageID(m), d.when(m))
	ev.Private, ev.BotName, ev.Ref = true, d.nick, friendRef(who.UserName, string(who.Ticket))
	ev.From = bot.Person{User: bot.UserID(who.UserName), Name: named(who.NickName), Attr: attr(who.AttrStatus)}
	ev.Text, ev.Len = cut(decode(string(who.Content)), maxText)
	d.tell(ev)
}

// when is the time of a message, or of its arrival where it has none that makes sense.
func (d *draft) when(m rawMessage) time.Time {
	const day = 24 * time.Hour
	at := time.Unix(int64(m.CreateTime), 0).UTC()
	if at.Year() < 2011 || at.After(d.at.Add(day)) {
		return d.at
	}
	return at
}

// messageID is the id of the event of a message.
func messageID(m rawMessage) string {
	for _, id := range [...]text{m.NewMsgID, m.MsgID} {
		if id != "" && id != "0" {
			return Name + "/" + string(id)
		}
	}
	return Name + "/none/" + digest(m.FromUserName, m.ToUserName, time.Unix(int64(m.CreateTime), 0).UTC().String(), string(m.Content))
}
