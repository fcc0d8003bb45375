package wechattest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Server is the imitated service with its world. All methods may be called from any goroutine.
type Server struct {
	opt  Options
	done chan struct{}   // closed by Close
	pool *http.Transport // of Transport

	mu      sync.Mutex
	change  chan struct{} // closed and replaced whenever something changes
	http    *http.Server  // nil while down
	addr    string
	proxy   *proxy // nil until asked for
	running sync.WaitGroup
	closed  bool

	bot         *Person
	uin         int64
	defaultFace []byte
	people      []*Person
	groups      []*Group
	officials   []*Person
	log         []news
	since       int // what of the log was there before the bot's account
	messages    map[int64]*message
	lastID      int64

	tickets  []*ticket
	scans    []func(*ticket) // what the phone does with the next QR code
	pushes   []bool          // and with the next push login
	noPush   bool
	refused  int
	sessions []*session

	sent     []*Sent
	uploads  map[string]*upload
	asked    []*friendRequest
	accepted []*Person
	requests Requests
	strange  []string
	planned  []*Planned
}

// New makes a world and starts its server on the loopback interface, if it is not offline. It panics if it cannot
// listen there.
func New(opt Options) *Server {
	s := &Server{
		opt:         opt.withDefaults(),
		done:        make(chan struct{}),
		change:      make(chan struct{}),
		messages:    map[int64]*message{},
		lastID:      5_000_000_000_000_000_000,
		uploads:     map[string]*upload{},
		uin:         1550000000,
		defaultFace: grey(200),
	}
	s.bot = s.addPerson(s.opt.Nick)
	s.bot.attr.AttrStatus = 102501
	for i := range s.opt.Officials {
		p := s.addPerson(fmt.Sprintf("公众号%04d", i+1))
		p.sort = [...]int{8, 8, 24}[i%3]
		s.officials = append(s.officials, p)
	}
	if s.opt.Offline {
		return s
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic("wechattest: " + err.Error())
	}
	s.addr = ln.Addr().String()
	s.pool = &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, s.address())
		},
		MaxIdleConnsPerHost: 16,
	}
	s.serve(ln)
	return s
}

func (s *Server) serve(ln net.Listener) {
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 30 * time.Second}
	srv := s.http
	s.running.Go(func() { _ = srv.Serve(ln) })
}

// Close stops the server and all that belongs to it, and waits until it has ended.
func (s *Server) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	srv, p := s.http, s.proxy
	s.http = nil
	s.mu.Unlock()
	close(s.done)
	if srv != nil {
		_ = srv.Close()
	}
	if p != nil {
		p.close()
	}
	if s.pool != nil {
		s.pool.CloseIdleConnections()
	}
	s.running.Wait()
}

// Down makes the service unreachable: nothing listens any more, and all connections are cut. A service that is offline
// has neither: its failures are planned with [Server.Fault].
func (s *Server) Down() {
	s.mu.Lock()
	srv, p := s.http, s.proxy
	s.http = nil
	s.mu.Unlock()
	if srv != nil {
		_ = srv.Close()
	}
	if p != nil {
		p.cut()
	}
}

// Up makes the service reachable again. It panics if it cannot listen.
func (s *Server) Up() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http != nil || s.closed || s.opt.Offline {
		return
	}
	ln, err := net.Listen("tcp", s.addr)
	if err != nil { // somebody took the port meanwhile
		ln, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		panic("wechattest: " + err.Error())
	}
	s.addr = ln.Addr().String()
	s.serve(ln)
}

func (s *Server) address() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addr
}

func (s *Server) isDown() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.http == nil
}

// Transport routes all requests for WeChat's hosts to the server, over TCP but without TLS. The answers carry the
// request as it was made, so that a cookie jar sees WeChat's hosts.
func (s *Server) Transport() http.RoundTripper { return &router{s} }

type router struct{ s *Server }

// RoundTrip does one exchange with the server.
func (t *router) RoundTrip(r *http.Request) (*http.Response, error) {
	if !ours(r.URL.Hostname()) {
		t.s.stranger(r.URL.Host)
		return nil, fmt.Errorf("wechattest: %s is no host of WeChat", r.URL.Host)
	}
	local := r.Clone(r.Context())
	local.Host, local.URL.Scheme = r.URL.Host, "http"
	exchange := t.s.offline
	if !t.s.opt.Offline {
		exchange = t.s.pool.RoundTrip
	}
	resp, err := exchange(local)
	if resp != nil {
		resp.Request = r
	}
	return resp, err
}

// CloseIdleConnections lets go of the connections that wait for the next request.
func (t *router) CloseIdleConnections() {
	if t.s.pool != nil {
		t.s.pool.CloseIdleConnections()
	}
}

// ours tells whether a host is one of WeChat's.
func ours(host string) bool {
	host, _, _ = strings.Cut(host, ":")
	return host == "login.weixin.qq.com" || host == "login.wx.qq.com" ||
		host == "wx.qq.com" || host == "wx2.qq.com" || host == "wx8.qq.com" ||
		strings.HasPrefix(host, "webpush.wx") || strings.HasPrefix(host, "file.wx")
}

func (s *Server) stranger(host string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.strange = append(s.strange, host)
}

// Strangers are the hosts that were asked for and are none of WeChat's.
func (s *Server) Strangers() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.strange...)
}

// changed wakes everything that waits. The lock is held.
func (s *Server) changed() {
	close(s.change)
	s.change = make(chan struct{})
}

// wait calls ready under the lock until it is true, the time is over or the context ends. A time of 0 is for ever.
func (s *Server) wait(ctx context.Context, limit time.Duration, ready func() bool) error {
	var over <-chan time.Time
	if limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		over = timer.C
	}
	for {
		s.mu.Lock()
		ok, change := ready(), s.change
		s.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-change:
		case <-over:
			return errTooLong
		case <-ctx.Done():
			return ctx.Err()
		case <-s.done:
			return http.ErrServerClosed
		}
	}
}

var errTooLong = errors.New("wechattest: nothing happened in time")
