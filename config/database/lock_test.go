package database_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// holderEnv makes the test binary a process that holds the lock of a directory until its input ends.
const holderEnv = "WEILU_TEST_HOLD_LOCK"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holderEnv); dir != "" {
		if _, err := database.Lock(dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("held")
		bufio.NewReader(os.Stdin).ReadString('\n')
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestOnlyOneProcessHoldsTheData(t *testing.T) {
	dir := t.TempDir()
	holder := exec.Command(os.Args[0])
	holder.Env = append(os.Environ(), holderEnv+"="+dir)
	in, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "held\n" {
		t.Fatalf("the holder says %q, %v", line, err)
	}
	_, err = database.Lock(dir)
	if !errors.Is(err, database.ErrLocked) || !strings.Contains(err.Error(), fmt.Sprintf("process %d", holder.Process.Pid)) {
		t.Errorf("got %v", err)
	}
	if err := holder.Process.Kill(); err != nil { // however it ends
		t.Fatal(err)
	}
	in.Close()
	_ = holder.Wait()
	release, err := database.Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}

func TestOnlyOneLeaderOnPostgreSQL(t *testing.T) {
	dsn := dbtest.DSN(t, "postgres")
	one, two := open(t, database.Options{DSN: dsn}), open(t, database.Options{DSN: dsn})
	release, err := database.LeaderLock(t.Context(), one, "bot")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := database.LeaderLock(t.Context(), two, "bot"); !errors.Is(err, database.ErrLocked) {
		t.Errorf("a second leader: %v", err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	again, err := database.LeaderLock(context.Background(), two, "bot")
	if err != nil {
		t.Fatal(err)
	}
	if err := again(); err != nil {
		t.Error(err)
	}
}
