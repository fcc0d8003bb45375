package database_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func run(ctx context.Context, db *database.DB, query string, args ...any) error {
	_, err := db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, query, args...)
	return err
}

// kill makes the engine end the transaction in ctx.
func kill(ctx context.Context, db *database.DB) error {
	if db.Dialect() == "postgres" {
		return run(ctx, db, "SELECT pg_terminate_backend(pg_backend_pid())")
	}
	if err := put(ctx, db, "twice", 1); err != nil {
		return err
	}
	return run(ctx, db, "INSERT OR ROLLBACK INTO things (name, n) VALUES ('twice', 2)")
}

func TestALostTransactionKeepsNothingWhateverIsSwallowed(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		undone := false
		err := db.Tx(t.Context(), func(ctx context.Context) error {
			db.OnRollback(ctx, func() { undone = true })
			db.OnCommit(ctx, func() { t.Error("committed") })
			if err := put(ctx, db, "before", 1); err != nil {
				return err
			}
			inner := db.Tx(ctx, func(ctx context.Context) error {
				_ = kill(ctx, db)
				_ = put(ctx, db, "late", 1)
				return nil
			})
			if !errors.Is(inner, database.ErrTxDead) {
				t.Errorf("inner: %v", inner)
			}
			if err := db.Alive(ctx); !errors.Is(err, database.ErrTxDead) {
				t.Errorf("alive: %v", err)
			}
			_ = put(ctx, db, "later", 1)
			return nil
		})
		if !errors.Is(err, database.ErrTxDead) {
			t.Errorf("outer: %v", err)
		}
		if !undone {
			t.Error("OnRollback did not run")
		}
		expect(t, db)
		if err := db.Tx(t.Context(), func(ctx context.Context) error { return put(ctx, db, "next", 1) }); err != nil {
			t.Fatal(err)
		}
		expect(t, db, "next")
	})
}

func TestALossInTheTransactionItselfIsTold(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		err := db.Tx(t.Context(), func(ctx context.Context) error {
			_ = kill(ctx, db)
			_ = put(ctx, db, "late", 1)
			return nil
		})
		if !errors.Is(err, database.ErrTxDead) {
			t.Errorf("got %v", err)
		}
		expect(t, db)
	})
}

func TestASwallowedErrorIsNoSuccessOnPostgreSQL(t *testing.T) {
	db := dbtest.Open(t, "postgres", owners())
	err := db.Tx(t.Context(), func(ctx context.Context) error {
		db.OnCommit(ctx, func() { t.Error("committed") })
		_ = put(ctx, db, "a", 1)
		_ = put(ctx, db, "a", 1) // aborts the transaction
		return nil
	})
	if err == nil {
		t.Error("nothing was kept, and Tx says it was")
	}
	expect(t, db)

	err = db.Tx(t.Context(), func(ctx context.Context) error {
		if err := put(ctx, db, "outer", 1); err != nil {
			return err
		}
		inner := db.Tx(ctx, func(ctx context.Context) error {
			_ = put(ctx, db, "outer", 1)
			return nil
		})
		if inner == nil {
			t.Error("a broken savepoint was released")
		}
		return nil
	})
	if err != nil {
		t.Errorf("the outer transaction: %v", err)
	}
	expect(t, db, "outer")
}

func TestOursIsTheOnlyCommit(t *testing.T) {
	db := dbtest.Open(t, "sqlite", owners())
	err := db.Tx(t.Context(), func(ctx context.Context) error {
		if err := put(ctx, db, "a", 1); err != nil {
			return err
		}
		_ = run(ctx, db, "COMMIT")
		_ = put(ctx, db, "b", 1)
		return errNo
	})
	if err == nil {
		t.Error("no error")
	}
	expect(t, db)
}

