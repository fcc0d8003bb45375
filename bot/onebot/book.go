package onebot

import (
	"maps"
	"slices"
	"sync"

	"github.com/weilu-im/weilu/bot"
)

// book is what an account knows of the groups that it is in, and of its friends. It is safe for concurrent use.
type book struct {
	self id

	mu      sync.Mutex
	nick    string
	groups  map[id]*group
	friends map[id]string // their nicknames
	wrote   map[id]id     // who wrote to the account in private, and through which group, if any
}

type group struct {
	name    string
	members map[id]sender
}

func newBook(self id) *book {
	return &book{self: self, groups: map[id]*group{}, friends: map[id]string{}, wrote: map[id]id{}}
}

// group gives a group, made where it is new; the lock is held.
func (b *book) group(g id) *group {
	if b.groups[g] == nil {
		b.groups[g] = &group{members: map[id]sender{}}
	}
	return b.groups[g]
}

// setGroups takes in which groups there are, and tells those that are gone. A list that misses more than half of several
// groups is not believed (ok is false), and changes nothing: it was cut short.
func (b *book) setGroups(names map[id]string) (gone []id, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for g := range b.groups {
		if _, there := names[g]; !there {
			gone = append(gone, g)
		}
	}
	if len(gone) > 2 && 2*len(gone) > len(b.groups) {
		return gone, false
	}
	for _, g := range gone {
		delete(b.groups, g)
	}
	for g, name := range names {
		b.group(g).name = name
	}
	return gone, true
}

// named takes in the name of a group, and gives the one that counts.
func (b *book) named(g id, name string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	known := b.group(g)
	if name != "" {
		known.name = name
	}
	return known.name
}

// groupIDs are all groups, in the order of their ids.
func (b *book) groupIDs() []id {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.groups))
}

// friendIDs are all friends, in the order of their ids.
func (b *book) friendIDs() []id {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.friends))
}

// has tells whether the account is in a group.
func (b *book) has(g id) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.groups[g] != nil
}

// setMembers takes in the whole list of a group.
func (b *book) setMembers(g id, list []sender) {
	b.mu.Lock()
	defer b.mu.Unlock()
	members := make(map[id]sender, len(list))
	for _, m := range list {
		members[m.UserID] = m
	}
	b.group(g).members = members
}

// met takes in what a message or a notice shows of somebody.
func (b *book) met(g id, m sender) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.group(g).members[m.UserID] = m
}

// forget takes somebody out of a group.
func (b *book) forget(g, user id) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if user == b.self {
		delete(b.groups, g)
	} else if known := b.groups[g]; known != nil {
		delete(known.members, user)
	}
}

// member is what is known of somebody in a group.
func (b *book) member(g, user id) (sender, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if known := b.groups[g]; known != nil {
		m, ok := known.members[user]
		return m, ok
	}
	return sender{}, false
}

// meeting is a group in which the account meets somebody; empty: none is known.
func (b *book) meeting(user id) id {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, g := range slices.Sorted(maps.Keys(b.groups)) {
		if _, ok := b.groups[g].members[user]; ok {
			return g
		}
	}
	return ""
}

// setFriends takes in the whole list of friends, and tells who is new on it.
func (b *book) setFriends(list []sender) (fresh []sender) {
	b.mu.Lock()
	defer b.mu.Unlock()
	friends := make(map[id]string, len(list))
	for _, f := range list {
		if _, known := b.friends[f.UserID]; !known {
			fresh = append(fresh, f)
		}
		friends[f.UserID] = f.Nickname
	}
	b.friends = friends
	return fresh
}

func (b *book) befriend(user id, name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.friends[user] = name
}

// friend tells whether somebody is a friend, and what their nickname is.
func (b *book) friend(user id) (name string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	name, ok = b.friends[user]
	return name, ok
}

// heardFrom keeps that somebody wrote in private, and through which group; none where they are a friend.
func (b *book) heardFrom(user, through id) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrote[user] = through
}

// wroteTo tells whether somebody wrote in private since the start, and through which group.
func (b *book) wroteTo(user id) (through id, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	through, ok = b.wrote[user]
	return through, ok
}

func (b *book) setNick(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.nick = name
}

// called is what the bot is called in a group, or in private.
func (b *book) called(g id) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if known := b.groups[g]; known != nil {
		if m := known.members[b.self]; m.Card != "" {
			return m.Card
		}
	}
	return b.nick
}

// person is somebody as the bot knows people. Ids of a platform stay the same for ever.
func (m sender) person(own bool) bot.Person {
	return bot.Person{User: bot.UserID(m.UserID), Name: m.Nickname, Display: m.Card, Stable: true, Self: own, Admin: m.Role == "owner" || m.Role == "admin"}
}
