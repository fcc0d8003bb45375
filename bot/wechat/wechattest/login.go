package wechattest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// ticket is one QR code, or one push login.
type ticket struct {
	uuid      string
	push      bool
	until     time.Time
	scanned   bool
	told      bool // that it was scanned
	confirmed bool
	expired   bool
	session   *session
}

// Scan is a person who scans the QR code that waits and confirms; the polls answer 201, then 200. If none waits, the
// next one is scanned.
func (s *Server) Scan() { s.onPhone(func(t *ticket) { t.scanned, t.confirmed = true, true }) }

// ScanOnly is a person who scans the QR code and then looks at the phone without doing anything.
func (s *Server) ScanOnly() { s.onPhone(func(t *ticket) { t.scanned = true }) }

// Confirm is the tap that follows [Server.ScanOnly].
func (s *Server) Confirm() { s.onPhone(func(t *ticket) { t.confirmed = true }) }

// ExpireQR ends the validity of the QR code or push login that waits, or of the next QR code: its poll answers 400.
func (s *Server) ExpireQR() {
	s.mu.Lock()
	t := s.waiting(true)
	if t != nil {
		t.expired = true
		s.changed()
	}
	s.mu.Unlock()
	if t == nil {
		s.onPhone(func(t *ticket) { t.expired = true })
	}
}

// Push is what the person does with the push login that waits, or with the next one: confirm it, or let it be.
func (s *Server) Push(confirm bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.waiting(true); t != nil {
		t.confirmed = confirm
		s.changed()
		return
	}
	s.pushes = append(s.pushes, confirm)
}

// RefusePush says whether the service refuses to start push logins.
func (s *Server) RefusePush(refuse bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noPush = refuse
}

// RefuseLogin lets every login fail, after the confirmation, with this code; 1203 is what barred accounts get. 0 ends it.
func (s *Server) RefuseLogin(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = code
}

// QRCode is the id in the QR code that waits to be scanned, empty if none does.
func (s *Server) QRCode() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.waiting(false); t != nil {
		return t.uuid
	}
	return ""
}

func (s *Server) onPhone(do func(*ticket)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.waiting(false)
	if t == nil {
		s.scans = append(s.scans, do)
		return
	}
	do(t)
	s.changed()
}

// waiting is the newest ticket if it waits for the phone.
func (s *Server) waiting(push bool) *ticket {
	if len(s.tickets) == 0 {
		return nil
	}
	t := s.tickets[len(s.tickets)-1]
	if t.push != push || t.expired || t.confirmed || s.opt.Now().After(t.until) {
		return nil
	}
	return t
}

func (s *Server) issue(push bool) *ticket {
	t := &ticket{push: push, until: s.opt.Now().Add(s.opt.QRLife)}
	t.uuid = fmt.Sprintf("%s%04d==", base64.RawURLEncoding.EncodeToString([]byte(s.opt.Seed + "-ticket"))[:6], len(s.tickets)+1)
	s.tickets = append(s.tickets, t)
	switch {
	case push && len(s.pushes) > 0:
		t.confirmed, s.pushes = s.pushes[0], s.pushes[1:]
	case push:
		t.confirmed = s.opt.AutoPush
	case s.opt.AutoScan:
		t.scanned, t.confirmed = true, true
	default:
		for _, do := range s.scans {
			do(t)
		}
		s.scans = nil
	}
	s.changed()
	return t
}

func (s *Server) jslogin() answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return script(fmt.Sprintf(`window.QRLogin.code = 200; window.QRLogin.uuid = "%s";`, s.issue(false).uuid))
}

