package database_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/weilu-im/weilu/config/database"
)

const (
	groupSize = 1024
	insertion = "INSERT INTO rows (at, name, n) VALUES (?, ?, ?)"
	rowsTable = "CREATE TABLE rows (id INTEGER PRIMARY KEY, at INTEGER, name TEXT, n INTEGER)"
)

// BenchmarkExec runs groups of 1024 insertions both ways in turn, so that the ratio does not depend on
// what else the machine does.
func BenchmarkExec(b *testing.B) {
	ctx := b.Context()
	db, err := database.Open(ctx, database.Options{DSN: filepath.Join(b.TempDir(), "tx.db")})
	check(b, err)
	defer db.Close()
	check(b, db.Tx(ctx, func(ctx context.Context) error { return run(ctx, db, rowsTable) }))
	plain := open2(b, filepath.Join(b.TempDir(), "plain.db"))
	var viaTx, viaStmt time.Duration
	for b.Loop() {
		start := time.Now()
		check(b, db.Tx(ctx, func(ctx context.Context) error {
			for i := range groupSize {
				if _, err := db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, insertion, i, "somebody", i); err != nil {
					return err
				}
			}
			return nil
		}))
		viaTx += time.Since(start)
		start = time.Now()
		check(b, plain())
		viaStmt += time.Since(start)
	}
	per := float64(b.N * groupSize)
	b.ReportMetric(float64(viaTx.Nanoseconds())/per, "ns/exec-Tx")
	b.ReportMetric(float64(viaStmt.Nanoseconds())/per, "ns/exec-Stmt")
	b.ReportMetric(float64(viaTx)/float64(viaStmt), "ratio")
}

// open2 opens the same file settings with database/sql alone, and answers what inserts one group.
func open2(b *testing.B, path string) func() error {
	raw, err := database.OpenRaw(path)
	check(b, err)
	b.Cleanup(func() { raw.Close() })
	raw.SetMaxOpenConns(1)
	_, err = raw.Exec(rowsTable)
	check(b, err)
	stmt, err := raw.Prepare(insertion)
	check(b, err)
	return func() error {
		tx, err := raw.Begin()
		if err != nil {
			return err
		}
		s := tx.Stmt(stmt)
		for i := range groupSize {
			if _, err := s.Exec(i, "somebody", i); err != nil {
				return err
			}
		}
		return tx.Commit()
	}
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
