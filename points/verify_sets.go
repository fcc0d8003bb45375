package points

import "context"

// A finding query returns the id of a transfer to blame, or 0, and what it is about.
func (d db) findings(ctx context.Context, f *findings, what, sql string) error {
	return d.each(ctx, func(scan func(...any) error) error {
		var id int64
		var about string
		if err := scan(&id, &about); err != nil {
			return err
		}
		if id == 0 {
			f.add("%s: %s", about, what)
		} else {
			f.blame(id, "%s (%s)", what, about)
		}
		return nil
	}, sql)
}

// keys finds two transfers of one key and two seals of one transfer.
func (v *verifier) keys(ctx context.Context, d db, f *findings) error {
	err := d.findings(ctx, f, "the key is used twice",
		`SELECT MAX(id), key FROM transfers GROUP BY key HAVING COUNT(*) > 1 ORDER BY 1`)
	if err != nil {
		return err
	}
	return d.findings(ctx, f, "sealed twice", `SELECT transfer_id, 'seal ' || CAST(MAX(seq) AS TEXT)
FROM seals GROUP BY transfer_id HAVING COUNT(*) > 1 ORDER BY 1`)
}

// strays finds texts and causes of transfers that are not there. Those of sealed
// transfers are the chain's to tell.
func (v *verifier) strays(ctx context.Context, d db, f *findings) error {
	err := d.findings(ctx, f, "gone, but its text is there", `SELECT x.transfer_id, 'unsealed' FROM transfer_texts x
WHERE NOT EXISTS (SELECT 1 FROM transfers t WHERE t.id = x.transfer_id)
AND NOT EXISTS (SELECT 1 FROM seals s WHERE s.transfer_id = x.transfer_id) ORDER BY 1`)
	if err != nil {
		return err
	}
	return d.findings(ctx, f, "its cause is gone", `SELECT t.id, t.key FROM transfers t WHERE t.cause IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM transfers c WHERE c.id = t.cause) ORDER BY 1`)
}

// reversals finds what was taken back from the wrong account, or more than there was.
func (v *verifier) reversals(ctx context.Context, d db, f *findings) error {
	err := d.findings(ctx, f, "does not mirror its cause", `SELECT t.id, t.key FROM transfers t JOIN transfers c ON c.id = t.cause
WHERE t.kind <> 0 AND (c.kind <> 0 OR t.debit <> c.credit OR t.credit <> c.debit) ORDER BY 1`)
	if err != nil {
		return err
	}
	return d.findings(ctx, f, "more taken back than there was", `SELECT c.id, c.key FROM transfers c JOIN (
SELECT cause, SUM(amount) AS taken FROM (
SELECT cause, amount FROM transfers WHERE kind = 1 UNION ALL SELECT cause, amount FROM debts) AS parts
GROUP BY cause) AS r ON r.cause = c.id WHERE r.taken > c.amount ORDER BY 1`)
}

// debts finds debts that nobody caused, that were paid otherwise than by repayments, or
// that the account's balance row does not know.
func (v *verifier) debts(ctx context.Context, d db, f *findings) error {
	for _, check := range []struct{ what, sql string }{
		{"a debt without its cause", `SELECT d.cause, d.key FROM debts d
WHERE NOT EXISTS (SELECT 1 FROM transfers c WHERE c.id = d.cause AND c.credit = d.account AND c.kind = 0) ORDER BY 1`},
		{"its debt is below zero or paid too much", `SELECT d.cause, d.key FROM debts d
WHERE d.amount <= 0 OR d.paid < 0 OR d.paid > d.amount ORDER BY 1`},
		{"what is paid of its debt is not what its repayments add up to", `SELECT COALESCE(p.cause, 0), 'debt' FROM (
SELECT cause, paid FROM debts UNION ALL SELECT cause, -amount FROM transfers WHERE kind = 2) AS p
GROUP BY p.cause HAVING SUM(p.paid) <> 0 ORDER BY 1`},
		{"its debt is not what its debts add up to", `SELECT 0, o.account FROM (
SELECT account, amount - paid AS rest FROM debts UNION ALL SELECT account, -debt FROM balances WHERE debt <> 0) AS o
GROUP BY o.account HAVING SUM(o.rest) <> 0 ORDER BY o.account`},
	} {
		if err := d.findings(ctx, f, check.what, check.sql); err != nil {
			return err
		}
	}
	return nil
}
