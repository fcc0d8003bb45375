package wechattest

import (
	"slices"
)

// Attr are a person's attributes. Those left empty are what they are for most people: no friend, no remark, no
// WeChat id, a bit mask that several share, the default avatar.
type Attr struct {
	Friend     bool   // of the bot account
	Remark     string // what the bot's owner calls a friend
	Alias      string // the WeChat id, which the web rarely shows
	AttrStatus int64  // a bit mask, stable and not unique
	Avatar     []byte // a picture; nil is the default one, which many have
}

// Person is one human being, the same through all logins, whatever the names are that the client gets to see.
type Person struct {
	s    *Server
	id   int
	nick string
	attr Attr
	sort int // VerifyFlag: 8 and 24 are official accounts
}

// member is a person in a group.
type member struct {
	*Person
	display string
}

// Group is one group chat, the same through all logins.
type Group struct {
	s       *Server
	id      int
	name    string
	owner   *Person
	members []*member
	saved   bool
	english bool
}

// Person adds someone to the world. The nickname is what they would type; the service encodes it.
func (s *Server) Person(nick string, attrs ...Attr) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.addPerson(nick)
	for _, a := range attrs {
		p.attr = a
	}
	if p.attr.AttrStatus == 0 {
		common := [...]int64{102501, 233509, 33658917, 102437, 235557, 33656869, 4133, 98341}
		p.attr.AttrStatus = common[p.id%len(common)]
	}
	p.attr.Friend = p.attr.Friend || p.attr.Remark != ""
	return p
}

func (s *Server) addPerson(nick string) *Person {
	p := &Person{s: s, id: len(s.people) + 1, nick: nick}
	s.people = append(s.people, p)
	return p
}

// Bot is the account that the client logs in to.
func (s *Server) Bot() *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bot
}

// ReplaceBot stands for an account that was barred: the session ends with 1102, another account takes the bot's place
// in all groups, and it has no friends, no remarks and no news from before.
func (s *Server) ReplaceBot(nick string) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.live(); x != nil {
		x.ended = retCookie
	}
	old := s.bot
	s.uin++
	s.since = len(s.log)
	s.bot = s.addPerson(nick)
	s.bot.attr.AttrStatus = 102501
	for _, p := range s.people {
		p.attr.Friend, p.attr.Remark = false, ""
	}
	for _, g := range s.groups {
		if g.drop(old) {
			s.addMembers(g, s.bot)
		}
		if g.owner == old {
			g.owner = s.bot
		}
	}
	s.changed()
	return s.bot
}

// Group makes a group of these people and the bot. The first of them owns it. It is saved to contacts.
func (s *Server) Group(name string, people ...*Person) *Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.addGroup(name, people)
	s.addMembers(g, s.bot)
	return g
}

// GroupElsewhere makes a group of these people without the bot, which [Group.AddBot] may bring in. It is not saved.
func (s *Server) GroupElsewhere(name string, people ...*Person) *Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.addGroup(name, people)
	g.saved = false
	return g
}

// Groups are all groups, also those that the client made.
func (s *Server) Groups() []*Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.groups)
}

func (s *Server) addGroup(name string, people []*Person) *Group {
	g := &Group{s: s, id: len(s.groups) + 1, name: name, owner: s.bot, saved: true, english: s.opt.English}
	if len(people) > 0 {
		g.owner = people[0]
	}
	s.groups = append(s.groups, g)
	s.addMembers(g, people...)
	return g
}

func (s *Server) addMembers(g *Group, people ...*Person) {
	for _, p := range people {
		if g.find(p) == nil {
			g.members = append(g.members, &member{Person: p})
		}
	}
}

// find is the person's membership, nil if they have none.
func (g *Group) find(p *Person) *member {
	for _, m := range g.members {
		if m.Person == p {
			return m
		}
	}
	return nil
}

func (g *Group) drop(p *Person) bool {
	before := len(g.members)
	g.members = slices.DeleteFunc(g.members, func(m *member) bool { return m.Person == p })
	return len(g.members) < before
}

// Save says whether the group is saved to contacts. One that is not appears in no list until it speaks.
func (g *Group) Save(saved bool) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.saved = saved
}

// SetEnglish says whether the lines that WeChat writes in this group are English.
func (g *Group) SetEnglish(english bool) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.english = english
}

// SetOwner makes one of the members the owner.
func (g *Group) SetOwner(p *Person) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.owner = p
	g.s.changedGroup(g, false)
}

// BotDisplay sets the bot's own nickname in this group, as its owner would on the phone.
func (g *Group) BotDisplay(name string) {
	g.SetDisplay(g.s.Bot(), name)
}

// SetDisplay sets a member's nickname in this group. The client is told by a new member list.
func (g *Group) SetDisplay(p *Person, name string) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	if m := g.find(p); m != nil {
		m.display = name
		g.s.changedGroup(g, false)
	}
}

// Members are the people in the group, in the order of the lists, the bot among them.
func (g *Group) Members() []*Person {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	people := make([]*Person, 0, len(g.members))
	for _, m := range g.members {
		people = append(people, m.Person)
	}
	return people
}

// Name is what the group is called now.
func (g *Group) Name() string {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.name
}

// Mention is how a phone writes a mention of the person in this group: @, the name shown there, and U+2005.
func (g *Group) Mention(p *Person) string {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	name := p.nick
	if m := g.find(p); m != nil && m.display != "" {
		name = m.display
	}
	return "@" + name + "\u2005"
}

// Nick is the person's nickname now.
func (p *Person) Nick() string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.nick
}

// Rename gives the person another nickname. The client is told if they are a friend; in groups it has to look.
func (p *Person) Rename(nick string) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.nick = nick
	p.s.changedPerson(p)
}

// SetAvatar gives the person another picture.
func (p *Person) SetAvatar(picture []byte) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.attr.Avatar = picture
	p.s.changedPerson(p)
}

// SetRemark is the bot's owner noting a name for a friend on the phone.
func (p *Person) SetRemark(remark string) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.attr.Remark = remark
	p.s.changedPerson(p)
}

// IsFriend tells whether the person is a friend of the bot account now.
func (p *Person) IsFriend() bool {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.attr.Friend
}

// Befriend makes the person a friend of the bot account, as its owner would on the phone. There is no remark.
func (p *Person) Befriend() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.attr.Friend = true
	p.s.changedPerson(p)
}

// Unfriend ends the friendship, from the person's side or on the phone: an entry of DelContactList.
func (p *Person) Unfriend() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.attr.Friend, p.attr.Remark = false, ""
	p.s.append(news{gone: p})
}

func (s *Server) changedPerson(p *Person) {
	if p.attr.Friend {
		s.append(news{changed: p})
	}
}

func (s *Server) changedGroup(g *Group, apart bool) {
	if g.find(s.bot) != nil {
		s.append(news{changed: g, apart: apart})
	}
}

// seenAs is what the bot's phone calls the person in a group: the remark, else the nickname there, else their own.
func (s *Server) seenAs(g *Group, p *Person) string {
	if p.attr.Remark != "" {
		return p.attr.Remark
	}
	if g != nil {
		if m := g.find(p); m != nil && m.display != "" {
			return m.display
		}
	}
	return p.nick
}
