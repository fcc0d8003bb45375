package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community/stage"
	"github.com/weilu-im/weilu/config"
)

type replayCmd struct {
	File string `arg:"" help:"The transcript, FILE.chat."`
	JSON bool   `help:"Print one JSON object a line for all that is said." name:"json"`
	Seal bool   `help:"Seal the ledger as time goes by, as a running bot does. Hashes are others each time."`
}

// Run plays a transcript to the whole program, on a database of its own that is thrown away.
func (cmd *replayCmd) Run(ctx context.Context, g *Globals) error {
	src, err := os.ReadFile(cmd.File)
	if err != nil {
		return usage("%w", err)
	}
	script, err := transcript.Parse(cmd.File, src)
	if err != nil {
		return &exitError{2, err}
	}
	result, err := transcript.Run(ctx, script, g.stage(cmd.Seal), transcript.Options{})
	var syntax *transcript.SyntaxError
	var settings *config.Problems
	switch {
	case errors.As(err, &syntax):
		return &exitError{2, err}
	case errors.As(err, &settings):
		return &exitError{2, inScript(cmd.File, src, settings)}
	case err != nil:
		return err
	}
	if cmd.JSON {
		if err := transcript.JSON(os.Stdout, result); err != nil {
			return err
		}
		for _, f := range result.Failures {
			if err := printLines(os.Stderr, f.String()+"\n"); err != nil {
				return err
			}
		}
	} else if err := printText(os.Stdout, result); err != nil {
		return err
	}
	if len(result.Failures) > 0 {
		return &exitError{code: 1}
	}
	return nil
}

func printText(w io.Writer, result *transcript.Result) error {
	var b strings.Builder
	if err := transcript.Text(&b, result); err != nil {
		return err
	}
	return printLines(w, b.String())
}

// printLines writes lines that hold what somebody else wrote, so that they do nothing to a terminal.
func printLines(w io.Writer, text string) error {
	for line := range strings.Lines(text) {
		if _, err := io.WriteString(w, bot.Clean(line)); err != nil {
			return err
		}
	}
	return nil
}

// inScript names the lines of a transcript whose settings make no sense.
func inScript(file string, src []byte, problems *config.Problems) error {
	var all []error
	for _, p := range problems.List {
		err := errors.New(p.String())
		for i, line := range strings.Split(string(src), "\n") {
			if key, ok := strings.CutPrefix(line, "! set "); ok && strings.HasPrefix(strings.TrimSpace(key), p.Key) {
				err = &transcript.SyntaxError{File: file, Line: i + 1, Problem: p.Key + ": " + p.Message}
			}
		}
		all = append(all, err)
	}
	return errors.Join(all...)
}

// world builds the whole program for one transcript, whose ledger is not sealed: what it says is the same each time.
func (g *Globals) world(ctx context.Context, set map[string]string, start time.Time) (transcript.World, error) {
	return g.stage(false)(ctx, set, start)
}

// stage builds the whole program for one transcript.
func (g *Globals) stage(sealing bool) transcript.Build {
	return func(ctx context.Context, set map[string]string, start time.Time) (transcript.World, error) {
		st, a, err := g.play(ctx, set, start)
		if err != nil {
			return nil, err
		}
		if sealing {
			st.Seal(sealEvery, a.seal)
		}
		return st, nil
	}
}

func (g *Globals) play(ctx context.Context, set map[string]string, start time.Time) (*stage.Stage, *app, error) {
	all := maps.Clone(g.Set)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, set) // what the transcript says is part of the story, and stronger
	s, _, err := loadFrom(config.Source{File: g.Config, Set: all})
	if err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp("", "weilu-replay-")
	if err != nil {
		return nil, nil, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	var a *app
	st := stage.New(start, func() error {
		if a == nil {
			return os.RemoveAll(dir)
		}
		return errors.Join(a.close(), os.RemoveAll(dir))
	})
	a, err = open(ctx, s, log, openOptions{
		dsn: filepath.Join(dir, "weilu.db"), adopt: adoptAll, onSaid: st.Hear, secret: []byte("replay"),
	})
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := st.Open(ctx, a.engine, a.community); err != nil {
		return nil, nil, errors.Join(err, st.Close())
	}
	return st, a, nil
}
