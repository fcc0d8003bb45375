package wechat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/eatmoreapple/openwechat"

	"github.com/weilu-im/weilu/bot"
)

// session is one client from its login to its end. Clients are never used twice.
type session struct {
	t      *Transport
	sink   bot.Sink
	way    way
	afresh bool // it left the cursor of an earlier login
	client *openwechat.Bot
	guard  *guard
	saving *hot
	ctx    context.Context
	end    context.CancelCauseFunc

	// Set once it is logged in.
	id      string
	me      string
	since   time.Time
	request *openwechat.BaseRequest
	info    *openwechat.LoginInfo

	fetching sync.Mutex // guards fetched
	fetched  time.Time  // the beginning of the latest request for member lists

	book *book // safe to ask while messages come

	// Only the goroutine that syncs uses these, once messages may come.
	pending  []bot.Event   // what was learned and could not be delivered yet
	misses   int           // how often in a row rooms that a batch needs could not be read
	tended   time.Time     // when it was last looked whether member lists are old
	patience time.Duration // how old they may become
}

// Why we ended a session ourselves.
var (
	errExpired = errors.New("nobody scanned or confirmed in time")
	errFrozen  = errors.New("WeChat stopped answering")
)

// newSession makes a client that is not logged in yet.
func (t *Transport) newSession(ctx context.Context, sink bot.Sink, login saved, by way, afresh bool) (*session, error) {
	s := &session{t: t, sink: sink, way: by, afresh: afresh}
	s.ctx, s.end = context.WithCancelCause(ctx)
	var cookiesKept []kept
	if by != byScan {
		cookiesKept = login.Cookies
	}
	s.guard = &guard{
		base: t.base, timing: t.timing, log: t.log, bell: t.bell, kept: login, foreign: login.Foreign, ready: make(chan struct{}),
		pulse: newPulse(t.timing, t.now), cookies: newCookies(t.now, cookiesKept),
		take: s.take, tend: s.tend, die: func(err error) { s.end(err) },
	}
	if afresh {
		s.guard.kept.SyncKey, s.guard.foreign, login.SyncKey = nil, false, nil
	}
	if t.troubled {
		s.guard.pulse.wary()
	}
	var err error
	s.saving, err = t.store.claim(login, by != byScan, s.guard.cookies, s.note, t.saved)
	if err != nil {
		s.end(err)
		return nil, err
	}
	s.client = openwechat.NewBot(s.ctx)
	openwechat.Desktop.Prepare(s.client)
	openwechat.WithDeviceID(t.device).Prepare(s.client)
	s.client.Caller.Client.MaxRetryTimes = 1
	http := s.client.Caller.Client.HTTPClient()
	http.Transport, http.Timeout = s.guard, 0 // the guard limits each exchange itself, and may wait before it
	s.client.MessageErrorHandler = s.stumble
	s.client.UUIDCallback = t.showCode
	s.client.ScanCallBack = func(openwechat.CheckLoginResponse) { t.scanned() }
	return s, s.login()
}

// login logs the client in. When it returns nil, the client polls, and waits at the guard.
func (s *session) login() (err error) {
	patience := map[way]time.Duration{byPush: s.t.timing.PushWait, byScan: s.t.timing.QRLife}[s.way]
	if patience > 0 {
		timer := time.AfterFunc(patience, func() { s.end(errExpired) })
		defer func() {
			if !timer.Stop() && err == nil {
				err = errExpired
			}
		}()
	}
	switch s.way {
	case byHot:
		err = s.client.HotLogin(s.saving)
	case byPush:
		s.t.bell.ring(alarmConfirm, "")
		err = s.client.PushLogin(s.saving)
	default: // a hot login that finds nothing and falls back to a scan keeps the storage
		err = s.client.HotLogin(s.saving, openwechat.NewRetryLoginOption())
	}
	if cause := context.Cause(s.ctx); err != nil && errors.Is(cause, errExpired) || errors.Is(err, openwechat.ErrLoginTimeout) {
		err = errExpired
	}
	if err != nil {
		s.close(err)
		return fmt.Errorf("login by %s: %w", s.way, err)
	}
	s.settle()
	return nil
}

