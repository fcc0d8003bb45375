package console

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
)

// How long a session lasts.
const (
	sessionIdle   = 12 * time.Hour
	sessionLasts  = 7 * 24 * time.Hour
	sessionCookie = "weilu_console"
)

// sessionMember is the only value of a session: who it is.
const sessionMember = "member"

func (c *Console) newSessions() *scs.SessionManager {
	s := scs.New()
	s.Store, s.Codec, s.HashTokenInStore = c.store, sessionCodec{}, true
	s.IdleTimeout, s.Lifetime = sessionIdle, sessionLasts
	s.Cookie.Name, s.Cookie.Path, s.Cookie.Secure = sessionCookie, c.base+"/", c.secure
	s.Cookie.HttpOnly, s.Cookie.SameSite, s.Cookie.Persist = true, http.SameSiteLaxMode, true
	s.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) { c.fail(w, r, err) }
	return s
}

// sessionCodec writes a session as its deadline and its member, which the store keeps in columns.
type sessionCodec struct{}

// Encode implements scs.Codec.
func (sessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	member, _ := values[sessionMember].(string)
	return []byte(strconv.FormatInt(deadline.UnixMilli(), 10) + " " + member), nil
}

// Decode implements scs.Codec.
func (sessionCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	millis, member, err := splitSession(b)
	if err != nil {
		return time.Time{}, nil, err
	}
	return time.UnixMilli(millis).UTC(), map[string]any{sessionMember: member}, nil
}

func splitSession(b []byte) (deadline int64, member string, err error) {
	millis, member, _ := strings.Cut(string(b), " ")
	if deadline, err = strconv.ParseInt(millis, 10, 64); err != nil {
		return 0, "", fmt.Errorf("session: %w", err)
	}
	return deadline, member, nil
}
