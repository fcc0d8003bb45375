package nudge

import (
	"context"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// now is 执行触达: a run at once, after a look at what it would do.
func (f *feature) now(ctx context.Context, r *bot.Request) error {
	s, err := f.only(ctx, r)
	if err != nil {
		return err
	}
	if from, until := f.cfg.hours(f.c.Calendar, r.At); r.At.Before(from) || !r.At.Before(until) {
		return r.Refuse("run.hours", "From", f.cfg.From, "Until", f.cfg.Until)
	}
	p, err := f.decide(ctx, r, &s.Family)
	if err != nil {
		return err
	}
	if len(p.private)+len(p.rooms) == 0 {
		return r.Refuse("run.nobody", "Family", f.title(r.T, s), "Why", f.why(r.T, p.reasons()))
	}
	confirmed, err := f.c.Confirmations.Ask(ctx, r, f.summary(r, s, p))
	if err != nil || !confirmed {
		return err
	}
	done, err := f.act(ctx, r, &s.Family, true)
	if err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, "nudge.run", s.Name, map[string]any{"private": done.private, "groups": done.groups, "held": done.held}); err != nil {
		return err
	}
	r.Reply(r.T("run.done", "Family", f.title(r.T, s), "Private", done.private, "Groups", done.groups, "Named", done.named, "Held", done.held))
	return nil
}

// summary is what a run would do, in numbers.
func (f *feature) summary(r *bot.Request, s *state, p *plan) string {
	named, messages, out := 0, 0, len(p.held)
	for _, room := range p.rooms {
		named += len(room.list)
		out += len(room.sides)
		if len(room.list) > 0 {
			messages++
		}
	}
	text := r.T("preview.title", "Family", f.title(r.T, s), "Private", len(p.private), "Groups", messages, "Named", named, "Held", out)
	reasons := p.reasons()
	delete(reasons, isHeld)
	if len(reasons) > 0 {
		text += "\n" + r.T("preview.not", "Why", f.why(r.T, reasons))
	}
	if p.later > 0 {
		text += "\n" + r.T("preview.later", "N", p.later)
	}
	return text
}

// why is a list of reasons with how many people each is about.
func (f *feature) why(t speaker, reasons map[string]int) string {
	var parts []string
	for _, reason := range byNumber(reasons) {
		parts = append(parts, t("why.count", "Reason", t("why."+reason), "N", reasons[reason]))
	}
	if len(parts) == 0 {
		return t("why.none")
	}
	return strings.Join(parts, t("comma"))
}

// listed is how many people a preview names.
const listed = 20

// preview is 预览触达: who would get what now, and who nothing, and why. It names people, so it is for the manager alone.
func (f *feature) preview(ctx context.Context, r *bot.Request) error {
	s, err := f.only(ctx, r)
	if err != nil {
		return err
	}
	p, err := f.decide(ctx, r, &s.Family)
	if err != nil {
		return err
	}
	lines := []string{f.summary(r, s, p)}
	for i, c := range p.private {
		if i == 0 {
			text, err := f.words(ctx, f.voice(r, nil), &s.Family, c)
			if err != nil {
				return err
			}
			lines = append(lines, r.T("preview.private", "Name", c.name, "Letter", c.variant, "Text", text))
		} else if i < listed {
			lines = append(lines, r.T("preview.also", "Name", c.name, "Letter", c.variant))
		}
	}
	for _, room := range p.rooms {
		if len(room.list) == 0 {
			continue
		}
		place, err := f.c.Place(ctx, room.group)
		if err != nil {
			return err
		}
		lines = append(lines, r.T("preview.group", "Group", f.c.Words.ScreenName(place.Name), "Letter", room.variant,
			"Text", f.called(f.voice(r, &place), &s.Family, room.variant, room.list)))
	}
	shown := 0
	for _, c := range p.choices {
		if c.reason != "" && shown < listed {
			lines = append(lines, r.T("preview.nothing", "Name", c.name, "Reason", r.T("why."+c.reason)))
			shown++
		}
	}
	if len(p.choices) == 0 {
		lines = append(lines, r.T("preview.empty"))
	}
	r.Whisper(r.Actor.Member, strings.Join(lines, "\n"))
	if r.Actor.Group != "" {
		if open, err := f.c.Reachable(ctx, r.Actor.Member); err != nil || open {
			return err
		}
		r.Reply(f.summary(r, s, p))
	}
	return nil
}
