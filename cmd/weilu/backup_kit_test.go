package main

import (
	"context"
	"testing"

	"github.com/weilu-im/weilu/config/database"
)

// inEach runs statements in a transaction.
func inEach(db *database.DB, statements []string) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, s := range statements {
			if err := db.Conn(ctx).Exec(s).Error; err != nil {
				return err
			}
		}
		return nil
	}
}

// changedOther makes a database of another program.
func changedOther(t *testing.T, file string) string {
	t.Helper()
	db, err := database.Open(t.Context(), database.Options{DSN: file})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Tx(t.Context(), inEach(db, []string{`CREATE TABLE recipes (name TEXT)`})); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}
