package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/points"
)

// contents is what a backup holds. The names of its JSON are a contract.
type contents struct {
	File      string     `json:"file"`
	Bytes     int64      `json:"bytes"`
	AsOf      *time.Time `json:"as_of"` // when the newest event happened; null: there is none
	Upgrades  int        `json:"upgrades"`
	Events    int64      `json:"events"`
	Members   int64      `json:"members"`
	Groups    int64      `json:"groups"`
	Messages  int64      `json:"messages"`
	Rows      int64      `json:"rows"`
	Transfers int64      `json:"transfers"`
	Sealed    int64      `json:"sealed"`
	Root      string     `json:"root"`
	Problems  []string   `json:"problems"`
}

// examine reads all of a backup and changes nothing. What is wrong with the data in it is in Problems; the error says
// why the file is none that could be restored.
func examine(ctx context.Context, g *Globals, s *settings, file string) (*contents, error) {
	info, err := examineHead(file)
	if err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, database.Options{DSN: file, ReadOnly: true, Still: true, Log: g.logger()})
	if err != nil {
		return nil, err
	}
	found := &contents{File: file, Bytes: info.Size(), Problems: []string{}}
	return found, errors.Join(found.read(ctx, g, s, db), db.Close())
}

// examineHead refuses what examine would refuse of a file without reading it.
func examineHead(file string) (fs.FileInfo, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, plain(err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file, but a %s", file, kindOf(info.Mode()))
	case info.Size() == 0:
		return nil, fmt.Errorf("%s is empty", file)
	}
	if log, err := os.Stat(file + "-wal"); err == nil && log.Size() > 0 {
		return nil, fmt.Errorf("%s has a log beside it (%[1]s-wal), so it is a database in use and no backup; make one with `weilu backup`", file)
	}
	return info, nil
}

func kindOf(m fs.FileMode) string {
	if m.IsDir() {
		return "directory"
	}
	return "device or pipe"
}

func (c *contents) read(ctx context.Context, g *Globals, s *settings, db *database.DB) error {
	problems, err := db.Check(ctx)
	if err != nil {
		return fmt.Errorf("the file is damaged: %w", err)
	}
	if len(problems) > 0 {
		c.Problems = append(c.Problems, problems...) // nothing else that is read from it could be relied on
		return nil
	}
	pending, err := database.Pending(ctx, db, allOwners(s)...)
	if err != nil {
		return err
	}
	if fresh, err := db.Fresh(ctx); err != nil || fresh {
		return errors.Join(err, errors.New("it is an SQLite database, but none of weilu"))
	}
	if c.Upgrades = len(pending); c.Upgrades > 0 {
		return c.upgraded(ctx, g, s, db)
	}
	return c.count(ctx, db)
}

// upgraded reads a backup of an older version in a copy that is brought up to date, as a restore would do it.
func (c *contents) upgraded(ctx context.Context, g *Globals, s *settings, db *database.DB) error {
	dir, err := os.MkdirTemp("", "weilu-verify-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	work, err := upgradedCopy(ctx, g, s, db, filepath.Join(dir, "copy.db"))
	if err != nil {
		return err
	}
	return errors.Join(c.count(ctx, work), work.Close())
}

// upgradedCopy copies a backup of any version to a file of this one.
func upgradedCopy(ctx context.Context, g *Globals, s *settings, db *database.DB, file string) (*database.DB, error) {
	if err := db.Into(ctx, file); err != nil {
		return nil, err
	}
	work, err := database.Open(ctx, database.Options{DSN: file, Log: g.logger()})
	if err != nil {
		return nil, err
	}
	if err := database.Migrate(ctx, work, allOwners(s)...); err != nil {
		return nil, errors.Join(err, work.Close())
	}
	return work, nil
}

// count reads what is in a database of this version.
func (c *contents) count(ctx context.Context, db *database.DB) error {
	return db.Snapshot(ctx, func(ctx context.Context) error {
		report, err := points.New(db.Conn, db.Tx).Verify(ctx, points.VerifyOptions{})
		if err != nil {
			return err
		}
		c.Transfers, c.Sealed, c.Root = report.Transfers, report.Sealed, report.Root
		for _, p := range report.Problems {
			c.Problems = append(c.Problems, "ledger: "+p)
		}
		tables, err := db.Tables(ctx)
		if err != nil {
			return err
		}
		of := map[string]*int64{"inbox": &c.Events, "members": &c.Members, "groups": &c.Groups, "messages": &c.Messages}
		for _, t := range tables {
			n, err := db.Count(ctx, t)
			if err != nil {
				return err
			}
			if c.Rows += n; of[t.Name] != nil {
				*of[t.Name] = n
			}
		}
		at := int64(0)
		if err := db.Conn(ctx).Raw(`SELECT COALESCE(max(at), 0) FROM inbox`).Scan(&at).Error; err != nil {
			return err
		}
		if t := bot.FromMillis(at); !t.IsZero() {
			c.AsOf = &t
		}
		return nil
	})
}

func (c *contents) print(asJSON bool) error {
	if asJSON {
		return printJSON(os.Stdout, c)
	}
	verdict := "whole"
	if len(c.Problems) > 0 {
		verdict = "NOT WHOLE"
	}
	fmt.Printf("%s: %s, %d bytes, %d rows\n", c.File, verdict, c.Bytes, c.Rows)
	if c.AsOf != nil {
		fmt.Printf("  the newest of %d events is of %s\n", c.Events, c.AsOf.Format(time.RFC3339))
	}
	fmt.Printf("  %d members, %d groups, %d messages\n", c.Members, c.Groups, c.Messages)
	fmt.Printf("  %d transfers, %d sealed, root %s\n", c.Transfers, c.Sealed, c.Root)
	if c.Upgrades > 0 {
		fmt.Printf("  it is of an older version; restoring brings it up to date (%d steps)\n", c.Upgrades)
	}
	for _, p := range c.Problems {
		fmt.Println("  " + printable(p))
	}
	return nil
}
