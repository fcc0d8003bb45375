package wechattest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// What the service answers with to requests it does not like.
const (
	retParam  = 1
	retLogout = 1100 // also: the wrong host
	retGone   = 1101 // logged in elsewhere, or never
	retCookie = 1102
)

// session is one login by scan or push. A hot login goes on with it.
type session struct {
	s       *Server
	n       int // the first is 1
	uin     int64
	sid     string
	skey    string
	pass    string
	cookies map[string]string
	start   int // what of the log was there before it
	ended   int // the retcode it ended with, 0 while it lives
	told    bool
	names   map[any]string
	known   map[string]any
	remarks map[*Person]string
}

// Session is the number of the session that lives, 0 if none does. The first login makes session 1.
func (s *Server) Session() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.live(); x != nil {
		return x.n
	}
	return 0
}

// Logins counts the sessions that were made by scan or push.
func (s *Server) Logins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions)
}

// Logout ends the session. The client is told by the retcode, 1100, 1101 or 1102, at its next synccheck; everything
// else is answered 1101.
func (s *Server) Logout(retcode int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.live(); x != nil {
		x.ended = retcode
		s.changed()
	}
}

func (s *Server) live() *session {
	if len(s.sessions) == 0 || s.sessions[len(s.sessions)-1].ended != 0 {
		return nil
	}
	return s.sessions[len(s.sessions)-1]
}

// login makes a session and ends the one before.
func (s *Server) login() *session {
	if old := s.live(); old != nil {
		old.ended = retGone
	}
	n := len(s.sessions) + 1
	x := &session{
		s: s, n: n, uin: s.uin, start: len(s.log),
		names: map[any]string{}, known: map[string]any{}, remarks: map[*Person]string{},
	}
	secret := func(what string) string { return x.hash("secret " + what) }
	x.sid = secret("sid")[:14] + "+/"
	x.skey = "@crypt_" + secret("skey")[:8] + "_" + secret("skey")[8:40]
	x.pass = secret("pass")[:60] + "%2B%3D"
	x.cookies = map[string]string{
		"wxuin": strconv.FormatInt(s.uin, 10), "wxsid": x.sid, "wxloadtime": strconv.FormatInt(s.opt.Now().Unix(), 10),
		"mm_lang": "zh_CN", "webwx_data_ticket": "gS" + secret("data")[:22], "webwxuvid": secret("uvid"),
		"webwx_auth_ticket": "CIsBE" + secret("auth"),
	}
	s.sessions = append(s.sessions, x)
	s.changed()
	return x
}

// hash derives what only this session has.
func (x *session) hash(what string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d %s", x.s.opt.Seed, x.s.uin, x.n, what))
	return hex.EncodeToString(sum[:])
}

// name is what the session calls a person or a group.
func (x *session) name(who any) string {
	if name, ok := x.names[who]; ok {
		return name
	}
	var name string
	switch w := who.(type) {
	case *Person:
		name = x.hash(fmt.Sprint("person ", w.id))
		if w.id%4 == 3 {
			name = name[:32] // both lengths occur
		}
		name = "@" + name
	case *Group:
		name = "@@" + x.hash(fmt.Sprint("group ", w.id))
	case string:
		name = w // an account of the service, such as filehelper
	}
	x.names[who], x.known[name] = name, who
	return name
}

// room is the EncryChatRoomId of a group.
func (x *session) room(g *Group) string { return "@" + x.hash(fmt.Sprint("room ", g.id))[:32] }

// who is what a name of the session stands for, nil if the session knows no such name.
func (x *session) who(name string) any {
	if who, ok := x.known[name]; ok {
		return who
	}
	if name == filehelper {
		return filehelper
	}
	// the client can only know names that it was given, so this is one of an earlier session or of nobody
	return nil
}

const filehelper = "filehelper"

// setCookies gives the client the session's cookies, as the login does.
func (x *session) setCookies(h http.Header) {
	for _, name := range cookieNames() {
		domain := x.s.opt.Domain
		if name == "webwx_data_ticket" {
			domain = ".qq.com"
		}
		c := http.Cookie{Name: name, Value: x.cookies[name], Domain: domain, Path: "/", Expires: time.Now().AddDate(0, 0, 1)} // by the clock of cookie jars
		h.Add("Set-Cookie", c.String())
	}
}

func cookieNames() []string {
	return []string{"wxuin", "wxsid", "wxloadtime", "mm_lang", "webwx_data_ticket", "webwxuvid", "webwx_auth_ticket"}
}

// cookiesFit tells whether the request brings the session's cookies, each before any other of its name.
func (x *session) cookiesFit(r *http.Request) bool {
	for _, name := range []string{"wxuin", "wxsid", "webwx_data_ticket", "webwx_auth_ticket"} {
		if c, err := r.Cookie(name); err != nil || c.Value != x.cookies[name] {
			return false
		}
	}
	return true
}

type baseRequest struct {
	Uin                 int64
	Sid, Skey, DeviceID string
}

// auth finds the session of a request, by its BaseRequest, its query or its cookies, and what is wrong with it.
func (s *Server) auth(c *call) int {
	q := c.r.URL.Query()
	sid, skey := q.Get("sid"), q.Get("skey")
	if c.base != nil {
		sid, skey = c.base.Sid, c.base.Skey
	}
	for _, x := range s.sessions {
		if sid != "" && x.sid == sid || sid == "" && skey != "" && x.skey == skey {
			c.session = x
		}
	}
	if c.session == nil && sid == "" && skey == "" {
		if cookie, err := c.r.Cookie("wxsid"); err == nil {
			for _, x := range s.sessions {
				if x.sid == cookie.Value {
					c.session = x
				}
			}
		}
	}
	x := c.session
	switch {
	case x == nil:
		return retGone
	case x.ended != 0:
		return retGone
	case skey != "" && skey != x.skey, c.base != nil && c.base.Uin != s.uin:
		return retParam
	case !s.opt.LaxCookies && !x.cookiesFit(c.r):
		return retCookie
	}
	return 0
}
