package points

import (
	"context"
	"fmt"
	"math"
	"time"
)

// TopQuery asks for a ranking.
type TopQuery struct {
	// Since and Until bound what was earned: from Since on and before Until. A zero
	// one is no bound, and when both are zero the ranking is of balances.
	Since, Until time.Time
	// Prefix picks accounts by how they begin; empty means members.
	Prefix string
	// Limit is the greatest number of accounts, all when it is not above 0.
	Limit int
	// Exclude are accounts that are neither ranked nor counted.
	Exclude []Account
}

// Standing is one line of a ranking.
type Standing struct {
	// Rank begins at 1. Equal amounts share it, and the next rank counts them all.
	Rank int
	// Account and Amount are whose and how much, always above zero.
	Account Account
	Amount  int64
}

const topBalancesSQL = `SELECT account, balance FROM balances
WHERE account >= ? AND account < ? AND balance > 0 ORDER BY balance DESC, account LIMIT ?`

// earned picks what was earned: plain transfers from sources. The partial index transfers_earned_by says the same.
const earned = `t.kind = 0 AND (t.debit = 'issued' OR (t.debit >= 'budget:' AND t.debit < 'budget;'))`

// topEarnedSQL asks the index for each account, which is quicker than to sort all transfers of a period, and takes off
// what was reversed, of which there is little.
const topEarnedSQL = `SELECT account, CAST(SUM(amount) AS BIGINT) AS earned FROM (
SELECT b.account AS account, (SELECT SUM(t.amount) FROM transfers t WHERE t.at >= ? AND t.at < ? AND t.credit = b.account AND ` + earned + `) AS amount
FROM balances b WHERE b.account >= ? AND b.account < ?
UNION ALL
SELECT t.credit, -r.amount FROM (
SELECT cause, amount FROM transfers WHERE kind = 1 UNION ALL SELECT cause, amount FROM debts
) AS r CROSS JOIN transfers t WHERE t.id = r.cause AND t.at >= ? AND t.at < ? AND t.credit >= ? AND t.credit < ? AND ` + earned + `
) AS e GROUP BY account HAVING SUM(amount) > 0 ORDER BY earned DESC, account LIMIT ?`

// Top ranks accounts by balance, or by what they earned in a period: what they got by
// Post from Issued and budgets, without what was reversed since, whenever that was.
// Equal amounts stand in the order of the accounts' names.
func (l *Ledger) Top(ctx context.Context, q TopQuery) ([]Standing, error) {
	excluded := make(map[Account]bool, len(q.Exclude))
	for _, account := range q.Exclude {
		excluded[account] = true
	}
	sql, args := q.statement(len(excluded))
	ranking := []Standing{}
	err := l.on(ctx).each(ctx, func(scan func(...any) error) error {
		var s Standing
		if err := scan(&s.Account, &s.Amount); err != nil {
			return err
		}
		n := len(ranking)
		if excluded[s.Account] || (q.Limit > 0 && n == q.Limit) {
			return nil
		}
		if s.Rank = n + 1; n > 0 && ranking[n-1].Amount == s.Amount {
			s.Rank = ranking[n-1].Rank
		}
		ranking = append(ranking, s)
		return nil
	}, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("rank %s: %w", q.Prefix, err)
	}
	return ranking, nil
}

// statement asks for as many more lines as will be left out.
func (q TopQuery) statement(excluded int) (sql string, args []any) {
	low, limit := q.Prefix, int64(math.MaxInt64)
	if low == "" {
		low = memberPrefix
	}
	high := low + "\U0010FFFF"
	if q.Limit > 0 {
		limit = int64(q.Limit) + int64(excluded)
	}
	if q.Since.IsZero() && q.Until.IsZero() {
		return topBalancesSQL, []any{low, high, limit}
	}
	since, until := int64(math.MinInt64), int64(math.MaxInt64)
	if !q.Since.IsZero() {
		since = q.Since.UnixMilli()
	}
	if !q.Until.IsZero() {
		until = q.Until.UnixMilli()
	}
	return topEarnedSQL, []any{since, until, low, high, since, until, low, high, limit}
}
