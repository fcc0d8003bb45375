package console

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often somebody may try a link that is none.
const (
	triesAtOnce = 10
	triesEvery  = 6 * time.Second
	mostOrigins = 1024 // addresses that are remembered
)

// attempts slows down who guesses links, by where they come from.
type attempts struct {
	mu   sync.Mutex // guards what follows
	from map[string]*rate.Limiter
}

func newAttempts() *attempts { return &attempts{from: map[string]*rate.Limiter{}} }

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
		l = rate.NewLimiter(rate.Every(triesEvery), triesAtOnce)
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
