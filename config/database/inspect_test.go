package database_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func TestADatabaseTellsItsSizeVersionAndPools(t *testing.T) {
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) {
		size, err := db.Size(t.Context())
		must(t, err)
		version, err := db.Version(t.Context())
		must(t, err)
		damage, err := db.Damage(t.Context())
		must(t, err)
		if size < 8192 || len(version) < len("SQLite 3") || len(damage) != 0 || db.Pools()["readers"].MaxOpenConnections == 0 {
			t.Errorf("%d bytes, %s, %v, %+v", size, version, damage, db.Pools())
		}
		if _, ok := db.Pools()["writers"]; ok != (db.Dialect() == "postgres") {
			t.Errorf("pools %+v", db.Pools())
		}
	})
}

func TestADamagedPageIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weilu.db")
	db := open(t, database.Options{DSN: path})
	must(t, database.Migrate(t.Context(), db, owners()...))
	must(t, db.Close())
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	info, err := f.Stat()
	must(t, err)
	_, err = f.WriteAt([]byte(strings.Repeat("x", 4096)), info.Size()-4096)
	must(t, err)
	must(t, f.Close())
	db = open(t, database.Options{DSN: path, ReadOnly: true})
	if damage, err := db.Damage(t.Context()); err == nil && len(damage) == 0 {
		t.Error("a page of x was not found")
	}
}

func TestTheHolderOfALockIsToldAndNotDisturbed(t *testing.T) {
	dir := t.TempDir()
	if who, held, err := database.Holder(dir); err != nil || held {
		t.Errorf("an empty directory: %q, %v, %v", who, held, err)
	}
	release, err := database.Lock(dir)
	must(t, err)
	for range 2 {
		if who, held, err := database.Holder(dir); err != nil || !held || !strings.Contains(who, strconv.Itoa(os.Getpid())) {
			t.Errorf("held: %q, %v, %v", who, held, err)
		}
	}
	must(t, release())
	if who, held, err := database.Holder(dir); err != nil || held {
		t.Errorf("released: %q, %v, %v", who, held, err)
	}
	release, err = database.Lock(dir)
	must(t, err)
	must(t, release())
}

func TestBackupsAreListedTheNewestFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weilu.db")
	if list, err := database.Backups(filepath.Join(t.TempDir(), "nowhere", "weilu.db")); err != nil || len(list) != 0 {
		t.Errorf("of nothing: %v, %v", list, err)
	}
	for _, name := range []string{".backup-20261102T080000.000Z", ".backup-20261103T080000.000Z", ".backup-20261103T080000.000Z.part", ".backup-x"} {
		must(t, os.WriteFile(path+name, []byte("abc"), 0o600))
	}
	list, err := database.Backups(path)
	if err != nil || len(list) != 2 || !list[0].At.Equal(time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)) || list[1].Size != 3 {
		t.Errorf("%+v, %v", list, err)
	}
}
