package wechattest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// friendRequest is somebody who asked to be a friend.
type friendRequest struct {
	person *Person
	ticket string
	done   bool
}

// AskFriend lets the person ask the bot to be friends, with these words.
func (p *Person) AskFriend(words string) string {
	s := p.s
	s.mu.Lock()
	defer s.mu.Unlock()
	f := &friendRequest{person: p, ticket: fmt.Sprintf("v2_%040x@stranger", len(s.asked)+1)}
	s.asked = append(s.asked, f)
	return s.post(&message{chat: "fmessage", kind: msgVerify, content: func(x *session) string {
		return escapedXML(fmt.Sprintf(`<msg fromusername="%s" encryptusername="v1_%040x@stranger" fromnickname="%s" content="%s" shortpy="" imagestatus="3" `+
			`scene="14" country="CN" percard="1" sex="1" alias="%s" snsflag="17" mhash="" mfullhash="" ticket="%s" opcode="2" chatroomusername="">`+
			`<brandlist count="0" ver="759291380"></brandlist></msg>`,
			x.name(p), p.id, attribute(p.nick), attribute(words), attribute(p.attr.Alias), f.ticket))
	}, fill: func(x *session, w *wireMessage) {
		w.Ticket = f.ticket
		w.RecommendInfo = recommendInfo{
			UserName: x.name(p), NickName: text(Encode(p.nick)), Content: text(Encode(words)), Alias: p.attr.Alias,
			Scene: 14, AttrStatus: p.attr.AttrStatus, Ticket: f.ticket, OpCode: 2,
		}
	}})
}

func attribute(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

// Accepted are the people whose friend requests the client accepted, in order.
func (s *Server) Accepted() []*Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.accepted)
}

// verifyUser accepts a friend request.
func (s *Server) verifyUser(c *call) answer {
	var ask struct {
		Opcode         int
		VerifyUserList []struct{ Value, VerifyUserTicket string }
	}
	c.ret = retParam
	if json.Unmarshal(c.body, &ask) != nil || ask.Opcode != 3 {
		return onlyRet(c.ret)
	}
	for _, v := range ask.VerifyUserList {
		for _, f := range s.asked {
			if f.ticket != v.VerifyUserTicket || c.session.who(v.Value) != any(f.person) {
				continue
			}
			c.ret = 0
			if !f.done {
				f.done, f.person.attr.Friend = true, true
				s.accepted = append(s.accepted, f.person)
				line := fmt.Sprintf("你已添加了%s，现在可以开始聊天了。", f.person.nick)
				if s.opt.English {
					line = fmt.Sprintf("You have added %s as your WeChat contact. Start chatting!", f.person.nick)
				}
				s.postWith(&message{chat: f.person, kind: msgSystem, content: said(Encode(line))}, news{changed: f.person})
			}
		}
	}
	return onlyRet(c.ret)
}

// oplog sets a remark, which the next login has forgotten unless Options.KeepRemarks is set, or pins a chat.
func (s *Server) oplog(c *call) answer {
	var ask struct {
		CmdId                int
		RemarkName, UserName string
	}
	if json.Unmarshal(c.body, &ask) != nil {
		return c.refuse(retParam)
	}
	p, ok := c.session.who(ask.UserName).(*Person)
	switch {
	case ask.CmdId == 3:
	case ask.CmdId != 2 || !ok || !p.attr.Friend:
		c.ret = retParam
	case s.opt.KeepRemarks:
		p.attr.Remark = ask.RemarkName
		s.changedPerson(p)
	default:
		c.session.remarks[p] = ask.RemarkName
		s.changedPerson(p)
	}
	return onlyRet(c.ret)
}

// Remark is what the phone calls the person now.
func (p *Person) Remark() string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.attr.Remark
}
