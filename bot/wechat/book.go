package wechat

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Name is the transport's name.
const Name = "wechat"

// How long things wait.
const (
	// lineWait is how long somebody new to a member list waits for the line that says who brought them, and how
	// long a member list is at least left alone.
	lineWait = 30 * time.Second
	// lineLife is how long a line that names somebody waits for a member list that has them.
	lineLife = 10 * time.Minute
)

// book is what is known of one login: the bot's own account, its friends, its groups and who is in them. All
// methods are safe for concurrent use.
type book struct {
	session string
	up      time.Time
	me      string

	mu      sync.Mutex
	nick    string              // the bot's own
	people  map[string]contact  // friends and official accounts, by user
	remarks map[string][]string // the friends who have a remark, by it
	rooms   map[string]*room    // never changed in place
	asked   map[string]time.Time
	heard   heard
}

// contact is a friend or an official account.
type contact struct {
	nick, remark, attr string
	official           bool
}

func newBook(self rawContact, session string, upAt time.Time) *book {
	return &book{
		session: session, up: upAt, me: self.UserName, nick: named(self.NickName),
		people: map[string]contact{}, remarks: map[string][]string{}, rooms: map[string]*room{}, asked: map[string]time.Time{},
	}
}

// isRoom tells names of groups from names of people.
func isRoom(user string) bool { return strings.HasPrefix(user, "@@") }

// contacts takes in what init and webwxgetcontact tell: friends, official accounts, and groups without their members.
func (b *book) contacts(list []rawContact) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.draft(time.Time{})
	for _, c := range list {
		if isRoom(c.UserName) {
			r := d.edit(c.UserName)
			if name := named(c.NickName); name != "" {
				r.name = name
			}
			continue
		}
		d.contact(c)
	}
	d.settle()
}

// groups are the user names of all groups known so far, sorted.
func (b *book) groups() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]string, 0, len(b.rooms))
	for user := range b.rooms {
		list = append(list, user)
	}
	slices.Sort(list)
	return list
}

// knows tells whether this login has given the name to somebody, or to a group that the bot is in.
func (b *book) knows(user string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rooms[user] != nil || user != "" && user == b.me {
		return true
	}
	if _, ok := b.people[user]; ok {
		return true
	}
	for _, r := range b.rooms {
		if _, ok := r.crowd.get(user); ok {
			return true
		}
	}
	return false
}

// called are the names by which the people that something is said to are addressed where it is said.
func (b *book) called(o bot.Outgoing) map[bot.UserID]string {
	b.mu.Lock()
	defer b.mu.Unlock()
	names := make(map[bot.UserID]string, len(o.Mentions))
	d := b.draft(time.Time{})
	r := b.rooms[string(o.Route.Chat)]
	for _, p := range o.Mentions {
		if name := d.person(r, string(p.User)).Called(); name != "" {
			names[p.User] = name
		}
	}
	return names
}

// unknown are the groups of an answer whose whole member list was never read. They should be, before the answer
// is translated.
func (b *book) unknown(a syncAnswer) (list []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	brought := whole(a)
	for _, user := range roomsOf(a, b.me) {
		if r := b.rooms[user]; !brought[user] && (r == nil || !r.whole && !r.tried) {
			b.await(user)
			list = append(list, user)
		}
	}
	return list
}

// stale are the groups of an answer whose member lists are worth reading again before it is translated: somebody
// came or went, or somebody speaks who is not known. A group is named at most once in thirty seconds.
func (b *book) stale(a syncAnswer, now time.Time) (list []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	brought := whole(a)
	gone := map[string]bool{}
	for _, c := range a.DelContactList {
		gone[c.UserName] = true
	}
	for _, user := range roomsOf(a, b.me) {
		r := b.rooms[user]
		if r == nil || !r.whole && !r.tried || brought[user] || gone[user] || now.Sub(b.asked[user]) < lineWait || !b.isNews(a, r) {
			continue
		}
		b.asked[user] = now
		b.await(user)
		list = append(list, user)
	}
	return list
}

// await notes that the group's member list is read again because of an answer.
func (b *book) await(user string) {
	next := &room{user: user}
	if r := b.rooms[user]; r != nil {
		*next = *r
	}
	next.awaited = true
	b.rooms[user] = next
}

// isNews tells whether the answer says something about the group that its member list does not explain.
func (b *book) isNews(a syncAnswer, r *room) bool {
	if !r.whole || r.wants() {
		return true
	}
	for _, c := range a.ModContactList {
		if c.UserName == r.user {
			return true // changed, without its members
		}
	}
	for _, m := range a.AddMsgList {
		if m.FromUserName != r.user {
			continue
		}
		if m.MsgType == typeSystem {
			if kind, _ := understand(decode(string(m.Content))); kind == entered || kind == removed {
				return true
			}
			continue
		}
		if who, _, ok := sender(string(m.Content)); ok {
			if _, known := r.crowd.get(who); !known {
				return true
			}
		}
	}
	return false
}

// old are the groups whose member lists were not read for so long, those that never were first. Groups where
// somebody came or went and it is not told yet need it sooner.
func (b *book) old(now time.Time, after time.Duration) (list []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for user, r := range b.rooms {
		age := now.Sub(r.read)
		if age >= after || age >= lineWait && (r.wants() || len(r.came) > 0) {
			list = append(list, user)
		}
	}
	slices.SortFunc(list, func(x, y string) int {
		if d := b.rooms[x].read.Compare(b.rooms[y].read); d != 0 {
			return d
		}
		return strings.Compare(x, y)
	})
	return list
}

// whole are the groups whose whole member list is part of the answer.
func whole(a syncAnswer) map[string]bool {
	var in map[string]bool
	for _, c := range a.ModContactList {
		if isRoom(c.UserName) && isWhole(c) {
			if in == nil {
				in = map[string]bool{}
			}
			in[c.UserName] = true
		}
	}
	return in
}

func isWhole(c rawContact) bool {
	return len(c.MemberList) > 0 && c.MemberCount > 0 && len(c.MemberList) >= int(c.MemberCount)
}

// roomsOf are the groups that an answer speaks of, once each.
func roomsOf(a syncAnswer, me string) (list []string) {
	add := func(user string) {
		if isRoom(user) && !slices.Contains(list, user) {
			list = append(list, user)
		}
	}
	for _, m := range a.AddMsgList {
		if m.MsgType != typeNotify {
			add(m.FromUserName)
			if m.FromUserName == me {
				add(m.ToUserName)
			}
		}
	}
	for _, c := range a.ModContactList {
		add(c.UserName)
	}
	return list
}
