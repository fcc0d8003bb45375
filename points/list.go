package points

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"
)

// ListQuery picks transfers; what is left zero doesn't matter.
type ListQuery struct {
	Accounts []Account // that gave or got
	Rule     string    // the first segment of the keys: "checkin" picks "checkin/m17/2026-11-02"
	// Since and Until bound when it happened: from Since on and before Until.
	Since, Until time.Time
	Before       int64 // only smaller ids: the next page
	Limit        int   // 20 when it is not above 0
}

// Listed is a transfer with its place in the chain.
type Listed struct {
	Posting
	Cause int64
	Seal  int64 // the number of its seal, 0 while it has none
}

// rareRule is how many transfers a rule may have to be read by their keys and sorted. Those of others come often
// enough to be met by going back through all.
const rareRule = 20_000

// List is a part of all transfers, by falling id. Without a filter and by accounts it reads no more than it gives;
// a rule of many transfers, and a time, are looked for going back from the newest.
func (l *Ledger) List(ctx context.Context, q ListQuery) ([]Listed, error) {
	d := l.on(ctx)
	if q.Limit <= 0 {
		q.Limit = 20
	}
	sql, args, err := q.picked(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("list transfers: %w", err)
	}
	list := []Listed{}
	err = d.each(ctx, func(scan func(...any) error) error {
		var t Listed
		var at int64
		if err := scan(&t.ID, &t.Key, &t.From, &t.To, &t.Amount, &at, &t.Cause, &t.Kind, &t.Reason, &t.Reversal, &t.Seal); err != nil {
			return err
		}
		t.At = time.UnixMilli(at).UTC()
		list = append(list, t)
		return nil
	}, `SELECT `+historyColumns+`,
COALESCE((SELECT r.key FROM transfers r WHERE r.cause = t.id AND r.kind = 1), (SELECT d.key FROM debts d WHERE d.cause = t.id), ''),
COALESCE((SELECT s.seq FROM seals s WHERE s.transfer_id = t.id), 0)
FROM (`+sql+`) AS p JOIN transfers t ON t.id = p.id LEFT JOIN transfer_texts x ON x.transfer_id = t.id
ORDER BY t.id DESC LIMIT ?`, append(args, q.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("list transfers: %w", err)
	}
	return list, nil
}

// picked is a statement for the ids of the page, in any order.
func (q ListQuery) picked(ctx context.Context, d db) (sql string, args []any, err error) {
	before := q.Before
	if before <= 0 {
		before = math.MaxInt64
	}
	where, args := `t.id < ?`, []any{before}
	if !q.Since.IsZero() {
		where, args = where+` AND t.at >= ?`, append(args, q.Since.UnixMilli())
	}
	if !q.Until.IsZero() {
		where, args = where+` AND t.at < ?`, append(args, q.Until.UnixMilli())
	}
	order := `t.id`
	if q.Rule != "" {
		low, high := q.Rule+"/", q.Rule+"0" // 0 follows /
		rare, err := d.rare(ctx, low, high)
		if err != nil {
			return "", nil, err
		}
		key := `t.key || ''` // not by the index
		if rare {
			key, order = `t.key`, `t.id + 0`
		}
		where, args = where+` AND `+key+` >= ? AND `+key+` < ?`, append(args, low, high)
	}
	if len(q.Accounts) == 0 {
		return `SELECT t.id FROM transfers t WHERE ` + where + ` ORDER BY ` + order + ` DESC LIMIT ?`, append(args, q.Limit), nil
	}
	where, order = strings.ReplaceAll(where, `t.key || ''`, `t.key`), `t.id`
	var parts []string
	var all []any
	for _, account := range q.Accounts {
		for _, side := range [...]string{`t.credit = ?`, `t.debit = ? AND t.debit <> 'issued'`} {
			parts = append(parts, `SELECT * FROM (SELECT t.id FROM transfers t WHERE `+side+` AND `+where+` ORDER BY `+order+` DESC LIMIT ?) AS one`)
			all = append(append(append(all, string(account)), args...), q.Limit)
		}
	}
	return strings.Join(parts, ` UNION `), all, nil
}

// rare tells whether few transfers have keys from low on and before high.
func (d db) rare(ctx context.Context, low, high string) (bool, error) {
	var n int64
	err := d.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM transfers WHERE key >= ? AND key < ? LIMIT ?) AS found`, low, high, rareRule).Scan(&n)
	return n < rareRule, err
}
