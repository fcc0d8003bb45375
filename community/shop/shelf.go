package shop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func goodsTarget(id int64) string { return fmt.Sprintf("goods/%d", id) }

// refuse tells a manager which of their words is not understood, with an example where it is an amount.
func refuse(r *bot.Request, err error, example string) error {
	var amount *community.AmountError
	var word *wordError
	switch {
	case errors.As(err, &amount):
		return bot.Refuse(r.In("community").T(amount.Key) + "\n" + example)
	case errors.As(err, &word):
		return r.Refuse(word.Key, word.KV...)
	}
	return err
}

// named is the goods that a manager names by number, or a refusal.
func (s *shop) named(ctx context.Context, r *bot.Request, word string) (goods, error) {
	id, ok := readNumber(word, "")
	if !ok {
		return goods{}, r.Refuse("goods.which", "Command", r.Command())
	}
	if err := s.settle(ctx); err != nil {
		return goods{}, err
	}
	g, ok, err := s.find(ctx, id)
	if err == nil && !ok {
		err = r.Refuse("redeem.unknown", "ID", id)
	}
	return g, err
}

// own is named, of goods that are not the configuration's.
func (s *shop) own(ctx context.Context, r *bot.Request, word string) (goods, error) {
	g, err := s.named(ctx, r, word)
	if err == nil && g.declared {
		err = r.Refuse("goods.declared", "Name", g.Name, "ID", g.id)
	}
	return g, err
}

