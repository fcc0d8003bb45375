package wechattest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Kind says what goes wrong. It is one of the constants, or comes from [Ret], [Retcode] or [Slow].
type Kind string

// What can go wrong with a request.
const (
	LostAnswer   Kind = "lost answer"    // it is processed, and the connection ends before the answer
	Reset        Kind = "reset"          // the connection is reset before it is processed
	Status502    Kind = "502"            // a gateway says that nobody is there
	Malformed    Kind = "malformed"      // the answer is no JSON, or whatever it should be
	Truncated    Kind = "truncated"      // the answer ends in the middle, though its length is announced
	EmptyBody    Kind = "empty body"     // the answer is empty
	HTMLPage     Kind = "html page"      // the answer is a page, as of a proxy that wants a login
	Redirect     Kind = "redirect"       // the answer points to such a page
	NoSyncKey    Kind = "no sync key"    // the answer of webwxsync lacks the key
	EmptySyncKey Kind = "empty sync key" // its key has Count 0 and an empty list
	BadSyncKey   Kind = "bad sync key"   // its key's list is longer than Count
	NoContacts   Kind = "no contacts"    // the answer of webwxbatchgetcontact has no entries
)

// Ret is an answer with this Ret: 1205 for too many requests, -1 for a failure of the service.
func Ret(n int) Kind { return Kind("ret " + strconv.Itoa(n)) }

// Retcode is an answer of synccheck with this retcode. The session lives on, unless [Server.Logout] ends it.
func Retcode(n int) Kind { return Kind("retcode " + strconv.Itoa(n)) }

// Slow is an answer that is right but comes only after this time. With Fault.Taken the request has its effect before
// the wait; otherwise after it, and none if the client is gone by then.
func Slow(d time.Duration) Kind { return Kind("slow " + d.String()) }

// Fault is something that will go wrong.
type Fault struct {
	Path  string // the last element of the request's path, such as webwxsendmsg; empty or * is any
	Kind  Kind
	Times int  // how often; 0 is until it is cleared
	After int  // so many requests go well before
	Taken bool // the request is processed although its answer says otherwise
}

// Planned is a fault that waits for its requests.
type Planned struct {
	Fault
	s    *Server
	kind Kind // without its number
	n    int
	slow time.Duration
	seen int
	hits int
	gone bool
}

// Fault plans that something goes wrong. Of several that fit a request, the first planned strikes. It panics at a
// kind that does not exist.
func (s *Server) Fault(f Fault) *Planned {
	p := &Planned{Fault: f, s: s, kind: f.Kind}
	word, number, _ := strings.Cut(string(f.Kind), " ")
	var err error
	switch Kind(word) {
	case "ret", "retcode":
		p.kind = Kind(word)
		p.n, err = strconv.Atoi(number)
	case "slow":
		p.kind = Kind(word)
		p.slow, err = time.ParseDuration(number)
	default:
		switch f.Kind {
		case LostAnswer, Reset, Status502, Malformed, Truncated, EmptyBody, HTMLPage, Redirect, NoSyncKey, EmptySyncKey, BadSyncKey, NoContacts:
		default:
			err = errors.New("no such kind")
		}
	}
	if err != nil {
		panic(fmt.Sprintf("wechattest: fault %q: %v", f.Kind, err))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.planned = append(s.planned, p)
	return p
}

// Clear ends the fault.
func (p *Planned) Clear() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.gone = true
}

// Hits is how often the fault struck.
func (p *Planned) Hits() int {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.hits
}

// ClearFaults ends all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.planned {
		p.gone = true
	}
	s.planned = nil
}

// faultFor is the fault that strikes a request, nil if none does.
func (s *Server) faultFor(c *call) *Planned {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.planned {
		if p.gone || p.Path != "" && p.Path != "*" && p.Path != c.name {
			continue
		}
		p.seen++
		if p.seen <= p.After {
			continue
		}
		p.hits++
		p.gone = p.Times > 0 && p.hits >= p.Times
		s.changed()
		return p
	}
	return nil
}

// processes tells whether the request has its effect although its answer is not what it should be.
func (p *Planned) processes() bool {
	switch p.kind {
	case LostAnswer, Truncated, NoSyncKey, EmptySyncKey, BadSyncKey, NoContacts, "slow":
		return true
	}
	return p.Taken
}

// deliver breaks the connection if that is the fault, and tells whether an answer is left to write.
func (p *Planned) deliver(w http.ResponseWriter, a *answer) bool {
	switch p.kind {
	case LostAnswer:
		hangUp(w, false)
		return false
	case Truncated:
		w.Header().Set("Content-Length", strconv.Itoa(max(len(a.body), 2)))
		a.body = a.body[:len(a.body)/2]
		a.write(w)
		_ = http.NewResponseController(w).Flush() // the client may be gone
		panic(http.ErrAbortHandler)
	}
	return true
}

// spoil changes the answer.
func (p *Planned) spoil(c *call, a *answer) {
	page := "<html><head><title>Login</title></head><body>Please log in to the network.</body></html>"
	switch p.kind {
	case Status502:
		*a = answer{http.StatusBadGateway, http.Header{"Content-Type": {"text/html"}}, []byte("<html><h1>502 Bad Gateway</h1></html>")}
	case Malformed:
		*a = plain("text/plain", `{"BaseResponse": {"Ret": 0, "ErrMsg": "`)
	case EmptyBody:
		*a = answer{status: http.StatusOK}
	case HTMLPage:
		*a = plain("text/html", page)
	case Redirect:
		*a = answer{http.StatusFound, http.Header{"Location": {"http://login.proxy.example/"}, "Content-Type": {"text/html"}}, []byte(page)}
	case "ret":
		*a = p.refusal(c)
	case "retcode":
		c.ret = p.n
		*a = script(fmt.Sprintf(`window.synccheck={retcode:"%d",selector:"0"}`, p.n))
	case NoSyncKey:
		a.edit(func(m map[string]json.RawMessage) { delete(m, "SyncKey"); delete(m, "SyncCheckKey") })
	case EmptySyncKey:
		a.edit(func(m map[string]json.RawMessage) { m["SyncKey"] = json.RawMessage(`{"Count":0,"List":[]}`) })
	case BadSyncKey:
		a.body = regexp.MustCompile(`"SyncKey":\{"Count":\d+`).ReplaceAll(a.body, []byte(`"SyncKey":{"Count":1`))
	case NoContacts:
		a.edit(func(m map[string]json.RawMessage) {
			m["Count"], m["ContactList"] = json.RawMessage("0"), json.RawMessage("[]")
		})
	}
}

// refusal is an answer with a Ret, in the form that the request is answered in.
func (p *Planned) refusal(c *call) answer {
	switch c.name {
	case "webwxnewloginpage":
		return loginError(p.n, "当前登录环境异常。")
	case "synccheck":
		return script(fmt.Sprintf(`window.synccheck={retcode:"%d",selector:"0"}`, p.n))
	case "login":
		return script(fmt.Sprintf("window.code=%d;", p.n))
	default:
		return c.refuse(p.n)
	}
}

func (a *answer) edit(change func(map[string]json.RawMessage)) {
	var m map[string]json.RawMessage
	if json.NewDecoder(bytes.NewReader(a.body)).Decode(&m) != nil {
		return
	}
	change(m)
	*a = reply(m)
}

// hangUp ends the connection without an answer; hard is how a broken network does it, not a server.
func hangUp(w http.ResponseWriter, hard bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	for {
		t, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		conn = t.NetConn() // below TLS and tunnel
	}
	if tcp, ok := conn.(*net.TCPConn); ok && hard {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
