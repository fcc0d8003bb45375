package wechattest

import (
	"slices"
	"time"
)

// Request is one request that the server saw, with the time of the test's clock, whatever Options.Now says.
type Request struct {
	At      time.Time
	Host    string
	Path    string // the last element, such as webwxsync
	Device  string // the device id that it named, empty if none
	Session int    // number of the session it belonged to, 0 if none
	Ret     int    // the Ret, retcode or ret that it was answered with, 0 if all is well
	Fault   Kind   // what was done to it, empty if nothing
	Took    time.Duration
}

// Requests are requests in the order they came in.
type Requests []Request

// Requests are all requests so far.
func (s *Server) Requests() Requests {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// To are those to one of these paths.
func (l Requests) To(paths ...string) (list Requests) {
	for _, r := range l {
		if slices.Contains(paths, r.Path) {
			list = append(list, r)
		}
	}
	return list
}

// Since are those that came in at this time or later.
func (l Requests) Since(t time.Time) (list Requests) {
	for _, r := range l {
		if !r.At.Before(t) {
			list = append(list, r)
		}
	}
	return list
}

// MaxPerSecond is how many came in within a second, at most.
func (l Requests) MaxPerSecond() int {
	most, first := 0, 0
	for i := range l {
		for l[i].At.Sub(l[first].At) >= time.Second {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// note writes a request down and returns its place.
func (s *Server) note(c *call, f *Planned) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := Request{At: time.Now(), Host: c.host, Path: c.name}
	if f != nil {
		r.Fault = f.Kind
	}
	s.requests = append(s.requests, r)
	s.changed()
	return len(s.requests) - 1
}

// noteAnswer completes what was written down.
func (s *Server) noteAnswer(i int, c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &s.requests[i]
	r.Took, r.Ret = time.Since(r.At), c.ret
	if r.Device = c.r.URL.Query().Get("deviceid"); c.base != nil {
		r.Device = c.base.DeviceID
	}
	if c.session != nil {
		r.Session = c.session.n
	}
}
