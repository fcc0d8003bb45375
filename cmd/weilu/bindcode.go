package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database"
)

type bindCodeCmd struct{}

// Run makes a new code. It works beside a running bot, which looks codes up when they are used.
func (cmd *bindCodeCmd) Run(ctx context.Context, g *Globals) error {
	s, _, err := load(g)
	if err != nil {
		return err
	}
	dsn := s.Database.DSN
	if dsn == "" {
		dsn = g.sqlitePath()
	}
	if _, err := os.Stat(g.sqlitePath()); err != nil && s.Database.DSN == "" {
		a, err := g.openWriter(ctx, openOptions{}) // the first start: make the data
		if err != nil {
			return err
		}
		if err := a.close(); err != nil {
			return err
		}
	}
	db, err := database.Open(ctx, database.Options{DSN: dsn, Log: g.logger()})
	if err != nil {
		return err
	}
	pending, err := database.Pending(ctx, db, allOwners(s)...)
	if err == nil && len(pending) > 0 {
		err = errors.New("the data is of an older version: start weilu run once to bring it up to date")
	}
	code := ""
	if err == nil {
		code, err = community.NewBindCode(ctx, db, time.Now())
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	fmt.Println(bindLine(code))
	return nil
}

// bindLine is how a code is told to the operator.
func bindLine(code string) string { return "bind code: " + code }
