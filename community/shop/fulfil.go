package shop

import (
	"context"

	"github.com/weilu-im/weilu/bot"
)

// fulfil is 发货 R12 备注.
func (s *shop) fulfil(ctx context.Context, r *bot.Request) error {
	word, note := firstWord(r.Args)
	o, err := s.of(ctx, r, word)
	if err != nil {
		return err
	}
	if note, err = s.c.Reason(r, note); err != nil {
		return err
	}
	if o.state != held {
		return r.Refuse("order.is."+string(o.state), "Order", o.String())
	}
	called, err := s.c.Called(ctx, o.member)
	if err != nil {
		return err
	}
	if err := s.move(ctx, r, &o, fulfilled, note, "order.is.other"); err != nil {
		return err
	}
	if err := s.spend(ctx, r, &o); err != nil {
		return err
	}
	said, err := s.tell(ctx, r, o, "told.fulfilled", note)
	if err != nil {
		return err
	}
	return s.answer(ctx, r, change{"shop.fulfil", "fulfil-order", o.String()}, settled{o.id, o.turn, held},
		map[string]any{"member": o.member, "goods": o.goods, "price": o.price}, r.T("fulfil.done", "Order", o.String(), "Name", called, "Goods", o.name)+said)
}

// refund is 退款 R12 原因. What was handed over already is refunded only where the manager confirms it.
func (s *shop) refund(ctx context.Context, r *bot.Request) error {
	word, reason := firstWord(r.Args)
	o, err := s.of(ctx, r, word)
	if err != nil {
		return err
	}
	if reason, err = s.c.Reason(r, reason); err != nil {
		return err
	}
	switch {
	case o.state == refunded:
		return r.Refuse("order.is.refunded", "Order", o.String())
	case reason == "":
		return r.Refuse("refund.why", "Order", o.String())
	}
	called, err := s.c.Called(ctx, o.member)
	if err != nil {
		return err
	}
	if o.state == fulfilled {
		sure, err := s.c.Confirmations.Ask(ctx, r, r.T("refund.sure."+string(o.kind), "Order", o.String(), "Name", called, "Goods", o.name, "Points", o.price))
		if err != nil || !sure {
			return err
		}
	}
	from := o.state
	_, owed, err := s.c.Purse.Worth(ctx, o.member)
	if err != nil {
		return err
	}
	if err := s.takeOrderBack(ctx, r, &o, reason); err != nil {
		return err
	}
	_, owes, err := s.c.Purse.Worth(ctx, o.member)
	if err != nil {
		return err
	}
	told, done := "told.refunded", ""
	if owed > owes {
		told, done = "told.refunded_owed", r.T("refund.owed", "Paid", owed-owes)
	}
	said, err := s.tell(ctx, r, o, told, reason, "Paid", owed-owes)
	if err != nil {
		return err
	}
	return s.answer(ctx, r, change{"shop.refund", "refund-order", o.String()}, settled{o.id, o.turn, from},
		map[string]any{"member": o.member, "goods": o.goods, "price": o.price, "from": from},
		r.T("refund.done", "Order", o.String(), "Name", called, "Goods", o.name, "Points", o.price)+done+said)
}

// takeOrderBack gives the points of an order back, and the piece to the stock.
func (s *shop) takeOrderBack(ctx context.Context, r *bot.Request, o *order, reason string) error {
	from := o.state
	if err := s.move(ctx, r, o, refunded, reason, "order.is.other"); err != nil {
		return err
	}
	if err := s.giveBack(ctx, o.goods); err != nil {
		return err
	}
	if from == fulfilled {
		if err := s.unspend(ctx, r, o); err != nil {
			return err
		}
	}
	return s.release(ctx, r, o)
}

// tell tells whoever redeemed something what became of it; said is what the manager is to know of that.
func (s *shop) tell(ctx context.Context, r *bot.Request, o order, key, note string, more ...any) (said string, err error) {
	text := r.T(key, append([]any{"Order", o.String(), "Goods", o.name, "Points", o.price}, more...)...)
	if note != "" {
		text += r.T("told.note", "Note", note)
	}
	r.Send(bot.Outgoing{Member: string(o.member), Text: text, Priority: bot.Notice})
	open, err := s.c.Reachable(ctx, string(o.member))
	if err == nil && !open {
		said = r.T("told.unreachable")
	}
	return said, err
}
