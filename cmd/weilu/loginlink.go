package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/console"
	"github.com/weilu-im/weilu/config/database"
)

type loginLinkCmd struct {
	Member string `help:"Who logs in, like m1. Default: the owner." placeholder:"MEMBER"`
}

// Run makes a link that opens the console once. It works beside a running bot, which looks links up when they are used.
func (cmd *loginLinkCmd) Run(ctx context.Context, g *Globals) error {
	s, reader, err := g.openReader(ctx)
	if err != nil {
		return err
	}
	if err := reader.Close(); err != nil {
		return err
	}
	address := g.consoleAddress(s)
	if address == "" {
		return errors.New("the console is off: console.listen is empty")
	}
	dsn := s.Database.DSN
	if dsn == "" {
		dsn = g.sqlitePath()
	}
	db, err := database.Open(ctx, database.Options{DSN: dsn, Log: g.logger()})
	if err != nil {
		return err
	}
	token, err := cmd.link(ctx, db)
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	fmt.Println(console.LoginURL(address, token))
	return nil
}

func (cmd *loginLinkCmd) link(ctx context.Context, db *database.DB) (string, error) {
	id := community.MemberID(cmd.Member)
	if id == "" {
		owner, ok, err := community.AnOwner(ctx, db)
		if err != nil {
			return "", err
		}
		if !ok {
			return "", errors.New("there is no owner yet: weilu bind-code makes a code that makes its user the owner")
		}
		id = owner
	}
	p, ok, err := community.ReadPerson(ctx, db, id)
	switch {
	case err != nil:
		return "", err
	case !ok:
		return "", usage("--member: there is no member %s (weilu members lists them)", id)
	case p.Role < bot.Moderator:
		return "", usage("--member: %s is a %s; the console is for moderators, managers and owners", p.ID, p.Role)
	}
	return console.NewLink(ctx, db, p.ID, time.Now())
}
