package main

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/wallet"
)

type grantCmd struct {
	File   string `arg:"" help:"Who gets how much, FILE.csv or FILE.xlsx with the columns member, points and perhaps reason; - for standard input."`
	Reason string `help:"The reason of rows without one." placeholder:"TEXT"`
	DryRun bool   `help:"Read and check everything, store nothing."`
	JSON   bool   `help:"Print what was done as JSON." name:"json"`
}

// Run grants to and deducts from many members, all or nothing.
func (cmd *grantCmd) Run(ctx context.Context, g *Globals) error {
	table, err := cmd.read()
	if err != nil {
		return &exitError{1, fmt.Errorf("%s: %w", cmd.File, err)}
	}
	var result wallet.BulkResult
	var problems []community.LineProblem
	err = g.writing(ctx, openOptions{}, func(a *app) error {
		o, err := cmd.options(a)
		if err != nil {
			return err
		}
		return a.engine.Do(ctx, func(ctx context.Context) (err error) {
			result, problems, err = wallet.Bulk(ctx, a.db, a.community, table, o)
			return err
		})
	})
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		tellProblems(os.Stderr, problems)
		return &exitError{1, errors.New("nothing was changed")}
	}
	if cmd.JSON {
		return printJSON(os.Stdout, result)
	}
	return cmd.print(os.Stdout, result)
}

func (cmd *grantCmd) read() ([][]string, error) {
	if cmd.File == "-" {
		return community.ReadTable(os.Stdin)
	}
	in, err := os.Open(cmd.File)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return community.ReadTable(in)
}

// options are those of a grant now.
func (cmd *grantCmd) options(a *app) (o wallet.BulkOptions, err error) {
	var seed [32]byte
	if _, err := crand.Read(seed[:]); err != nil {
		return o, err
	}
	o = wallet.BulkOptions{At: time.Now(), Reason: strings.Join(strings.Fields(bot.Clean(cmd.Reason)), " "), Chance: rand.New(rand.NewChaCha8(seed)), DryRun: cmd.DryRun}
	o.Event = "grant/" + o.At.UTC().Format("20060102T150405.000000Z")
	if o.Reason == "" {
		o.Reason = "管理员批量加分"
		if a.settings.Community.Language == "en" {
			o.Reason = "granted by a manager"
		}
	}
	return o, nil
}

func (cmd *grantCmd) print(w io.Writer, r wallet.BulkResult) error {
	verb := "done"
	if cmd.DryRun {
		verb = "would be done"
	}
	for _, l := range r.Lines {
		fmt.Fprintf(w, "%s\t%+d\t%s\t%s\n", l.Member, l.Points, printable(l.Name), printable(l.Reason))
	}
	fmt.Fprintf(w, "%d rows of %d members %s: %d points given, %d taken\n", r.Rows, r.People, verb, r.Given, r.Taken)
	if r.Before != nil {
		fmt.Fprintf(os.Stderr, "weilu: the same was done before, on %s\n", r.Before.Local().Format("2006-01-02 15:04"))
	}
	if r.Undo == "" {
		return nil
	}
	_, err := fmt.Fprintf(w, "A manager can take all of it back in the chat within 24 hours: 撤销 %s\n", r.Undo)
	return err
}
