package wechattest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"path"
	"strings"
	"time"
)

// call is one request on its way through the server.
type call struct {
	r       *http.Request
	host    string
	name    string // the last element of the path
	body    []byte
	base    *baseRequest
	session *session
	ret     int // what was answered, for the log of requests
}

// answer is what goes back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func plain(kind, body string) answer {
	return answer{http.StatusOK, http.Header{"Content-Type": {kind}}, []byte(body)}
}

func script(body string) answer { return plain("text/javascript", body) }

// reply is an answer in JSON, which the real service calls text/plain.
func reply(v any) answer {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return answer{status: http.StatusInternalServerError, body: []byte(err.Error())}
	}
	return answer{http.StatusOK, http.Header{"Content-Type": {"text/plain"}}, b.Bytes()}
}

type baseResponse struct {
	Ret    int
	ErrMsg string
}

// onlyRet is the answer of requests that have nothing to say but whether they succeeded.
func onlyRet(ret int) answer {
	return reply(struct{ BaseResponse baseResponse }{baseResponse{Ret: ret}})
}

// refuse is an answer with a Ret. That of webwxsync has all its fields, only empty.
func (c *call) refuse(ret int) answer {
	c.ret = ret
	if c.name != "webwxsync" {
		return onlyRet(ret)
	}
	a := newSyncAnswer()
	a.BaseResponse.Ret = ret
	a.SyncKey, a.SyncCheckKey = &syncKey{List: []syncItem{}}, &syncKey{List: []syncItem{}}
	return reply(a)
}

// ServeHTTP answers for all of WeChat's hosts.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		panic(http.ErrAbortHandler)
	}
	defer s.running.Done()
	host, _, _ := strings.Cut(r.Host, ":")
	c := &call{r: r, host: host, name: path.Base(r.URL.Path)}
	if host == "login.weixin.qq.com" {
		c.name = "qrcode"
	}
	fault := s.faultFor(c)
	entry := s.note(c, fault)
	if fault != nil && fault.kind == Reset {
		hangUp(w, true)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	c.body = body
	var envelope struct{ BaseRequest *baseRequest }
	if json.Unmarshal(body, &envelope) == nil {
		c.base = envelope.BaseRequest
	}
	if fault != nil && fault.slow > 0 && !fault.Taken && !s.pause(r, fault.slow) {
		return
	}
	a := answer{}
	if fault == nil || fault.processes() {
		a = s.route(c)
	}
	if fault != nil {
		fault.spoil(c, &a)
	}
	s.noteAnswer(entry, c)
	if fault != nil && fault.slow > 0 && fault.Taken && !s.pause(r, fault.slow) {
		return
	}
	if fault == nil || fault.deliver(w, &a) {
		a.write(w)
	}
}

// enter lets a request in unless the server is closed; Close waits for it.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.running.Add(1)
	return true
}

func (a answer) write(w http.ResponseWriter) {
	for k, v := range a.header {
		w.Header()[k] = v
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, _ = w.Write(a.body) // the client may be gone
}

// pause waits as long as a slow answer takes, and tells whether the client is still there.
func (s *Server) pause(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
	case <-s.done:
	}
	return false
}

// route finds who answers.
func (s *Server) route(c *call) answer {
	domain := s.opt.Domain
	switch {
	case c.host == "login.wx.qq.com" && c.name == "jslogin":
		return s.jslogin()
	case c.host == "login.wx.qq.com" && c.name == "login":
		return s.pollLogin(c)
	case c.host == "login.weixin.qq.com":
		return s.qrcode()
	case c.name == "webwxnewloginpage":
		return s.newLoginPage(c)
	case c.name == "webwxpushloginurl":
		return s.pushLoginURL(c)
	case c.name == "synccheck":
		return s.synccheck(c)
	case c.host == "file."+domain && c.name == "webwxuploadmedia":
		return s.uploadMedia(c)
	case c.host == "file."+domain && c.name == "webwxgetmedia":
		return s.getMedia(c)
	case c.host != domain:
		return onlyRet(retLogout)
	}
	handlers := map[string]func(*call) answer{
		"webwxinit": s.webwxinit, "webwxstatusnotify": s.statusNotify, "webwxsync": s.webwxsync, "webwxlogout": s.logout,
		"webwxgetcontact": s.getContact, "webwxbatchgetcontact": s.batchGetContact,
		"webwxgeticon": s.getIcon, "webwxgetheadimg": s.getIcon,
		"webwxsendmsg": s.sendMsg, "webwxsendemoticon": s.sendMsg, "webwxsendmsgimg": s.sendMsg,
		"webwxsendappmsg": s.sendMsg, "webwxsendvideomsg": s.sendMsg, "webwxrevokemsg": s.revokeMsg,
		"webwxcheckupload": s.checkUpload, "webwxoplog": s.oplog, "webwxverifyuser": s.verifyUser,
		"webwxgetmsgimg": s.getMedia, "webwxgetvoice": s.getMedia, "webwxgetvideo": s.getMedia,
		"webwxupdatechatroom": s.updateChatroom, "webwxcreatechatroom": s.createChatroom,
	}
	h, ok := handlers[c.name]
	if !ok {
		return answer{status: http.StatusNotFound}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.ret = s.auth(c); c.ret != 0 {
		return c.refuse(c.ret)
	}
	return h(c)
}
