package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/config/database"
)

type queueCmd struct {
	JSON bool `help:"Print JSON." name:"json"`
}

// Run shows what waits to be sent, what holds it up, and what was not sent in the last 24 hours.
func (cmd *queueCmd) Run(ctx context.Context, g *Globals) error {
	return g.reading(ctx, func(_ *settings, db *database.DB) error {
		v, err := bot.NewPacing(db, time.UTC).Queue(ctx, time.Now().UTC())
		if err != nil {
			return err
		}
		if cmd.JSON {
			return printJSON(os.Stdout, v)
		}
		printQueue(v)
		return nil
	})
}

func printQueue(v bot.QueueView) {
	fmt.Printf("%d waiting, %d not due yet\n", v.Waiting, v.Later)
	if v.Waiting > 0 {
		fmt.Printf("  the oldest since %s\n", v.Oldest.Format(time.RFC3339))
	}
	if v.Stale > 0 {
		fmt.Printf("  %d of them are too late by now and will be withheld\n", v.Stale)
	}
	if p := v.Paused; p != nil {
		until := "a manager ends it"
		if !p.Until.IsZero() {
			until = p.Until.Format(time.RFC3339)
		}
		fmt.Printf("  paused by %s until %s; alerts still go\n", p.By, until)
	}
	for _, g := range v.Groups {
		to := g.Group
		if to == "" {
			to = "in private"
		}
		fmt.Printf("  %s: %d\n", printable(to), g.Waiting)
	}
	for _, t := range v.Transports {
		fmt.Printf("%s: sent %d in a minute, %d in an hour, %d in 24 hours\n", printable(t.Name), t.Minute.Said, t.Hour.Said, t.Day.Said)
		if t.Wait == bot.WaitLimited {
			fmt.Printf("  limited by the other side until %s, for the %d. time in a row: look at the account on the phone\n", t.Until.Format(time.RFC3339), t.Times)
		}
	}
	for _, t := range v.Troubles {
		fmt.Printf("%s %d: %s\n", t.Outcome, t.Count, printable(t.Reason))
	}
}
