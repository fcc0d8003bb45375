package script

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// ofRun is what an undo of 开始剧本 and 停止剧本 needs.
type ofRun struct {
	Run int64 `json:"run"`
}

// ofStep is what an undo of a step's change needs: what it was, and what it was made.
type ofStep struct {
	Run    int64  `json:"run"`
	N      int    `json:"n"`
	At     int64  `json:"at,omitempty"`
	Text   string `json:"text,omitempty"`
	IsAt   int64  `json:"is_at,omitempty"`
	IsText string `json:"is_text,omitempty"`
}

// ofImport is what an undo of 导入剧本 needs; an empty Was: there was none of the name.
type ofImport struct {
	Name string `json:"name"`
	Was  string `json:"was"`
	Is   string `json:"is"`
}

func (s *scripts) registerUndo() {
	s.c.Undo.Register("script.start", s.undoStart)
	s.c.Undo.Register("script.stop", s.undoStop)
	s.c.Undo.Register("script.edit", s.undoEdit)
	s.c.Undo.Register("script.skip", s.undoSkip)
	s.c.Undo.Register("script.import", s.undoImport)
	s.c.Undo.Register("script.pick", s.undoPick)
}

func (s *scripts) payload(ctx context.Context, r *bot.Request, data []byte, into any, id func() int64) (run, error) {
	if err := json.Unmarshal(data, into); err != nil {
		return run{}, err
	}
	if err := s.lock(ctx, id()); err != nil {
		return run{}, err
	}
	v, ok, err := s.find(ctx, id())
	if err == nil && !ok {
		err = bot.Refuse(r.In(name).T("undo.late"))
	}
	return v, err
}

// undoStart stops a run. What was said stays said, what was earned stays earned, and the answer tells so.
func (s *scripts) undoStart(ctx context.Context, r *bot.Request, data []byte) error {
	var p ofRun
	v, err := s.payload(ctx, r, data, &p, func() int64 { return p.Run })
	if err != nil {
		return err
	}
	if v.state != running {
		return bot.Refuse(r.In(name).T("undo.late"))
	}
	said, left := 0, 0
	for _, st := range v.steps {
		if st.said != "" {
			said++
		} else if st.state == waiting {
			left++
		}
	}
	if said > 0 {
		n, err := s.count(ctx, v.id)
		if err != nil {
			return err
		}
		community.UndoRemark(ctx, r.In(name).T("undo.said", "Title", v.title, "Said", said, "Entries", n, "Points", v.paid, "Left", left))
	}
	return s.halt(ctx, r, v)
}

// undoStop lets a run go on. Steps whose time has passed come at once, late, or not at all where they are too late.
func (s *scripts) undoStop(ctx context.Context, r *bot.Request, data []byte) error {
	var p ofRun
	v, err := s.payload(ctx, r, data, &p, func() int64 { return p.Run })
	if err != nil {
		return err
	}
	if v.state != stopped {
		return bot.Refuse(r.In(name).T("undo.late"))
	}
	if err := s.resume(ctx, v.id); err != nil {
		return err
	}
	soon, never := 0, 0
	for _, st := range v.steps {
		if st.state != dropped {
			continue
		}
		switch past := r.At.Sub(st.at); {
		case past < 0:
		case st.Kind == Close || past <= st.TooLate:
			soon++
		default:
			never++
		}
		if _, err := s.turn(ctx, v.id, st.n, dropped, waiting, time.Time{}, ""); err != nil {
			return err
		}
		if err := s.plan(ctx, r, v, st); err != nil {
			return err
		}
	}
	if soon+never > 0 {
		community.UndoRemark(ctx, r.In(name).T("undo.resumed", "Title", v.title, "Soon", soon, "Never", never))
	}
	return nil
}

// undoEdit gives a step that is still to come its time and text back.
func (s *scripts) undoEdit(ctx context.Context, r *bot.Request, data []byte) error {
	var p ofStep
	v, err := s.payload(ctx, r, data, &p, func() int64 { return p.Run })
	if err != nil {
		return err
	}
	st := v.steps[p.N-1]
	if v.state != running || st.state != waiting || st.at.UnixMilli() != p.IsAt || st.Text != p.IsText {
		return bot.Refuse(r.In(name).T("undo.late"))
	}
	st.at, st.Text = bot.FromMillis(p.At), p.Text
	if st.at.UnixMilli() != p.IsAt {
		if err := s.movable(r.In(name), v, st); err != nil {
			return err
		}
	}
	return s.rewrite(ctx, r, v, st)
}

// undoSkip lets a step that was skipped come, as long as its time has not.
func (s *scripts) undoSkip(ctx context.Context, r *bot.Request, data []byte) error {
	var p ofStep
	v, err := s.payload(ctx, r, data, &p, func() int64 { return p.Run })
	if err != nil {
		return err
	}
	st := v.steps[p.N-1]
	if v.state == stopped || st.state != skipped || !st.at.After(r.At) {
		return bot.Refuse(r.In(name).T("undo.late"))
	}
	if _, err := s.turn(ctx, v.id, st.n, skipped, waiting, time.Time{}, ""); err != nil {
		return err
	}
	if err := s.resume(ctx, v.id); err != nil {
		return err
	}
	return s.plan(ctx, r, v, st)
}

// undoImport puts the script back that had the name before, or none.
func (s *scripts) undoImport(ctx context.Context, r *bot.Request, data []byte) error {
	var p ofImport
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	is, err := s.imported(ctx, p.Name)
	if err != nil {
		return err
	}
	if is != p.Is {
		return bot.Refuse(r.In(name).T("undo.late"))
	}
	query, args := `UPDATE scripts SET yaml = ? WHERE name = ?`, []any{p.Was, bot.Fold(p.Name)}
	if p.Was == "" {
		query, args = `DELETE FROM scripts WHERE name = ?`, args[1:]
	}
	if _, err := s.db.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("undo import: %w", err)
	}
	return nil
}
