package admission

import (
	"context"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// left withdraws the application of who leaves the screening group.
func (f *admission) left(ctx context.Context, r *bot.Request) error {
	if r.Actor.Member == "" {
		return nil
	}
	if screening, err := f.in(ctx, r.Actor.Group, f.cfg.Screening); err != nil || !screening {
		return err
	}
	here, err := f.present(ctx, community.GroupID(r.Actor.Group), community.MemberID(r.Actor.Member))
	if err != nil || here {
		return err // they are back already, or were seen under another id
	}
	a, ok, err := f.newest(ctx, community.MemberID(r.Actor.Member))
	if err != nil || !ok || !a.state.open() || string(a.group) != r.Actor.Group {
		return err
	}
	_, err = f.move(ctx, &a, withdrawn, `left_at = ?`, r.At.UnixMilli())
	return err
}

// inside notes who came into the core group.
func (f *admission) inside(ctx context.Context, r *bot.Request) error {
	a, ok, err := f.newest(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	admitted := ok && (a.state == passed || a.state == joined)
	if !admitted {
		if err := f.without(ctx, r); err != nil {
			return err
		}
	}
	if !ok || a.state != passed && !a.state.open() {
		return nil // they were in before, or nobody asked them
	}
	if _, err := f.move(ctx, &a, joined, `joined_at = ?`, r.At.UnixMilli()); err != nil || !admitted || !f.cfg.Thank {
		return err
	}
	text := r.T("thank", "Name", r.Actor.Name, "Group", f.coreName())
	if ok, err := f.c.Noise.Take(ctx, r, text); err != nil || !ok {
		return err
	}
	r.Send(bot.Outgoing{Group: r.Actor.Group, Text: text, Mention: []string{r.Actor.Origin}, Priority: bot.Friendly})
	return nil
}

// without notes who came into the core group and was not passed, once a person.
func (f *admission) without(ctx context.Context, r *bot.Request) error {
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	var known int
	if err := f.db.Conn(ctx).Raw(`SELECT COUNT(*) FROM admission_without WHERE member_id IN ?`, ids).Row().Scan(&known); err != nil || known > 0 {
		return err
	}
	_, err = f.db.Exec(ctx, `INSERT INTO admission_without (member_id, at) VALUES (?, ?) ON CONFLICT DO NOTHING`, r.Actor.Origin, r.At.UnixMilli())
	return err
}
