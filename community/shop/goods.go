package shop

import (
	"context"
	"fmt"
	"slices"

	"github.com/weilu-im/weilu/community"
)

// firstOffered is the number of the first goods that managers offer: those below are the configuration's.
const firstOffered = mostDeclared + 2

const goodsColumns = `g.id, g.declared, g.name, g.about, g.price, g.stock, g.sold, g.most, g.per, g.each_per, g.from_day, g.until_day, g.kind, g.tier, g.off_at,
(SELECT COUNT(*) FROM shop_codes c WHERE c.goods_id = g.id AND c.order_id = 0)`

func scanGoods(scan func(...any) error) (g goods, err error) {
	var from, until int
	var off int64
	err = scan(&g.id, &g.declared, &g.Name, &g.About, &g.Price, &g.Stock, &g.sold, &g.Limit, &g.Per, &g.Each, &from, &until, &g.Kind, &g.Tier, &off, &g.free)
	g.From, g.Until, g.off = community.Day(from), community.Day(until), off > 0
	return g, err
}

// catalogue is everything that was ever offered, by number. What the configuration says of its goods holds, also
// before a handler has stored it.
func (s *shop) catalogue(ctx context.Context) (list []goods, err error) {
	err = s.db.Each(ctx, func(scan func(...any) error) error {
		g, err := scanGoods(scan)
		list = append(list, g)
		return err
	}, `SELECT `+goodsColumns+` FROM shop_goods g ORDER BY g.id`)
	if err != nil {
		return nil, fmt.Errorf("goods: %w", err)
	}
	for i := range list {
		if list[i].declared {
			list[i].off = true
		}
	}
	for _, declared := range s.cfg.Goods {
		i := slices.IndexFunc(list, func(g goods) bool { return g.id == declared.ID })
		if i < 0 {
			i, list = len(list), append(list, goods{id: declared.ID, declared: true})
		}
		list[i].definition, list[i].off = declared.definition(), false
	}
	slices.SortFunc(list, func(a, b goods) int { return int(a.id - b.id) })
	return list, nil
}

// find reads the goods with a number; ok is false where there never were any.
func (s *shop) find(ctx context.Context, id int64) (g goods, ok bool, err error) {
	list, err := s.catalogue(ctx)
	if err != nil {
		return goods{}, false, err
	}
	i := slices.IndexFunc(list, func(g goods) bool { return g.id == id })
	if i < 0 {
		return goods{}, false, nil
	}
	return list[i], true, nil
}

// settle stores what the configuration declares, once in the life of the program, so that statements can count on it.
func (s *shop) settle(ctx context.Context) error {
	if s.settled {
		return nil
	}
	s.settled = true
	s.db.OnRollback(ctx, func() { s.settled = false })
	for _, g := range s.cfg.Goods {
		if err := s.store(ctx, g.ID, true, g.definition()); err != nil {
			return err
		}
	}
	return nil
}

// store writes a definition of new or known goods. What was redeemed stays.
func (s *shop) store(ctx context.Context, id int64, declared bool, d definition) error {
	_, err := s.db.Exec(ctx, `INSERT INTO shop_goods (id, declared, name, about, price, stock, most, per, each_per, from_day, until_day, kind, tier)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, about = excluded.about, price = excluded.price, stock = excluded.stock, most = excluded.most,
		per = excluded.per, each_per = excluded.each_per, from_day = excluded.from_day, until_day = excluded.until_day, kind = excluded.kind,
		tier = excluded.tier`,
		id, declared, d.Name, d.About, d.Price, d.Stock, d.Limit, string(d.Per), d.Each, int(d.From), int(d.Until), string(d.Kind), string(d.Tier))
	if err != nil {
		return fmt.Errorf("store goods %d: %w", id, err)
	}
	return nil
}

// take counts one piece as redeemed where there is one, and holds the goods' row until the end of the transaction:
// whoever redeems the same goods waits, and what is counted for them from here on stands still.
func (s *shop) take(ctx context.Context, id int64) (took bool, err error) {
	n, err := s.db.Exec(ctx, `UPDATE shop_goods SET sold = sold + 1 WHERE id = ? AND (stock < 0 OR sold < stock)`, id)
	if err != nil {
		return false, fmt.Errorf("take goods %d: %w", id, err)
	}
	return n == 1, nil
}

// giveBack makes a piece redeemable again.
func (s *shop) giveBack(ctx context.Context, id int64) error {
	n, err := s.db.Exec(ctx, `UPDATE shop_goods SET sold = sold - 1 WHERE id = ?`, id)
	if err == nil && n != 1 {
		err = fmt.Errorf("%d rows", n)
	}
	if err != nil {
		return fmt.Errorf("give back goods %d: %w", id, err)
	}
	return nil
}
