package ambassador

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// An invitation by a campaign's code is paid from the campaign's budget. What it may still cost lies in an escrow of its own
// from the claim on, so that what was promised is there when it is due, also after the campaign's end; what is not needed any
// more goes back.

// escrow is the account of an invitation that a campaign pays.
func escrow(v *invite) points.Account {
	return points.Escrow(keyPart + "/" + strconv.FormatInt(v.ID, 10))
}

// needed is what the escrow of an invitation has to hold: what is or may be due, and is not paid.
func (f *feature) needed(ctx context.Context, v *invite, parts []Part) (sum int64, err error) {
	if v.State != Counts && v.State != Waits {
		return 0, nil
	}
	if v.Owner != "" && v.Earns {
		for i, p := range parts {
			if p.State != Vested && p.State != Pending {
				continue
			}
			paid, err := f.c.Purse.Stands(ctx, partKey(v.ID, i))
			if err != nil {
				return 0, err
			}
			sum += p.Amount - min(paid, p.Amount)
		}
	}
	if parts[0].State == Vested || parts[0].State == Pending {
		paid, err := f.c.Purse.Stands(ctx, newcomerKey(v.ID))
		if err != nil {
			return 0, err
		}
		sum += v.Newcomer - min(paid, v.Newcomer)
	}
	return sum, nil
}

// fund fills the escrow of an invitation, where its campaign pays it and has as much.
func (f *feature) fund(ctx context.Context, r *bot.Request, v *invite, parts []Part) error {
	lacks, err := f.lacks(ctx, v, parts)
	if err != nil || lacks <= 0 {
		return err
	}
	t := f.moved(r, v, lacks)
	t.To = escrow(v)
	_, err = f.c.Budgets.Pay(ctx, r, v.Budget, t)
	if errors.Is(err, community.ErrBudgetUsedUp) || errors.Is(err, community.ErrBudgetClosed) {
		v.Moves--
		return nil
	}
	return err
}

// unfund gives back to a campaign what lies in the escrow of an invitation and is not needed.
func (f *feature) unfund(ctx context.Context, r *bot.Request, v *invite, parts []Part) error {
	lacks, err := f.lacks(ctx, v, parts)
	if err != nil || lacks >= 0 {
		return err
	}
	t := f.moved(r, v, -lacks)
	t.From = escrow(v)
	return f.c.Budgets.Return(ctx, r, v.Budget, t)
}

// lacks is what has to be added to the escrow of an invitation; below 0 it is too much.
func (f *feature) lacks(ctx context.Context, v *invite, parts []Part) (int64, error) {
	if v.Budget == "" {
		return 0, nil
	}
	need, err := f.needed(ctx, v, parts)
	if err != nil {
		return 0, err
	}
	has, err := f.c.Purse.Balance(ctx, escrow(v))
	return need - has, err
}

// moved is the next transfer between a campaign and the escrow of an invitation.
func (f *feature) moved(r *bot.Request, v *invite, amount int64) points.Transfer {
	v.Moves++
	return points.Transfer{Key: fmt.Sprintf("%s/%d/%d", keyMove, v.ID, v.Moves), Amount: amount, At: r.At, Reason: r.In("ambassador").T("reason.fund")}
}
