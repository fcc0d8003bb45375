package community

import (
	"context"

	"github.com/weilu-im/weilu/bot"
)

// Handout is something beside points that a feature has in store, and hands out for features that don't know it.
type Handout struct {
	// Name is what a thing is called; ok is false where there is none.
	Name func(ctx context.Context, what string) (name string, ok bool, err error)
	// Give gives one of a thing to a member, once for each key, and tells them in private. ok is false where none is left;
	// then managers are told, and the same key may be tried again.
	Give func(ctx context.Context, r *bot.Request, to MemberID, what, key string) (ok bool, err error)
}

// Handouts are what features hand out, by kind: "code" for the codes of the shop's goods. They are registered while the
// program is put together.
type Handouts map[string]Handout

// Name is what a thing of a kind is called; ok is false where nobody has it.
func (h Handouts) Name(ctx context.Context, kind, what string) (string, bool, error) {
	if h[kind].Name == nil {
		return "", false, nil
	}
	return h[kind].Name(ctx, what)
}

// Give gives one of a thing of a kind; see Handout.Give.
func (h Handouts) Give(ctx context.Context, r *bot.Request, to MemberID, kind, what, key string) (bool, error) {
	if h[kind].Give == nil {
		return false, nil
	}
	return h[kind].Give(ctx, r, to, what, key)
}
