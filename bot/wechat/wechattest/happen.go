package wechattest

import (
	"fmt"
	"strconv"
	"strings"
)

// System posts a line of the service in the group, such as "以下为新消息".
func (g *Group) System(line string) string {
	return g.speak(&message{kind: msgSystem, content: said(Encode(line))})
}

func (g *Group) isEnglish() bool {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.english
}

// words chooses between the languages of the group's lines.
func (g *Group) words(chinese, english string, args ...any) string {
	if g.english {
		return fmt.Sprintf(english, args...)
	}
	return fmt.Sprintf(chinese, args...)
}

// quotedNames is who is meant, as the bot's phone calls them.
func (g *Group) quotedNames(people []*Person) string {
	names := make([]string, 0, len(people))
	for _, p := range people {
		names = append(names, g.s.seenAs(g, p))
	}
	return strings.Join(names, g.words("、", ", "))
}

// Add is a member, or the bot's owner, inviting someone.
func (g *Group) Add(p, by *Person) { g.AddMany(by, p) }

// AddMany is a member, or the bot's owner, inviting several people at once.
func (g *Group) AddMany(by *Person, people ...*Person) {
	g.join(people, func() string {
		names := g.quotedNames(people)
		if by == g.s.bot {
			return g.words(`你邀请"%s"加入了群聊  `, `You invited %s to the group chat`, names)
		}
		return g.words(`"%s"邀请"%s"加入了群聊`, `%s invited %s to the group chat`, g.s.seenAs(g, by), names)
	})
}

// AddByQR is someone joining by the group's QR code that a member, or the bot's owner, has shared.
func (g *Group) AddByQR(p, by *Person) {
	g.join([]*Person{p}, func() string {
		name := g.s.seenAs(g, p)
		if by == g.s.bot {
			return g.words(`" %s"通过扫描你分享的二维码加入群聊`, `"%s" joined group chat via the QR code you shared.`, name)
		}
		return g.words(`" %s"通过扫描"%s"分享的二维码加入群聊`, `"%s" joined the group chat via the QR Code shared by "%s"`, name, g.s.seenAs(g, by))
	})
}

// AddBot is a member inviting the bot, alone or together with others, into a group it was not in.
func (g *Group) AddBot(by *Person, others ...*Person) {
	g.join(append([]*Person{g.s.Bot()}, others...), func() string {
		if len(others) > 0 {
			return g.words(`"%s"邀请你和"%s"加入了群聊`, `%s invited you and %s to the group chat`, g.s.seenAs(g, by), g.quotedNames(others))
		}
		var rest []*Person
		for _, m := range g.members {
			if m.Person != by && m.Person != g.s.bot {
				rest = append(rest, m.Person)
			}
		}
		return g.words(`"%s"邀请你加入了群聊，群聊参与人还有：%s`, `%s invited you to a group chat with %s`, g.s.seenAs(g, by), g.quotedNames(rest))
	})
}

// join adds people and tells the client in the order of Options.Joins.
func (g *Group) join(people []*Person, line func() string) {
	s := g.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addMembers(g, people...)
	if g.find(s.bot) == nil {
		return
	}
	m := &message{chat: g, kind: msgSystem, content: said(Encode(line()))}
	switch s.opt.Joins {
	case JoinListFirst:
		s.changedGroup(g, false)
		s.postApart(m)
	case JoinLineOnly:
		s.post(m)
	default:
		s.postWith(m, news{changed: g, apart: s.opt.Joins == JoinLineFirst})
	}
}

// postApart appends a message that is in no answer with what came before it.
func (s *Server) postApart(m *message) {
	s.post(m)
	s.log[len(s.log)-1].apart = true
}

// Remove is a member leaving: there is no line, only a new member list.
func (g *Group) Remove(p *Person) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	if g.drop(p) {
		g.s.changedGroup(g, false)
	}
}

// Kick is the owner throwing someone out. Only if the bot is the owner there is a line.
func (g *Group) Kick(p *Person) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	name := g.s.seenAs(g, p)
	if !g.drop(p) {
		return
	}
	if g.owner == g.s.bot {
		line := g.words(`你将"%s"移出了群聊`, `You removed "%s" from the group chat`, name)
		g.s.post(&message{chat: g, kind: msgSystem, content: said(Encode(line))})
	}
	g.s.changedGroup(g, false)
}

