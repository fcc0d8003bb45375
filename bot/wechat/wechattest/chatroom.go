package wechattest

import (
	"encoding/json"
	"strings"
)

// updateChatroom renames a group or invites friends into it.
func (s *Server) updateChatroom(c *call) answer {
	var ask struct{ ChatRoomName, NewTopic, AddMemberList, InviteMemberList string }
	g, ok := (*Group)(nil), false
	if json.Unmarshal(c.body, &ask) == nil {
		g, ok = c.session.who(ask.ChatRoomName).(*Group)
	}
	if !ok || g.find(s.bot) == nil {
		return c.refuse(retParam)
	}
	switch c.r.URL.Query().Get("fun") {
	case "modtopic":
		g.name = ask.NewTopic
	case "addmember", "invitemember":
		for name := range strings.SplitSeq(ask.AddMemberList+","+ask.InviteMemberList, ",") {
			if p, ok := c.session.who(name).(*Person); ok && p.attr.Friend {
				s.addMembers(g, p)
			}
		}
	default:
		return c.refuse(retParam)
	}
	s.changedGroup(g, false)
	return onlyRet(0)
}

// createChatroom makes a group of friends, which is not saved to contacts.
func (s *Server) createChatroom(c *call) answer {
	var ask struct {
		Topic      string
		MemberList []struct{ UserName string }
	}
	var people []*Person
	if json.Unmarshal(c.body, &ask) == nil {
		for _, m := range ask.MemberList {
			if p, ok := c.session.who(m.UserName).(*Person); ok && p.attr.Friend {
				people = append(people, p)
			}
		}
	}
	if len(people) < 2 {
		return c.refuse(retParam)
	}
	g := s.addGroup(ask.Topic, people)
	g.owner, g.saved = s.bot, false
	s.addMembers(g, s.bot)
	s.changedGroup(g, false)
	return reply(struct {
		BaseResponse baseResponse
		Topic        string
		ChatRoomName string
		MemberCount  int
	}{Topic: ask.Topic, ChatRoomName: c.session.name(g), MemberCount: len(g.members)})
}
