package bot

import (
	"context"
	"strings"
)

// route gives a command to its one owner, a tick to its job, and everything else to all who listen.
func (e *Engine) route(ctx context.Context, r *Request) error {
	if r.Kind == Tick {
		return e.runJob(ctx, r)
	}
	if r.Actor.Bot {
		return nil
	}
	if r.Kind == Message && r.Form == Text && r.Actor.Member != "" {
		if c, args, ok := e.match(r.Text); ok {
			r.Args = args
			return e.command(ctx, r, c)
		}
	}
	r.Args = noCommand
	if !r.Actor.Active && r.Actor.Group != "" {
		return nil
	}
	for _, l := range e.listeners[r.Kind] {
		if err := e.attempt(ctx, r, l.feature, l.run); err != nil {
			return err
		}
	}
	return nil
}

// command runs a command where its requirements are met, and otherwise says kindly what is missing.
func (e *Engine) command(ctx context.Context, r *Request, c *owned) error {
	if !r.Actor.Active && !c.Dormant {
		return nil
	}
	if r.Actor.Role < c.Role && r.Actor.Asleep >= c.Role {
		return e.attempt(ctx, r, helpFeature, func(_ context.Context, r *Request) error {
			r.Reply(r.T("asleep", "Name", r.Actor.Name))
			return nil
		})
	}
	if r.Actor.Role < c.Role {
		return e.attempt(ctx, r, helpFeature, func(_ context.Context, r *Request) error {
			r.Whisper(r.Actor.Member, r.T("forbidden", "Role", r.T("role."+c.Role.String()), "Command", namesIn(c.Names, r.Actor.Language)[0], "Admin", r.From.Admin))
			return nil
		})
	}
	private := r.Actor.Group == ""
	if c.Where == InGroup && private || c.Where == InPrivate && !private {
		key := "only_in_group"
		if c.Where == InPrivate {
			key = "only_in_private"
		}
		return e.attempt(ctx, r, helpFeature, func(_ context.Context, r *Request) error {
			r.Reply(r.T(key, "Command", namesIn(c.Names, r.Actor.Language)[0]))
			return nil
		})
	}
	return e.attempt(ctx, r, c.feature, c.Run)
}

// again runs text as a confirmed command within the handler that is running.
func (e *Engine) again(ctx context.Context, r *Request, text string) error {
	c, args, ok := e.match(text)
	if !ok || r.Actor.Role < c.Role {
		return Refuse(e.speech.text(r.Actor.Language, helpFeature, "gone", nil))
	}
	inner := *r
	inner.Text, inner.Args, inner.Confirmed, inner.feature, inner.said = text, args, true, c.feature, nil
	if err := c.Run(ctx, &inner); err != nil {
		return err
	}
	r.said = append(r.said, inner.said...)
	return nil
}

// match finds the command that a text is, and its arguments as typed.
func (e *Engine) match(text string) (c *owned, args string, ok bool) {
	name, rest, whole := split(text)
	c, ok = e.commands[name]
	if !ok {
		return nil, "", false
	}
	if c.Usage == "" {
		return c, "", whole
	}
	return c, strings.TrimSpace(rest), true
}
