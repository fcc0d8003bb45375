package console

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// linkLasts is how long a link can be used.
const linkLasts = 10 * time.Minute

// NewLink makes a token that logs a member in once, within ten minutes. Only its hash is kept. It runs outside the
// events' order, so it may be called beside a running bot.
func NewLink(ctx context.Context, db bot.Storage, member community.MemberID, at time.Time) (token string, err error) {
	token = rand.Text() // 130 bits
	return token, keepLink(ctx, db, token, member, at)
}

// tokenAlphabet is what tokens are made of: 5 bits a letter, as in crypto/rand.Text.
const tokenAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// tokenOf makes a token in a handler, out of the event's own chance, which nobody can predict.
func tokenOf(r *bot.Request) string {
	token := make([]byte, 26)
	for i := range token {
		token[i] = tokenAlphabet[r.Rand().IntN(len(tokenAlphabet))]
	}
	return string(token)
}

func keepLink(ctx context.Context, db bot.Storage, token string, member community.MemberID, at time.Time) error {
	err := db.Tx(ctx, func(ctx context.Context) error {
		if err := db.Conn(ctx).Exec(`DELETE FROM console_links WHERE made_at < ?`, at.Add(-24*time.Hour).UnixMilli()).Error; err != nil {
			return err
		}
		return db.Conn(ctx).Exec(`INSERT INTO console_links (hash, member_id, made_at) VALUES (?, ?, ?)`, hashLink(token), string(member), at.UnixMilli()).Error
	})
	if err != nil {
		return fmt.Errorf("link for %s: %w", member, err)
	}
	return nil
}

// LoginURL is where a token is used: address is Config.Address.
func LoginURL(address, token string) string {
	return strings.TrimRight(address, "/") + "/login/" + token
}

// takeLink uses up a token and tells whose it was; empty where it is none, not any more, or not yet.
func takeLink(ctx context.Context, db bot.Storage, token string, at time.Time) (member community.MemberID, err error) {
	err = db.Tx(ctx, func(ctx context.Context) error {
		hash := hashLink(token)
		used := db.Conn(ctx).Exec(`UPDATE console_links SET used_at = ? WHERE hash = ? AND used_at = 0 AND made_at > ?`,
			at.UnixMilli(), hash, at.Add(-linkLasts).UnixMilli())
		if used.Error != nil || used.RowsAffected == 0 {
			return used.Error
		}
		return db.Conn(ctx).Raw(`SELECT member_id FROM console_links WHERE hash = ?`, hash).Row().Scan(&member)
	})
	if err != nil {
		return "", fmt.Errorf("use a link: %w", err)
	}
	return member, nil
}

func hashLink(token string) string {
	sum := sha256.Sum256([]byte("weilu console " + strings.ToUpper(token)))
	return hex.EncodeToString(sum[:])
}
