package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/economy"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/points"
)

type economyCmd struct {
	JSON bool `help:"Print JSON." name:"json"`
}

// Run shows where the points are and how they move, beside a running bot or offline.
func (cmd *economyCmd) Run(ctx context.Context, g *Globals) error {
	return g.reading(ctx, func(s *settings, db *database.DB) error {
		calendar, err := s.Community.Calendar()
		if err != nil {
			return err
		}
		var now points.Economy
		err = db.Snapshot(ctx, func(ctx context.Context) error {
			out, err := community.LeftOut(ctx, db, s.Community.Bots)
			if err != nil {
				return err
			}
			now, err = economy.Read(ctx, db, calendar.Zone(), time.Now(), out)
			return err
		})
		if err != nil {
			return err
		}
		if cmd.JSON {
			return printJSON(os.Stdout, now)
		}
		return printEconomy(os.Stdout, now)
	})
}

func printEconomy(out io.Writer, e points.Economy) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"supply", e.Supply}, {"issued", e.Issued}, {"spent", e.Spent}, {"burned", e.Burned}, {"expired", e.Expired},
		{"in escrow", e.Escrow}, {"in budgets", e.Budgets}, {"in suspense", e.Suspense}, {"owed", e.Owed}, {"people", e.People},
	} {
		fmt.Fprintf(w, "%s\t%d\t\n", f.name, f.value)
	}
	fmt.Fprintf(w, "velocity, 30 days\t%s\t\nGini\t%s\t\ntop 10 have\t%s\t\n", rate(e.Velocity), rate(e.Gini), rate(e.Top10))
	fmt.Fprintln(w, "\nrule\tissued\tspent\tburned\texpired\t")
	for _, r := range e.ByRule {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t\n", printable(r.Rule), r.Issued, r.Spent, r.Burned, r.Expired)
	}
	fmt.Fprintln(w, "\nmonth\tissued\tspent\tburned\texpired\t")
	for _, m := range e.ByMonth {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t\n", m.Month, m.Issued, m.Spent, m.Burned, m.Expired)
	}
	return w.Flush()
}

// rate is a rate, or a dash where there is none.
func rate(r *float64) string {
	if r == nil {
		return "-"
	}
	return strconv.FormatFloat(*r, 'f', 3, 64)
}
