package community

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"

	"github.com/weilu-im/weilu/bot"
)

// How an erasure waits: the answer to whoever asked for it has to be said while it is known who they are.
const (
	eraseAfter = time.Minute
	eraseWaits = time.Hour // for words that are still to be said to them
	eraseJob   = "erase"
)

func erasureMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112401_erasures",
		// Who was erased, or will be: done_at 0. by_member: who asked for it, themselves or a manager, who said why.
		`CREATE TABLE erasures (member_id TEXT PRIMARY KEY, at BIGINT NOT NULL, by_member TEXT NOT NULL, reason TEXT NOT NULL, done_at BIGINT NOT NULL DEFAULT 0)`)}
}

// Erased are the people of whom everything personal was erased. It reads tables only.
func (ro *Roster) Erased(ctx context.Context) ([]MemberID, error) {
	var ids []MemberID
	if err := ro.db.Conn(ctx).Raw(`SELECT member_id FROM erasures WHERE done_at > 0 ORDER BY LENGTH(member_id), member_id`).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("who was erased: %w", err)
	}
	return ids, nil
}

// erasure tells whether somebody is to be erased, and whether that is done.
func (ro *Roster) erasure(ctx context.Context, id MemberID) (asked time.Time, done bool, err error) {
	var at, doneAt int64
	err = ro.row(ctx, `SELECT at, done_at FROM erasures WHERE member_id IN `+personIDs, string(id), string(id), string(id), string(id)).Scan(&at, &doneAt)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, fmt.Errorf("erasure of %s: %w", id, err)
	}
	return bot.FromMillis(at), doneAt > 0, nil
}

// planErasure writes down that somebody is to be erased, and lets it be done soon.
func (c *Community) planErasure(ctx context.Context, r *bot.Request, id MemberID, reason string) error {
	if err := c.Roster.exec(ctx, `INSERT INTO erasures (member_id, at, by_member, reason) VALUES (?, ?, ?, ?)`,
		string(id), r.At.UnixMilli(), r.Actor.Member, reason); err != nil {
		return fmt.Errorf("plan the erasure of %s: %w", id, err)
	}
	if err := c.Audit.Record(ctx, r, "data.erase", string(id), map[string]any{"self": r.Actor.Member == string(id)}); err != nil {
		return err
	}
	return r.Later(ctx, r.At.Add(eraseAfter), eraseJob, string(id))
}

// eraseJob erases somebody, when everything was said to them. Where something stands against it by now, they are told.
func (c *Community) eraseJob(ctx context.Context, r *bot.Request) error {
	id := MemberID(r.Key)
	asked, done, err := c.erasure(ctx, id)
	if err != nil || done || asked.IsZero() {
		return err
	}
	who, err := c.Who(ctx, id)
	if err != nil {
		return err
	}
	ids, err := c.idsOf(ctx, who)
	if err != nil {
		return err
	}
	var words int
	if err := c.db.Conn(ctx).Raw(`SELECT COUNT(*) FROM outbox WHERE member_id IN ? AND state IN ? AND said_at <= ?`, ids,
		[]string{string(bot.Pending), string(bot.Sending)}, asked.UnixMilli()).Scan(&words).Error; err != nil {
		return fmt.Errorf("words to %s: %w", id, err)
	}
	if words > 0 && r.At.Before(asked.Add(eraseWaits)) {
		return r.Later(ctx, r.At.Add(eraseAfter), eraseJob, string(id))
	}
	reason, err := c.unerasable(ctx, r, who, ids)
	if err != nil {
		return err
	}
	if reason != "" {
		r.Whisper(string(who), reason)
		return c.Roster.exec(ctx, `DELETE FROM erasures WHERE member_id = ?`, string(id))
	}
	return c.erase(ctx, r, who, ids)
}

// idsOf are the ids of a person as strings.
func (c *Community) idsOf(ctx context.Context, id MemberID) ([]string, error) {
	all, err := c.IDs(ctx, id)
	ids := make([]string, len(all))
	for i, id := range all {
		ids[i] = string(id)
	}
	return ids, err
}

// unerasable says why somebody can't be erased now, in words for them; empty: they can.
func (c *Community) unerasable(ctx context.Context, r *bot.Request, who MemberID, ids []string) (string, error) {
	p, err := c.Person(ctx, who)
	if err != nil {
		return "", err
	}
	if p.Role > bot.Member {
		return c.text(r, "erase.staff", "Role", c.text(r, "role."+p.Role.String())), nil
	}
	for _, kept := range r.Personal() {
		if kept.Busy == nil {
			continue
		}
		if reason, err := kept.Busy(ctx, r.In(kept.Feature), ids); err != nil || reason != "" {
			return reason, err
		}
	}
	return "", nil
}

// erase removes everything personal of somebody, as the features say. What stays is kept under an id that has no name
// any more and nobody behind it. Running it again changes nothing.
func (c *Community) erase(ctx context.Context, r *bot.Request, who MemberID, ids []string) error {
	for _, kept := range r.Personal() {
		if kept.Erase == nil {
			continue
		}
		if err := kept.Erase(ctx, r.In(kept.Feature), ids); err != nil {
			return fmt.Errorf("erase what %s keeps of %s: %w", kept.Feature, who, err)
		}
	}
	for _, kept := range r.Personal() {
		for _, t := range kept.Tables {
			if err := eraseTable(ctx, c.db, t, ids); err != nil {
				return fmt.Errorf("erase %s of %s: %w", t.Name, who, err)
			}
		}
	}
	if err := c.Roster.exec(ctx, `UPDATE erasures SET done_at = ? WHERE member_id IN `+personIDs, r.At.UnixMilli(), string(who), string(who), string(who), string(who)); err != nil {
		return fmt.Errorf("erasure of %s: %w", who, err)
	}
	return c.Audit.Record(ctx, r, "data.erased", string(who), map[string]any{"ids": len(ids)})
}

// burnErased burns what came to people after they were erased, such as a prize that was decided late.
func (c *Community) burnErased(ctx context.Context, r *bot.Request) error {
	erased, err := c.Erased(ctx)
	if err != nil {
		return err
	}
	for _, id := range erased {
		ids, err := c.idsOf(ctx, id)
		if err != nil {
			return err
		}
		if err := c.burn(ctx, r, ids); err != nil {
			return err
		}
	}
	return nil
}
