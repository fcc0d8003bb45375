package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/points"
)

// restoring is the schema in which a database is prepared.
const restoring = "weilu_restoring"

// postgres restores into PostgreSQL: into a schema of its own, which takes the place of the tables in use when it is
// whole. Until then nothing of these is touched.
func (cmd *restoreCmd) postgres(ctx context.Context, g *Globals, s *settings) (found *contents, kept string, err error) {
	if found, err = examine(ctx, g, s, cmd.File); err != nil || len(found.Problems) > 0 {
		return found, "", err
	}
	db, err := database.Open(ctx, database.Options{DSN: s.Database.DSN, Log: g.logger()})
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	release, _, err := database.LeaderLock(ctx, db, "weilu")
	if err != nil {
		return nil, "", fmt.Errorf("%w: another weilu runs on this database; stop it first", err)
	}
	defer func() { err = errors.Join(err, release()) }()
	fresh, err := db.Fresh(ctx)
	if err != nil {
		return nil, "", err
	}
	if !fresh && !cmd.Force {
		return nil, "", errors.New("there is data in the database already; --force puts the backup in its place and keeps what is there in a schema of its own")
	}
	if err := db.MakeStage(ctx, restoring); err != nil {
		return nil, "", err
	}
	if err := cmd.fill(ctx, g, s); err != nil {
		return nil, "", errors.Join(err, db.DropStage(context.WithoutCancel(ctx), restoring))
	}
	if !fresh {
		kept = "weilu_replaced_" + strings.ToLower(asideTime())
	}
	if err := db.Take(ctx, restoring, kept); err != nil {
		return nil, "", errors.Join(err, db.DropStage(context.WithoutCancel(ctx), restoring))
	}
	if kept != "" {
		kept = "the schema " + kept
	}
	return found, kept, nil
}

// fill writes the backup into the stage and checks what came of it.
func (cmd *restoreCmd) fill(ctx context.Context, g *Globals, s *settings) (err error) {
	from, done, err := cmd.source(ctx, g, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	to, err := database.Open(ctx, database.Options{DSN: s.Database.DSN, Schema: restoring, Log: g.logger()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if err := database.Migrate(ctx, to, allOwners(s)...); err != nil {
		return err
	}
	if err := copyRows(ctx, g, from, to, "restore"); err != nil {
		return err
	}
	return to.Snapshot(ctx, func(ctx context.Context) error {
		report, err := points.New(to.Conn, to.Tx).Verify(ctx, points.VerifyOptions{})
		if err == nil && !report.OK {
			err = fmt.Errorf("the ledger does not hold after it was copied: %s", strings.Join(report.Problems, "; "))
		}
		return err
	})
}

// source opens the backup, of an older version as a copy that is up to date.
func (cmd *restoreCmd) source(ctx context.Context, g *Globals, s *settings) (db *database.DB, done func() error, err error) {
	still, err := database.Open(ctx, database.Options{DSN: cmd.File, ReadOnly: true, Still: true, Log: g.logger()})
	if err != nil {
		return nil, nil, err
	}
	pending, err := database.Pending(ctx, still, allOwners(s)...)
	if err != nil || len(pending) == 0 {
		return still, still.Close, err
	}
	dir, err := os.MkdirTemp("", "weilu-restore-")
	if err != nil {
		return nil, nil, errors.Join(err, still.Close())
	}
	work, err := upgradedCopy(ctx, g, s, still, filepath.Join(dir, "copy.db"))
	if err = errors.Join(err, still.Close()); err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return work, func() error { return errors.Join(work.Close(), os.RemoveAll(dir)) }, nil
}
