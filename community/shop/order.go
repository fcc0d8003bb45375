package shop

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// order is one piece that somebody redeemed. It belongs to the id that redeemed it, whoever that turns out to be.
type order struct {
	id       int64
	goods    int64
	name     string // of the goods
	kind     Kind
	member   community.MemberID
	price    int64
	at       time.Time
	state    state
	turn     int64  // how many times it was settled or opened again
	holdKey  string // of the transfer that holds the points
	doneKey  string // of the transfer that spent them, empty until then
	note     string
	reminded time.Time // when managers were told of it last, or it began to wait
}

func (o order) String() string         { return orderName(o.id) }
func (o order) escrow() points.Account { return points.Escrow("shop/" + o.String()) }

// key is the key in the ledger of something that happens to the order in its present turn.
func (o order) key(what string) string {
	if o.turn == 0 {
		return what + "/" + o.String()
	}
	return fmt.Sprintf("%s/%s/%d", what, o, o.turn)
}

const ordersSQL = `SELECT o.id, o.goods_id, g.name, g.kind, o.member_id, o.price, o.at, o.state, o.turn, o.hold_key, o.done_key, o.note, o.reminded_at
FROM shop_orders o JOIN shop_goods g ON g.id = o.goods_id `

func scanOrder(scan func(...any) error) (o order, err error) {
	var at, reminded int64
	err = scan(&o.id, &o.goods, &o.name, &o.kind, &o.member, &o.price, &at, &o.state, &o.turn, &o.holdKey, &o.doneKey, &o.note, &reminded)
	o.at, o.reminded = bot.FromMillis(at), bot.FromMillis(reminded)
	return o, err
}

// orders reads orders; where is what follows the tables in the statement.
func (s *shop) orders(ctx context.Context, where string, args ...any) (list []order, err error) {
	err = s.db.Each(ctx, func(scan func(...any) error) error {
		o, err := scanOrder(scan)
		list = append(list, o)
		return err
	}, ordersSQL+where, args...)
	if err != nil {
		return nil, fmt.Errorf("orders: %w", err)
	}
	return list, nil
}

// order reads one order; ok is false where there is none.
func (s *shop) order(ctx context.Context, id int64) (o order, ok bool, err error) {
	o, err = scanOrder(s.db.Row(ctx, ordersSQL+`WHERE o.id = ?`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return order{}, false, nil
	}
	if err != nil {
		return order{}, false, fmt.Errorf("order %d: %w", id, err)
	}
	return o, true, nil
}

// of is an order that somebody names, or a refusal that says how to name one.
func (s *shop) of(ctx context.Context, r *bot.Request, word string) (order, error) {
	id, ok := readNumber(word, "r")
	if !ok {
		return order{}, r.Refuse("order.which", "Command", r.Command())
	}
	o, ok, err := s.order(ctx, id)
	if err != nil {
		return order{}, err
	}
	if !ok {
		return order{}, r.Refuse("order.unknown", "Order", orderName(id))
	}
	return o, nil
}

// counted is a condition on the orders of somebody that use up a limit, with its arguments: all of them, or those
// from first on and before after.
func (s *shop) counted(ctx context.Context, member community.MemberID, id int64, first, after community.Day) (where string, args []any, err error) {
	ids, err := s.c.IDs(ctx, member)
	if err != nil {
		return "", nil, err
	}
	list, args := community.In(ids)
	where, args = `member_id IN `+list+` AND goods_id = ? AND state <> 'refunded'`, append(args, id)
	if first != 0 {
		where += ` AND at >= ? AND at < ?`
		args = append(args, s.c.Calendar.Start(first).UnixMilli(), s.c.Calendar.Start(after).UnixMilli())
	}
	return where, args, nil
}

// within is a condition that is true while somebody may have one piece more, with its arguments. The goods' row
// must be held by this transaction.
func (s *shop) within(ctx context.Context, g goods, member community.MemberID, at time.Time) (condition string, args []any, err error) {
	condition = `1 = 1`
	add := func(limit int64, first, after community.Day) error {
		where, more, err := s.counted(ctx, member, g.id, first, after)
		condition += ` AND (SELECT COUNT(*) FROM shop_orders WHERE ` + where + `) < ?`
		args = append(append(args, more...), limit)
		return err
	}
	if g.Limit > 0 {
		if err := add(g.Limit, 0, 0); err != nil {
			return "", nil, err
		}
	}
	if g.Each > 0 {
		first, after := g.Per.around(s.c.Calendar.Day(at))
		err = add(g.Each, first, after)
	}
	return condition, args, err
}

// open makes an order where the limits of the goods allow one more; ok is false where they don't.
func (s *shop) open(ctx context.Context, g goods, member, origin community.MemberID, at time.Time) (o order, ok bool, err error) {
	condition, limits, err := s.within(ctx, g, member, at)
	if err != nil {
		return order{}, false, err
	}
	o = order{goods: g.id, name: g.Name, kind: g.Kind, member: origin, price: g.Price, at: at, state: held, reminded: at}
	args := append([]any{g.id, string(origin), g.Price, at.UnixMilli(), string(held), at.UnixMilli()}, limits...)
	err = s.db.Row(ctx, `INSERT INTO shop_orders (goods_id, member_id, price, at, state, reminded_at)
		SELECT CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS BIGINT) WHERE `+condition+` RETURNING id`, args...).Scan(&o.id)
	if errors.Is(err, sql.ErrNoRows) {
		return order{}, false, nil
	}
	if err != nil {
		return order{}, false, fmt.Errorf("open order: %w", err)
	}
	return o, true, nil
}

// move brings an order from the state and turn in which it was read into another, and refuses with a text where
// somebody was faster.
func (s *shop) move(ctx context.Context, r *bot.Request, o *order, to state, note, late string) error {
	n, err := s.db.Exec(ctx, `UPDATE shop_orders SET state = ?, turn = turn + 1, note = ?, settled_at = ?, settled_by = ? WHERE id = ? AND state = ? AND turn = ?`,
		string(to), note, r.At.UnixMilli(), r.Actor.Member, o.id, string(o.state), o.turn)
	if err != nil {
		return fmt.Errorf("order %s: %w", o, err)
	}
	if n == 0 {
		return bot.Refuse(r.In("shop").T(late, "Order", o.String()))
	}
	o.state, o.note = to, note
	o.turn++
	return nil
}
