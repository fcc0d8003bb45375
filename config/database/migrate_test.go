package database_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func step(id, stmt string) *gormigrate.Migration {
	return &gormigrate.Migration{ID: id, Migrate: func(tx *gorm.DB) error { return tx.Exec(stmt).Error }}
}

func TestMigrationsRunOncePerOwner(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, db *database.DB) {
		list := []database.Owner{
			{Name: "a", List: []*gormigrate.Migration{step("1", "CREATE TABLE a (x BIGINT)")}},
			{Name: "b", List: []*gormigrate.Migration{step("1", "CREATE TABLE b (x BIGINT)")}},
		}
		pending, err := database.Pending(t.Context(), db, list...)
		if err != nil || strings.Join(pending, "; ") != "a: 1; b: 1" {
			t.Errorf("pending %v, %v", pending, err)
		}
		for range 2 {
			if err := database.Migrate(t.Context(), db, list...); err != nil {
				t.Fatal(err)
			}
		}
		list[1].List = append(list[1].List, step("2", "CREATE TABLE c (x BIGINT)"))
		if pending, err = database.Pending(t.Context(), db, list...); err != nil || strings.Join(pending, "; ") != "b: 2" {
			t.Errorf("pending %v, %v", pending, err)
		}
		if err := database.Migrate(t.Context(), db, list...); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAFailedMigrationLeavesNothing(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		bad := owners(step("2", "CREATE TABLE half (x BIGINT)"), step("3", "CREATE NONSENSE"))
		if err := database.Migrate(t.Context(), db, bad...); err == nil || !strings.Contains(err.Error(), "migrate test") {
			t.Errorf("got %v", err)
		}
		if err := db.Conn(t.Context()).Exec("SELECT * FROM half").Error; err == nil {
			t.Error("half a migration stayed")
		}
		if err := database.Migrate(t.Context(), db, owners(step("2", "CREATE TABLE half (x BIGINT)"))...); err != nil {
			t.Errorf("after the mend: %v", err)
		}
	})
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	dbtest.Each(t, owners(step("2", "CREATE TABLE later (x BIGINT)")), func(t *testing.T, db *database.DB) {
		err := database.Migrate(t.Context(), db, owners()...)
		if !errors.Is(err, database.ErrNewer) || !strings.Contains(err.Error(), "test: 2") {
			t.Errorf("got %v", err)
		}
	})
}

func TestDataIsBackedUpBeforeItIsMigrated(t *testing.T) {
	path := dbtest.DSN(t, "sqlite")
	copies := func() int {
		found, err := filepath.Glob(path + ".backup-*")
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	db := open(t, database.Options{DSN: path})
	var more []*gormigrate.Migration
	for i, want := range []int{0, 1, 2, 3, 3} {
		if err := database.Migrate(t.Context(), db, owners(more...)...); err != nil {
			t.Fatal(err)
		}
		if got := copies(); got != want {
			t.Errorf("after step %d there are %d backups, want %d", i, got, want)
		}
		id := string(rune('a' + i))
		more = append(more, step(id, "CREATE TABLE t"+id+" (x BIGINT)"))
	}
	if err := database.Migrate(t.Context(), db, owners(more[:4]...)...); err != nil || copies() != 3 {
		t.Errorf("nothing was pending: %v, %d backups", err, copies())
	}
}
