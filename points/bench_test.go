package points_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// BenchmarkLedger posts earnings of a thousand members and of a hundred thousand, one by one and in group
// transactions, and in turns writes the same rows by prepared statements. ratio is
// the ledger's speed as a part of theirs.
func BenchmarkLedger(b *testing.B) {
	for _, dialect := range dbtest.Dialects {
		for _, accounts := range []int{1000, 100_000} {
			for _, size := range []int{1, 1024} {
				b.Run(fmt.Sprintf("%s/%d-accounts/%d", dialect, accounts, size), func(b *testing.B) { benchmarkPost(b, dialect, accounts, size) })
			}
		}
	}
}

func benchmarkPost(b *testing.B, dialect string, accounts, size int) {
	ledger := open(b, dbtest.Open(b, dialect, owners))
	if err := ledger.raw(openAccounts(accounts)); err != nil {
		b.Fatal(err)
	}
	bare := openBare(b, dialect, accounts)
	var ours, theirs time.Duration
	n := 0
	for b.Loop() {
		begin := time.Now()
		err := ledger.db.Tx(ledger.ctx, func(ctx context.Context) error {
			for i := range size {
				if _, err := ledger.Post(ctx, earning(accounts, n+i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		ours += time.Since(begin)
		begin = time.Now()
		bare.post(accounts, n, size)
		theirs += time.Since(begin)
		n += size
	}
	b.ReportMetric(float64(n)/ours.Seconds(), "postings/s")
	b.ReportMetric(float64(n)/theirs.Seconds(), "bare/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "ratio")
	ledger.whole()
}

// openAccounts gives a number of members a balance row.
func openAccounts(n int) string {
	return fmt.Sprintf(`INSERT INTO balances (account, balance, debt)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT 'member:m' || i, 0, 0 FROM n`, n-1)
}

// earning is the earning number i of some members. Neighbours are of members that lie apart.
func earning(accounts, i int) points.Transfer {
	who := fmt.Sprintf("m%d", i*7919%accounts)
	return points.Transfer{
		Key: fmt.Sprintf("checkin/%s/%d", who, i), From: points.Issued, To: points.Member(who),
		Amount: 5, Reason: "签到", At: start.Add(time.Duration(i) * time.Second),
	}
}

// bare writes the rows of earnings by statements prepared on one connection.
type bare struct {
	b                      *testing.B
	conn                   *sql.Conn
	begin                  string
	transfer, text, update *sql.Stmt
}

func openBare(b *testing.B, dialect string, accounts int) *bare {
	dsn, ctx := dbtest.DSN(b, dialect), b.Context()
	db, err := database.Open(ctx, database.Options{DSN: dsn})
	if err == nil {
		err = database.Migrate(ctx, db, owners...)
	}
	if err != nil {
		b.Fatal(err)
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	driver, begin := "pgx", "BEGIN"
	if dialect == "sqlite" {
		driver, begin = "sqlite", "BEGIN IMMEDIATE"
		dsn = "file:" + dsn + "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
	}
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		b.Fatal(err)
	}
	conn, err := pool.Conn(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close(); pool.Close() })
	prepare := func(query string) *sql.Stmt {
		for i := 1; dialect == "postgres" && strings.Contains(query, "?"); i++ {
			query = strings.Replace(query, "?", fmt.Sprintf("$%d", i), 1)
		}
		stmt, err := conn.PrepareContext(context.Background(), query)
		if err != nil {
			b.Fatal(err)
		}
		return stmt
	}
	if _, err := conn.ExecContext(b.Context(), openAccounts(accounts)); err != nil {
		b.Fatal(err)
	}
	insert := `INSERT INTO transfers (key, debit, credit, amount, at, cause, kind, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	if dialect == "postgres" {
		insert += " RETURNING id"
	}
	return &bare{b, conn, begin,
		prepare(insert),
		prepare(`INSERT INTO transfer_texts (transfer_id, salt, reason) VALUES (?, ?, ?)`),
		prepare(`UPDATE balances SET balance = balance + ? WHERE account = ?`),
	}
}

var (
	bareSalt   = make([]byte, 16)
	bareDigest = strings.Repeat("0123456789abcdef", 4)
)

func (r *bare) post(accounts, from, size int) {
	ctx := context.Background()
	check := func(_ sql.Result, err error) {
		if err != nil {
			r.b.Fatal(err)
		}
	}
	check(r.conn.ExecContext(ctx, r.begin))
	for i := range size {
		t := earning(accounts, from+i)
		id := r.insert(ctx, t.Key, string(t.From), string(t.To), t.Amount, t.At.UnixMilli(), nil, 0, bareDigest)
		check(r.text.ExecContext(ctx, id, bareSalt, t.Reason))
		check(r.update.ExecContext(ctx, t.Amount, string(t.To)))
	}
	check(r.conn.ExecContext(ctx, "COMMIT"))
}

// insert appends a transfer in the way that is fastest on each engine.
func (r *bare) insert(ctx context.Context, args ...any) (id int64) {
	if r.begin == "BEGIN" {
		if err := r.transfer.QueryRowContext(ctx, args...).Scan(&id); err != nil {
			r.b.Fatal(err)
		}
		return id
	}
	result, err := r.transfer.ExecContext(ctx, args...)
	if err == nil {
		id, err = result.LastInsertId()
	}
	if err != nil {
		r.b.Fatal(err)
	}
	return id
}
