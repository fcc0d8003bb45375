package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/weilu-im/weilu/community/draw"
	"github.com/weilu-im/weilu/community/system"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/points"
)

// verifyTakes is how long doctor waits for the ledger to be verified.
const verifyTakes = 20 * time.Second

// stored looks at everything that lies in the database: whether it opens, its pages and tables, the clock against its
// newest event, its copies and its ledger.
func (cmd *doctorCmd) stored(ctx context.Context, g *Globals, s *settings) []system.Finding {
	now := time.Now()
	dsn := s.Database.DSN
	if dsn == "" {
		dsn = g.sqlitePath()
		if _, err := os.Stat(dsn); errors.Is(err, fs.ErrNotExist) {
			return []system.Finding{system.Found("database", system.OK, "none"), clock(ctx, s, nil, now), system.Found("backups", system.OK, "none"), system.Found("ledger", system.OK, "none")}
		}
	}
	db, err := database.Open(ctx, database.Options{DSN: dsn, ReadOnly: true})
	if err != nil {
		return []system.Finding{system.Found("database", system.Fail, "unopenable", "Err", err), clock(ctx, s, nil, now), backups(s, g, now)}
	}
	defer func() { _ = db.Close() }() // it was only read
	is := checkDatabase(ctx, s, db)
	list := []system.Finding{is}
	if is.Code == "fine" || is.Code == "journal" {
		return append(list, clock(ctx, s, db, now), backups(s, g, now), checkLedger(ctx, db, now))
	}
	return append(list, clock(ctx, s, nil, now), backups(s, g, now)) // its tables may be others
}

func clock(ctx context.Context, s *settings, db *database.DB, now time.Time) system.Finding {
	if f, unsteady := checkSteady(); unsteady {
		return f
	}
	return checkClock(ctx, s, db, now)
}

func backups(s *settings, g *Globals, now time.Time) system.Finding {
	if s.Database.DSN != "" {
		return system.Found("backups", system.OK, "elsewhere")
	}
	return checkBackups(g.sqlitePath(), now)
}

// checkDatabase looks at the pages and the tables.
func checkDatabase(ctx context.Context, s *settings, db *database.DB) system.Finding {
	damage, err := db.Damage(ctx)
	if err != nil {
		damage = append(damage, err.Error())
	}
	if len(damage) > 0 {
		return system.Found("database", system.Fail, "damaged", "First", damage[0])
	}
	pending, err := database.Pending(ctx, db, allOwners(s)...)
	version, versionErr := db.Version(ctx)
	size, sizeErr := db.Size(ctx)
	journal, journalErr := db.Journal(ctx)
	switch first := errors.Join(versionErr, sizeErr, journalErr); {
	case errors.Is(err, database.ErrNewer):
		return system.Found("database", system.Fail, "newer", "Err", err)
	case err != nil || first != nil:
		return system.Found("database", system.Fail, "unopenable", "Err", errors.Join(err, first))
	case len(pending) > 0:
		return system.Found("database", system.Warn, "pending", "N", len(pending), "Version", version, "Size", system.Size(size))
	case journal != "wal":
		return system.Found("database", system.Warn, "journal", "Mode", journal)
	}
	return system.Found("database", system.OK, "fine", "Version", version, "Size", system.Size(size))
}

// checkLedger verifies the ledger, for as long as that may take, and looks at what is unsealed.
func checkLedger(ctx context.Context, db *database.DB, now time.Time) system.Finding {
	ledger := points.New(db.Conn, db.Tx)
	limited, cancel := context.WithTimeout(ctx, verifyTakes)
	defer cancel()
	var report points.Report
	err := db.Snapshot(limited, func(ctx context.Context) (err error) {
		report, err = ledger.Verify(ctx, points.VerifyOptions{})
		return err
	})
	switch {
	case limited.Err() != nil && ctx.Err() == nil:
		return system.Found("ledger", system.Warn, "slow", "Limit", verifyTakes)
	case err != nil:
		return system.Found("ledger", system.Fail, "unreadable", "Err", err)
	case !report.OK:
		return system.Found("ledger", system.Fail, "broken", "First", report.Problems[0])
	}
	if f := (&desk{db: db, ledger: ledger}).checkSealed(ctx, now); f.Level != system.OK {
		return f
	}
	return system.Found("ledger", system.OK, "whole", "Transfers", report.Transfers, "Unsealed", report.Unsealed)
}

// loadFonts are those of the system.
func loadFonts() *draw.Fonts {
	fonts, err := draw.Load("")
	if err != nil {
		return draw.Bitmap()
	}
	return fonts
}

// parentOf is the nearest directory above that is there.
func parentOf(dir string) string {
	for {
		above := filepath.Dir(dir)
		if _, err := os.Stat(above); err == nil || above == dir {
			return above
		}
		dir = above
	}
}
