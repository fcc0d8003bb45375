package dbtest

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"database/sql"
)

// startServer starts a private PostgreSQL on a free loopback port, in a temporary directory. It ends with this process.
func startServer() (dsn string, err error) {
	bin := binaries()
	if bin == "" {
		return "", errNone
	}
	sweep()
	dir, err := os.MkdirTemp("", "weilu-pg-"+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return "", err
	}
	if err := giveAway(dir); err != nil {
		return "", err
	}
	data := filepath.Join(dir, "data")
	if err := command(dir, filepath.Join(bin, "initdb"), "--no-sync", "-A", "trust", "-U", "weilu", "-E", "UTF8", "--locale=C", "-D", data).run(); err != nil {
		return "", fmt.Errorf("initdb: %w", err)
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	c := command(dir, filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(port), "-k", dir, "-h", "127.0.0.1",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200")
	if err := c.Start(); err != nil {
		return "", fmt.Errorf("start postgres: %w", err)
	}
	dsn = fmt.Sprintf("postgres://weilu@127.0.0.1:%d/postgres?sslmode=disable", port)
	return dsn, awaitServer(c, dsn)
}

// awaitServer waits until the server answers, or ends.
func awaitServer(c *process, dsn string) error {
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	retry := time.NewTicker(20 * time.Millisecond)
	defer retry.Stop()
	for {
		select {
		case err := <-ended:
			return fmt.Errorf("postgres ended: %w: %s", err, c.output.String())
		case <-deadline.C:
			return errors.New("postgres does not answer")
		case <-retry.C:
			db, err := sql.Open("pgx", dsn)
			if err != nil {
				return err
			}
			err = db.Ping()
			db.Close()
			if err == nil {
				return nil
			}
		}
	}
}

// binaries is the directory of the newest installed server, empty without one.
func binaries() string {
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(real)
		}
	}
	var found []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb", "/usr/local/pgsql/bin/initdb",
		"/opt/homebrew/opt/postgresql*/bin/initdb", "/usr/local/opt/postgresql*/bin/initdb",
	} {
		matches, _ := filepath.Glob(pattern) // the patterns are well formed
		found = append(found, matches...)
	}
	if len(found) == 0 {
		return ""
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1])
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// sweep removes the directories of servers whose test process is gone.
func sweep() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), "weilu-pg-*")) // the pattern is well formed
	for _, dir := range dirs {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), "weilu-pg-"), "-")
		if n, err := strconv.Atoi(pid); err == nil && !running(n) {
			os.RemoveAll(dir)
		}
	}
}

// process is a command whose output is kept for its error.
type process struct {
	*exec.Cmd
	output *bytes.Buffer
}

func command(dir, name string, args ...string) *process {
	p := &process{exec.Command(name, args...), &bytes.Buffer{}}
	p.Dir, p.Stdout, p.Stderr = dir, p.output, p.output
	p.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	p.SysProcAttr = attributes()
	return p
}

func (p *process) run() error {
	if err := p.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, p.output.String())
	}
	return nil
}
