package wechat

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/eatmoreapple/openwechat"
)

// saved is what goes on with a login without a new scan. The cursor in it is never ahead of what was delivered.
type saved struct {
	At      time.Time // of the scan or confirmation
	Cookies []kept

	BaseRequest  *openwechat.BaseRequest
	LoginInfo    *openwechat.LoginInfo
	WechatDomain openwechat.WechatDomain
	SyncKey      *openwechat.SyncKey
	UUID         string

	Foreign bool `json:",omitempty"` // the cursor is of an earlier login, and this one has not taken it yet
}

// complete tells whether a hot login can be tried with it.
func (s saved) complete() bool {
	return s.BaseRequest != nil && s.LoginInfo != nil && s.LoginInfo.WxUin != 0 && s.LoginInfo.WxSid != "" &&
		s.WechatDomain != "" && consistent(s.SyncKey)
}

// consistent tells whether the client can use a cursor without dying of it.
func consistent(k *openwechat.SyncKey) bool { return k != nil && k.Count > 0 && k.Count == len(k.List) }

// store is the directory in which logins live.
type store struct {
	dir string

	mu     sync.Mutex
	holder int // the session that may write
}

func openStore(dir string) (*store, error) {
	dir = filepath.Join(dir, Name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the directory of the login: %w", err)
	}
	return &store{dir: dir}, nil
}

// Forget removes the login that is kept in a data directory, so that the next start is that of another account: a scan
// from another device. When the account was busy stays, because the community is the same.
func Forget(dir string) error {
	for _, name := range [...]string{"session.json", "device", "stopped.json", "login-qr.png"} {
		if err := os.Remove(filepath.Join(dir, Name, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("forget the saved login: %w", err)
		}
	}
	return nil
}

func (s *store) path(name string) string { return filepath.Join(s.dir, name) }

// load reads the saved login. One that can't be read is none: the bot asks for a scan.
func (s *store) load() (saved, error) {
	content, err := os.ReadFile(s.path("session.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return saved{}, nil
	}
	if err != nil {
		return saved{}, fmt.Errorf("read the saved login: %w", err)
	}
	var login saved
	if err := json.Unmarshal(content, &login); err != nil {
		return saved{}, fmt.Errorf("read the saved login: %w", err)
	}
	return login, nil
}

var deviceForm = regexp.MustCompile(`^e\d{15}$`)

// device is the id under which WeChat knows this data directory: the same for ever.
func (s *store) device() (string, error) {
	name := s.path("device")
	content, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the device id: %w", err)
	}
	if id := strings.TrimSpace(string(content)); deviceForm.MatchString(id) {
		return id, nil
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000_000_000_000))
	if err != nil {
		return "", fmt.Errorf("make a device id: %w", err)
	}
	id := fmt.Sprintf("e%015d", n)
	return id, writeFile(name, []byte(id+"\n"))
}

// hot is the client's storage for one session: it reads the saved login and, until another session claims
// the store, writes it.
type hot struct {
	store   *store
	holder  int
	cookies *cookies
	note    func(*saved) // adds what the client doesn't know
	failed  func(error)  // hears every attempt to write: nil when it went well
	content io.Reader
}

// claim gives a session the right to write, and takes it from all before.
func (s *store) claim(login saved, withLogin bool, jar *cookies, note func(*saved), failed func(error)) (*hot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holder++
	h := &hot{store: s, holder: s.holder, cookies: jar, note: note, failed: failed, content: strings.NewReader("")}
	if !withLogin {
		return h, nil
	}
	content, err := json.Marshal(map[string]any{
		"Jar": map[string][]*http.Cookie{}, "BaseRequest": login.BaseRequest, "LoginInfo": login.LoginInfo,
		"WechatDomain": login.WechatDomain, "SyncKey": login.SyncKey, "UUID": login.UUID,
	})
	if err != nil {
		return nil, fmt.Errorf("hand on the saved login: %w", err)
	}
	h.content = bytes.NewReader(content)
	return h, nil
}

// Read gives the login, or nothing where a scan is wanted.
func (h *hot) Read(p []byte) (int, error) { return h.content.Read(p) }

// Write saves what the client dumps, with the cookies as they really are. The client dumps after each batch
// that it was allowed to see, so the cursor follows what was delivered.
func (h *hot) Write(p []byte) (int, error) {
	err := h.write(p)
	h.failed(err)
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

// close takes the right to write back. A batch whose cursor is not saved then comes again.
func (h *hot) close() {
	h.store.mu.Lock()
	defer h.store.mu.Unlock()
	if h.holder == h.store.holder {
		h.store.holder++
	}
}

func (h *hot) write(p []byte) error {
	var dump struct {
		BaseRequest  *openwechat.BaseRequest
		LoginInfo    *openwechat.LoginInfo
		WechatDomain openwechat.WechatDomain
		SyncKey      *openwechat.SyncKey
		UUID         string
	}
	if err := json.Unmarshal(p, &dump); err != nil {
		return fmt.Errorf("save the login: %w", err)
	}
	login := saved{Cookies: h.cookies.all(), BaseRequest: dump.BaseRequest, LoginInfo: dump.LoginInfo,
		WechatDomain: dump.WechatDomain, SyncKey: dump.SyncKey, UUID: dump.UUID}
	h.note(&login)
	if !login.complete() {
		return errors.New("save the login: it is incomplete")
	}
	content, err := json.Marshal(login)
	if err != nil {
		return fmt.Errorf("save the login: %w", err)
	}
	h.store.mu.Lock()
	defer h.store.mu.Unlock()
	if h.holder != h.store.holder {
		return nil // a newer session writes
	}
	return writeFile(h.store.path("session.json"), content)
}

// stop is why a run ended for good, for runs that come soon after.
type stop struct {
	At   time.Time
	Code string
	Text string
}

func (s *store) stopped() (stop, bool) {
	content, err := os.ReadFile(s.path("stopped.json"))
	if err != nil {
		return stop{}, false
	}
	var why stop
	if err := json.Unmarshal(content, &why); err != nil {
		return stop{}, false
	}
	return why, true
}

func (s *store) setStopped(why stop) error {
	content, err := json.Marshal(why)
	if err != nil {
		return fmt.Errorf("remember the stop: %w", err)
	}
	return writeFile(s.path("stopped.json"), content)
}

func (s *store) clearStopped() error {
	if err := os.Remove(s.path("stopped.json")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget the stop: %w", err)
	}
	return nil
}
