package shop

import (
	"context"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// mine is 我的兑换: one's own orders, or with an order the code that was given for it.
func (s *shop) mine(ctx context.Context, r *bot.Request) error {
	ids, err := s.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	list, args := community.In(ids)
	if r.Args != "" {
		return s.code(ctx, r, list, args)
	}
	orders, err := s.orders(ctx, `WHERE o.member_id IN `+list+` ORDER BY o.id DESC LIMIT ?`, append(args, shownOrders)...)
	if err != nil {
		return err
	}
	if len(orders) == 0 {
		r.Whisper(r.Actor.Member, r.T("mine.none"))
		return nil
	}
	lines, again := []string{r.T("mine.title", "Count", len(orders))}, ""
	for _, o := range orders {
		line := s.mineLine(r, o)
		if o.kind == Code && o.state == fulfilled && again == "" {
			again = r.T("mine.again", "Order", o.String())
		}
		lines = append(lines, line)
	}
	if again != "" {
		lines = append(lines, again)
	}
	r.Whisper(r.Actor.Member, strings.Join(lines, "\n"))
	return nil
}

// mineLine is an order as its member reads it.
func (s *shop) mineLine(r *bot.Request, o order) string {
	line := r.T("mine.line", "Order", o.String(), "Goods", o.name, "Price", o.price, "Day", o.at.In(s.c.Calendar.Zone()).Format("01-02"), "State", r.T("state."+string(o.state)))
	if o.note != "" {
		line += r.T("told.note", "Note", o.note)
	}
	return line
}

// code tells somebody once more, in private, the code that they were given.
func (s *shop) code(ctx context.Context, r *bot.Request, list string, args []any) error {
	id, ok := readNumber(r.Args, "r")
	if !ok {
		return r.Refuse("order.which", "Command", r.Command())
	}
	found, err := s.orders(ctx, `WHERE o.member_id IN `+list+` AND o.id = ?`, append(args, id)...)
	if err != nil {
		return err
	}
	switch {
	case len(found) == 0:
		return r.Refuse("mine.unknown", "Order", orderName(id))
	case found[0].kind != Code || found[0].state != fulfilled && r.Actor.Group != "":
		r.Whisper(r.Actor.Member, s.mineLine(r, found[0]))
		return nil
	case r.Actor.Group != "":
		return r.Refuse("mine.private", "Order", orderName(id))
	case !r.Actor.Strong:
		return bot.Refuse(r.In("community").T("spend.weak"))
	}
	code, ok, err := s.codeOf(ctx, found[0])
	if err != nil {
		return err
	}
	if !ok || found[0].state != fulfilled {
		return r.Refuse("mine.no_code", "Order", orderName(id), "State", r.T("state."+string(found[0].state)))
	}
	s.whisperCode(r, found[0], code)
	return nil
}