// settle takes down what the login gave.
func (s *session) settle() {
	state := s.client.Storage
	s.request, s.info, s.me = state.Request, state.LoginInfo, state.Response.User.UserName
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%s", s.info.WxUin, s.info.WxSid))
	s.id = hex.EncodeToString(sum[:8])
	s.since = s.t.now()
	if s.way == byHot {
		s.since = s.since.Add(-grace)
	}
	s.guard.mu.Lock()
	self := s.guard.self
	s.guard.mu.Unlock()
	s.book = newBook(self, s.id, s.since)
	// The client looks into its own jar for the ticket of uploads, and only there.
	files := &url.URL{Scheme: "https", Host: "file." + string(s.client.Caller.Client.Domain), Path: "/"}
	base := &url.URL{Scheme: "https", Host: string(s.client.Caller.Client.Domain), Path: "/"}
	for _, from := range []*url.URL{base, files} {
		for _, c := range s.guard.cookies.of(from) {
			if c.Name == "webwx_data_ticket" {
				s.client.Caller.Client.Jar().SetCookies(files, []*http.Cookie{{Name: c.Name, Value: c.Value, Quoted: c.Quoted}})
			}
		}
	}
}

// grace is how old a message may be that was said while the bot came back to a login, without being late news.
const grace = 2 * time.Minute

// loggedIn is when somebody scanned or confirmed.
func (s *session) loggedIn() time.Time {
	s.guard.mu.Lock()
	defer s.guard.mu.Unlock()
	if s.guard.entered.IsZero() {
		return s.guard.kept.At
	}
	return s.guard.entered
}

// note adds to a saved login what the client doesn't know.
func (s *session) note(login *saved) {
	login.At, login.Foreign = s.loggedIn(), s.guard.onTrial()
}

// stumble is what the client asks after an error of its polling: nil lets it go on.
func (s *session) stumble(err error) error {
	if s.ctx.Err() != nil {
		return err
	}
	if err := s.guard.pulse.backOff(s.ctx); err != nil {
		return err
	}
	return nil
}

// close ends the session and returns when it can no longer deliver nor save anything.
func (s *session) close(why error) {
	s.end(why)
	s.guard.close()
	s.saving.close()
}

// begin delivers what messages must come after: that there is a session, and who is in the groups. Then
// messages may come.
func (s *session) begin() error {
	release := s.guard.pulse.hold()
	defer release()
	up := bot.Event{
		ID: Name + "/up/" + s.id, Kind: bot.SessionUp, At: s.since.UTC(), SeenAt: s.t.now().UTC(), Transport: Name, Session: s.id,
		From: bot.Person{User: bot.UserID(s.me), Name: s.nick(), Attr: strconv.FormatInt(s.info.WxUin, 10), Self: true}, // the uin tells accounts apart
	}
	s.pending = append(s.pending, up)
	if err := s.untilTaken(); err != nil {
		return err
	}
	if err := s.meet(); err != nil {
		return err
	}
	s.t.up(s) // so that the first answers can be said
	close(s.guard.ready)
	return nil
}

// nick is the bot's own nickname.
func (s *session) nick() string {
	s.guard.mu.Lock()
	defer s.guard.mu.Unlock()
	return string(s.guard.self.NickName)
}

// untilTaken delivers what is pending, and tries for ever.
func (s *session) untilTaken() error {
	for failures := 1; ; failures++ {
		err := s.flush(s.ctx, nil)
		if err == nil || s.ctx.Err() != nil {
			return err
		}
		s.t.log.Error("wechat: what was learned at the login is not taken", "err", err)
		if err := sleep(s.ctx, s.t.timing.after(failures)); err != nil {
			return err
		}
	}
}

// flush delivers what is pending, and more after it.
func (s *session) flush(ctx context.Context, more []bot.Event) error {
	batch := slices.Concat(s.pending, more)
	if len(batch) == 0 {
		return nil
	}
	if err := s.sink.Deliver(ctx, batch); err != nil {
		if ctx.Err() == nil {
			s.t.bell.ring(alarmStorage, says(err))
		}
		return fmt.Errorf("deliver: %w", err)
	}
	s.pending = nil
	s.t.bell.hush(alarmStorage)
	return nil
}

// take stores what a sync brought: first whatever is needed to understand it, then all of it or nothing.
func (s *session) take(ctx context.Context, news syncAnswer) error {
	if err := s.learn(ctx, news); err != nil {
		return err
	}
	events, commit := s.book.translate(news, s.t.now())
	if err := s.flush(ctx, events); err != nil {
		return err
	}
	commit()
	s.t.heard(events)
	return nil
}
