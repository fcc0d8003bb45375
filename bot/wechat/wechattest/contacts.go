package wechattest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net/http"
	"slices"
	"strconv"
)

// webwxinit says who the client is, where the news begin, and the chats of late.
func (s *Server) webwxinit(c *call) answer {
	x := c.session
	me := s.contact(x, s.bot)
	me.Uin = s.uin
	recent := s.recent(x)
	a := reply(struct {
		BaseResponse        baseResponse
		Count               int
		ContactList         []contact
		SyncKey             syncKey
		User                contact
		ChatSet             string
		SKey                string
		ClientVersion       int
		SystemTime          int64
		GrayScale           int
		InviteStartCount    int
		MPSubscribeMsgCount int
		MPSubscribeMsgList  []struct{}
		ClickReportInterval int
	}{
		Count: len(recent), ContactList: recent, SyncKey: s.keyAt(len(s.log)), User: me, ChatSet: s.chatSet(recent),
		SKey: x.skey, ClientVersion: 620757029, SystemTime: s.opt.Now().Unix(), GrayScale: 1, InviteStartCount: 40,
		MPSubscribeMsgList: []struct{}{}, ClickReportInterval: 600000,
	})
	if s.opt.CookiesAtInit {
		x.setCookies(a.header)
	}
	return a
}

// recent are the chats that a client lists before it knows its contacts: never a group that is not saved. Groups
// come with the beginning of their member list, without names, or with none.
func (s *Server) recent(x *session) []contact {
	list := []contact{{UserName: filehelper, NickName: "文件传输助手", ContactFlag: 2, KeyWord: "fil"}}
	x.name(filehelper)
	for _, who := range s.lately() {
		switch w := who.(type) {
		case *Group:
			e := s.groupContact(x, w, false)
			if w.id%2 == 1 {
				for _, m := range w.members[:min(3, len(w.members))] {
					e.MemberList = append(e.MemberList, roomMember{UserName: x.name(m.Person)})
				}
				e.MemberCount = len(w.members)
			}
			list = append(list, e)
		case *Person:
			list = append(list, s.contact(x, w))
		}
	}
	return list
}

// lately are at most 20 chats with news, the latest first, then saved groups without.
func (s *Server) lately() (chats []any) {
	add := func(who any) {
		g, isGroup := who.(*Group)
		p, isPerson := who.(*Person)
		if isGroup && (!g.saved || g.find(s.bot) == nil) || isPerson && !p.attr.Friend || len(chats) >= 20 || slices.Contains(chats, who) {
			return
		}
		chats = append(chats, who)
	}
	for i := len(s.log) - 1; i >= s.since && len(chats) < 20; i-- {
		if m := s.log[i].message; m != nil {
			add(m.chat)
		}
	}
	for _, g := range s.groups {
		add(g)
	}
	return chats
}

func (s *Server) chatSet(list []contact) (set string) {
	for _, e := range list {
		set += e.UserName + ","
	}
	return set
}

// getContact lists friends, official accounts and saved groups; groups without members.
func (s *Server) getContact(c *call) answer {
	var list []contact
	for _, p := range s.officials {
		list = append(list, s.contact(c.session, p))
	}
	for _, p := range s.people {
		if p.attr.Friend || p == s.bot {
			list = append(list, s.contact(c.session, p))
		}
	}
	for _, g := range s.groups {
		if g.saved && g.find(s.bot) != nil {
			list = append(list, s.groupContact(c.session, g, false))
		}
	}
	from, err := strconv.Atoi(cmp.Or(c.r.URL.Query().Get("seq"), "0"))
	if err != nil || from < 0 || from > len(list) {
		return c.refuse(retParam)
	}
	next := 0
	if size := s.opt.ContactPage; size > 0 && from+size < len(list) {
		next = from + size
		list = list[from:next]
	} else {
		list = list[from:]
	}
	return reply(struct {
		BaseResponse baseResponse
		MemberCount  int
		MemberList   []contact
		Seq          int
	}{MemberCount: len(list), MemberList: list, Seq: next})
}

