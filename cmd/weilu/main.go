// Command weilu runs a brand's community in group chats.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones on machines that have none

	"github.com/alecthomas/kong"
)

func main() { os.Exit(run(os.Args[1:])) }

// run is the whole program; prepare sets what no flag does. It answers 0, 1 for a finding, 2 for wrong usage.
func run(args []string, prepare ...func(*Globals)) int {
	var cli CLI
	for _, p := range prepare {
		p(&cli.Globals)
	}
	code := -1
	parser, err := kong.New(&cli, kong.Name("weilu"), kong.UsageOnError(), kong.Exit(func(c int) { code = c }),
		kong.Description("Weilu (围炉) runs a brand's community in group chats."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		panic(err) // the command line is a constant of this program
	}
	parsed, err := parser.Parse(args)
	if code >= 0 {
		return code
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "weilu: %v\nTry: weilu --help\n", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(&cli.Globals)
	var coded *exitError
	switch {
	case err == nil, errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return 0
	case errors.As(err, &coded):
		if coded.err != nil {
			fmt.Fprintf(os.Stderr, "weilu: %v\n", coded.err)
		}
		return coded.code
	}
	fmt.Fprintf(os.Stderr, "weilu: %v\n", err)
	return 1
}

// exitError is an error with an exit code of its own. Without err everything has been said.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usage is an error of the command line.
func usage(format string, args ...any) error { return &exitError{2, fmt.Errorf(format, args...)} }
