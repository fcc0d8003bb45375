package onebottest

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// link is one WebSocket.
type link struct {
	ws     *websocket.Conn
	calls  bool
	events bool
	ctx    context.Context
	cancel context.CancelFunc

	mu    sync.Mutex // guards queue
	queue [][]byte
	more  chan struct{}
}

// Connect dials the bot (reverse WebSocket), and again after each cut, until the world is closed.
func (w *World) Connect(url string) {
	roles := []string{"Universal"}
	if w.o.Split {
		roles = []string{"Event", "API"}
	}
	for _, role := range roles {
		w.running.Go(func() {
			for !w.pause(0) {
				if !w.isDown() {
					w.dial(url, role)
				}
				if w.pause(w.o.Redial) {
					return
				}
			}
		})
	}
}

// pause waits, and tells whether the world is closed.
func (w *World) pause(d time.Duration) bool {
	select {
	case <-w.stop:
		return true
	case <-time.After(d):
		return false
	}
}

func (w *World) isDown() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.down
}

func (w *World) isOffline() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.offline
}

func (w *World) dial(url, role string) {
	head := http.Header{"X-Self-Id": {strconv.FormatInt(w.self.id, 10)}, "X-Client-Role": {role}, "User-Agent": {"OneBot/11"}}
	if w.o.Token != "" {
		head.Set("Authorization", "Bearer "+w.o.Token)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	ws, resp, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPHeader: head}) //nolint:bodyclose // the library does
	if err != nil {
		if resp != nil {
			w.mu.Lock()
			w.refused++
			w.mu.Unlock()
		}
		return
	}
	w.live(ws, role != "Event", role != "API")
}

// Refused is how often the bot did not let us in, or was not let in while the world was down.
func (w *World) Refused() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.refused
}

// Listen lets the bot dial (forward WebSocket) and gives the address: / for everything, /api for calls, /event for
// events.
func (w *World) Listen() string {
	w.server = httptest.NewServer(http.HandlerFunc(w.accept))
	return "ws" + strings.TrimPrefix(w.server.URL, "http") + "/"
}

func (w *World) accept(rw http.ResponseWriter, r *http.Request) {
	if w.o.Token != "" {
		given := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if given == "" {
			given = r.URL.Query().Get("access_token")
		}
		switch given {
		case w.o.Token:
		case "":
			http.Error(rw, "unauthorized", http.StatusUnauthorized)
			return
		default:
			http.Error(rw, "forbidden", http.StatusForbidden)
			return
		}
	}
	if w.isDown() {
		w.mu.Lock()
		w.refused++
		w.mu.Unlock()
		http.Error(rw, "down", http.StatusServiceUnavailable)
		return
	}
	ws, err := websocket.Accept(rw, r, nil)
	if err != nil {
		return
	}
	w.live(ws, !strings.HasPrefix(r.URL.Path, "/event"), !strings.HasPrefix(r.URL.Path, "/api"))
}

// live is a connection from its beginning to its end.
func (w *World) live(ws *websocket.Conn, calls, events bool) {
	ws.SetReadLimit(64 << 20)
	l := &link{ws: ws, calls: calls, events: events, more: make(chan struct{}, 1)}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	defer l.cancel()
	w.running.Go(l.write)
	w.mu.Lock()
	if w.closed || w.down {
		w.mu.Unlock()
		_ = ws.CloseNow()
		return
	}
	w.links[l] = true
	if events {
		l.put(w.meta("lifecycle", map[string]any{"sub_type": "connect"}))
	}
	w.mu.Unlock()
	if events && w.o.Beat > 0 {
		w.running.Go(func() { w.beat(l) })
	}
	for {
		_, src, err := ws.Read(l.ctx)
		if err != nil {
			break
		}
		if calls {
			w.running.Go(func() { w.call(l, src) })
		}
	}
	w.mu.Lock()
	delete(w.links, l)
	w.mu.Unlock()
	_ = ws.CloseNow()
}

func (w *World) meta(kind string, fields map[string]any) []byte {
	ev := map[string]any{"time": w.o.Now().Unix(), "self_id": w.id(w.self.id), "post_type": "meta_event", "meta_event_type": kind}
	maps.Copy(ev, fields)
	src, err := json.Marshal(ev)
	if err != nil {
		panic(err) // strings and numbers
	}
	return src
}

func (w *World) beat(l *link) {
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-time.After(w.o.Beat):
		}
		if !w.fault(Silent, "") {
			l.put(w.meta("heartbeat", map[string]any{"status": map[string]any{"online": !w.isOffline(), "good": true}, "interval": w.o.Beat.Milliseconds()}))
		}
	}
}

// put gives a frame to the writer.
func (l *link) put(src []byte) {
	l.mu.Lock()
	l.queue = append(l.queue, src)
	l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
}

// write sends what was put, in order.
func (l *link) write() {
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-l.more:
		}
		l.mu.Lock()
		list := l.queue
		l.queue = nil
		l.mu.Unlock()
		for _, src := range list {
			if l.ws.Write(l.ctx, websocket.MessageText, src) != nil {
				return
			}
		}
	}
}

// tellBytes sends a frame to whoever is connected for events; the lock is held.
func (w *World) tellBytes(src []byte) {
	for l := range w.links {
		if l.events {
			l.put(src)
		}
	}
}

// Connected tells whether somebody hears events.
func (w *World) Connected() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for l := range w.links {
		if l.events {
			return true
		}
	}
	return false
}

// Kill drops all connections in the middle of whatever they carry, without a word.
func (w *World) Kill() {
	w.mu.Lock()
	links := slices.Collect(maps.Keys(w.links))
	w.links = map[*link]bool{}
	w.mu.Unlock()
	for _, l := range links {
		_ = l.ws.CloseNow()
		l.cancel()
	}
}

// Down keeps everybody away and cuts who is there; Up lets them back.
func (w *World) Down() {
	w.mu.Lock()
	w.down = true
	w.mu.Unlock()
	w.Kill()
}

// Up ends Down.
func (w *World) Up() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = false
}

func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
