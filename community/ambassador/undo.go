package ambassador

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func (f *feature) registerUndo() {
	f.c.Undo.Register("ambassador.seat", undo(f.undoSeat))
	f.c.Undo.Register("ambassador.revoke", undo(f.undoRevoke))
	f.c.Undo.Register("ambassador.campaign", undo(f.undoCampaign))
	f.c.Undo.Register("ambassador.case", undo(f.undoCase))
}

// undo reads what an undo needs.
func undo[T any](fn func(ctx context.Context, r *bot.Request, u T) error) community.UndoFunc {
	return func(ctx context.Context, r *bot.Request, payload []byte) error {
		var u T
		if err := json.Unmarshal(payload, &u); err != nil {
			return err
		}
		return fn(ctx, r.In("ambassador"), u)
	}
}

// undoSeat gives somebody the standing back that they had before a manager decided.
func (f *feature) undoSeat(ctx context.Context, r *bot.Request, u turned) error {
	list, err := f.seats(ctx, `WHERE member_id = ?`, string(u.Member))
	if err != nil {
		return err
	}
	if len(list) == 0 || list[0].Turn != u.Turn {
		return r.Refuse("undo.late")
	}
	if u.Made != "" {
		var used int
		if err := f.db.Row(ctx, `SELECT COUNT(*) FROM invites WHERE code = ?`, u.Made).Scan(&used); err != nil {
			return err
		}
		if used > 0 {
			return r.Refuse("undo.used")
		}
		if err := f.end(ctx, r, u.Made, true); err != nil {
			return err
		}
	}
	for _, code := range u.Codes {
		if err := f.end(ctx, r, code, false); err != nil {
			return err
		}
	}
	if u.From == "" {
		_, err = f.db.Exec(ctx, `DELETE FROM ambassadors WHERE member_id = ?`, string(u.Member))
	} else {
		_, err = f.db.Exec(ctx, `UPDATE ambassadors SET state = ?, decided_at = 0, decided_by = '', note = '', turn = turn + 1 WHERE member_id = ?`, string(u.From), string(u.Member))
	}
	if err != nil {
		return fmt.Errorf("ambassador %s: %w", u.Member, err)
	}
	return nil
}

// undoRevoke makes a code good again.
func (f *feature) undoRevoke(ctx context.Context, r *bot.Request, code string) error {
	list, err := f.codes(ctx, `WHERE code = ?`, code)
	if err != nil {
		return err
	}
	if len(list) == 0 || !list[0].Revoked {
		return r.Refuse("undo.late")
	}
	return f.end(ctx, r, code, false)
}

// undoCampaign ends a campaign's code that nobody has said yet.
func (f *feature) undoCampaign(ctx context.Context, r *bot.Request, code string) error {
	var used int
	if err := f.db.Row(ctx, `SELECT COUNT(*) FROM invites WHERE code = ?`, code).Scan(&used); err != nil {
		return err
	}
	if used > 0 {
		return r.Refuse("undo.used")
	}
	return f.end(ctx, r, code, true)
}
