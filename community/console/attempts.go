package console

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often somebody may try a link that is none, and ask for pages: who is logged in by who they are, others by where
// they come from, which behind a proxy is one place.
const (
	triesAtOnce    = 10
	triesEvery     = 6 * time.Second
	pagesAtOnce    = 240
	pagesEvery     = 100 * time.Millisecond
	strangerAtOnce = 80
	strangerEvery  = 250 * time.Millisecond
	mostOrigins    = 1024 // addresses that are remembered
)

// attempts slows down who does something too often, by where they come from or who they are.
type attempts struct {
	every time.Duration
	most  int

	mu   sync.Mutex // guards what follows
	from map[string]*rate.Limiter
}

func newAttempts(every time.Duration, most int) *attempts {
	return &attempts{every: every, most: most, from: map[string]*rate.Limiter{}}
}

// often refuses who asks for pages too often.
func (c *Console) often(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limits, who := c.strangers, r.RemoteAddr
		switch member := readerOf(r).Member; {
		case c.public():
			limits = c.asking
		case member != "":
			limits, who = c.asking, member
		}
		if !limits.take(who, c.opts.Wall()) {
			w.Header().Set("Retry-After", "10")
			c.fail(w, r, errOften)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// take counts once, unless it is too often.
func (a *attempts) take(who string, now time.Time) bool { return a.of(who).AllowN(now, 1) }

// may tells whether somebody may try now.
func (a *attempts) may(remote string, now time.Time) bool { return a.of(remote).TokensAt(now) >= 1 }

// failed counts a link that was none.
func (a *attempts) failed(remote string, now time.Time) { a.of(remote).AllowN(now, 1) }

func (a *attempts) of(remote string) *rate.Limiter {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := network(remote)
	l := a.from[key]
	if l == nil {
		if len(a.from) >= mostOrigins {
			clear(a.from) // each of them has had its tries; a token is far beyond guessing anyway
		}
		l = rate.NewLimiter(rate.Every(a.every), a.most)
		a.from[key] = l
	}
	return l
}

// network is what one household has of addresses: one of IPv4, 64 bits of IPv6.
func network(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || ip.Unmap().Is4() {
		return host
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return host
	}
	return p.String()
}
