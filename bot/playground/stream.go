package playground

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// beat is how often a silent stream shows that it lives, and what time it is.
const beat = 15 * time.Second

// stream sends changes as server-sent events from where the page was. A page that is too far behind, or
// comes from another run, is told to load everything again.
func (p *Playground) stream(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	stop := p.stop
	p.mu.Unlock()
	select {
	case <-stop:
		p.fail(w, r, errDown)
		return
	default:
	}
	out := http.NewResponseController(w)
	_ = out.SetWriteDeadline(time.Time{}) // a server's limit is not meant for streams
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	mark := r.Header.Get("Last-Event-ID")
	if mark == "" {
		mark = r.URL.Query().Get("after")
	}
	at := p.feed.at()
	if mark != "" {
		n, ok := p.feed.parse(mark)
		if !ok {
			n = -1
		}
		at = n
	}
	timer := time.NewTicker(beat)
	defer timer.Stop()
	fmt.Fprintf(w, "retry: %d\n: hello\n\n", 1500)
	for {
		changes, more, ok := p.feed.since(at)
		if !ok {
			at = p.feed.at()
			fmt.Fprintf(w, "id: %s\nevent: reset\ndata: {}\n\n", p.feed.mark(at))
			continue
		}
		var text bytes.Buffer
		for _, data := range changes {
			at++
			fmt.Fprintf(&text, "id: %s\ndata: %s\n\n", p.feed.mark(at), data)
		}
		if _, err := w.Write(text.Bytes()); err != nil {
			return
		}
		if out.Flush() != nil {
			return
		}
		select {
		case <-more:
		case <-timer.C:
			p.heartbeat(w)
		case <-stop:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// heartbeat is a comment, and the time for pages to show; it has no number.
func (p *Playground) heartbeat(w http.ResponseWriter) {
	p.mu.Lock()
	u := p.clockUpdate()
	p.mu.Unlock()
	if data, err := json.Marshal(u); err == nil {
		fmt.Fprintf(w, ": beat\n\ndata: %s\n\n", data)
	}
}
