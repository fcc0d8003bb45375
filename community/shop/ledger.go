package shop

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// hold moves the price from somebody to the order's escrow.
func (s *shop) hold(ctx context.Context, r *bot.Request, o *order, member community.MemberID) error {
	o.holdKey = o.key("redeem")
	t := points.Transfer{Key: o.holdKey, To: o.escrow(), Amount: o.price, Reason: r.In("shop").T("reason.redeem", "Name", o.name), At: r.At}
	if err := s.c.Purse.Spend(ctx, r, member, t); err != nil {
		return err
	}
	return s.keepKeys(ctx, o)
}

// holdAgain is hold, of what came back by the transfer with the key back.
func (s *shop) holdAgain(ctx context.Context, r *bot.Request, o *order, back string) error {
	member, err := s.c.Who(ctx, o.member)
	if err != nil {
		return err
	}
	o.holdKey = o.key("redeem")
	t := points.Transfer{Key: o.holdKey, To: o.escrow(), Amount: o.price, Reason: r.In("shop").T("reason.redeem", "Name", o.name), At: r.At}
	if err := s.c.Purse.SpendAgain(ctx, r, member, back, t); err != nil {
		return err
	}
	return s.keepKeys(ctx, o)
}

// spend burns what the order holds.
func (s *shop) spend(ctx context.Context, r *bot.Request, o *order) error {
	o.doneKey = o.key("fulfil")
	t := points.Transfer{Key: o.doneKey, From: o.escrow(), To: points.Burned, Amount: o.price, Reason: r.In("shop").T("reason.redeem", "Name", o.name), At: r.At}
	if _, err := s.c.Purse.Post(ctx, t); err != nil {
		return err
	}
	return s.keepKeys(ctx, o)
}

// unspend takes what the order spent back into its escrow.
func (s *shop) unspend(ctx context.Context, r *bot.Request, o *order) error {
	if err := s.takeBack(ctx, r, o.doneKey, o.key("reopen"), "reason.reopen", o); err != nil {
		return err
	}
	o.doneKey = ""
	return s.keepKeys(ctx, o)
}

// release gives what the order holds back to where it came from.
func (s *shop) release(ctx context.Context, r *bot.Request, o *order) error {
	return s.takeBack(ctx, r, o.holdKey, o.key("refund"), "reason.refund", o)
}

func (s *shop) takeBack(ctx context.Context, r *bot.Request, key, as, reason string, o *order) error {
	back, err := s.c.Purse.Reverse(ctx, key, points.Reversal{Key: as, Reason: r.In("shop").T(reason, "Name", o.name), At: r.At})
	if err == nil && (back.Already || back.Taken != o.price) {
		err = fmt.Errorf("%d of %d came back", back.Taken, o.price)
	}
	if err != nil {
		return fmt.Errorf("order %s: %w", o, err)
	}
	return nil
}

func (s *shop) keepKeys(ctx context.Context, o *order) error {
	if _, err := s.db.Exec(ctx, `UPDATE shop_orders SET hold_key = ?, done_key = ? WHERE id = ?`, o.holdKey, o.doneKey, o.id); err != nil {
		return fmt.Errorf("order %s: %w", o, err)
	}
	return nil
}