// batchGetContact gives whole groups and single people, at most 50 at once.
func (s *Server) batchGetContact(c *call) answer {
	var ask struct {
		Count int
		List  []struct{ UserName, EncryChatRoomId string }
	}
	if json.Unmarshal(c.body, &ask) != nil || ask.Count > 50 || len(ask.List) != ask.Count {
		return c.refuse(retParam)
	}
	list := []contact{}
	for _, item := range ask.List {
		switch w := c.session.who(item.UserName).(type) {
		case *Group:
			if w.find(s.bot) != nil {
				list = append(list, s.groupContact(c.session, w, true))
				continue
			}
		case *Person:
			list = append(list, s.contact(c.session, w))
			continue
		}
		list = append(list, contact{UserName: item.UserName})
	}
	return reply(struct {
		BaseResponse baseResponse
		Count        int
		ContactList  []contact
	}{Count: len(list), ContactList: list})
}

// contact is a person as the session sees them. What only friends show is empty for others.
func (s *Server) contact(x *session, p *Person) contact {
	name := x.name(p)
	e := contact{UserName: name, NickName: text(Encode(p.nick)), AttrStatus: p.attr.AttrStatus, SnsFlag: 17}
	if e.VerifyFlag = p.sort; p.sort != 0 {
		e.ContactFlag = 3
	}
	if p.attr.Friend || p == s.bot {
		remark, ok := x.remarks[p]
		if !ok {
			remark = p.attr.Remark
		}
		e.ContactFlag, e.RemarkName, e.Alias = 3, text(Encode(remark)), p.attr.Alias
	}
	seq := crc32.ChecksumIEEE(append([]byte(x.skey), s.faceOf(p)...))
	e.HeadImgUrl = fmt.Sprintf("/cgi-bin/mmwebwx-bin/webwxgeticon?seq=%d&username=%s&skey=%s", seq, name, x.skey)
	return e
}

// groupContact is a group as the session sees it, with all members or none.
func (s *Server) groupContact(x *session, g *Group, whole bool) contact {
	name := x.name(g)
	e := contact{
		UserName: name, NickName: text(Encode(g.name)), ContactFlag: 2, Statues: 1, MemberList: []roomMember{},
		HeadImgUrl: fmt.Sprintf("/cgi-bin/mmwebwx-bin/webwxgetheadimg?seq=0&username=%s&skey=%s", name, x.skey),
	}
	if g.saved {
		e.ContactFlag = 3
	}
	if !whole {
		return e
	}
	e.MemberCount, e.EncryChatRoomId, e.ChatRoomOwner = len(g.members), x.room(g), x.name(g.owner)
	if g.owner == s.bot {
		e.IsOwner = 1
	}
	e.MemberList = make([]roomMember, 0, len(g.members))
	for _, m := range g.members {
		e.MemberList = append(e.MemberList, roomMember{
			UserName: x.name(m.Person), NickName: text(Encode(m.nick)), AttrStatus: m.attr.AttrStatus, DisplayName: text(Encode(m.display)),
		})
	}
	return e
}

// getIcon is somebody's avatar: a friend's, or a member's if the group is named too.
func (s *Server) getIcon(c *call) answer {
	q := c.r.URL.Query()
	var picture []byte
	switch w := c.session.who(q.Get("username")).(type) {
	case *Group:
		picture = grey(uint8(w.id))
	case *Person:
		shown := w.attr.Friend || w == s.bot
		for _, g := range s.groups {
			shown = shown || q.Get("chatroomid") == c.session.room(g) && g.find(w) != nil
		}
		if shown {
			picture = s.faceOf(w)
		}
	}
	return answer{http.StatusOK, http.Header{"Content-Type": {"image/jpeg"}}, picture}
}

// faceOf is a person's avatar, the default one if they have none.
func (s *Server) faceOf(p *Person) []byte {
	if p.attr.Avatar != nil {
		return p.attr.Avatar
	}
	return s.defaultFace
}
