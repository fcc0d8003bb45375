package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// How live pages are kept up to date.
const (
	lookEvery  = 5 * time.Second  // how often it is looked whether something changed, while somebody listens
	stillHere  = 20 * time.Second // how often a stream that has nothing to say says so
	writeTime  = 10 * time.Second // how long one word of a stream may take
	mostStream = 200              // how many streams there may be
)

// hub tells all pages that are open that what the first page shows has changed. However many listen, one goroutine
// looks, and none where nobody does.
type hub struct {
	every, beat time.Duration
	look        func(ctx context.Context) string // what is shown, as a digest

	mu        sync.Mutex // guards what follows
	listeners map[*listener]bool
	stop      context.CancelFunc // ends the goroutine that looks; nil: there is none
	closed    bool
	wg        sync.WaitGroup // of that goroutine
}

// listener is a page that is open.
type listener struct {
	session string // its token
	member  string
	news    chan string   // the latest digest
	over    chan struct{} // closed where it must end
}

func newHub(every time.Duration, look func(context.Context) string) *hub {
	if every == 0 {
		every = lookEvery
	}
	return &hub{every: every, beat: stillHere, look: look, listeners: map[*listener]bool{}}
}

// join adds a page; nil: there are too many, or the console closes.
func (h *hub) join(ctx context.Context, session, member string) *listener {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.listeners) >= mostStream {
		return nil
	}
	l := &listener{session: session, member: member, news: make(chan string, 1), over: make(chan struct{})}
	h.listeners[l] = true
	if h.stop == nil {
		ctx, stop := context.WithCancel(context.WithoutCancel(ctx)) // it outlives this page
		h.stop = stop
		h.wg.Go(func() { h.run(ctx) })
	}
	return l
}

// leave takes a page off; the last one ends the looking.
func (h *hub) leave(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.listeners, l)
	if len(h.listeners) == 0 && h.stop != nil {
		h.stop()
		h.stop = nil
	}
}

// end ends the streams of a session or, where that is empty, of a member.
func (h *hub) end(session, member string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		if session != "" && l.session == session || session == "" && l.member == member {
			delete(h.listeners, l)
			close(l.over)
		}
	}
}

// close ends all streams and waits for who looks.
func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	for l := range h.listeners {
		delete(h.listeners, l)
		close(l.over)
	}
	if h.stop != nil {
		h.stop()
		h.stop = nil
	}
	h.mu.Unlock()
	h.wg.Wait()
}

// run looks until ctx ends, and tells all who listen what it saw; each keeps the latest only.
func (h *hub) run(ctx context.Context) {
	tick := time.NewTicker(h.every)
	defer tick.Stop()
	for {
		if seen := h.look(ctx); seen != "" {
			h.mu.Lock()
			for l := range h.listeners {
				select {
				case <-l.news: // it was not fetched yet
				default:
				}
				l.news <- seen
			}
			h.mu.Unlock()
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// digest is what the first page shows to an owner, in short: it changes when that does. What can't be read is empty.
func (c *Console) digest(ctx context.Context) string {
	q := bot.Query{At: c.opts.Clock().UTC(), Actor: bot.Actor{Role: bot.Owner, Language: c.opts.Language}}
	s, err := c.opts.Status(ctx)
	if err != nil {
		return ""
	}
	inbox, _ := c.opts.Engine.Inbox(ctx, q) // what fails is told by the page
	for i := range inbox {
		inbox[i].Oldest = time.Time{} // time passes without news
	}
	warnings, _ := c.opts.Engine.Warnings(ctx, q)
	beats, _ := c.pulse.read(ctx, q)
	data, err := json.Marshal([]any{s, inbox, warnings, beats})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// live is a stream of what changed: a page that hears of it asks for /live/now. Listening is no use of a session: it
// ends after its idle time, with it the stream.
func (c *Console) live(w http.ResponseWriter, r *http.Request) {
	if c.opts.ReadOnly {
		w.WriteHeader(http.StatusNoContent) // nothing changes there; a page that hears this does not ask again
		return
	}
	token := cookieOf(r)
	member := c.listening(r.Context(), token)
	if member == "" {
		http.Error(w, http.StatusText(http.StatusUnauthorized), http.StatusUnauthorized)
		return
	}
	l := c.hub.join(r.Context(), token, member)
	if l == nil {
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		return
	}
	defer c.hub.leave(l)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(w)
	say := func(text string) bool {
		_ = out.SetWriteDeadline(c.opts.Wall().Add(writeTime)) // of a server that can't: it has its own
		_, err := w.Write([]byte(text))
		return err == nil && out.Flush() == nil
	}
	if !say("retry: 5000\n\n") {
		return
	}
	beat := time.NewTicker(c.hub.beat)
	defer beat.Stop()
	last := ""
	for {
		select {
		case <-r.Context().Done():
			return
		case <-l.over:
			say("event: over\ndata: \n\n")
			return
		case seen := <-l.news:
			if seen != last && !say("event: seen\ndata: "+seen+"\n\n") {
				return
			}
			last = seen
		case <-beat.C:
			if c.listening(r.Context(), token) == "" {
				say("event: over\ndata: \n\n")
				return
			}
			if !say(":\n\n") {
				return
			}
		}
	}
}

// listening is the member whose session it is, where it lasts and they are still of the team; empty otherwise. ctx
// holds no session.
func (c *Console) listening(ctx context.Context, token string) string {
	ctx, err := c.sessions.Load(ctx, token)
	if err != nil {
		return ""
	}
	member := c.sessions.GetString(ctx, sessionMember)
	p, ok, err := community.ReadPerson(ctx, c.opts.Storage, community.MemberID(member))
	if err != nil || !ok || member == "" || p.Bot || p.Role < bot.Moderator {
		return ""
	}
	return member
}

// cookieOf is the token of a request's session.
func cookieOf(r *http.Request) string {
	if k, err := r.Cookie(sessionCookie); err == nil {
		return k.Value
	}
	return ""
}

// peek reads the session of a request without using it.
func (c *Console) peek(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, err := c.sessions.Load(r.Context(), cookieOf(r))
		if err != nil {
			c.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
