package shop

import (
	"context"
	"errors"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// redeem is 兑换 编号. What it takes before it refuses is undone with the refusal.
func (s *shop) redeem(ctx context.Context, r *bot.Request) error {
	word, _ := firstWord(r.Args)
	id, ok := readNumber(word, "")
	if digits := bot.Fold(word); !ok && digits != "" && strings.Trim(digits, "0123456789") == "" {
		return r.Refuse("redeem.unknown", "ID", community.Shorten(digits, 12))
	}
	if !ok {
		return r.Refuse("redeem.which")
	}
	if err := s.settle(ctx); err != nil {
		return err
	}
	g, ok, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if err := s.onSale(r, g, ok, id); err != nil {
		return err
	}
	if err := s.entitled(ctx, r, g); err != nil {
		return err
	}
	took, err := s.take(ctx, g.id)
	if err != nil {
		return err
	}
	if !took || g.Kind == Code && g.free == 0 {
		return r.Refuse("redeem.gone", "Name", g.Name)
	}
	o, ok, err := s.open(ctx, g, community.MemberID(r.Actor.Member), community.MemberID(r.Actor.Origin), r.At)
	if err != nil {
		return err
	}
	if !ok {
		return s.atLimit(ctx, r, g)
	}
	if g.Kind == Code {
		return s.redeemCode(ctx, r, g, o)
	}
	if err := s.pay(ctx, r, &o); err != nil {
		return err
	}
	if err := r.Later(ctx, o.at.Add(patience), remindJob, openOrders); err != nil {
		return err
	}
	return s.thank(ctx, r, o, "redeem.done")
}

// onSale refuses what nobody can redeem today.
func (s *shop) onSale(r *bot.Request, g goods, known bool, id int64) error {
	today := s.c.Calendar.Day(r.At)
	switch {
	case !known || g.off:
		return r.Refuse("redeem.unknown", "ID", id)
	case g.early(today):
		return r.Refuse("redeem.early", "Name", g.Name, "Day", date(g.From, today))
	case g.over(today):
		return r.Refuse("redeem.over", "Name", g.Name, "Day", date(g.Until, today))
	}
	return nil
}

// atLimit tells somebody which limit they have reached, and when it ends.
func (s *shop) atLimit(ctx context.Context, r *bot.Request, g goods) error {
	if g.Limit > 0 {
		where, args, err := s.counted(ctx, community.MemberID(r.Actor.Member), g.id, 0, 0)
		if err != nil {
			return err
		}
		var n int64
		if err := s.db.Row(ctx, `SELECT COUNT(*) FROM shop_orders WHERE `+where, args...).Scan(&n); err != nil {
			return err
		}
		if n >= g.Limit {
			return r.Refuse("redeem.limit", "Name", g.Name, "Count", g.Limit)
		}
	}
	today := s.c.Calendar.Day(r.At)
	_, after := g.Per.around(today)
	return r.Refuse("redeem.limit."+string(g.Per), "Name", g.Name, "Count", g.Each, "Day", date(after, today))
}

// pay holds the points for an order, or tells how many are missing.
func (s *shop) pay(ctx context.Context, r *bot.Request, o *order) error {
	member := community.MemberID(r.Actor.Member)
	err := s.hold(ctx, r, o, member)
	if !errors.Is(err, points.ErrInsufficient) {
		return err
	}
	has, _, err := s.c.Purse.Worth(ctx, member)
	if err != nil {
		return err
	}
	return r.Refuse("redeem.poor", "Name", o.name, "Price", o.price, "Balance", has, "Missing", max(1, o.price-has))
}

// thank answers whoever redeemed something.
func (s *shop) thank(ctx context.Context, r *bot.Request, o order, key string) error {
	has, _, err := s.c.Purse.Worth(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	r.Reply(r.T(key, "Name", r.Actor.Name, "Goods", o.name, "Price", o.price, "Balance", has, "Order", o.String()))
	return nil
}

// redeemCode gives a code out of the pool, in private and at once.
func (s *shop) redeemCode(ctx context.Context, r *bot.Request, g goods, o order) error {
	if r.Transport != bot.Console { // a page shows what is said in private
		open, err := s.c.Reachable(ctx, r.Actor.Member)
		if err != nil {
			return err
		}
		if !open {
			return r.Refuse("redeem.unreachable", "Name", r.Actor.Name, "Goods", g.Name, "ID", g.id)
		}
	}
	code, ok, err := s.draw(ctx, o)
	if err != nil {
		return err
	}
	if !ok {
		return r.Refuse("redeem.gone", "Name", g.Name)
	}
	if err := s.pay(ctx, r, &o); err != nil {
		return err
	}
	if err := s.move(ctx, r, &o, fulfilled, "", "order.is.other"); err != nil {
		return err
	}
	if err := s.spend(ctx, r, &o); err != nil {
		return err
	}
	s.whisperCode(r, o, code)
	if err := s.watchPool(ctx, r, g); err != nil {
		return err
	}
	return s.thank(ctx, r, o, "redeem.code")
}

// whisperCode tells somebody their code. Its words are not kept once they are sent.
func (s *shop) whisperCode(r *bot.Request, o order, code string) {
	r.Send(bot.Outgoing{
		Member: r.Actor.Member, Text: r.T("code.here", "Goods", o.name, "Order", o.String(), "Code", code), Priority: bot.Answer, Secret: true,
	})
}
