package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/points"
)

type exportCmd struct {
	Out string `help:"File to write, which must not be there yet. Default: standard output." placeholder:"FILE" type:"path"`
}

// Run writes the whole ledger as JSON Lines, beside a running bot or offline. docs/verify-ledger.py checks it.
func (cmd *exportCmd) Run(ctx context.Context, g *Globals) error {
	return g.reading(ctx, func(_ *settings, db *database.DB) error {
		ledger := points.New(db.Conn, db.Tx)
		export := func(w io.Writer) error {
			return db.Snapshot(ctx, func(ctx context.Context) error { return ledger.Export(ctx, w) })
		}
		if cmd.Out == "" {
			return export(os.Stdout)
		}
		return writeNew(cmd.Out, export)
	})
}

// writeNew makes a file that only its owner reads. It leaves none behind that is not whole.
func writeNew(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	err = errors.Join(write(f), f.Sync(), f.Close())
	if err != nil {
		err = errors.Join(fmt.Errorf("export: %w", err), os.Remove(name))
	}
	return err
}
