package shop

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/points"
)

// settled is what an undo of 发货 and 退款 needs: the order, its turn then, and how it stood before.
type settled struct {
	Order int64 `json:"order"`
	Turn  int64 `json:"turn"`
	From  state `json:"from"`
}

// taken reads the order that an undo is about, where it stands as the undo's action left it.
func (s *shop) taken(ctx context.Context, r *bot.Request, payload []byte, as state) (o order, p settled, err error) {
	if err := json.Unmarshal(payload, &p); err != nil {
		return o, p, err
	}
	o, ok, err := s.order(ctx, p.Order)
	if err == nil && (!ok || o.turn != p.Turn || o.state != as) {
		err = bot.Refuse(r.In("shop").T("undo.late"))
	}
	return o, p, err
}

// undoFulfil lets an order wait again.
func (s *shop) undoFulfil(ctx context.Context, r *bot.Request, payload []byte) error {
	o, _, err := s.taken(ctx, r, payload, fulfilled)
	if err != nil {
		return err
	}
	if err := s.move(ctx, r, &o, held, "", "undo.late"); err != nil {
		return err
	}
	if err := s.unspend(ctx, r, &o); err != nil {
		return err
	}
	return s.waitAgain(ctx, r, o)
}

// undoRefund takes the points and the piece once more, where both are still to be had.
func (s *shop) undoRefund(ctx context.Context, r *bot.Request, payload []byte) error {
	o, p, err := s.taken(ctx, r, payload, refunded)
	if err != nil {
		return err
	}
	text := r.In("shop")
	g, _, err := s.find(ctx, o.goods)
	if err != nil {
		return err
	}
	took, err := s.take(ctx, o.goods)
	if err != nil {
		return err
	}
	if !took {
		return bot.Refuse(text.T("undo.gone"))
	}
	free, err := s.fits(ctx, g, o)
	if err != nil {
		return err
	}
	if !free {
		return bot.Refuse(text.T("undo.limit"))
	}
	back := o.key("refund")
	if err := s.move(ctx, r, &o, p.From, "", "undo.late"); err != nil {
		return err
	}
	err = s.holdAgain(ctx, r, &o, back)
	if errors.Is(err, points.ErrInsufficient) {
		return bot.Refuse(text.T("undo.spent"))
	}
	if err == nil && p.From == fulfilled {
		return s.spend(ctx, r, &o)
	}
	if err != nil {
		return err
	}
	return s.waitAgain(ctx, r, o)
}

// fits tells whether a refunded order may stand again: within the limits, or beyond them as it was before, because
// people who were merged had one each. What its person redeemed since takes its place.
func (s *shop) fits(ctx context.Context, g goods, o order) (bool, error) {
	condition, args, err := s.within(ctx, g, o.member, o.at)
	if err != nil {
		return false, err
	}
	ids, err := s.c.IDs(ctx, o.member)
	if err != nil {
		return false, err
	}
	var free, since int
	if err := s.db.Row(ctx, `SELECT CASE WHEN `+condition+` THEN 1 ELSE 0 END`, args...).Scan(&free); err != nil {
		return false, err
	}
	err = s.db.Conn(ctx).Raw(`SELECT COUNT(*) FROM shop_orders n JOIN shop_orders o ON o.id = ? WHERE n.goods_id = o.goods_id
		AND n.member_id IN ? AND n.state <> ? AND n.at >= o.settled_at`, o.id, ids, string(refunded)).Scan(&since).Error
	return free == 1 || since == 0, err
}
