package ambassador

import (
	"context"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// held tells whether an open case holds what an invitation is still to earn.
func (f *feature) held(ctx context.Context, id int64) (bool, error) {
	var n int
	err := f.db.Row(ctx, `SELECT COUNT(*) FROM invite_case_claims l JOIN invite_cases c ON c.id = l.case_id WHERE l.invite_id = ? AND c.state = 'open'`, id).Scan(&n)
	return n > 0, err
}

func (f *feature) look(ctx context.Context, r *bot.Request, v *invite) error { return nil }

func (f *feature) guesses(ctx context.Context, r *bot.Request, ids []community.MemberID) error { return nil }

func (f *feature) sleepers(ctx context.Context, r *bot.Request) error { return nil }

func (f *feature) appeal(ctx context.Context, r *bot.Request) error { return nil }

func (f *feature) caseCommands() []bot.Command { return nil }

func (f *feature) undoCase(ctx context.Context, r *bot.Request, u int64) error { return nil }
func (f *feature) views() []bot.View { return nil }
func (f *feature) funnelSaid(ctx context.Context, r *bot.Request) error { return nil }
