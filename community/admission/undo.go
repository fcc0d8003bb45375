package admission

import (
	"context"
	"encoding/json"

	"github.com/weilu-im/weilu/bot"
)

// taken reads the application that an undo is about, where it stands as the manager left it.
func (f *admission) taken(ctx context.Context, r *bot.Request, payload []byte) (a application, d decision, err error) {
	if err := json.Unmarshal(payload, &d); err != nil {
		return a, d, err
	}
	a, ok, err := f.one(ctx, `WHERE id = ?`, d.ID)
	switch {
	case err != nil:
	case ok && a.state == joined:
		err = r.In("admission").Refuse("undo.joined")
	case !ok || a.turn != d.Turn:
		err = r.In("admission").Refuse("undo.late")
	}
	return a, d, err
}

// undoDecision lets an application wait again, or be asked where it was not answered yet.
func (f *admission) undoDecision(ctx context.Context, r *bot.Request, payload []byte) error {
	a, d, err := f.taken(ctx, r, payload)
	if err != nil {
		return err
	}
	if newer, ok, err := f.newest(ctx, a.member); err != nil || ok && newer.id != a.id {
		if err == nil {
			err = r.In("admission").Refuse("undo.late")
		}
		return err
	}
	to, left := d.From, int64(0)
	if a.group != "" { // who left in the meantime has withdrawn
		here, err := f.present(ctx, a.group, a.member)
		if err != nil {
			return err
		}
		if !here {
			to, left = withdrawn, r.At.UnixMilli()
		}
	}
	late, err := f.move(ctx, &a, to, `decided_at = 0, decided_by = '', note = '', reminded_at = 0, left_at = ?,
		asked_at = CASE WHEN asked_at > 0 THEN CAST(? AS BIGINT) ELSE 0 END`, left, r.At.UnixMilli())
	return f.goOn(ctx, r, a, late, err)
}

// undoQuestion takes a question back that was not answered yet.
func (f *admission) undoQuestion(ctx context.Context, r *bot.Request, payload []byte) error {
	a, d, err := f.taken(ctx, r, payload)
	if err != nil {
		return err
	}
	n, err := f.db.Exec(ctx, `DELETE FROM admission_answers WHERE admission_id = ? AND n = ? AND answered_at = 0`, a.id, d.N)
	if err != nil {
		return err
	}
	if n == 0 {
		return r.In("admission").Refuse("undo.late")
	}
	var submitted int64
	if d.From == waiting {
		submitted = r.At.UnixMilli()
	}
	late, err := f.move(ctx, &a, d.From, `submitted_at = ?`, submitted)
	return f.goOn(ctx, r, a, late, err)
}

// goOn lets an application that was put back go on where it was.
func (f *admission) goOn(ctx context.Context, r *bot.Request, a application, late bool, err error) error {
	switch {
	case err != nil:
		return err
	case late:
		return r.In("admission").Refuse("undo.late")
	case a.state == arrived && a.group != "":
		return f.askSoon(ctx, r.In("admission"), a.group)
	case a.state == asking:
		return f.waitFor(ctx, r.In("admission"), r.At)
	}
	return nil
}
