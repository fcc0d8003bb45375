package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/weilu-im/weilu/config/database"
)

type backupCmd struct {
	Out  string `help:"File to write, which must not be there yet. Default: weilu-backup-TIME.db here." placeholder:"FILE" type:"path"`
	JSON bool   `help:"Print JSON." name:"json"`
}

// Run writes everything as it is at one moment to a file, beside a running bot or without one, and checks that file
// before it gets its name. The file is an SQLite database whichever database the community is in.
func (cmd *backupCmd) Run(ctx context.Context, g *Globals) error {
	if cmd.Out == "" {
		cmd.Out = "weilu-backup-" + time.Now().UTC().Format("20060102T150405Z") + ".db"
	}
	if _, err := os.Lstat(cmd.Out); err == nil {
		return fmt.Errorf("backup: %s is there already; nothing was changed", cmd.Out)
	}
	found, err := cmd.write(ctx, g)
	switch {
	case ctx.Err() != nil:
		return &exitError{1, errors.New("backup: interrupted; there is no backup")}
	case err != nil:
		return fmt.Errorf("backup: %w", err)
	}
	if err := found.print(cmd.JSON); err != nil {
		return err
	}
	if len(found.Problems) > 0 {
		return &exitError{code: 1}
	}
	return nil
}

func (cmd *backupCmd) write(ctx context.Context, g *Globals) (found *contents, err error) {
	part, err := os.CreateTemp(filepath.Dir(cmd.Out), filepath.Base(cmd.Out)+".*.part") // a crash leaves this, never half a backup
	if err != nil {
		return nil, plain(err)
	}
	name := part.Name()
	defer func() {
		if err = errors.Join(err, part.Close()); err != nil {
			removeDatabase(name)
		}
	}()
	err = g.reading(ctx, func(s *settings, db *database.DB) error {
		if err := fillBackup(ctx, g, s, db, name); err != nil {
			return err
		}
		found, err = examine(ctx, g, s, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	found.File = cmd.Out
	if len(found.Problems) > 0 {
		found.File += ".faulty" // what can be had of the data, but nobody shall take it for a good backup
	}
	if err := part.Sync(); err != nil {
		return nil, err
	}
	return found, place(name, found.File)
}

// fillBackup writes the database to an empty file.
func fillBackup(ctx context.Context, g *Globals, s *settings, db *database.DB, file string) (err error) {
	if db.Dialect() == "sqlite" {
		return db.Into(ctx, file)
	}
	work := file + ".copy"
	defer removeDatabase(work)
	to, err := database.Open(ctx, database.Options{DSN: work, Log: g.logger()})
	if err != nil {
		return err
	}
	if err = database.Migrate(ctx, to, allOwners(s)...); err == nil {
		err = copyRows(ctx, g, db, to, "backup")
	}
	if err == nil {
		err = to.Into(ctx, file)
	}
	return errors.Join(err, to.Close())
}

// copyRows copies one database into another with a progress bar.
func copyRows(ctx context.Context, g *Globals, from, to *database.DB, what string) error {
	bar := newProgress(-1, what, g.logger())
	defer bar.finish()
	return database.Copy(ctx, from, to, func(_ string, rows int) { bar.add(rows) })
}

// place gives a whole file its name, if nobody took that in the meantime.
func place(part, name string) error {
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already", name)
	}
	if err := os.Rename(part, name); err != nil {
		return err
	}
	return syncDir(filepath.Dir(name))
}

// syncDir makes the names in a directory durable, where directories can be opened.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// removeDatabase removes an SQLite file with what may lie beside it.
func removeDatabase(path string) {
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		_ = os.Remove(path + end) // what is not there can't be removed
	}
}

// plain is a file's error without the name of the call.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("%s: %w", p.Path, p.Err)
	}
	return err
}
