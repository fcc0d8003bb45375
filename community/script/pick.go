package script

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// ofPick is what an undo of 入选 needs.
type ofPick struct {
	Entry int64 `json:"entry"`
}

// pickKey is the contribution of a picked entry.
func pickKey(entry int64) string { return fmt.Sprintf("%s/%d", name, entry) }

// pick is 入选 编号 @谁: one of the best of a run, who is named by {{.Best}}.
func (s *scripts) pick(ctx context.Context, r *bot.Request) error {
	v, rest, err := s.theRun(ctx, r)
	if err != nil {
		return err
	}
	about := *r
	about.Args = rest
	p, _, err := s.c.Target(ctx, &about)
	if err != nil {
		return err
	}
	called, err := s.c.Called(ctx, p.ID)
	if err != nil {
		return err
	}
	if err := s.lock(ctx, v.id); err != nil {
		return err
	}
	ids, err := s.c.IDs(ctx, p.ID)
	if err != nil {
		return err
	}
	var rows []struct {
		ID       int64
		MemberID community.MemberID
		PickedAt int64
	}
	// The newest entry is picked: of several rounds, the one that is still spoken of.
	if err := s.db.Conn(ctx).Raw(`SELECT id, member_id, picked_at FROM script_entries WHERE run_id = ? AND state = ? AND member_id IN ? ORDER BY id DESC LIMIT 1`,
		v.id, entered, ids).Scan(&rows).Error; err != nil {
		return fmt.Errorf("pick: %w", err)
	}
	switch {
	case len(rows) == 0:
		return r.Refuse("pick.none", "Name", called, "ID", v.id)
	case rows[0].PickedAt > 0:
		return r.Refuse("pick.already", "Name", called)
	}
	if _, err := s.db.Exec(ctx, `UPDATE script_entries SET picked_at = ? WHERE id = ?`, r.At.UnixMilli(), rows[0].ID); err != nil {
		return fmt.Errorf("pick: %w", err)
	}
	err = s.c.Contributions.Record(ctx, community.Contribution{
		Key: pickKey(rows[0].ID), Member: rows[0].MemberID, Group: v.group, Kind: community.AcceptedPiece,
		Ref: runTarget(v.id), At: r.At, Day: s.c.Calendar.Day(r.At),
	})
	if err != nil {
		return err
	}
	return s.answer(ctx, r, change{"script.pick", "pick script entry", string(p.ID)}, ofPick{rows[0].ID}, map[string]any{"run": v.id, "entry": rows[0].ID},
		r.T("pick.done", "Name", called, "Title", v.title))
}

// undoPick takes back that an entry was picked.
func (s *scripts) undoPick(ctx context.Context, r *bot.Request, data []byte) error {
	var p ofPick
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	n, err := s.db.Exec(ctx, `UPDATE script_entries SET picked_at = 0 WHERE id = ? AND picked_at > 0`, p.Entry)
	if err != nil {
		return fmt.Errorf("undo pick: %w", err)
	}
	if n == 0 {
		return bot.Refuse(r.In(name).T("undo.late"))
	}
	return s.c.Contributions.Withdraw(ctx, pickKey(p.Entry), r.At)
}

// mostListed is how many people 剧本进度 names.
const mostListed = 30

// progress is 剧本进度 编号: the steps, and who took part; without a number what goes on.
func (s *scripts) progress(ctx context.Context, r *bot.Request) error {
	if after(r) == "" {
		open, err := s.openLines(ctx, r)
		if err != nil {
			return err
		}
		if len(open) == 0 {
			return r.Refuse("progress.none")
		}
		r.Reply(strings.Join(append(open, r.T("progress.how")), "\n"))
		return nil
	}
	v, rest, err := s.theRun(ctx, r)
	if err != nil {
		return err
	}
	if numbered(rest) {
		return r.Refuse("one.run", "Command", r.Command(), "ID", v.id)
	}
	group, err := s.groupName(ctx, v.group)
	if err != nil {
		return err
	}
	lines := []string{r.T("progress.title", "ID", v.id, "Title", v.title, "Group", group, "State", r.T("run."+v.stands(r.At)))}
	round := 0
	for _, st := range v.steps {
		lines = append(lines, s.stepLine(r, st, v.peek(st.Text, previewed/2)))
		round = max(round, st.Round)
	}
	for i := range round + 1 {
		list, err := s.standing(ctx, v, i)
		if err != nil {
			return err
		}
		lines = append(lines, r.T("progress.count", "Round", i+1, "Rounds", round+1, "Count", len(list)))
		for _, t := range list[:min(len(list), mostListed)] {
			line := r.T("progress.line", "Name", t.name, "When", s.when(r, t.at))
			if t.n > 1 {
				line += r.T("progress.times", "Count", t.n)
			}
			if t.picked {
				line += r.T("progress.picked")
			}
			lines = append(lines, line)
		}
		if more := len(list) - mostListed; more > 0 {
			lines = append(lines, r.T("progress.more", "Count", more))
		}
	}
	if v.budget > 0 {
		lines = append(lines, r.T("progress.paid", "Paid", v.paid, "Budget", v.budget))
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}
