package onebot

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// listen takes the address at which implementations connect to us. serve answers them until ctx ends.
func (t *Transport) listen(ctx context.Context) (serve func() error, err error) {
	host, _, err := net.SplitHostPort(t.o.Listen)
	if err != nil {
		return nil, fmt.Errorf("the address to listen at is like 127.0.0.1:8095, not %q", t.o.Listen)
	}
	if ip := net.ParseIP(host); t.o.Token == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("whoever reaches %s could speak for everybody: set an access token", t.o.Listen)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", t.o.Listen)
	if err != nil {
		return nil, fmt.Errorf("%s can't be listened at: %w", t.o.Listen, err)
	}
	url := "ws://" + l.Addr().String() + "/"
	t.log.Info("onebot: waiting for implementations to connect", "url", url)
	if t.o.Listening != nil {
		t.o.Listening(url)
	}
	server := &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.accept(ctx, w, r) }),
		ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 32 << 10,
	}
	return func() error {
		unhook := context.AfterFunc(ctx, func() { _ = server.Close() })
		defer unhook()
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}, nil
}

// accept takes a connection of an implementation. By the specification it names its account and what the connection is
// for in its header.
func (t *Transport) accept(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	if !t.enter() {
		return
	}
	defer t.running.Done()
	if status := t.allowed(r); status != 0 {
		t.log.Warn("onebot: a connection was refused: its access token is missing or wrong", "from", printable(r.RemoteAddr))
		http.Error(w, http.StatusText(status), status)
		return
	}
	role := strings.ToLower(r.Header.Get("X-Client-Role"))
	if role == "" { // old ones tell it by the path
		switch path := strings.TrimRight(r.URL.Path, "/"); {
		case strings.HasSuffix(path, "/api"):
			role = "api"
		case strings.HasSuffix(path, "/event"):
			role = "event"
		}
	}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{})
	if err != nil {
		return // it was told
	}
	c := newConn(ctx, ws, "connection from "+printable(r.RemoteAddr), role != "event", role != "api")
	self, first := id(strings.TrimSpace(r.Header.Get("X-Self-ID"))), []frame(nil)
	if self.none() {
		if self, first, err = t.identify(c); err != nil {
			t.log.Warn("onebot: a connection does not say whose it is", "from", printable(r.RemoteAddr), "err", says(err))
			c.stop(err)
			c.end()
			return
		}
	}
	_ = t.live(c, self, first) // it was logged
}

// allowed checks the access token: 0 where it is right, or the status by which to refuse.
func (t *Transport) allowed(r *http.Request) int {
	if t.o.Token == "" {
		if r.Header.Get("Origin") != "" { // a page in somebody's browser
			return http.StatusForbidden
		}
		return 0
	}
	given := r.URL.Query().Get("access_token")
	if h := r.Header.Get("Authorization"); h != "" {
		given = h
		for _, scheme := range [...]string{"Bearer ", "Token "} {
			if len(h) > len(scheme) && strings.EqualFold(h[:len(scheme)], scheme) {
				given = h[len(scheme):]
			}
		}
	}
	switch {
	case given == "":
		return http.StatusUnauthorized
	case subtle.ConstantTimeCompare([]byte(given), []byte(t.o.Token)) != 1:
		return http.StatusForbidden
	}
	return 0
}
