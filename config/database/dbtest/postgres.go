package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
)

// errNone says that no PostgreSQL is to be had.
var errNone = errors.New("no PostgreSQL: install it (Debian: apt-get install postgresql) or set TEST_POSTGRES to the DSN of a server where databases can be made")

var (
	server = sync.OnceValues(func() (string, error) {
		if dsn := os.Getenv("TEST_POSTGRES"); dsn != "" {
			return dsn, nil
		}
		return startServer()
	})
	databases atomic.Int64
)

func postgresDSN(tb testing.TB) string {
	tb.Helper()
	base, err := server()
	if errors.Is(err, errNone) {
		tb.Skip(err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	name := fmt.Sprintf("weilu_%d_%d", os.Getpid(), databases.Add(1))
	administer(tb, base, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'")
	tb.Cleanup(func() { administer(tb, base, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	u, err := url.Parse(base)
	if err != nil {
		tb.Fatalf("TEST_POSTGRES must look like postgres://user@host/database: %v", err)
	}
	u.Path = "/" + name
	return u.String()
}

func administer(tb testing.TB, dsn, stmt string) {
	tb.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), stmt); err != nil {
		tb.Fatalf("%s: %v", stmt, err)
	}
}
