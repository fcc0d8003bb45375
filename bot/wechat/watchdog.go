package wechat

import (
	"encoding/json"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// watch returns when the session has ended, and ends it when WeChat no longer answers.
func (t *Transport) watch(s *session) {
	ticker := time.NewTicker(max(t.timing.Watchdog/7, time.Millisecond))
	defer ticker.Stop()
	began := t.now()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
		}
		if s.guard.pulse.silent() > t.timing.Watchdog {
			t.bell.ring(alarmFrozen, "")
			s.end(errFrozen)
			return
		}
		if t.hours.deaf(began, t.timing.DeafAfter) {
			t.bell.ring(alarmDeaf, "")
		}
	}
}

// heard counts what others said.
func (t *Transport) heard(events []bot.Event) {
	n := 0
	for _, e := range events {
		if e.Kind == bot.Message && !e.From.Self {
			n++
		}
	}
	if n == 0 {
		return
	}
	t.hours.add(n)
	t.bell.hush(alarmDeaf)
	t.mu.Lock()
	t.status.Heard = t.now()
	t.mu.Unlock()
}

// hours counts what was heard in each hour of the last days, to know a silence that is not natural.
type hours struct {
	file string
	now  func() time.Time

	mu    sync.Mutex
	count map[int64]int // by hours since 1970
	last  time.Time     // the latest message
	kept  int64         // the hour in which the counts were saved
}

// keepHours is how long counts are kept, and compareDays how many days before are looked at.
const (
	compareDays = 7
	keepHours   = (compareDays + 1) * 24
)

func openHours(file string, now func() time.Time) *hours {
	h := &hours{file: file, now: now, count: map[int64]int{}}
	if content, err := os.ReadFile(file); err == nil {
		if json.Unmarshal(content, &h.count) != nil || h.count == nil {
			h.count = map[int64]int{} // a hint that is lost costs a week without this alarm
		}
	}
	return h
}

func hourOf(at time.Time) int64 { return at.Unix() / 3600 }

func (h *hours) add(n int) {
	h.mu.Lock()
	h.last = h.now()
	hour := hourOf(h.last)
	h.count[hour] += n
	for old := range h.count {
		if old < hour-keepHours || old > hour {
			delete(h.count, old)
		}
	}
	due := h.kept != hour
	h.kept = hour
	h.mu.Unlock()
	if due {
		h.save(nil)
	}
}

// save writes the counts, which are only a hint.
func (h *hours) save(log *slog.Logger) {
	h.mu.Lock()
	content, err := json.Marshal(h.count)
	h.mu.Unlock()
	if err == nil {
		err = writeFile(h.file, content)
	}
	if err != nil && log != nil {
		log.Warn("wechat: the hourly counts are not saved", "err", err)
	}
}

// lively is how many messages a stretch of hours must have had on an average earlier day for its silence to be suspicious.
const lively = 10

// deaf tells whether nothing was heard for so long, also not since began, although on most of the earlier
// days that are known, the same hours were lively.
func (h *hours) deaf(began time.Time, after time.Duration) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	since := h.last
	if since.Before(began) {
		since = began
	}
	if now.Sub(since) < after {
		return false
	}
	first := hourOf(now)
	for hour := range h.count {
		first = min(first, hour)
	}
	days, busy, sum := 0, 0, 0
	for day := int64(1); day <= compareDays && hourOf(now)-24*day >= first; day++ {
		heard := 0
		for back := int64(0); back <= int64(after/time.Hour); back++ {
			heard += h.count[hourOf(now)-24*day-back]
		}
		days++
		sum += heard
		if heard > 0 {
			busy++
		}
	}
	return days > 0 && 2*busy > days && sum >= lively*days
}
