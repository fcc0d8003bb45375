package onebot

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// said is a message that can be quoted or recalled.
type said struct {
	event string
	at    time.Time
	from  sender
	text  string
	parts int // events that were made of it
}

// memory is what was said lately, by the id of the message. It forgets the oldest half when it is full.
type memory struct {
	mu       sync.Mutex
	now, old map[id]said
}

const remembered = 20_000

func newMemory() *memory { return &memory{now: map[id]said{}, old: map[id]said{}} }

func (m *memory) put(message id, s said) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.now) >= remembered {
		m.now, m.old = map[id]said{}, m.now
	}
	m.now[message] = s
}

func (m *memory) get(message id) (said, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, ok := m.now[message]; ok {
		return s, true
	}
	s, ok := m.old[message]
	return s, ok
}

// of is the message whose event it is.
func (m *memory) of(event string) (message id, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, list := range [...]map[id]said{m.now, m.old} {
		for message, s := range list {
			if s.event == event {
				return message, true
			}
		}
	}
	return "", false
}

// mark is until when everything that an account heard is stored. It is kept in a file, a little late, which costs only
// that some of it is heard again.
type mark struct {
	file string // empty: it is not kept
	log  *slog.Logger

	mu    sync.Mutex
	at    time.Time // zero: nothing was stored yet
	wrote time.Time
	held  bool // what was said before is asked for: it does not move
}

type markFile struct {
	StoredUntil time.Time `json:"stored_until"`
}

func openMark(dir string, self id, log *slog.Logger) *mark {
	m := &mark{log: log}
	if dir == "" {
		return m
	}
	m.file = filepath.Join(dir, Name, "account-"+fileName(self)+".json")
	src, err := os.ReadFile(m.file)
	if errors.Is(err, fs.ErrNotExist) {
		m.save() // the account is known from now on
		return m
	}
	var kept markFile
	if err == nil {
		err = json.Unmarshal(src, &kept)
	}
	if err != nil {
		log.Warn("onebot: until when everything is stored is not known, so what was said while we were away is not asked for", "err", says(err))
		return m
	}
	m.at = kept.StoredUntil
	return m
}

// accountFiles is how many accounts the data directory knows.
func accountFiles(dir string) int {
	if dir == "" {
		return 0
	}
	list, _ := filepath.Glob(filepath.Join(dir, Name, "account-*.json")) // the pattern is right
	return len(list)
}

// fileName makes a part of a file's name of an id, which is not ours.
func fileName(self id) string {
	safe := make([]byte, 0, len(self))
	for _, c := range []byte(self) {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_' {
			safe = append(safe, c)
		}
	}
	const most = 64
	if len(safe) == len(self) && len(safe) <= most {
		return string(safe)
	}
	sum := sha256.Sum256([]byte(self))
	const hexDigits = "0123456789abcdef"
	name := []byte("x-")
	for _, b := range sum[:16] {
		name = append(name, hexDigits[b>>4], hexDigits[b&15])
	}
	return string(name)
}

// until is the mark.
func (m *mark) until() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at
}

// set moves the mark on. It is written once a second at most.
func (m *mark) set(at, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at.After(now) {
		at = now // a clock that is ahead hides nothing
	}
	if m.held || !at.After(m.at) {
		return
	}
	m.at = at
	if m.file == "" || now.Sub(m.wrote) < time.Second && !now.Before(m.wrote) {
		return
	}
	m.wrote = now
	m.save()
}

// hold keeps the mark where it is, until release.
func (m *mark) hold() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held = true
}

// release lets the mark go on from at.
func (m *mark) release(at, now time.Time) {
	m.mu.Lock()
	m.held = false
	m.mu.Unlock()
	m.set(at, now)
}

// save writes the mark; the lock is held.
func (m *mark) save() {
	src, err := json.Marshal(markFile{m.at.UTC()})
	if err == nil {
		err = os.MkdirAll(filepath.Dir(m.file), 0o700)
	}
	if err == nil {
		err = os.WriteFile(m.file+".new", src, 0o600)
	}
	if err == nil {
		err = os.Rename(m.file+".new", m.file)
	}
	if err != nil {
		m.log.Warn("onebot: until when everything is stored is not written down", "err", says(err))
	}
}

// close writes what was not written yet.
func (m *mark) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.file != "" && !m.at.IsZero() {
		m.save()
	}
}
