package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/weilu-im/weilu/community"
)

type openingCmd struct {
	File   string `arg:"" help:"The members and balances of the old system, FILE.csv; - for standard input."`
	Of     string `help:"The Day of which the balances are; they count as earned then. Default: today." placeholder:"YYYY-MM-DD"`
	DryRun bool   `help:"Read and check everything, store nothing."`
	JSON   bool   `help:"Print the summary as JSON." name:"json"`
}

// errDry ends a transaction of which nothing shall stay.
var errDry = errors.New("dry run")

// Run imports members and balances, all or nothing.
func (cmd *openingCmd) Run(ctx context.Context, g *Globals) error {
	in, _, err := openHistory(cmd.File)
	if err != nil {
		return err
	}
	rows, problems, err := community.ReadOpening(in)
	if err := errors.Join(err, in.Close()); err != nil {
		return &exitError{1, fmt.Errorf("%s: %w", cmd.File, err)}
	}
	data := *g
	if cmd.DryRun {
		s, _, err := load(g)
		if err != nil {
			return err
		}
		if _, err := os.Stat(g.sqlitePath()); errors.Is(err, fs.ErrNotExist) && s.Database.DSN == "" {
			if data.Data, err = os.MkdirTemp("", "weilu-opening-"); err != nil {
				return err
			}
			defer os.RemoveAll(data.Data)
		}
	}
	var sum community.OpeningSummary
	err = data.writing(ctx, openOptions{}, func(a *app) error {
		o, err := cmd.options(a)
		if err != nil {
			return err
		}
		return a.engine.Do(ctx, func(ctx context.Context) error {
			var more []community.LineProblem
			sum, more, err = a.community.Open(ctx, rows, o)
			if problems = append(problems, more...); err == nil && (cmd.DryRun || len(problems) > 0) {
				return errDry
			}
			return err
		})
	})
	if err != nil && !errors.Is(err, errDry) {
		return err
	}
	if len(problems) > 0 {
		tellProblems(os.Stderr, problems)
		return &exitError{1, errors.New("nothing was imported")}
	}
	return cmd.print(sum)
}

// options are those of an import now.
func (cmd *openingCmd) options(a *app) (o community.OpeningOptions, err error) {
	o.At = time.Now()
	o.Of, o.Event, o.Reason = o.At, "opening/"+o.At.UTC().Format("20060102T150405.000Z"), "期初余额"
	if a.settings.Community.Language == "en" {
		o.Reason = "opening balance"
	}
	if cmd.Of == "" {
		return o, nil
	}
	day, err := community.ParseDay(cmd.Of)
	if err != nil {
		return o, usage("--of: %w", err)
	}
	if o.Of = a.community.Calendar.Start(day); o.Of.After(o.At) {
		return o, usage("--of: %s has not begun", cmd.Of)
	}
	return o, nil
}

// tellProblems prints what is wrong, in the order of the lines.
func tellProblems(w io.Writer, problems []community.LineProblem) {
	slices.SortStableFunc(problems, func(a, b community.LineProblem) int { return a.Line - b.Line })
	for _, p := range problems {
		fmt.Fprintf(w, "line %d: %s\n", p.Line, printable(p.Problem))
	}
}

func (cmd *openingCmd) print(sum community.OpeningSummary) error {
	if cmd.JSON {
		return printJSON(os.Stdout, sum)
	}
	verb := "imported"
	if cmd.DryRun {
		verb = "would be imported"
	}
	if sum.Rows == 0 {
		return &exitError{1, errors.New("the file has column names and no rows")}
	}
	if sum.Rows == sum.Repeated {
		_, err := fmt.Printf("%d rows, all imported before: nothing changes\n", sum.Rows)
		return err
	}
	_, err := fmt.Printf("%d rows with %d points %s: %d new members, %d who were seen already; %d rows imported before; %d new groups\n",
		sum.Rows-sum.Repeated, sum.Points, verb, sum.New, sum.Known, sum.Repeated, sum.Groups)
	return err
}
