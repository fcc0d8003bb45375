package shop

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

// The limits of codes.
const (
	longestCode   = 200    // characters
	codesAtOnce   = 10_000 // in one import
	lowPool       = 5      // left when managers are told
	longestSaying = 10_000 // characters of a message that arrive
)

// draw takes a code out of the pool for an order; ok is false where none is left. The goods' row is held by this
// transaction, so nobody else draws.
func (s *shop) draw(ctx context.Context, o order) (code string, ok bool, err error) {
	err = s.db.Row(ctx, `UPDATE shop_codes SET order_id = ? WHERE id = (SELECT MIN(id) FROM shop_codes WHERE goods_id = ? AND order_id = 0) AND order_id = 0
		RETURNING code`, o.id, o.goods).Scan(&code)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("draw a code: %w", err)
	}
	return code, true, nil
}

// codeOf is the code that was given for an order.
func (s *shop) codeOf(ctx context.Context, o order) (code string, ok bool, err error) {
	err = s.db.Row(ctx, `SELECT code FROM shop_codes WHERE order_id = ?`, o.id).Scan(&code)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return code, err == nil, err
}

// watchPool tells managers once that few codes are left.
func (s *shop) watchPool(ctx context.Context, r *bot.Request, g goods) error {
	n, err := s.db.Exec(ctx, `UPDATE shop_goods SET low_told = ? WHERE id = ? AND low_told = ?
		AND (SELECT COUNT(*) FROM shop_codes WHERE goods_id = ? AND order_id = 0) <= ?`, true, g.id, false, g.id, lowPool)
	if err != nil || n == 0 {
		return err
	}
	key := "pool.low"
	if g.free <= 1 {
		key = "pool.empty"
	}
	return s.tellManagers(ctx, r, r.In("shop").T(key, "Name", g.Name, "ID", g.id, "Count", g.free-1))
}

// importCodes is 导入兑换码 编号 with the codes in the lines below, or in the first column of a table.
func (s *shop) importCodes(ctx context.Context, r *bot.Request) error {
	word, rest := firstWord(r.Args)
	if _, lines, ok := strings.Cut(strings.TrimSpace(r.Text), "\n"); ok {
		rest = lines // as they were typed: a code may end like a sentence
	}
	g, err := s.named(ctx, r, word)
	if err != nil {
		return err
	}
	switch {
	case g.Kind != Code:
		return r.Refuse("import.kind", "Name", g.Name)
	case r.Len > longestSaying:
		return r.Refuse("import.long")
	}
	codes, bad := readCodes(rest, r.Table)
	switch {
	case len(codes)+bad == 0:
		return r.Refuse("import.none", "ID", g.id)
	case len(codes) > codesAtOnce:
		return r.Refuse("import.many", "Count", codesAtOnce)
	}
	added := int64(0)
	for _, code := range codes {
		n, err := s.db.Exec(ctx, `INSERT INTO shop_codes (goods_id, code, batch) VALUES (?, ?, ?) ON CONFLICT (goods_id, code) DO NOTHING`, g.id, code, r.Seq)
		if err != nil {
			return errors.New("import codes: the storage failed") // what it says may hold a code
		}
		added += n
	}
	repeated := int64(len(codes)) - added
	free := g.free + added
	if free > lowPool {
		if _, err := s.db.Exec(ctx, `UPDATE shop_goods SET low_told = ? WHERE id = ?`, false, g.id); err != nil {
			return err
		}
	}
	text := r.T("import.done", "Name", g.Name, "Added", added, "Repeated", repeated, "Bad", bad, "Free", free)
	if added == 0 {
		r.Reply(text)
		return nil
	}
	return s.answer(ctx, r, change{"shop.codes", "import-codes", goodsTarget(g.id)}, imported{g.id, r.Seq},
		map[string]any{"added": added, "repeated": repeated, "bad": bad}, text)
}

// imported is what an undo of an import needs.
type imported struct {
	Goods int64 `json:"goods"`
	Batch int64 `json:"batch"`
}

// undoImport takes the codes of an import out of the pool that were not given yet.
func (s *shop) undoImport(ctx context.Context, _ *bot.Request, payload []byte) error {
	var p imported
	if err := json.Unmarshal(payload, &p); err != nil {
		return err
	}
	_, err := s.db.Exec(ctx, `DELETE FROM shop_codes WHERE goods_id = ? AND batch = ? AND order_id = 0`, p.Goods, p.Batch)
	return err
}

// codeHeads are the names that a column of codes has.
var codeHeads = []string{"code", "codes", "兑换码", "码", "券码", "优惠码", "卡密"}

// readCodes reads one code a line, or a row; a heading and empty lines are left out. bad is how many can't be codes.
func readCodes(text string, table [][]string) (codes []string, bad int) {
	lines := strings.Split(text, "\n")
	for _, row := range table {
		if len(row) > 0 {
			lines = append(lines, row[0])
		}
	}
	for _, line := range lines {
		line = strings.Join(strings.Fields(bot.Clean(line)), " ")
		switch {
		case line == "" || slices.Contains(codeHeads, bot.Fold(line)):
		case utf8.RuneCountInString(line) > longestCode:
			bad++
		default:
			codes = append(codes, line)
		}
	}
	return codes, bad
}
