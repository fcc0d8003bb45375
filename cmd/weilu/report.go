package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/report"
	"github.com/weilu-im/weilu/config/database"
)

type reportCmd struct {
	Day     string   `help:"A day, like 2024-05-31." placeholder:"DAY" xor:"period"`
	Week    string   `help:"The week, from Monday, that a day is in." placeholder:"DAY" xor:"period"`
	Month   string   `help:"A month, like 2024-05." placeholder:"YYYY-MM" xor:"period"`
	Quarter string   `help:"A quarter, like 2024Q2." placeholder:"QUARTER" xor:"period"`
	From    string   `help:"The first day of any range; with --to." placeholder:"DAY" xor:"period"`
	To      string   `help:"Its last day." placeholder:"DAY"`
	Group   string   `help:"Only this group: its id or name." placeholder:"GROUP"`
	AsOf    string   `help:"What was known at the end of a day; the last one with data where it is left out." placeholder:"DAY"`
	Format  []string `help:"md, html, json, csv, xlsx or png; several with commas." default:"md" placeholder:"FORMAT"`
	Out     string   `help:"Directory for the files report.FORMAT. Without it one of md, html, json and csv is printed." type:"path" placeholder:"DIR"`
	Lang    string   `help:"zh or en." enum:"zh,en" default:"zh"`
}

// Run writes the report.
func (cmd *reportCmd) Run(ctx context.Context, g *Globals) error {
	ask, err := cmd.ask()
	if err != nil {
		return err
	}
	if err := cmd.formats(); err != nil {
		return err
	}
	return g.reading(ctx, func(s *settings, db *database.DB) error {
		if err := warnOfDays(ctx, s, db); err != nil {
			return err
		}
		files, err := cmd.make(ctx, s, db, ask)
		if err != nil {
			return err
		}
		if cmd.Out == "" {
			_, err = os.Stdout.Write(files[0])
			return err
		}
		return cmd.write(files)
	})
}

// ask is which report is wanted.
func (cmd *reportCmd) ask() (ask report.Ask, err error) {
	given := 0
	for _, one := range []struct {
		flag, value string
		kind        report.Kind
	}{{"day", cmd.Day, report.OfDay}, {"week", cmd.Week, report.OfWeek}, {"month", cmd.Month, report.OfMonth}, {"quarter", cmd.Quarter, report.OfQuarter}} {
		if one.value == "" {
			continue
		}
		given++
		if ask.Period, err = report.Parse(one.kind, one.value); err != nil {
			return ask, usage("--%s: %w", one.flag, err)
		}
	}
	if (cmd.From == "") != (cmd.To == "") || given == 0 && cmd.From == "" {
		return ask, usage("say which time: --day, --week, --month, --quarter, or --from and --to")
	}
	if cmd.From != "" {
		first, err := community.ParseDay(cmd.From)
		if err != nil {
			return ask, usage("--from: %w", err)
		}
		last, err := community.ParseDay(cmd.To)
		if err != nil {
			return ask, usage("--to: %w", err)
		}
		if ask.Period, err = report.Range(first, last); err != nil {
			return ask, usage("%w", err)
		}
	}
	if cmd.AsOf != "" {
		if ask.AsOf, err = community.ParseDay(cmd.AsOf); err != nil {
			return ask, usage("--as-of: %w", err)
		}
	}
	return ask, nil
}

// formats checks what is to be written where.
func (cmd *reportCmd) formats() error {
	for i, f := range cmd.Format {
		cmd.Format[i] = strings.ToLower(strings.TrimSpace(f))
		if !slices.Contains(report.Formats(), cmd.Format[i]) {
			return usage("--format is one of %s, not %.20q", strings.Join(report.Formats(), ", "), printable(f))
		}
	}
	if cmd.Out == "" && (len(cmd.Format) != 1 || cmd.Format[0] == "png" || cmd.Format[0] == "xlsx") {
		return usage("say with --out in which directory to write %s", strings.Join(cmd.Format, ", "))
	}
	return nil
}

// make makes the report in all formats that are wanted.
func (cmd *reportCmd) make(ctx context.Context, s *settings, db *database.DB, ask report.Ask) (files [][]byte, err error) {
	e, c, err := idle(s, db)
	if err != nil {
		return nil, err
	}
	if cmd.Group != "" {
		if ask.Group, err = report.FindGroup(ctx, db, cmd.Group); err != nil {
			return nil, usage("--group: %w", err)
		}
	}
	now := time.Now()
	if ask.Period.First > c.Calendar.Day(now) {
		return nil, usage("%s has not begun yet, so there is nothing to report", ask.Period)
	}
	q := e.Query(bot.Query{At: now, Actor: bot.Actor{Role: bot.Owner, Language: cmd.Lang}}, report.Name)
	r, err := report.Make(ctx, q, db, c, s.reportLook(), ask)
	if err != nil {
		return nil, err
	}
	for _, format := range cmd.Format {
		data, err := r.File(q, s.fonts, format)
		if err != nil {
			return nil, err
		}
		files = append(files, data)
	}
	return files, nil
}

// write writes each file whole or not at all.
func (cmd *reportCmd) write(files [][]byte) error {
	if err := os.MkdirAll(cmd.Out, 0o755); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	for i, format := range cmd.Format {
		name := filepath.Join(cmd.Out, "report."+format)
		if err := writeWhole(name, files[i]); err != nil {
			return err
		}
		fmt.Println(name)
	}
	return nil
}

// writeWhole writes a file that is there whole or not at all.
func writeWhole(name string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), os.Remove(f.Name()))
	}
	return nil
}
