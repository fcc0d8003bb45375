package database

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Lock takes the data directory for this process, so that only one writes to it. The lock ends with the
// process, however it ends. It answers ErrLocked, naming the holder, when another process has it.
func Lock(dir string) (release func() error, err error) {
	path := filepath.Join(dir, "weilu.lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the data directory: %w", err)
	}
	if err := lockFile(f); err != nil {
		holder, _ := os.ReadFile(path)
		f.Close()
		if errors.Is(err, errHeld) {
			return nil, fmt.Errorf("%w: %s is used by %s; stop it first, or use another --data", ErrLocked, dir, who(string(holder)))
		}
		return nil, fmt.Errorf("lock the data directory: %w", err)
	}
	// The text only helps the one who is refused, so failing to write it stops nothing.
	_ = f.Truncate(0)
	_, _ = fmt.Fprintf(f, "process %d since %s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339))
	return f.Close, nil
}

// errHeld is what lockFile answers when another process holds the lock.
var errHeld = errors.New("held")

func who(holder string) string {
	if holder = strings.TrimSpace(holder); holder == "" {
		return "another weilu"
	}
	return "another weilu (" + holder + ")"
}
