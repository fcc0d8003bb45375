package community

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// How recovery codes are guarded.
const (
	recoveryLength = 12 // letters of bindAlphabet: 58 bits
	recoveryMade   = 3  // codes that a member gets in a day
	recoveryTries  = 5  // wrong codes of a member in an hour
	recoveryAll    = 30 // wrong codes of everybody in an hour
)

// newRecoveryCode gives a person a new code, and forgets the one before. Only its hash is kept.
func (ro *Roster) newRecoveryCode(ctx context.Context, chance *rand.Rand, id MemberID, at time.Time) (string, error) {
	code := make([]byte, recoveryLength)
	for i := range code {
		code[i] = bindAlphabet[chance.IntN(len(bindAlphabet))]
	}
	if err := ro.burnCodes(ctx, id); err != nil {
		return "", err
	}
	if err := ro.exec(ctx, `INSERT INTO recovery_codes (member_id, hash, made_at) VALUES (?, ?, ?)`, string(id), hashRecovery(string(code)), at.UnixMilli()); err != nil {
		return "", fmt.Errorf("recovery code of %s: %w", id, err)
	}
	return string(code[:4]) + "-" + string(code[4:8]) + "-" + string(code[8:]), nil
}

// burnCodes makes all codes of a person worthless.
func (ro *Roster) burnCodes(ctx context.Context, id MemberID) error {
	ids, err := ro.IDs(ctx, id)
	if err != nil {
		return err
	}
	if err := ro.db.Conn(ctx).Exec(`DELETE FROM recovery_codes WHERE member_id IN ?`, ids).Error; err != nil {
		return fmt.Errorf("recovery code of %s: %w", id, err)
	}
	return nil
}

// takeCode uses up a code and tells who got it; empty where it is none.
func (ro *Roster) takeCode(ctx context.Context, code string) (MemberID, error) {
	var ids []string
	if err := ro.db.Conn(ctx).Raw(`DELETE FROM recovery_codes WHERE hash = ? RETURNING member_id`, hashRecovery(code)).Scan(&ids).Error; err != nil {
		return "", fmt.Errorf("recovery code: %w", err)
	}
	if len(ids) == 0 {
		return "", nil
	}
	return ro.Who(ctx, MemberID(ids[0]))
}

// hashRecovery is what is kept of a code, however its letters are written.
func hashRecovery(code string) string {
	sum := sha256.Sum256([]byte("weilu recovery " + spellRecovery(code)))
	return hex.EncodeToString(sum[:])
}

func spellRecovery(s string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", "－", "", " ", "").Replace(bot.Fold(s)))
}

// looksLikeCode tells whether a text can be a recovery code.
func looksLikeCode(s string) bool {
	s = spellRecovery(s)
	return len(s) == recoveryLength && strings.Trim(s, bindAlphabet) == ""
}

// attempts counts what was kept of a kind since a time, of one member or, where empty, of everybody.
func (ro *Roster) attempts(ctx context.Context, kind, member string, since time.Time) (n int, err error) {
	err = ro.row(ctx, `SELECT COUNT(*) FROM recovery_attempts WHERE kind = ? AND (member_id = ? OR ? = '') AND at > ?`,
		kind, member, member, since.UnixMilli()).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("attempts to recover: %w", err)
	}
	return n, nil
}

func (ro *Roster) attempted(ctx context.Context, kind, member string, at time.Time) error {
	if err := ro.exec(ctx, `INSERT INTO recovery_attempts (kind, member_id, at) VALUES (?, ?, ?)`, kind, member, at.UnixMilli()); err != nil {
		return fmt.Errorf("attempt to recover: %w", err)
	}
	return nil
}

// mayHaveCode tells whether it is certain who the sender is: by a strong binding, or because they are the user
// that this member was first seen as and no other login was ever bound to them. Anybody else could be a namesake who
// was bound by what can be copied, and a code in their hands would be the member's points.
func (ro *Roster) mayHaveCode(ctx context.Context, r *bot.Request) (bool, error) {
	if r.Actor.Strong {
		return true, nil
	}
	ids, err := ro.IDs(ctx, MemberID(r.Actor.Member))
	if err != nil {
		return false, err
	}
	var all, first int
	err = ro.db.Conn(ctx).Raw(`SELECT COUNT(*), COALESCE(SUM(CASE WHEN transport = ? AND session = ? AND user_id = ? AND rule = ? THEN 1 ELSE 0 END), 0)
		FROM bindings WHERE member_id IN ?`, r.Transport, sessionOf(r, r.From), string(r.From.User), string(ByFirstSeen), ids).Row().Scan(&all, &first)
	if err != nil {
		return false, fmt.Errorf("bindings of %s: %w", r.Actor.Member, err)
	}
	return all == 1 && first == 1, nil
}

// alive tells whether a member certainly is another user than the sender, in the same login or by what they said in
// groups since the sender is known. A code does not stand against that: two people have it.
func (ro *Roster) alive(ctx context.Context, r *bot.Request, member MemberID) (bool, error) {
	if MemberID(r.Actor.Member) == member {
		return false, nil
	}
	ids, err := ro.IDs(ctx, member)
	if err != nil {
		return false, err
	}
	var since, others int64
	session, user := sessionOf(r, r.From), string(r.From.User)
	conn := ro.db.Conn(ctx)
	if err := conn.Raw(`SELECT COALESCE(MAX(at), 0) FROM bindings WHERE transport = ? AND session = ? AND user_id = ?`, r.Transport, session, user).Scan(&since).Error; err != nil {
		return false, fmt.Errorf("login of the sender: %w", err)
	}
	err = conn.Raw(`SELECT COUNT(*) FROM bindings c WHERE c.member_id IN ? AND `+live+` AND (c.strong = ? OR c.rule = ?)
		AND (c.session <> '' OR EXISTS (SELECT 1 FROM activity m WHERE m.day >= ? AND m.member_id = c.member_id AND m.last_at > ?))`,
		ids, true, string(ByFirstSeen), int(ro.opts.Calendar.Day(bot.FromMillis(since))), since).Scan(&others).Error
	if err != nil {
		return false, fmt.Errorf("logins of %s: %w", member, err)
	}
	return others > 0, nil
}

// rebind makes the sender's login one of a member, proven by evidence.
func (ro *Roster) rebind(ctx context.Context, r *bot.Request, member MemberID, evidence string) error {
	key := userKey{r.Transport, sessionOf(r, r.From), r.From.User}
	forget(ctx, ro.db, ro.holders, holderKey{key.transport, key.session, ro.users[key].member})
	return ro.strong(ctx, key, member, evidence, r.At)
}