func TestACommitThatFailsUndoes(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		must(t, db.Tx(t.Context(), func(ctx context.Context) error {
			return run(ctx, db, "CREATE TABLE children (name TEXT REFERENCES things (name) DEFERRABLE INITIALLY DEFERRED)")
		}))
		undone := false
		err := db.Tx(t.Context(), func(ctx context.Context) error {
			db.OnRollback(ctx, func() { undone = true })
			db.OnCommit(ctx, func() { t.Error("committed") })
			return errors.Join(put(ctx, db, "a", 1), run(ctx, db, "INSERT INTO children (name) VALUES ('nobody')"))
		})
		if err == nil || !undone {
			t.Errorf("got %v, undone %v", err, undone)
		}
		expect(t, db)
		must(t, db.Tx(t.Context(), func(ctx context.Context) error { return put(ctx, db, "b", 1) }))
		expect(t, db, "b")
	})
}

func TestACancelledTransactionKeepsNothing(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		ctx, stop := context.WithCancel(t.Context())
		err := db.Tx(ctx, func(ctx context.Context) error {
			if err := put(ctx, db, "a", 1); err != nil {
				return err
			}
			stop()
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		expect(t, db)
		must(t, db.Tx(t.Context(), func(ctx context.Context) error {
			short, stop := context.WithCancel(ctx)
			inner := db.Tx(short, func(ctx context.Context) error {
				stop()
				return put(ctx, db, "b", 1)
			})
			if !errors.Is(inner, context.Canceled) {
				t.Errorf("inner: %v", inner)
			}
			return put(ctx, db, "c", 1)
		}))
		expect(t, db, "c")
	})
}

func TestAPanicThatSomebodyCatchesUndoesItsSavepoint(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		must(t, db.Tx(t.Context(), func(ctx context.Context) error {
			func() {
				defer func() { _ = recover() }()
				_ = db.Tx(ctx, func(ctx context.Context) error {
					_ = put(ctx, db, "a", 1)
					panic("x")
				})
			}()
			return put(ctx, db, "b", 1)
		}))
		expect(t, db, "b")
	})
}

func TestAHandleEndsWithItsTransaction(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		var old context.Context
		must(t, db.Tx(t.Context(), func(ctx context.Context) error { old = ctx; return put(ctx, db, "a", 1) }))
		if err := put(old, db, "b", 1); err == nil {
			t.Error("an old handle wrote")
		}
		var n int
		if err := db.Conn(old).Statement.ConnPool.QueryRowContext(old, "SELECT 1").Scan(&n); err == nil {
			t.Error("an old handle read")
		}
		must(t, db.Tx(t.Context(), func(context.Context) error {
			if err := put(old, db, "c", 1); err == nil {
				t.Error("an old handle wrote into another transaction")
			}
			return nil
		}))
		expect(t, db, "a")
	})
}

func TestASavepointTakesWhatGormsTransactionDoes(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		must(t, db.Tx(t.Context(), func(ctx context.Context) error {
			return db.Conn(ctx).Exec("INSERT INTO things (name, n) VALUES ('a', 1)").Error
		}))
		expect(t, db, "a")
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestADeadConnectionInThePoolIsReplaced(t *testing.T) {
	db := dbtest.Open(t, "postgres", owners())
	must(t, db.Tx(t.Context(), func(ctx context.Context) error { return put(ctx, db, "a", 1) }))
	must(t, db.Tx(t.Context(), func(ctx context.Context) error {
		return run(ctx, db, "SELECT 1")
	}))
	var pid int
	must(t, db.Tx(t.Context(), func(ctx context.Context) error {
		return db.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&pid)
	}))
	var ok bool
	must(t, db.Conn(t.Context()).Statement.ConnPool.QueryRowContext(t.Context(), "SELECT pg_terminate_backend(?, 5000)", pid).Scan(&ok))
	must(t, db.Tx(t.Context(), func(ctx context.Context) error { return put(ctx, db, "b", 1) }))
	expect(t, db, "a", "b")
}
