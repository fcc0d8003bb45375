package newcomer

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// undoReset is what takes back a reset.
const undoReset = "newcomer.reset"

// mine shows somebody their steps: in private all of it, in a group in short.
func (f *newcomer) mine(ctx context.Context, r *bot.Request) error {
	p, ok, err := f.person(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	if ok && p.open() && !f.over(&p.path, r.At) && f.cfg.Enabled {
		complete, err := f.review(ctx, r, &p)
		if err != nil {
			return err
		}
		if !complete {
			r.Reply(f.list(r, &p))
			return nil
		}
	}
	switch {
	case !ok || !f.cfg.Enabled && p.open():
		r.Reply(r.T("mine.none", "Name", r.Actor.Name))
	case p.How == completed:
		r.Reply(r.T("mine.completed", "Name", r.Actor.Name))
	case p.How == exited:
		r.Reply(r.T("mine.exited", "Name", r.Actor.Name))
	default:
		r.Reply(r.T("mine.expired", "Name", r.Actor.Name))
	}
	return nil
}

// list is what is done and how it goes on.
func (f *newcomer) list(r *bot.Request, p *person) string {
	var states, lines []string
	for s := range steps {
		mark := "⬜"
		if p.Done[s].At > 0 {
			mark = "✅"
		}
		states = append(states, mark+r.T("step."+s.String()))
		line := mark + " " + r.T("step."+s.String())
		if p.Done[s].At == 0 {
			line += r.T("mine.how", "How", f.how(r, s))
		}
		lines = append(lines, line)
	}
	if r.Actor.Group != "" {
		return r.T("mine.short", "Name", r.Actor.Name, "Steps", strings.Join(states, " "), "How", f.how(r, p.missing()[0]))
	}
	lines = slices.Insert(lines, 0, r.T("mine.title", "Name", r.Actor.Name, "Done", int(steps)-len(p.missing())))
	if f.cfg.Points.Amount > 0 && p.Completed == 0 {
		lines = append(lines, r.T("mine.prize", "Points", f.cfg.Points.Amount))
	}
	return strings.Join(append(lines, r.T("mine.leave")), "\n")
}

// leave ends the path of somebody who doesn't want it.
func (f *newcomer) leave(ctx context.Context, r *bot.Request) error {
	p, ok, err := f.person(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	if !ok || !p.open() || f.over(&p.path, r.At) {
		return r.Refuse("leave.none", "Name", r.Actor.Name)
	}
	for i := range p.rows {
		if row := &p.rows[i]; row.open() {
			row.Ended, row.How = r.At.UnixMilli(), exited
			if err := f.save(ctx, row); err != nil {
				return err
			}
		}
	}
	if err := f.note(ctx, p.Member, false); err != nil {
		return err
	}
	r.Reply(r.T("leave.done", "Name", r.Actor.Name))
	return nil
}

// resetBack is what takes a reset back: the paths as they were, and when they began anew.
type resetBack struct {
	At    int64  `json:"at"`
	Paths []path `json:"paths"`
}

// reset lets somebody begin anew. What was paid once is not paid again.
func (f *newcomer) reset(ctx context.Context, r *bot.Request) error {
	who, rest, err := f.c.Target(ctx, r)
	if err != nil {
		return err
	}
	name, err := f.c.Called(ctx, who.ID)
	if err != nil {
		return err
	}
	if rest != "" {
		return r.Refuse("reset.usage", "Command", r.Command())
	}
	p, ok, err := f.person(ctx, who.ID)
	if err != nil {
		return err
	}
	if !ok {
		return r.Refuse("reset.none", "Name", name)
	}
	back := resetBack{At: r.At.UnixMilli(), Paths: p.rows}
	for _, row := range p.rows {
		anew := path{Member: row.Member, Group: row.Group, Started: back.At, Completed: row.Completed}
		if err := f.save(ctx, &anew); err != nil {
			return err
		}
	}
	if err := f.note(ctx, who.ID, true); err != nil {
		return err
	}
	code, err := f.c.Undo.Offer(ctx, r, undoReset, back)
	if err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, "newcomer.reset", string(who.ID), map[string]any{"paths": len(p.rows), "paid": p.Completed > 0}); err != nil {
		return err
	}
	key := "reset.done"
	if p.Completed > 0 {
		key = "reset.done_paid"
	}
	r.Reply(r.T(key, "Name", name) + "\n" + r.T("undo", "Code", code))
	return nil
}

// unreset puts the paths back as they were, unless they have gone on to their end, by whatever way, or to another reset.
func (f *newcomer) unreset(ctx context.Context, r *bot.Request, payload []byte) error {
	var back resetBack
	if err := json.Unmarshal(payload, &back); err != nil {
		return err
	}
	for i := range back.Paths {
		was := &back.Paths[i]
		now, err := f.paths(ctx, `member_id = ?`, string(was.Member))
		if err != nil {
			return err
		}
		if len(now) == 0 || now[0].Started != back.At || !now[0].open() {
			return bot.Refuse(f.in(r, "").T("undo.late"))
		}
		if err := f.save(ctx, was); err != nil {
			return err
		}
	}
	f.forget(ctx)
	return nil
}
