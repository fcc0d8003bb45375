package wechattest

import (
	"strconv"
	"time"
)

// message is what was said or done in a chat, before any session gives names to those who are in it.
type message struct {
	id      int64
	at      time.Time
	chat    any     // *Group, *Person or the name of an account of the service
	from    *Person // who sent it; nil is the service itself
	kind    int     // MsgType
	content func(x *session) string
	bare    bool // no sender prefix in groups
	media   []byte
	fill    func(x *session, w *wireMessage) // what its kind needs besides
}

// renumbered keeps the ids of one message in two sessions apart.
const renumbered = 1_000_003

func (x *session) msgID(id int64) int64 {
	if x.s.opt.RenumberBacklog {
		return id + int64(x.n-1)*renumbered
	}
	return id
}

// message finds what the session calls by this id.
func (x *session) message(id string) *message {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil
	}
	return x.s.messages[n-(x.msgID(0))]
}

// newID is the id of a message of any side.
func (s *Server) newID() int64 {
	s.lastID += 1_234_567_891
	return s.lastID
}

// post appends a message to the log and tells its id.
func (s *Server) post(m *message) string { return s.postWith(m) }

// postWith appends a message and what comes with it.
func (s *Server) postWith(m *message, more ...news) string {
	m.id = s.newID()
	if m.at.IsZero() {
		m.at = s.opt.Now()
	}
	s.messages[m.id] = m
	s.append(append([]news{{message: m}}, more...)...)
	return strconv.FormatInt(m.id, 10)
}

// render writes the message with the names of a session.
func (m *message) render(x *session) wireMessage {
	me := x.name(x.s.bot)
	chat := x.name(m.chat)
	id := x.msgID(m.id)
	w := wireMessage{
		MsgId: strconv.FormatInt(id, 10), NewMsgId: id, MsgType: m.kind, Status: 3, ImgStatus: 1, CreateTime: m.at.Unix(),
		FromUserName: chat, ToUserName: me,
	}
	content := m.content(x)
	_, inGroup := m.chat.(*Group)
	switch {
	case m.from == x.s.bot:
		w.FromUserName, w.ToUserName = me, chat
	case m.from != nil && inGroup && !m.bare:
		content = x.name(m.from) + ":<br/>" + content
	}
	if m.kind == msgSystem {
		w.Status = 4
	}
	w.Content = text(content)
	if m.fill != nil {
		m.fill(x, &w)
	}
	return w
}

// The kinds of messages.
const (
	msgText     = 1
	msgPicture  = 3
	msgVoice    = 34
	msgVerify   = 37
	msgEmoticon = 47
	msgApp      = 49
	msgNotify   = 51
	msgSystem   = 10000
	msgRecalled = 10002
)

// said is a content that is the same in all sessions.
func said(encoded string) func(*session) string {
	return func(*session) string { return encoded }
}