// RemoveBot is somebody throwing the bot out.
func (g *Group) RemoveBot(by *Person) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	line := g.words(`你被"%s"移出群聊`, `You were removed from the group chat by "%s"`, g.s.seenAs(g, by))
	if g.drop(g.s.bot) {
		g.s.postWith(&message{chat: g, kind: msgSystem, content: said(Encode(line))}, news{gone: g})
	}
}

// Rename gives the group another name; by is a member or the bot.
func (g *Group) Rename(name string, by *Person) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.name = name
	line := g.words(`"%s"修改群名为“%s”`, `"%s" changed the group name to "%s"`, g.s.seenAs(g, by), name)
	if by == g.s.bot {
		line = g.words(`你修改群名为“%s”`, `You changed the group name to "%s"`, name)
	}
	if g.find(g.s.bot) != nil {
		g.s.postWith(&message{chat: g, kind: msgSystem, content: said(Encode(line))}, news{changed: g})
	}
}

// Tickle is one member tickling another, or the bot, or themselves.
func (g *Group) Tickle(a, b *Person) string {
	g.s.mu.Lock()
	who, whom := g.s.seenAs(g, a), g.s.seenAs(g, b)
	line := g.words(`"%s" 拍了拍 "%s"`, `"%s" tickled "%s"`, who, whom)
	switch b {
	case g.s.bot:
		line = g.words(`"%s" 拍了拍我`, `"%s" tickled me`, who)
	case a:
		line = g.words(`"%s" 拍了拍自己`, `"%s" tickled themselves`, who)
	}
	g.s.mu.Unlock()
	return g.System(line)
}

// Warn is the line that strangers in a group get.
func (g *Group) Warn(p *Person) string {
	g.s.mu.Lock()
	line := g.words(`"%s"与群里其他人都不是微信朋友关系，请注意隐私安全`, `"%s" is not a WeChat contact of anyone in this group chat. Beware of your privacy.`, g.s.seenAs(g, p))
	g.s.mu.Unlock()
	return g.System(line)
}

// OpenChat is the bot's owner opening a chat on the phone: a message of type 51.
func (g *Group) OpenChat() { g.s.openChat(g, fmt.Sprintf("%d@chatroom", 10_000_000+g.id)) }

// OpenChat is the bot's owner opening a chat on the phone: a message of type 51.
func (p *Person) OpenChat() { p.s.openChat(p, fmt.Sprintf("wxid_%016d", p.id)) }

func (s *Server) openChat(chat any, plainID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.opt.PlainIDs {
		plainID = ""
	}
	s.post(&message{chat: chat, from: s.bot, kind: msgNotify, content: said(escapedXML(
		"<msg><op id='2'><username>" + plainID + "</username></op></msg>")), fill: func(x *session, w *wireMessage) {
		w.StatusNotifyCode, w.StatusNotifyUserName = 2, x.name(chat)
	}})
}

// greet is the message of type 51 that follows a login: the chats of late.
func (s *Server) greet() {
	if s.opt.QuietLogin {
		return
	}
	chats := s.lately()
	plain := make([]string, 0, len(chats))
	for _, chat := range chats {
		if g, ok := chat.(*Group); ok && s.opt.PlainIDs {
			plain = append(plain, fmt.Sprintf("%d@chatroom", 10_000_000+g.id))
		} else if p, ok := chat.(*Person); ok && s.opt.PlainIDs {
			plain = append(plain, fmt.Sprintf("wxid_%016d", p.id))
		}
	}
	s.post(&message{chat: s.bot, from: s.bot, kind: msgNotify, content: said(escapedXML(
		"<msg><op id='4'><username>" + strings.Join(plain, ",") + "</username></op></msg>")), fill: func(x *session, w *wireMessage) {
		names := make([]string, 0, len(chats))
		for _, chat := range chats {
			names = append(names, x.name(chat))
		}
		w.StatusNotifyCode, w.StatusNotifyUserName = 4, strings.Join(names, ",")
	}})
}

func parseID(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
