package wechat

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"github.com/eatmoreapple/openwechat"
)

// refused says that WeChat answered a login with no.
type refused struct {
	where   string
	ret     int
	text    string
	scanned bool // somebody had just scanned and confirmed
}

func (r *refused) Error() string {
	return fmt.Sprintf("%s: WeChat refuses with %d %s", r.where, r.ret, printable(r.text))
}

// entry is what the login page gives.
type entry struct {
	Ret     int    `xml:"ret"`
	Message string `xml:"message"`
	SKey    string `xml:"skey"`
	WxSid   string `xml:"wxsid"`
	WxUin   int64  `xml:"wxuin"`
}

var loginForm = regexp.MustCompile(`window\.code=(\d+);`)

// loginPoll asks whether the code was scanned. A poll that fails is told as one that brought nothing: a
// hiccup must not make the code worthless that somebody is just scanning.
func (g *guard) loginPoll(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if err := g.pulse.turn(ctx); err != nil {
		return nil, err
	}
	a, err := g.ask(req)
	if err == nil && loginForm.Find(a.body) == nil {
		err = errors.New("login: the answer makes no sense")
		g.failed(ctx, callLogin, alarmGarbled, err)
	}
	if err == nil {
		g.pulse.beat()
		g.bell.hush(alarmUnreachable, alarmGarbled)
		return a.response(req), nil
	}
	if err := g.pulse.backOff(ctx); err != nil {
		return nil, err
	}
	return answer{status: http.StatusOK, header: http.Header{}, body: []byte("window.code=408;")}.response(req), nil
}

// loginPage is where a scan or confirmation becomes a session.
func (g *guard) loginPage(req *http.Request) (*http.Response, error) {
	a, err := g.ask(req)
	if err != nil {
		return nil, err
	}
	var e entry
	if err := xml.NewDecoder(bytes.NewReader(a.body)).Decode(&e); err != nil {
		return nil, fmt.Errorf("webwxnewloginpage: %w", err)
	}
	if e.Ret != 0 {
		return nil, &refused{where: callPage, ret: e.Ret, text: e.Message}
	}
	if e.WxUin == 0 || e.WxSid == "" || e.SKey == "" {
		return nil, errors.New("webwxnewloginpage: the answer names no session")
	}
	g.mu.Lock()
	g.entry, g.entered = e, g.pulse.now()
	g.mu.Unlock()
	g.cookies.renew()
	g.pulse.good(callPage)
	return a.response(req), nil
}

// pushed asks WeChat to show a button on the phone.
func (g *guard) pushed(req *http.Request) (*http.Response, error) {
	a, err := g.ask(req)
	if err != nil {
		return nil, err
	}
	var said struct {
		Ret  json.RawMessage `json:"ret"`
		Msg  string          `json:"msg"`
		UUID string          `json:"uuid"`
	}
	if err := json.Unmarshal(a.body, &said); err != nil {
		return nil, fmt.Errorf("webwxpushloginurl: %w", err)
	}
	if ret := bytes.Trim(said.Ret, `"`); string(ret) != "0" || said.UUID == "" {
		return nil, &refused{where: callPush, ret: atoi(bytes.TrimFunc(ret, func(r rune) bool { return r < '0' || r > '9' })), text: said.Msg}
	}
	return a.response(req), nil
}

// begun is the greeting of a session. The client sees only what it needs: it would die of a missing cursor,
// and stumble over one odd contact. Where the same account was logged in before, it goes on from the old
// cursor, so that what was said meanwhile is heard.
func (g *guard) begun(req *http.Request) (*http.Response, error) {
	a, err := g.ask(req)
	if err != nil {
		return nil, err
	}
	var greeting struct {
		BaseResponse struct{ Ret int }
		SyncKey      *openwechat.SyncKey
		User         rawContact
		ContactList  []rawContact
	}
	if err := json.Unmarshal(a.body, &greeting); err != nil {
		return nil, fmt.Errorf("webwxinit: %w", err)
	}
	if greeting.BaseResponse.Ret != 0 {
		return nil, &refused{where: callInit, ret: greeting.BaseResponse.Ret, text: ""}
	}
	key := greeting.SyncKey
	g.mu.Lock()
	g.self, g.recent = greeting.User, greeting.ContactList
	uin := g.entry.WxUin
	g.mu.Unlock()
	if g.kept.complete() && (uin == 0 || uin == g.kept.LoginInfo.WxUin) {
		key = g.kept.SyncKey
		g.mu.Lock()
		g.foreign = g.foreign || uin != 0
		g.mu.Unlock()
	}
	if greeting.User.UserName == "" || !consistent(key) {
		return nil, errors.New("webwxinit: the answer names no user or no cursor")
	}
	short, err := json.Marshal(map[string]any{
		"BaseResponse": map[string]int{"Ret": 0}, "SyncKey": key,
		"User": map[string]string{"UserName": greeting.User.UserName},
	})
	if err != nil {
		return nil, fmt.Errorf("webwxinit: %w", err)
	}
	return a.with(short).response(req), nil
}

// notified tells the phone that a client is there: a courtesy, which may fail unless the session is over.
func (g *guard) notified(req *http.Request) (*http.Response, error) {
	a, err := g.ask(req)
	if err != nil && errors.Is(err, errNotSent) {
		return nil, err
	}
	var said struct{ BaseResponse struct{ Ret int } }
	if err == nil && json.Unmarshal(a.body, &said) == nil && fatal(said.BaseResponse.Ret) {
		return nil, &refused{where: callNotify, ret: said.BaseResponse.Ret, text: ""}
	}
	return answer{status: http.StatusOK, header: http.Header{}}.with([]byte(`{"BaseResponse":{"Ret":0}}`)).response(req), nil
}

// onTrial tells whether the cursor is of an earlier login and was not proved to work in this one.
func (g *guard) onTrial() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.foreign
}

// proved notes that WeChat takes the cursor.
func (g *guard) proved() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.foreign = false
}
