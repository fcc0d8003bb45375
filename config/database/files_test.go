package database_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

var duplicated = gorm.ErrDuplicatedKey

func open(t *testing.T, o database.Options) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), o)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestAnyPathWorks(t *testing.T) {
	for _, name := range []string{"a b.db", "what?.db", "50%25.db", "a#b.db", "围炉.db", "a&b=c;d.db", "a+b.db", "'q\".db", "host=x.db"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			db := open(t, database.Options{DSN: path})
			must(t, database.Migrate(t.Context(), db, owners()...))
			must(t, db.Tx(t.Context(), func(ctx context.Context) error { return put(ctx, db, "a", 1) }))
			expect(t, db, "a")
			must(t, db.Close())
			info, err := os.Stat(path)
			must(t, err)
			if info.Mode().Perm()&0o077 != 0 {
				t.Errorf("others may read it: %v", info.Mode())
			}
			entries, _ := os.ReadDir(filepath.Dir(path))
			if len(entries) != 1 {
				t.Errorf("left behind: %v", entries)
			}
			reader := open(t, database.Options{DSN: path, ReadOnly: true})
			expect(t, reader, "a")
			if err := reader.Tx(t.Context(), func(context.Context) error { return nil }); !errors.Is(err, database.ErrReadOnly) {
				t.Errorf("Tx: %v", err)
			}
		})
	}
}

func TestWhatIsNoDatabaseIsToldPlainly(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	must(t, os.WriteFile(text, []byte(strings.Repeat("these are no pages\n", 500)), 0o600))
	broken := filepath.Join(dir, "broken")
	must(t, os.WriteFile(broken, append([]byte("SQLite format 3\x00"), make([]byte, 5000)...), 0o600))
	for path, want := range map[string]string{
		dir: "directory", text: "not an SQLite database", broken: "database",
		filepath.Join(dir, "no", "such"): "no such file or directory", "": "path",
	} {
		for _, readOnly := range []bool{false, true} {
			_, err := database.Open(t.Context(), database.Options{DSN: path, ReadOnly: readOnly})
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q: %v", path, err)
			}
		}
	}
	if _, err := database.Open(t.Context(), database.Options{DSN: filepath.Join(dir, "none"), ReadOnly: true}); err == nil {
		t.Error("a missing file was opened")
	}
	if _, err := os.Stat(filepath.Join(dir, "none")); err == nil {
		t.Error("and created")
	}
}

func TestAPasswordIsNotShown(t *testing.T) {
	for _, dsn := range []string{"postgres://u:geheim@127.0.0.1:1/x", "postgres://u:geheim@[::bad/x", "host=127.0.0.1 port=1 user=u password=geheim"} {
		_, err := database.Open(t.Context(), database.Options{DSN: dsn})
		if err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%v", err)
		}
	}
}

func step(id, query string) *gormigrate.Migration {
	return &gormigrate.Migration{ID: id, Migrate: func(tx *gorm.DB) error { return tx.Exec(query).Error }}
}

func TestMigratingIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		must(t, db.Tx(t.Context(), func(ctx context.Context) error { return put(ctx, db, "a", 1) }))
		other := database.Owner{Name: "other", List: []*gormigrate.Migration{step("1", "CREATE TABLE other (n BIGINT)"), step("2", "SELECT nonsense")}}
		if err := database.Migrate(t.Context(), db, append(owners(step("2", "CREATE TABLE more (n BIGINT)")), other)...); err == nil {
			t.Fatal("nonsense was migrated")
		}
		pending, err := database.Pending(t.Context(), db, append(owners(step("2", "")), other)...)
		if err != nil || len(pending) != 3 {
			t.Errorf("pending %v, %v", pending, err)
		}
	})
}

func TestABrokenReferenceStopsTheMigration(t *testing.T) {
	db := dbtest.Open(t, "sqlite", owners(step("2", "CREATE TABLE kids (name TEXT REFERENCES things (name))")))
	next := owners(step("2", ""), step("3", "INSERT INTO kids VALUES ('nobody')"))
	if err := database.Migrate(t.Context(), db, next...); err == nil {
		t.Fatal("no error")
	}
	pending, err := database.Pending(t.Context(), db, next...)
	if err != nil || len(pending) != 1 {
		t.Errorf("pending %v, %v", pending, err)
	}
	err = db.Tx(t.Context(), func(ctx context.Context) error { return run(ctx, db, "INSERT INTO kids VALUES ('nobody')") })
	if !errors.Is(err, gorm.ErrForeignKeyViolated) {
		t.Errorf("foreign keys are off: %v", err)
	}
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	dbtest.Each(t, append(owners(step("2", "CREATE TABLE more (n BIGINT)")), database.Owner{Name: "future", List: []*gormigrate.Migration{step("9", "CREATE TABLE future (n BIGINT)")}}),
		func(t *testing.T, db *database.DB) {
			err := database.Migrate(t.Context(), db, owners()...)
			if !errors.Is(err, database.ErrNewer) || !strings.Contains(err.Error(), "test: 2") || !strings.Contains(err.Error(), "future: 9") {
				t.Errorf("got %v", err)
			}
		})
}

func TestBackupsAreMadeAndTheNewestThreeStay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weilu.db")
	db := open(t, database.Options{DSN: path})
	var more []*gormigrate.Migration
	for _, id := range []string{"2", "3", "4", "5", "6", "7"} {
		must(t, database.Migrate(t.Context(), db, owners(more...)...))
		more = append(more, step(id, "CREATE TABLE t"+id+" (n INTEGER)"))
	}
	must(t, db.Tx(t.Context(), func(ctx context.Context) error { return put(ctx, db, "a", 1) }))
	must(t, database.Migrate(t.Context(), db, owners(more...)...))
	copies, _ := filepath.Glob(path + ".backup-*")
	if len(copies) != 3 {
		t.Fatalf("backups: %v", copies)
	}
	info, _ := os.Stat(copies[2])
	if info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the backup: %v", info.Mode())
	}
	slices.Sort(copies)
	old := open(t, database.Options{DSN: copies[2], ReadOnly: true})
	expect(t, old, "a")
	if pending, err := database.Pending(t.Context(), old, owners(more...)...); err != nil || len(pending) != 1 {
		t.Errorf("pending in the backup: %v, %v", pending, err)
	}
}

func TestManyProcessesMigrateAtOnce(t *testing.T) {
	dsn := dbtest.DSN(t, "postgres")
	problems := make(chan error, 6)
	for range cap(problems) {
		db := open(t, database.Options{DSN: dsn})
		go func() {
			problems <- database.Migrate(t.Context(), db, owners(step("2", "CREATE TABLE more (n BIGINT)"))...)
		}()
	}
	for range cap(problems) {
		if err := <-problems; err != nil {
			t.Error(err)
		}
	}
}
