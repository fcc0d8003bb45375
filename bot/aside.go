package bot

import "context"

// unreachable is the reason for what is said in private to somebody who can't be written to.
const unreachable = "can't be written to in private: no friend of the bot"

// aside looks for what the handler says in private to people who can't be written to. Whoever asked for it in a group
// is told there how to get it, and the words themselves are dropped; all else is withheld, for managers to see.
func (e *Engine) aside(ctx context.Context, r *Request) error {
	if e.opts.Reachable == nil {
		return nil
	}
	var kept []Outgoing
	asked := false
	for i, o := range r.said {
		open := o.Member == "" || o.Action != Speak || r.answers(&o)
		if !open {
			var err error
			if open, err = e.opts.Reachable(ctx, o.Member); err != nil {
				return err
			}
		}
		if open && kept == nil {
			continue
		}
		if kept == nil {
			kept = append(make([]Outgoing, 0, len(r.said)), r.said[:i]...)
		}
		switch {
		case open:
			kept = append(kept, o)
		case r.Kind == Message && r.Actor.Group != "" && r.toActor(&o) && r.Args != noCommand && r.feature != helpFeature:
			asked = true
		default:
			o.withheld = unreachable
			kept = append(kept, o)
		}
	}
	if kept == nil {
		return nil
	}
	r.said = kept
	if c, _, ok := e.match(r.Text); ok && asked {
		help := r.In(helpFeature)
		kv := []any{"Name", r.Actor.Name, "Command", namesIn(c.Names, r.Actor.Language)[0]}
		help.Send(Outgoing{
			Group: r.Actor.Group, Text: help.T("aside", kv...), Priority: Answer,
			Merge: "aside", MergeHead: help.T("aside_all"), MergeItem: help.T("aside_item", kv...),
		})
		r.said = append(r.said, help.said...)
	}
	return nil
}
