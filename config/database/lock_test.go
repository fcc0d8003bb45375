package database_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("LOCK_DIR"); dir != "" { // the other process of TestAnotherProcessIsRefused
		_, err := database.Lock(dir)
		fmt.Println(errors.Is(err, database.ErrLocked), err)
		os.Exit(0)
	}
	if path := os.Getenv("READ_FILE"); path != "" { // the other process of TestAnotherProcessReadsBeside
		db, err := database.Open(context.Background(), database.Options{DSN: path, ReadOnly: true})
		if err == nil {
			var n int
			err = db.Conn(context.Background()).Raw("SELECT count(*) FROM things").Scan(&n).Error
			fmt.Println("rows", n)
		}
		if err != nil {
			fmt.Println(err)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestAnotherProcessReadsBeside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weilu.db")
	db := open(t, database.Options{DSN: path})
	must(t, database.Migrate(t.Context(), db, owners()...))
	must(t, db.Tx(t.Context(), func(ctx context.Context) error { return put(ctx, db, "a", 1) }))
	must(t, db.Tx(t.Context(), func(ctx context.Context) error {
		must(t, put(ctx, db, "b", 1))
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), "READ_FILE="+path)
		out, err := c.CombinedOutput()
		if err != nil || string(out) != "rows 1\n" {
			t.Errorf("%s, %v", out, err)
		}
		return nil
	}))
}

func TestAnotherProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	other := func() string {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), "LOCK_DIR="+dir)
		out, err := c.CombinedOutput()
		must(t, err)
		return string(out)
	}
	release, err := database.Lock(dir)
	must(t, err)
	if said := other(); !strings.HasPrefix(said, "true ") || !strings.Contains(said, strconv.Itoa(os.Getpid())) {
		t.Errorf("the other process: %s", said)
	}
	must(t, release())
	if said := other(); !strings.HasPrefix(said, "false <nil>") {
		t.Errorf("after release: %s", said)
	}
}

func TestOneLeaderAtATime(t *testing.T) {
	dsn := dbtest.DSN(t, "postgres")
	a, b := open(t, database.Options{DSN: dsn}), open(t, database.Options{DSN: dsn})
	release, lost, err := database.LeaderLock(t.Context(), a, "x")
	must(t, err)
	if _, _, err := database.LeaderLock(t.Context(), b, "x"); !errors.Is(err, database.ErrLocked) {
		t.Errorf("the second leader: %v", err)
	}
	must(t, release())
	select {
	case <-lost:
		t.Error("released, not lost")
	default:
	}
	_, lost, err = database.LeaderLock(t.Context(), b, "x")
	must(t, err)
	must(t, a.Conn(t.Context()).Exec("SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").Error)
	<-lost
	release, _, err = database.LeaderLock(t.Context(), a, "x")
	must(t, err)
	must(t, release())
}