// pollLogin waits for the phone.
func (s *Server) pollLogin(c *call) answer {
	uuid := c.r.URL.Query().Get("uuid")
	var t *ticket
	// whether the time is over or the client gone: the ticket's state is answered
	_ = s.wait(c.r.Context(), s.opt.LoginHold, func() bool {
		i := slices.IndexFunc(s.tickets, func(t *ticket) bool { return t.uuid == uuid })
		if i < 0 {
			return true
		}
		t = s.tickets[i]
		return t.expired || t.confirmed || t.scanned && !t.told || s.opt.Now().After(t.until)
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case t == nil || t.expired || s.opt.Now().After(t.until):
		return script("window.code=400;")
	case t.scanned && (!t.told || !t.confirmed):
		t.told = true
		face := base64.StdEncoding.EncodeToString(s.faceOf(s.bot))
		return script("window.code=201;window.userAvatar = 'data:img/jpg;base64," + face + "';")
	case t.confirmed:
		return script(fmt.Sprintf("window.code=200;\nwindow.redirect_uri=\"https://%s/cgi-bin/mmwebwx-bin/webwxnewloginpage"+
			"?ticket=%s@qrticket_0&uuid=%s&lang=zh_CN&scan=%d\";", s.opt.Domain, t.uuid, t.uuid, s.opt.Now().Unix()))
	default:
		return script("window.code=408;")
	}
}

// newLoginPage makes the session. Whoever asks twice for one ticket gets the same.
func (s *Server) newLoginPage(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	uuid := c.r.URL.Query().Get("uuid")
	i := slices.IndexFunc(s.tickets, func(t *ticket) bool { return t.uuid == uuid && t.confirmed })
	switch {
	case i < 0:
		c.ret = retParam
		return loginError(retParam, "ticket expired")
	case s.refused != 0:
		c.ret = s.refused
		return loginError(s.refused, "当前登录环境异常。为了你的帐号安全，暂时不能登录web微信。你可以通过手机客户端或者windows微信登录。")
	}
	t := s.tickets[i]
	if t.session == nil {
		t.session = s.login()
	}
	x := t.session
	c.session = x
	a := plain("text/plain", fmt.Sprintf("<error><ret>0</ret><message></message><skey>%s</skey><wxsid>%s</wxsid><wxuin>%d</wxuin>"+
		"<pass_ticket>%s</pass_ticket><isgrayscale>1</isgrayscale></error>", x.skey, x.sid, s.uin, x.pass))
	x.setCookies(a.header)
	return a
}

func loginError(ret int, message string) answer {
	return plain("text/plain", fmt.Sprintf("<error><ret>%d</ret><message>%s</message></error>", ret, message))
}

// pushLoginURL asks the phone to confirm a login, if the client was logged in with these cookies before.
func (s *Server) pushLoginURL(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.opt.LaxCookies && len(s.sessions) > 0
	for _, x := range s.sessions {
		if x.uin != s.uin {
			continue
		}
		if cookie, err := c.r.Cookie("webwx_auth_ticket"); err == nil && cookie.Value == x.cookies["webwx_auth_ticket"] {
			known = known || c.r.URL.Query().Get("uin") == strconv.FormatInt(s.uin, 10)
		}
	}
	if !known || s.noPush || c.host != s.opt.Domain {
		c.ret = retParam
		return reply(map[string]string{"ret": "1", "msg": "not support push login"})
	}
	return reply(map[string]string{"ret": "0", "msg": "all ok", "uuid": s.issue(true).uuid})
}

func (s *Server) logout(c *call) answer {
	c.session.ended = retGone
	s.changed()
	return answer{status: http.StatusMovedPermanently, header: http.Header{"Location": {"https://" + s.opt.Domain + "/"}}}
}

// qrcode is a picture, though none that a phone could read.
func (s *Server) qrcode() answer {
	return answer{http.StatusOK, http.Header{"Content-Type": {"image/jpeg"}}, grey(120)}
}

// grey is a JPEG of one shade.
func grey(shade uint8) []byte {
	img := image.NewGray(image.Rect(0, 0, 64, 64))
	for i := range img.Pix {
		img.Pix[i] = shade
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic("wechattest: " + err.Error())
	}
	return b.Bytes()
}
