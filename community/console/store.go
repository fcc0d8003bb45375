package console

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// sessionStore keeps sessions, by the hashes of their tokens. It implements scs.CtxStore.
type sessionStore struct {
	db  bot.Storage
	now func() time.Time
}

// errNoContext is the answer of the methods that scs calls only where a store has none with a ctx.
var errNoContext = errors.New("a session is kept and found with a ctx only")

// Delete implements scs.Store.
func (s *sessionStore) Delete(string) error { return errNoContext }

// Find implements scs.Store.
func (s *sessionStore) Find(string) ([]byte, bool, error) { return nil, false, errNoContext }

// Commit implements scs.Store.
func (s *sessionStore) Commit(string, []byte, time.Time) error { return errNoContext }

// FindCtx implements scs.CtxStore.
func (s *sessionStore) FindCtx(ctx context.Context, hash string) ([]byte, bool, error) {
	var deadline, expires int64
	var member string
	err := s.db.Conn(ctx).Raw(`SELECT deadline, member_id, expires_at FROM console_sessions WHERE hash = ?`, hash).Row().Scan(&deadline, &member, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	if now := s.now().UnixMilli(); expires <= now || deadline <= now {
		return nil, false, nil
	}
	b, err := sessionCodec{}.Encode(bot.FromMillis(deadline), map[string]any{sessionMember: member})
	return b, err == nil, err
}

// idleSteps is how exactly it is kept when a session was used last: not every page is worth a write.
const idleSteps = 10 * time.Minute

// CommitCtx implements scs.CtxStore.
func (s *sessionStore) CommitCtx(ctx context.Context, hash string, b []byte, expiry time.Time) error {
	deadline, member, err := splitSession(b)
	if err != nil {
		return err
	}
	var kept int64
	err = s.db.Conn(ctx).Raw(`SELECT expires_at FROM console_sessions WHERE hash = ? AND member_id = ? AND deadline = ?`, hash, member, deadline).Row().Scan(&kept)
	if err == nil && expiry.Sub(bot.FromMillis(kept)).Abs() < idleSteps {
		return nil
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("keep session: %w", err)
	}
	fresh := isEntering(ctx)
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		if !fresh { // one that was ended meanwhile stays ended
			return s.db.Conn(ctx).Exec(`UPDATE console_sessions SET expires_at = ? WHERE hash = ? AND member_id = ? AND deadline = ?`,
				expiry.UnixMilli(), hash, member, deadline).Error
		}
		if err := s.db.Conn(ctx).Exec(`DELETE FROM console_sessions WHERE expires_at <= ?`, s.now().UnixMilli()).Error; err != nil {
			return err
		}
		return s.db.Conn(ctx).Exec(`INSERT INTO console_sessions (hash, member_id, deadline, expires_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (hash) DO UPDATE SET member_id = excluded.member_id, deadline = excluded.deadline, expires_at = excluded.expires_at`,
			hash, member, deadline, expiry.UnixMilli()).Error
	})
	if err != nil {
		return fmt.Errorf("keep session: %w", err)
	}
	return nil
}

// entering tells the store that a request begins a session. It is put into the request's ctx before the session is found.
type entering struct{}

func isEntering(ctx context.Context) bool {
	is, ok := ctx.Value(entering{}).(*bool)
	return ok && *is
}

// DeleteCtx implements scs.CtxStore.
func (s *sessionStore) DeleteCtx(ctx context.Context, hash string) error {
	return s.delete(ctx, `hash`, hash)
}

// deleteOf ends all sessions of a member.
func (s *sessionStore) deleteOf(ctx context.Context, member string) error {
	return s.delete(ctx, `member_id`, member)
}

func (s *sessionStore) delete(ctx context.Context, column, value string) error {
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		return s.db.Conn(ctx).Exec(`DELETE FROM console_sessions WHERE `+column+` = ?`, value).Error
	})
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}
