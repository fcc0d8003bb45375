package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/weilu-im/weilu/config/database"
)

type restoreCmd struct {
	File   string `arg:"" help:"The backup." type:"path"`
	Verify bool   `help:"Only check the file; nothing is restored."`
	Force  bool   `help:"Restore over data that is there; the old database is kept beside it."`
	JSON   bool   `help:"Print JSON." name:"json"`
}

// Run puts a backup in the place of the database, after it was checked. It answers 1 and changes nothing where the
// file is no good backup, or where there is data that nobody said to replace.
func (cmd *restoreCmd) Run(ctx context.Context, g *Globals) error {
	s, _, err := load(g)
	if err != nil {
		return err
	}
	var kept string
	found := &contents{}
	switch {
	case cmd.Verify:
		found, err = examine(ctx, g, s, cmd.File)
	case s.Database.DSN == "":
		found, kept, err = cmd.file(ctx, g, s)
	default:
		found, kept, err = cmd.postgres(ctx, g, s)
	}
	switch {
	case ctx.Err() != nil && err != nil:
		return &exitError{1, errors.New("restore: interrupted; nothing was changed")}
	case err != nil:
		return fmt.Errorf("restore: %w", err)
	}
	if err := found.print(cmd.JSON); err != nil {
		return err
	}
	if len(found.Problems) > 0 {
		if !cmd.Verify {
			fmt.Fprintln(os.Stderr, "weilu: restore: the backup is not whole; nothing was changed")
		}
		return &exitError{code: 1}
	}
	if !cmd.Verify {
		cmd.told(kept)
	}
	return nil
}

func (cmd *restoreCmd) told(kept string) {
	fmt.Fprintln(os.Stderr, "restored; send the events again that came since: those it knows are left alone")
	if kept != "" {
		fmt.Fprintln(os.Stderr, "the database that was there is kept as "+kept)
	}
}

// asideTime is part of the name under which a replaced database is kept.
func asideTime() string { return time.Now().UTC().Format("20060102T150405Z") }

// file restores into the data directory: to a file beside the database, which takes its name
// when it is whole.
func (cmd *restoreCmd) file(ctx context.Context, g *Globals, s *settings) (found *contents, kept string, err error) {
	if found, err = examine(ctx, g, s, cmd.File); err != nil || len(found.Problems) > 0 {
		return found, "", err
	}
	if err := os.MkdirAll(g.Data, 0o755); err != nil {
		return nil, "", fmt.Errorf("data directory: %w", err)
	}
	release, err := database.Lock(g.Data)
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, release()) }()
	there := g.sqlitePath()
	if old, err := os.Stat(there); err == nil && old.Size() > 0 && !cmd.Force {
		return nil, "", fmt.Errorf("there is data in %s already; --force puts the backup in its place and keeps what is there", g.Data)
	}
	part := there + ".restoring"
	removeDatabase(part) // of a restore that was cut off
	defer removeDatabase(part)
	if err := copyFile(ctx, g, cmd.File, part); err != nil {
		return nil, "", err
	}
	if kept, err = setAside(ctx, g, there); err != nil {
		return nil, "", err
	}
	if err := os.Rename(part, there); err != nil {
		return nil, "", err
	}
	return found, kept, syncDir(g.Data)
}

// setAside gives the database that is there a second name. It keeps the first one too where that is possible, so that
// a crash leaves no moment without a database.
func setAside(ctx context.Context, g *Globals, there string) (kept string, err error) {
	if _, err := os.Stat(there); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	// Opening and closing it writes its log into the file. One that can't be opened keeps its log.
	if db, err := database.Open(ctx, database.Options{DSN: there, Log: g.logger()}); err == nil {
		if err := db.Close(); err != nil {
			return "", err
		}
	}
	kept = there + ".replaced-" + asideTime()
	for _, end := range []string{"-wal", "-shm"} {
		if err := os.Rename(there+end, kept+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	if os.Link(there, kept) == nil {
		return kept, nil
	}
	return kept, os.Rename(there, kept)
}

// copyFile copies a file durably, with a progress bar.
func copyFile(ctx context.Context, g *Globals, from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return plain(err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return plain(err)
	}
	bar := newProgress(info.Size(), "restore", g.logger())
	_, err = io.Copy(out, io.TeeReader(interruptible{ctx, in}, bar))
	bar.finish()
	return errors.Join(err, out.Sync(), out.Close())
}

// interruptible is a reader that ends with its ctx.
type interruptible struct {
	ctx context.Context
	io.Reader
}

func (r interruptible) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(b)
}
