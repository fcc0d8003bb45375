package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database"
)

type mydataCmd struct {
	Member string `arg:"" help:"The member's id, like m12."`
	Out    string `help:"File to write, which must not be there yet. Default: standard output." placeholder:"FILE" type:"path"`
}

// Run writes everything that is kept of one member, for them, beside a running bot or without one.
func (cmd *mydataCmd) Run(ctx context.Context, g *Globals) error {
	return g.reading(ctx, func(s *settings, db *database.DB) error {
		e, err := idleEngine(s, db)
		if err != nil {
			return err
		}
		if _, ok, err := community.ReadPerson(ctx, db, community.MemberID(cmd.Member)); err != nil || !ok {
			if err == nil {
				err = fmt.Errorf("nobody has the id %s; weilu members lists them", printable(cmd.Member))
			}
			return err
		}
		export := community.DataExport{
			Storage: db, Personal: e.Personal(), KeepDays: s.Community.KeepTextDays, At: time.Now(),
			Text: func(feature, key string, kv ...any) string { return e.Text(s.Community.Language, feature, key, kv...) },
		}
		write := func(w io.Writer) error { return export.Write(ctx, community.MemberID(cmd.Member), w) }
		if cmd.Out == "" {
			return write(os.Stdout)
		}
		return writeNew(cmd.Out, write)
	})
}
