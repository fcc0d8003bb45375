package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/weilu-im/weilu/config/database"
)

type exportAllCmd struct {
	Out string `required:"" help:"Directory to write, which is new or empty." placeholder:"DIR" type:"path"`
}

// manifest says what an export consists of. The names of its JSON are a contract.
type manifest struct {
	Version string         `json:"version"`
	AsOf    time.Time      `json:"as_of"`
	Files   []exportedFile `json:"files"`
}

type exportedFile struct {
	Name   string `json:"name"`
	Rows   *int64 `json:"rows,omitempty"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Run writes everything that the community knows as files for people and programs, of one moment, beside a running bot.
func (cmd *exportAllCmd) Run(ctx context.Context, g *Globals) error {
	if err := emptyOrNew(cmd.Out); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	part, err := os.MkdirTemp(filepath.Dir(cmd.Out), filepath.Base(cmd.Out)+".*.part") // a crash leaves this, never half an export
	if err != nil {
		return fmt.Errorf("export: %w", plain(err))
	}
	var m manifest
	err = g.reading(ctx, func(_ *settings, db *database.DB) error {
		return db.Snapshot(ctx, func(ctx context.Context) error {
			m, err = exportAll(ctx, g, db, part)
			return err
		})
	})
	if err == nil {
		err = placeDir(part, cmd.Out)
	}
	if err != nil {
		_ = os.RemoveAll(part) // err says more
		if ctx.Err() != nil {
			return &exitError{1, errors.New("export: interrupted; there is no export")}
		}
		return fmt.Errorf("export: %w", err)
	}
	rows := int64(0)
	for _, f := range m.Files {
		if f.Rows != nil && filepath.Ext(f.Name) == ".csv" {
			rows += *f.Rows
		}
	}
	fmt.Printf("exported %d rows as of %s to %s; dictionary.md explains each table and column\n", rows, m.AsOf.Format(time.RFC3339), cmd.Out)
	return nil
}

// emptyOrNew refuses what an export would mix with.
func emptyOrNew(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return plain(err)
	case len(entries) > 0:
		return fmt.Errorf("%s is not empty; nothing was changed", dir)
	}
	return nil
}

// placeDir gives a whole directory its name.
func placeDir(part, name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) { // it was empty, so nothing is lost
		return plain(err)
	}
	if err := os.Rename(part, name); err != nil {
		return plain(err)
	}
	return syncDir(filepath.Dir(name))
}

func exportAll(ctx context.Context, g *Globals, db *database.DB, dir string) (m manifest, err error) {
	m = manifest{Version: version(), AsOf: time.Now().UTC().Truncate(time.Second)}
	tables, err := db.Tables(ctx)
	if err != nil {
		return m, err
	}
	list, err := dictionary(tables)
	if err != nil {
		return m, err
	}
	bar := newProgress(-1, "export", g.logger())
	defer bar.finish()
	for _, t := range tables {
		for _, e := range list {
			if e.Name != t.Name {
				continue
			}
			files, err := exportTable(ctx, db, t, e, dir, bar)
			if err != nil {
				return m, err
			}
			m.Files = append(m.Files, files...)
		}
	}
	for name, write := range map[string]func(*exportWriter) error{
		"dictionary.json": func(w *exportWriter) error { return printJSON(w, list) },
		"dictionary.md":   func(w *exportWriter) error { return writeDictionary(w, list) },
	} {
		f, err := exportFile(dir, name, write)
		if err != nil {
			return m, err
		}
		m.Files = append(m.Files, f)
	}
	_, err = exportFile(dir, "manifest.json", func(w *exportWriter) error { return printJSON(w, m) })
	return m, err
}
