package wechat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// draft is a book as it will be: what an answer changes is written here first, and entered into the book when
// what it tells is durable. The book's lock is held while a draft is used.
type draft struct {
	b      *book
	at     time.Time
	nick   string
	people map[string]*contact // nil: gone
	rooms  map[string]*room    // nil: gone
	bases  map[string]*room    // what the rooms were made of
	heard  []utterance
	events []bot.Event
}

func (b *book) draft(at time.Time) *draft {
	return &draft{b: b, at: at.UTC(), nick: b.nick, people: map[string]*contact{}, rooms: map[string]*room{}, bases: map[string]*room{}}
}

// room is a group as the draft has it; nil if it is not known.
func (d *draft) room(user string) *room {
	if r, ok := d.rooms[user]; ok {
		return r
	}
	return d.b.rooms[user]
}

// edit is a group that the draft may change. One that is not known yet begins here.
func (d *draft) edit(user string) *room {
	r, mine := d.rooms[user]
	if mine && r != nil {
		return r
	}
	next := &room{user: user}
	if base := d.b.rooms[user]; !mine && base != nil {
		*next = *base
		d.bases[user] = base
	}
	d.rooms[user] = next
	return next
}

// known is a friend or an official account as the draft has it.
func (d *draft) known(user string) (contact, bool) {
	if c, ok := d.people[user]; ok {
		if c == nil {
			return contact{}, false
		}
		return *c, true
	}
	c, ok := d.b.people[user]
	return c, ok
}

// contact takes in a friend or an official account.
func (d *draft) contact(c rawContact) {
	const officialAccount = 8
	switch c.UserName {
	case "":
	case d.b.me:
		if nick := named(c.NickName); nick != "" {
			d.nick = nick
		}
	default:
		d.people[c.UserName] = &contact{
			nick: named(c.NickName), remark: named(c.RemarkName), attr: attr(c.AttrStatus),
			official: c.VerifyFlag&officialAccount != 0 || strings.HasPrefix(c.UserName, "gh_"),
		}
	}
}

// settle enters the draft into the book.
func (d *draft) settle() {
	b := d.b
	b.nick = d.nick
	for user, c := range d.people {
		if old, ok := b.people[user]; ok && old.remark != "" {
			b.remarks[old.remark] = remove(b.remarks[old.remark], user)
		}
		if c == nil {
			delete(b.people, user)
			continue
		}
		b.people[user] = *c
		if c.remark != "" {
			b.remarks[c.remark] = append(b.remarks[c.remark], user)
		}
	}
	for user, r := range d.rooms {
		switch {
		case r == nil:
			delete(b.rooms, user)
			delete(b.asked, user)
		case b.rooms[user] == d.bases[user]:
			b.rooms[user] = r
		default:
			b.rooms[user] = r.onto(b.rooms[user])
		}
	}
	b.heard.add(d.heard)
}

// onto is the room for a book that has learned of a later list while the room was a draft: what was told is told.
func (r *room) onto(now *room) *room {
	if now == nil {
		return r
	}
	next := *now
	next.turn = max(now.turn, r.turn) + 1
	next.awaited, next.fresh, next.open = false, false, r.open
	for what, list := range map[string]*[]passage{"joined": &next.came, "left": &next.went} {
		var rest []passage
		for _, p := range *list {
			if _, told := r.told[what+"/"+p.who.user]; !told {
				rest = append(rest, p)
			}
		}
		*list = rest
	}
	next.told = r.told
	return &next
}

func remove(list []string, user string) (rest []string) {
	for _, u := range list {
		if u != user {
			rest = append(rest, u)
		}
	}
	return rest
}

// tell adds an event.
func (d *draft) tell(ev bot.Event) { d.events = append(d.events, ev) }

// event begins an event of a group; r may be nil.
func (d *draft) event(r *room, kind bot.Kind, id string, at time.Time) bot.Event {
	ev := bot.Event{
		ID: id, Kind: kind, At: at.UTC(), SeenAt: d.at, Transport: Name, Session: d.b.session,
		Backlog: at.Before(d.b.up.Truncate(time.Second)),
	}
	if r != nil {
		ev.Chat, ev.ChatName, ev.BotName = bot.ChatID(r.user), r.name, d.botName(r)
	}
	return ev
}

// botName is what the bot is called in a group.
func (d *draft) botName(r *room) string {
	if m, ok := r.crowd.get(d.b.me); ok && m.called() != "" {
		return m.called()
	}
	return d.nick
}

// person is somebody as a group shows them, or as the bot's contacts do; nobody but a name of the login if they
// are not known.
func (d *draft) person(r *room, user string) bot.Person {
	if r != nil {
		if m, ok := r.crowd.get(user); ok {
			return d.asPerson(m)
		}
	}
	p := bot.Person{User: bot.UserID(user)}
	if user == d.b.me {
		p.Name, p.Self = d.nick, true
	} else if c, ok := d.known(user); ok {
		p.Name, p.Remark, p.Attr, p.Friend = c.nick, c.remark, c.attr, !c.official
	}
	return p
}

func (d *draft) asPerson(m member) bot.Person {
	p := bot.Person{User: bot.UserID(m.user), Name: m.nick, Display: m.display, Attr: m.attr, Self: m.user == d.b.me}
	if c, ok := d.known(m.user); ok && !p.Self {
		p.Remark, p.Friend = c.remark, !c.official
		if p.Name == "" {
			p.Name = c.nick
		}
		if p.Attr == "" {
			p.Attr = c.attr
		}
	}
	return p
}

// who are the users in a group that have a name there, or as a friend of the bot.
func (d *draft) who(r *room, name string) (users []string) {
	if r == nil || name == "" {
		return nil
	}
	if r.crowd != nil {
		for _, i := range r.crowd.byName[name] {
			users = append(users, r.crowd.list[i].user)
		}
	}
	for _, user := range d.b.remarks[name] {
		if _, in := r.crowd.get(user); in && len(remove(users, user)) == len(users) {
			users = append(users, user)
		}
	}
	return users
}

// only is the one person in a group who has a name.
func (d *draft) only(r *room, name string) (bot.Person, bool) {
	users := d.who(r, name)
	if len(users) != 1 {
		return bot.Person{}, false
	}
	return d.person(r, users[0]), true
}

// changeID is the id of something that was seen by comparing lists: the same as long as it is told of the same list.
func (d *draft) changeID(r *room, what, who string, turn int) string {
	return fmt.Sprintf("%s/%s/%s", Name, what, digest(d.b.session, strconv.FormatInt(d.b.up.UnixNano(), 36), r.user, who, strconv.Itoa(turn)))
}

// digest makes one short name of several.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
