package points

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// kind is what an account's name begins with, up to the colon.
type kind string

// kinds are all of them.
var kinds = []kind{"issued", "burned", "expired", "member", "escrow", "suspense", "budget"}

// people tells whether somebody's points are there.
func (k kind) people() bool { return k == "member" || k == "suspense" }

// sink tells whether points that people give there are spent.
func (k kind) sink() bool { return k == "escrow" || k == "burned" }

// flow is one transfer, or several of one rule and one quarter of an hour, as the economy sees them.
type flow struct {
	rule     []byte
	from, to kind
	amount   int64
	at       int64
}

// gain is what accounts of one kind have more by the flow.
func (f flow) gain(k kind) (n int64) {
	if f.to == k {
		n += f.amount
	}
	if f.from == k {
		n -= f.amount
	}
	return n
}

// quarter is to how many milliseconds the economy tells times apart: all zones begin their months with one.
const quarter = int64(15 * time.Minute / time.Millisecond)

// flowKeySQL is the key of the rule: what was linked to another transfer counts for that one's.
const flowKeySQL = `CASE WHEN t.cause IS NULL THEN t.key ELSE COALESCE((SELECT c.key FROM transfers c WHERE c.id = t.cause), t.key) END`

// PostgreSQL sums by hashing.
const groupedSQL = `SELECT key, debit, credit, at, CAST(SUM(amount) AS BIGINT) FROM (
SELECT split_part(k, '/', 1) || CASE WHEN k LIKE 'again/%' THEN '/1/' || split_part(k, '/', 3) ELSE '' END AS key,
split_part(debit, ':', 1) AS debit, split_part(credit, ':', 1) AS credit, quarter AS at, amount
FROM (SELECT ` + flowKeySQL + ` AS k, t.debit, t.credit, t.at - t.at % 900000 AS quarter, t.amount FROM transfers t) AS keyed
) AS flows GROUP BY 1, 2, 3, 4`

// SQLite would sort to sum, which costs more than all the rest. So a thousand transfers at a time become one text
// of lines, which is much quicker to read than a thousand rows. Neither keys nor accounts hold a newline.
const linesSQL = `WITH RECURSIVE n(i) AS (
SELECT MIN(id) - 1 FROM transfers UNION ALL
SELECT (SELECT MIN(id) - 1 FROM transfers WHERE id > n.i + 1000) FROM n WHERE n.i IS NOT NULL)
SELECT (SELECT group_concat(concat_ws('
', ` + flowKeySQL + `, t.debit, t.credit, t.at, t.amount, ''), '') FROM transfers t WHERE t.id > n.i AND t.id <= n.i + 1000)
FROM n WHERE n.i IS NOT NULL`

// flows calls add for all transfers, in no order.
func (d db) flows(ctx context.Context, add func(flow)) error {
	if d.postgres {
		return d.each(ctx, func(scan func(...any) error) error {
			var key, from, to sql.RawBytes
			var f flow
			if err := scan(&key, &from, &to, &f.at, &f.amount); err != nil {
				return err
			}
			f.rule, f.from, f.to = ruleOf(key), kindOf(from), kindOf(to)
			add(f)
			return nil
		}, groupedSQL)
	}
	return d.each(ctx, func(scan func(...any) error) error {
		var text sql.RawBytes
		if err := scan(&text); err != nil {
			return err
		}
		return eachLine(text, add)
	}, linesSQL)
}

// errLines says that the database answered with something else than transfers have.
var errLines = errors.New("not the lines of transfers")

// eachLine reads flows of five lines each.
func eachLine(text []byte, add func(flow)) error {
	var field [5][]byte
	for len(text) > 0 {
		for i := range field {
			var ok bool
			if field[i], text, ok = bytes.Cut(text, []byte("\n")); !ok {
				return errLines
			}
		}
		at, err := strconv.ParseInt(string(field[3]), 10, 64)
		if err != nil {
			return fmt.Errorf("%w: %w", errLines, err)
		}
		amount, err := strconv.ParseInt(string(field[4]), 10, 64)
		if err != nil {
			return fmt.Errorf("%w: %w", errLines, err)
		}
		add(flow{ruleOf(field[0]), kindOf(field[1]), kindOf(field[2]), amount, at - at%quarter})
	}
	return nil
}

// ruleOf is the first segment of a key. A key again/2/checkin/... is of the rule that is posted again.
func ruleOf(key []byte) []byte {
	rule, rest, _ := bytes.Cut(key, []byte("/"))
	if string(rule) == "again" {
		if _, again, ok := bytes.Cut(rest, []byte("/")); ok {
			return ruleOf(again)
		}
	}
	return rule
}

// kindOf is the kind of an account.
func kindOf(account []byte) kind {
	name, _, _ := bytes.Cut(account, []byte(":"))
	if i := slices.IndexFunc(kinds, func(k kind) bool { return string(k) == string(name) }); i >= 0 {
		return kinds[i]
	}
	return ""
}