// offer is 上架: new goods, or with a number what was taken off the shelf.
func (s *shop) offer(ctx context.Context, r *bot.Request) error {
	if _, ok := readNumber(r.Args, ""); ok {
		return s.shelve(ctx, r, false)
	}
	words := strings.Fields(r.Args)
	if _, ok := readNumber(strings.Join(words[:min(1, len(words))], ""), ""); ok && len(words) <= 3 {
		return s.offerAgain(ctx, r, words)
	}
	l, err := s.ladder(ctx, r)
	if err != nil {
		return err
	}
	d, err := readOffer(r.Args, l)
	today := s.c.Calendar.Day(r.At)
	if err == nil {
		err = d.over(today)
	}
	if err != nil {
		return refuse(r, err, r.T("offer.example"))
	}
	if _, ok := readNumber(d.Name, ""); ok {
		return r.Refuse("offer.number", "ID", d.Name)
	}
	same, err := s.called(ctx, d.Name)
	if err != nil {
		return err
	}
	var id int64
	if err := s.db.Row(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM shop_goods`).Scan(&id); err != nil {
		return fmt.Errorf("next number of goods: %w", err)
	}
	g := goods{definition: d, id: max(firstOffered, id)}
	if err := s.store(ctx, g.id, false, d); err != nil {
		return err
	}
	text := r.T("offer.done", "ID", g.id, "Name", g.Name, "Price", g.Price, "Terms", s.terms(r.T, r.In("tier").T, g, today))
	if g.Kind == Code {
		text += "\n" + r.T("offer.codes", "ID", g.id)
	}
	if same > 0 {
		text += "\n" + r.T("offer.same", "ID", same, "Name", g.Name)
	}
	return s.answer(ctx, r, change{"shop.shelf", "offer-goods", goodsTarget(g.id)}, shelved{g.id, true}, map[string]any{"price": d.Price, "stock": d.Stock}, text)
}

// called is the number of goods on the shelf that are called so, or 0.
func (s *shop) called(ctx context.Context, name string) (id int64, err error) {
	all, err := s.catalogue(ctx)
	for _, g := range all {
		if !g.off && bot.Fold(g.Name) == bot.Fold(name) {
			return g.id, err
		}
	}
	return 0, err
}

// offerAgain is 上架 编号 价格 库存: what was taken off the shelf comes back, at a new price and with a new stock. The stock
// may be left out.
func (s *shop) offerAgain(ctx context.Context, r *bot.Request, words []string) error {
	id, _ := readNumber(words[0], "")
	g, known, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if !known || g.declared || !g.off {
		return r.Refuse("offer.number", "ID", words[0])
	}
	now := g
	if err := now.set("price", words[1]); err != nil {
		return refuse(r, err, r.T("offer.example"))
	}
	var left int64
	if len(words) > 2 {
		if left, err = readStock(words[2]); err != nil {
			return refuse(r, err, r.T("offer.example"))
		}
	}
	today := s.c.Calendar.Day(r.At)
	if err := now.definition.over(today); err != nil {
		return refuse(r, err, r.T("offer.example"))
	}
	if err := s.store(ctx, id, false, now.definition); err != nil {
		return err
	}
	if len(words) > 2 {
		if now.Stock, err = s.restock(ctx, id, left); err != nil {
			return err
		}
	}
	if _, err := s.setOff(ctx, r, id, false); err != nil {
		return err
	}
	return s.answer(ctx, r, change{"shop.again", "shelve-goods", goodsTarget(id)}, edited{id, g.definition, now.definition},
		map[string]any{"price": now.Price, "stock": now.Stock}, r.T("offer.done", "ID", id, "Name", now.Name, "Price", now.Price, "Terms", s.terms(r.T, r.In("tier").T, now, today)))
}

// undoAgain takes goods off the shelf again and makes them what they were.
func (s *shop) undoAgain(ctx context.Context, r *bot.Request, payload []byte) error {
	var p edited
	if err := json.Unmarshal(payload, &p); err != nil {
		return err
	}
	ok, err := s.setOff(ctx, r, p.Goods, true)
	if err == nil && !ok {
		err = bot.Refuse(r.In("shop").T("undo.late"))
	}
	if err != nil {
		return err
	}
	return s.undoEdit(ctx, r, payload)
}

// unshelve is 下架.
func (s *shop) unshelve(ctx context.Context, r *bot.Request) error { return s.shelve(ctx, r, true) }

func (s *shop) shelve(ctx context.Context, r *bot.Request, off bool) error {
	word, _ := firstWord(r.Args)
	g, err := s.own(ctx, r, word)
	if err != nil {
		return err
	}
	key := map[bool]string{true: "unshelve", false: "shelve"}[off]
	ok, err := s.setOff(ctx, r, g.id, off)
	if err != nil {
		return err
	}
	if !ok {
		return r.Refuse(key+".already", "Name", g.Name, "ID", g.id)
	}
	return s.answer(ctx, r, change{"shop.shelf", key + "-goods", goodsTarget(g.id)}, shelved{g.id, !off}, map[string]any{}, r.T(key+".done", "Name", g.Name, "ID", g.id))
}

// setOff takes goods off the shelf or puts them back; ok is false where they are there already.
func (s *shop) setOff(ctx context.Context, r *bot.Request, id int64, off bool) (ok bool, err error) {
	condition, at := `off_at > 0`, int64(0)
	if off {
		condition, at = `off_at = 0`, r.At.UnixMilli()
	}
	n, err := s.db.Exec(ctx, `UPDATE shop_goods SET off_at = ? WHERE id = ? AND `+condition, at, id)
	if err != nil {
		return false, fmt.Errorf("shelve goods %d: %w", id, err)
	}
	return n == 1, nil
}

// shelved is what an undo of 上架 and 下架 needs.
type shelved struct {
	Goods int64 `json:"goods"`
	Off   bool  `json:"off"` // what the undo makes of it
}

func (s *shop) undoShelf(ctx context.Context, r *bot.Request, payload []byte) error {
	var p shelved
	if err := json.Unmarshal(payload, &p); err != nil {
		return err
	}
	ok, err := s.setOff(ctx, r, p.Goods, p.Off)
	if err == nil && !ok {
		err = bot.Refuse(r.In("shop").T("undo.late"))
	}
	return err
}

// edit is 改商品 编号 项目 值.
func (s *shop) edit(ctx context.Context, r *bot.Request) error {
	number, rest := firstWord(r.Args)
	g, err := s.own(ctx, r, number)
	if err != nil {
		return err
	}
	word, value := firstWord(rest)
	field, ok := fields[bot.Fold(word)]
	if !ok || value == "" {
		return r.Refuse("edit.how", "ID", g.id)
	}
	now := g
	if field == "tier" {
		var l ladder
		if l, err = s.ladder(ctx, r); err == nil {
			err = now.setTier(value, l)
		}
	} else if field == "stock" {
		var left int64
		if left, err = readStock(value); err == nil {
			now.Stock, err = s.restock(ctx, g.id, left)
		}
	} else if err = now.set(field, value); err == nil && field == "until" {
		err = now.definition.over(s.c.Calendar.Day(r.At))
	}
	if err == nil && field != "stock" {
		err = s.store(ctx, g.id, false, now.definition)
	}
	if err != nil {
		return refuse(r, err, r.T("edit.how", "ID", g.id))
	}
	if now.definition == g.definition {
		return r.Refuse("edit.same", "Name", g.Name)
	}
	return s.answer(ctx, r, change{"shop.edit", "edit-goods", goodsTarget(g.id)}, edited{g.id, g.definition, now.definition},
		map[string]any{"field": field, "price": now.Price, "stock": now.Stock},
		r.T("edit.done", "ID", g.id, "Name", now.Name, "Price", now.Price, "Terms", s.terms(r.T, r.In("tier").T, now, s.c.Calendar.Day(r.At))))
}

// restock makes so many pieces redeemable from now on, and gives how many that are altogether.
func (s *shop) restock(ctx context.Context, id, left int64) (stock int64, err error) {
	err = s.db.Row(ctx, `UPDATE shop_goods SET stock = CASE WHEN CAST(? AS BIGINT) < 0 THEN -1 ELSE sold + CAST(? AS BIGINT) END WHERE id = ? RETURNING stock`, left, left, id).Scan(&stock)
	if err != nil {
		return 0, fmt.Errorf("restock goods %d: %w", id, err)
	}
	return stock, nil
}

// edited is what an undo of 改商品 needs.
type edited struct {
	Goods  int64      `json:"goods"`
	Before definition `json:"before"`
	After  definition `json:"after"`
}

// undoEdit brings back what goods were, where nobody changed them since. What was redeemed in the meantime stays, so
// there are never fewer than that.
func (s *shop) undoEdit(ctx context.Context, r *bot.Request, payload []byte) error {
	var p edited
	if err := json.Unmarshal(payload, &p); err != nil {
		return err
	}
	g, ok, err := s.find(ctx, p.Goods)
	if err != nil {
		return err
	}
	if !ok || g.definition != p.After {
		return bot.Refuse(r.In("shop").T("undo.late"))
	}
	if p.Before.Stock != unlimited {
		p.Before.Stock = max(p.Before.Stock, g.sold)
	}
	return s.store(ctx, p.Goods, false, p.Before)
}

// change names what a manager did: as an undo, in the audit, and to what.
type change struct{ undo, audit, target string }

// answer keeps what a manager did and tells them, with the code that takes it back.
func (s *shop) answer(ctx context.Context, r *bot.Request, what change, payload, detail any, text string) error {
	code, err := s.c.Undo.Offer(ctx, r, what.undo, payload)
	if err != nil {
		return err
	}
	if err := s.c.Audit.Record(ctx, r, what.audit, what.target, detail); err != nil {
		return err
	}
	r.Reply(strings.TrimSpace(text) + "\n" + r.T("undo", "Code", code))
	return nil
}

// tellManagers says something to all managers in private.
func (s *shop) tellManagers(ctx context.Context, r *bot.Request, text string) error {
	managers, err := s.c.Managers(ctx)
	for _, id := range managers {
		r.Send(bot.Outgoing{Member: string(id), Text: text, Priority: bot.Notice})
	}
	return err
}
