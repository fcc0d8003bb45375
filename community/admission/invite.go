package admission

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// invite invites who passed into the core group. They must be a friend of the bot; the way is told as well.
func (f *admission) invite(ctx context.Context, r *bot.Request, a application) error {
	core, err := f.group(ctx, f.cfg.Core)
	if err != nil || core == "" {
		return err
	}
	r.Send(bot.Outgoing{
		Group: string(core), Mention: []string{string(a.member)}, Action: bot.InviteToGroup, Priority: bot.Notice,
		NotBefore: f.c.Noise.Awake(r.At), Guard: "stands", Ref: fmt.Sprintf("%s%d/%d", inviteRef, a.id, a.turn),
	})
	return nil
}

// delivered tells the manager who passed somebody that the invitation certainly did not reach them.
func (f *admission) delivered(ctx context.Context, r *bot.Request) error {
	ref, ok := strings.CutPrefix(r.Ref, inviteRef)
	if !ok || r.Outcome != bot.Failed && r.Outcome != bot.Withheld {
		return nil
	}
	number, turn, _ := strings.Cut(ref, "/")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil
	}
	a, ok, err := f.one(ctx, `WHERE id = ?`, id)
	if err != nil || !ok || a.state != passed || strconv.FormatInt(a.turn, 10) != turn || a.decidedBy == "" {
		return err
	}
	called, err := f.c.Called(ctx, a.member)
	if err != nil {
		return err
	}
	r.Send(bot.Outgoing{
		Member: string(a.decidedBy), Text: r.T("invite.failed", "Number", a.id, "Name", called, "Group", f.coreName()), Priority: bot.Notice,
		NotBefore: f.c.Noise.Awake(r.At),
	})
	return nil
}
