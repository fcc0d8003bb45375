package community

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"

	"github.com/weilu-im/weilu/bot"
)

// What freezing and thawing can be refused with.
var (
	ErrFrozen    = errors.New("these points are frozen already")
	ErrNotFrozen = errors.New("these points are not frozen")
)

// Freeze is that an id's points can't be spent by their owner. It is of the id that was frozen: the person has it as
// long as that id is theirs, and a split takes it along.
type Freeze struct {
	ID     MemberID  `json:"id"`
	At     time.Time `json:"at"`
	By     MemberID  `json:"by"`
	Reason string    `json:"-"` // a manager's words; they stay erasable
}

func freezeMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112320_freezes",
		`CREATE TABLE freezes (member_id TEXT PRIMARY KEY, at BIGINT NOT NULL, by_member TEXT NOT NULL, reason TEXT NOT NULL)`,
		// Of freezes that ended, what an undo of that needs.
		`CREATE TABLE thawed (member_id TEXT NOT NULL, at BIGINT NOT NULL, by_member TEXT NOT NULL, reason TEXT NOT NULL,
			event TEXT NOT NULL, PRIMARY KEY (member_id, event))`)}
}

// Freezes are those of a person: of any of their ids.
func (p *Purse) Freezes(ctx context.Context, id MemberID) ([]Freeze, error) {
	ids, err := p.ro.IDs(ctx, id)
	if err != nil {
		return nil, err
	}
	return p.freezes(ctx, `member_id IN ?`, ids)
}

// AllFreezes are all that there are, the newest first.
func (p *Purse) AllFreezes(ctx context.Context) ([]Freeze, error) { return p.freezes(ctx, `1 = ?`, 1) }

func (p *Purse) freezes(ctx context.Context, where string, arg any) ([]Freeze, error) {
	var rows []struct {
		MemberID, ByMember, Reason string
		At                         int64
	}
	err := p.ro.db.Conn(ctx).Raw(`SELECT member_id, at, by_member, reason FROM freezes WHERE `+where+` ORDER BY at DESC, member_id`, arg).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("freezes: %w", err)
	}
	list := make([]Freeze, len(rows))
	for i, row := range rows {
		list[i] = Freeze{MemberID(row.MemberID), bot.FromMillis(row.At), MemberID(row.ByMember), row.Reason}
	}
	return list, nil
}

// Held tells whether a person can't spend what they have and nothing of it expires: it is frozen, or they left all
// groups, which keeps it until they are back.
func (p *Purse) Held(ctx context.Context, id MemberID) (frozen, gone bool, err error) {
	list, err := p.Freezes(ctx, id)
	if err != nil || len(list) > 0 {
		return len(list) > 0, false, err
	}
	gone, err = p.ro.IsGone(ctx, id)
	return false, gone, err
}

// Freeze keeps a person from spending, giving and redeeming; they go on earning, and managers can still deduct. It
// fails with ErrFrozen, and is audited.
func (p *Purse) Freeze(ctx context.Context, r *bot.Request, id MemberID, reason string) error {
	id, err := p.ro.Who(ctx, id)
	if err != nil {
		return err
	}
	if list, err := p.Freezes(ctx, id); err != nil || len(list) > 0 {
		return errors.Join(err, ErrFrozen)
	}
	if err := p.ro.exec(ctx, `INSERT INTO freezes (member_id, at, by_member, reason) VALUES (?, ?, ?, ?) ON CONFLICT (member_id) DO NOTHING`,
		string(id), r.At.UnixMilli(), r.Actor.Member, reason); err != nil {
		return fmt.Errorf("freeze %s: %w", id, err)
	}
	return p.ro.changes.audit.Record(ctx, r, "freeze", string(id), map[string]any{"by": r.Actor.Member})
}

// Thaw ends all freezes of a person. It fails with ErrNotFrozen, and is audited.
func (p *Purse) Thaw(ctx context.Context, r *bot.Request, id MemberID) error {
	list, err := p.Freezes(ctx, id)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return ErrNotFrozen
	}
	var ids []MemberID
	for _, f := range list {
		ids = append(ids, f.ID)
		if err := p.ro.exec(ctx, `INSERT INTO thawed (member_id, at, by_member, reason, event)
			SELECT member_id, at, by_member, reason, ? FROM freezes WHERE member_id = ?`, r.ID, string(f.ID)); err != nil {
			return fmt.Errorf("thaw %s: %w", f.ID, err)
		}
		if err := p.ro.exec(ctx, `DELETE FROM freezes WHERE member_id = ?`, string(f.ID)); err != nil {
			return fmt.Errorf("thaw %s: %w", f.ID, err)
		}
	}
	who, err := p.ro.Who(ctx, id)
	if err != nil {
		return err
	}
	return p.ro.changes.audit.Record(ctx, r, "thaw", string(who), map[string]any{"ids": ids})
}

// refreeze takes back the thaw that an event did.
func (p *Purse) refreeze(ctx context.Context, event string) error {
	if err := p.ro.exec(ctx, `INSERT INTO freezes (member_id, at, by_member, reason)
		SELECT member_id, at, by_member, reason FROM thawed WHERE event = ? ON CONFLICT (member_id) DO NOTHING`, event); err != nil {
		return fmt.Errorf("freeze again: %w", err)
	}
	return nil
}

// mayPay refuses somebody's own spending where it isn't proven who they are, or where what they have is held.
func (p *Purse) mayPay(ctx context.Context, r *bot.Request, id MemberID) error {
	if !r.Actor.Strong {
		return bot.Refuse(r.In("community").T("spend.weak"))
	}
	frozen, gone, err := p.Held(ctx, id)
	switch {
	case err != nil:
		return err
	case frozen:
		return bot.Refuse(r.In("community").T("spend.frozen"))
	case gone:
		return bot.Refuse(r.In("community").T("spend.gone"))
	}
	return nil
}
