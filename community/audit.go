package community

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Audit is the record of what managers did. It only grows: the database itself refuses to change or to
// delete an entry.
type Audit struct{ db bot.Storage }

// NewAudit makes the audit that is stored in db.
func NewAudit(db bot.Storage) *Audit { return &Audit{db} }

// AuditEntry is one thing that somebody did.
type AuditEntry struct {
	ID     int64
	At     time.Time
	Event  string   // the event that did it
	Actor  MemberID // who did it; empty: the program itself
	Role   string   // what they were when they did it
	Action string   // "points.give"; what was taken back is "undo"
	Target string   // whom or what it was done to, as an id
	Detail json.RawMessage
	UndoOf string // the event whose action was taken back
}

type auditRow struct {
	ID     int64
	At     int64
	Event  string
	Actor  string
	Role   string
	Action string
	Target string
	Detail string
	UndoOf string
}

func (auditRow) TableName() string { return "audits" }

// Record adds what r does to target. detail is stored as JSON for ever: it holds ids and numbers, no names
// and no texts of people, which must stay erasable.
func (a *Audit) Record(ctx context.Context, r *bot.Request, action, target string, detail any) error {
	return a.record(ctx, r, auditRow{Action: action, Target: target}, detail)
}

// RecordOperator is Record for what an operator does at the command line, as event at a time.
func (a *Audit) RecordOperator(ctx context.Context, event string, at time.Time, action, target string, detail any) error {
	data, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	row := auditRow{At: at.UnixMilli(), Event: event, Role: "operator", Action: action, Target: target, Detail: string(data)}
	if err := a.db.Conn(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	return nil
}

func (a *Audit) record(ctx context.Context, r *bot.Request, row auditRow, detail any) error {
	data, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("audit %s: %w", row.Action, err)
	}
	row.At, row.Event, row.Detail = r.At.UnixMilli(), r.ID, string(data)
	row.Actor, row.Role = r.Actor.Member, r.Actor.Role.String()
	if err := a.db.Conn(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("audit %s: %w", row.Action, err)
	}
	return nil
}

// recordUndo adds that an action was taken back. Its target is the one of the action, where that had only one.
func (a *Audit) recordUndo(ctx context.Context, r *bot.Request, undo undoRow) error {
	var targets []string
	err := a.db.Conn(ctx).Model(&auditRow{}).Distinct().Where("event = ?", undo.Event).Limit(2).Pluck("target", &targets).Error
	if err != nil {
		return fmt.Errorf("audit undo: %w", err)
	}
	row := auditRow{Action: "undo", UndoOf: undo.Event}
	if len(targets) == 1 {
		row.Target = targets[0]
	}
	return a.record(ctx, r, row, map[string]string{"action": undo.Action, "code": undo.Code, "by": undo.Member})
}

// AuditFilter says which entries are wanted; what is left zero doesn't matter.
type AuditFilter struct {
	Actor        MemberID
	Target       string
	Actors       []MemberID // any of these ids, of one person
	Targets      []MemberID // any of these
	Action       string
	Since, Until time.Time // Since is in, Until is out
	Before       int64     // only entries with a smaller ID: the next page
	Limit        int       // 0: 50; at most 1,001
}

// List gives the entries that pass the filter, newest first.
func (a *Audit) List(ctx context.Context, f AuditFilter) ([]AuditEntry, error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	q := a.db.Conn(ctx).Order("id DESC").Limit(min(f.Limit, 1001))
	where := func(wanted bool, cond string, value any) {
		if wanted {
			q = q.Where(cond, value)
		}
	}
	where(f.Actor != "", "actor = ?", f.Actor)
	where(f.Target != "", "target = ?", f.Target)
	where(len(f.Actors) > 0, "actor IN ?", f.Actors)
	where(len(f.Targets) > 0, "target IN ?", f.Targets)
	where(f.Action != "", "action = ?", f.Action)
	where(!f.Since.IsZero(), "at >= ?", f.Since.UnixMilli())
	where(!f.Until.IsZero(), "at < ?", f.Until.UnixMilli())
	where(f.Before > 0, "id < ?", f.Before)
	var rows []auditRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list audit: %w", err)
	}
	entries := make([]AuditEntry, len(rows))
	for i, row := range rows {
		entries[i] = AuditEntry{
			ID: row.ID, At: bot.FromMillis(row.At), Event: row.Event, Actor: MemberID(row.Actor), Role: row.Role,
			Action: row.Action, Target: row.Target, Detail: json.RawMessage(row.Detail), UndoOf: row.UndoOf,
		}
	}
	return entries, nil
}
