package wechattest

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sent is something that the client sent and the service took.
type Sent struct {
	Group       *Group  // where to; nil in private
	Person      *Person // who to; nil in groups
	FileHelper  bool    // to the account that sends files to oneself
	Kind        string  // the request it came by, such as webwxsendmsg
	Text        string
	Picture     []byte // the uploaded bytes, also of files and videos
	FileName    string
	At          time.Time
	ClientMsgID string
	MsgID       string
	Session     int // number of the session it came from
	Revoked     bool
}

// Sent is all that the client sent, in order. A request that came twice is there twice.
func (s *Server) Sent() []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.allSent(func(*Sent) bool { return true })
}

// SentTo is all that the client sent to this group, in order.
func (s *Server) SentTo(g *Group) []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.allSent(func(m *Sent) bool { return m.Group == g })
}

// Revoked is what the client sent and took back.
func (s *Server) Revoked() []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.allSent(func(m *Sent) bool { return m.Revoked })
}

func (s *Server) allSent(keep func(*Sent) bool) (list []Sent) {
	for _, m := range s.sent {
		if keep(m) {
			list = append(list, *m)
		}
	}
	return list
}

// WaitSent waits until the client has sent at least n messages, and returns all.
func (s *Server) WaitSent(ctx context.Context, n int) ([]Sent, error) {
	return s.WaitSentThat(ctx, func(sent []Sent) bool { return len(sent) >= n })
}

// WaitSentThat waits until what the client has sent is what was waited for, and returns all.
func (s *Server) WaitSentThat(ctx context.Context, enough func([]Sent) bool) (sent []Sent, err error) {
	err = s.wait(ctx, 0, func() bool {
		sent = s.allSent(func(*Sent) bool { return true })
		return enough(sent)
	})
	return sent, err
}

type sentAnswer struct {
	BaseResponse baseResponse
	MsgID        string
	LocalID      string
}

// sendMsg takes a message of any kind from the client.
func (s *Server) sendMsg(c *call) answer {
	var ask struct {
		Msg struct {
			Type                                     int
			Content, FromUserName, ToUserName        string
			LocalID, ClientMsgId, MediaId, Signature string
		}
	}
	if json.Unmarshal(c.body, &ask) != nil {
		return c.refuse(retParam)
	}
	in := ask.Msg
	m := &Sent{
		Kind: c.name, At: s.opt.Now(), ClientMsgID: in.ClientMsgId, Session: c.session.n,
		Text: in.Content,
	}
	switch to := c.session.who(in.ToUserName).(type) {
	case *Group:
		m.Group = to
		if to.find(s.bot) == nil {
			c.ret = retParam
		}
	case *Person:
		m.Person = to
		if !to.attr.Friend {
			c.ret = retParam
		}
	case string:
		m.FileHelper = to == filehelper
	default:
		c.ret = retParam // a name of an earlier session, or of nobody
	}
	if in.FromUserName != c.session.name(s.bot) {
		c.ret = retParam
	}
	if in.MediaId == "" && c.name == "webwxsendappmsg" {
		_, rest, _ := strings.Cut(in.Content, "<attachid>")
		in.MediaId, _, _ = strings.Cut(rest, "</attachid>")
	}
	if in.MediaId != "" || c.name == "webwxsendmsgimg" || c.name == "webwxsendvideomsg" {
		u := s.uploads[in.MediaId]
		if u == nil || !u.complete() || u.session != c.session {
			c.ret = retParam
		} else {
			m.Picture, m.FileName = u.bytes(), u.name
		}
	}
	if c.ret != 0 {
		return reply(sentAnswer{BaseResponse: baseResponse{Ret: c.ret}})
	}
	m.MsgID = strconv.FormatInt(s.newID(), 10)
	s.sent = append(s.sent, m)
	s.changed()
	return reply(sentAnswer{MsgID: m.MsgID, LocalID: in.LocalID})
}

// revokeMsg takes a message back, for two minutes.
func (s *Server) revokeMsg(c *call) answer {
	var ask struct{ ClientMsgId, SvrMsgId, ToUserName string }
	c.ret = retParam
	if json.Unmarshal(c.body, &ask) == nil {
		i := slices.IndexFunc(s.sent, func(m *Sent) bool { return m.MsgID == ask.SvrMsgId })
		if i >= 0 && s.opt.Now().Sub(s.sent[i].At) <= 2*time.Minute {
			s.sent[i].Revoked, c.ret = true, 0
			s.changed()
		}
	}
	return onlyRet(c.ret)
}

// statusNotify is the client saying that it runs, or that something was read.
func (s *Server) statusNotify(c *call) answer {
	var ask struct{ Code int }
	if json.Unmarshal(c.body, &ask) == nil && ask.Code == 3 && !c.session.told {
		c.session.told = true
		s.greet()
	}
	return reply(sentAnswer{MsgID: strconv.FormatInt(s.newID(), 10)})
}
