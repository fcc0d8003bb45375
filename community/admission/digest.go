package admission

import (
	"context"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

const digestJob = "digest"

// digest tells managers in private who has waited for long, once for all.
func (f *admission) digest(ctx context.Context, r *bot.Request) error {
	told, err := f.toldJustNow(ctx, r)
	if err != nil {
		return err
	}
	if told {
		r.Skip("told")
		return nil
	}
	list, err := f.each(ctx, `WHERE state = ? ORDER BY submitted_at, id`, string(waiting))
	if err != nil {
		return err
	}
	if len(list) == 0 || r.At.Sub(list[0].submitted) <= tellAfter {
		r.Skip("nobody")
		return nil
	}
	lines, err := f.lines(ctx, r, list)
	if err != nil {
		return err
	}
	key := "digest.title"
	if r.Late() {
		key = "digest.late"
	}
	text := r.T(key, "Count", len(list), "Since", span(r.T, r.At.Sub(list[0].submitted))) + "\n" + lines + "\n" + r.T("waiting.how", "Number", list[0].id)
	managers, err := f.c.Managers(ctx)
	if err != nil {
		return err
	}
	for _, id := range managers {
		r.Send(bot.Outgoing{Member: string(id), Text: text, Priority: bot.Notice, NotBefore: f.c.Noise.Awake(r.At)})
	}
	return nil
}

// toldJustNow tells whether another digest was decided a moment ago, as two are after an outage.
func (f *admission) toldJustNow(ctx context.Context, r *bot.Request) (bool, error) {
	list, err := r.Occurrences(ctx, r.At.Add(-2*tellAfter), r.At.Add(1))
	for _, o := range list {
		if strings.HasPrefix(o.Job, "admission."+digestJob) && (o.Job != r.Job || !o.Slot.Equal(r.Slot)) &&
			(o.Ending == bot.InTime || o.Ending == bot.TooLate) && r.At.Sub(o.Decided) < digestApart {
			return true, err
		}
	}
	return false, err
}
