package wechat

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
	"time"
)

// cookies is a jar that forgets nothing when it is saved: the client's own one loses the domains of cookies
// and the hosts that set them, and may not be used by two goroutines.
type cookies struct {
	now func() time.Time

	mu   sync.Mutex
	jar  *cookiejar.Jar
	kept []kept
}

// kept is a cookie as it was set, and by which address.
type kept struct {
	URL     string
	Name    string
	Value   string
	Quoted  bool      `json:",omitempty"`
	Domain  string    `json:",omitempty"`
	Path    string    `json:",omitempty"`
	Expires time.Time `json:",omitzero"`
	Secure  bool      `json:",omitempty"`
	old     bool      // a session before this one left it
}

// most is how many cookies are kept: far more than WeChat sets.
const most = 300

func newCookies(now func() time.Time, saved []kept) *cookies {
	c := &cookies{now: now}
	for i := range saved {
		saved[i].old = true
	}
	c.fill(saved)
	return c
}

// fill makes the jar anew.
func (c *cookies) fill(all []kept) {
	c.jar, _ = cookiejar.New(nil) // never fails
	c.kept = nil
	for _, k := range all {
		c.put(k)
	}
}

func (c *cookies) put(k kept) {
	u, err := url.Parse(k.URL)
	if err != nil {
		return
	}
	gone := !k.Expires.IsZero() && !k.Expires.After(c.now())
	set := &http.Cookie{Name: k.Name, Value: k.Value, Quoted: k.Quoted, Domain: k.Domain, Path: k.Path, Expires: k.Expires, Secure: k.Secure}
	if gone {
		set.MaxAge = -1
	}
	c.jar.SetCookies(u, []*http.Cookie{set})
	for i, other := range c.kept {
		if other.Name == k.Name && other.Domain == k.Domain && other.Path == k.Path && (k.Domain != "" || host(other.URL) == u.Host) {
			c.kept = append(c.kept[:i:i], c.kept[i+1:]...)
			break
		}
	}
	if !gone && len(c.kept) < most {
		c.kept = append(c.kept, k)
	}
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// take keeps what an answer sets.
func (c *cookies) take(u *url.URL, set []*http.Cookie) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range set {
		k := kept{URL: u.Scheme + "://" + u.Host + u.Path, Name: s.Name, Value: s.Value, Quoted: s.Quoted,
			Domain: s.Domain, Path: s.Path, Expires: s.Expires, Secure: s.Secure}
		switch {
		case s.MaxAge > 0:
			k.Expires = c.now().Add(time.Duration(min(s.MaxAge, 10*365*86400)) * time.Second)
		case s.MaxAge < 0:
			k.Expires = c.now().Add(-time.Second)
		}
		c.put(k)
	}
}

// of is what a request to an address carries.
func (c *cookies) of(u *url.URL) []*http.Cookie {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.jar.Cookies(u)
}

// renew drops what an earlier session left: of two cookies with one name, WeChat reads the first.
func (c *cookies) renew() {
	c.mu.Lock()
	defer c.mu.Unlock()
	var mine []kept
	for _, k := range c.kept {
		if !k.old {
			mine = append(mine, k)
		}
	}
	c.fill(mine)
}

// all is what is to be saved.
func (c *cookies) all() []kept {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]kept(nil), c.kept...)
}
