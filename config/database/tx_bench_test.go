package database_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// BenchmarkExec compares a statement through Tx and Conn with a prepared statement held by hand, in
// transactions of 1,024, taking turns.
func BenchmarkExec(b *testing.B) {
	const group = 1024
	db := dbtest.Open(b, "sqlite", owners())
	path := dbtest.DSN(b, "sqlite")
	other, err := database.Open(b.Context(), database.Options{DSN: path})
	if err != nil {
		b.Fatal(err)
	}
	defer other.Close()
	if err := database.Migrate(b.Context(), other, owners()...); err != nil {
		b.Fatal(err)
	}
	raw, err := database.OpenRaw(path)
	if err != nil {
		b.Fatal(err)
	}
	defer raw.Close()
	conn, err := raw.Conn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	const insert = `INSERT INTO things (name, n) VALUES (?, ?)`
	held, err := conn.PrepareContext(b.Context(), insert)
	if err != nil {
		b.Fatal(err)
	}
	defer held.Close()
	ctx := context.WithoutCancel(b.Context())
	var ours, bare time.Duration
	n := 0
	for b.Loop() {
		began := time.Now()
		if err := db.Tx(ctx, func(ctx context.Context) error {
			for i := range group {
				if err := put(ctx, db, fmt.Sprintf("%d/%d", n, i), i); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(began)
		began = time.Now()
		if err := bareGroup(ctx, conn, held, n, group); err != nil {
			b.Fatal(err)
		}
		bare += time.Since(began)
		n++
	}
	b.ReportMetric(bare.Seconds()/ours.Seconds(), "ratio")
}

func bareGroup(ctx context.Context, conn *sql.Conn, held *sql.Stmt, n, group int) error {
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for i := range group {
		if _, err := held.ExecContext(ctx, fmt.Sprintf("%d/%d", n, i), i); err != nil {
			return err
		}
	}
	_, err := conn.ExecContext(ctx, "COMMIT")
	return err
}
