package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/jsonl"
	"github.com/weilu-im/weilu/config/database"
)

type importCmd struct {
	File   string `arg:"" help:"The history, FILE.jsonl or FILE.jsonl.gz; - for standard input."`
	DryRun bool   `help:"Read and check everything, store nothing."`
	JSON   bool   `help:"Print the summary as JSON." name:"json"`
}

// importSummary is what an import did. The names of its JSON are a contract.
type importSummary struct {
	Lines    int `json:"lines"`    // read, without empty ones
	Accepted int `json:"accepted"` // new
	Repeated int `json:"repeated"` // were there before
	Bad      int `json:"bad"`      // left out
	Members  int `json:"members"`  // distinct people who did something in the good lines
	Groups   int `json:"groups"`   // distinct groups in the good lines
}

// Run imports a history through the engine's accept and observe steps: no words, no points, no jobs.
func (cmd *importCmd) Run(ctx context.Context, g *Globals) error {
	in, size, err := openHistory(cmd.File)
	if err != nil {
		return err
	}
	defer in.Close()
	read := func(sink func(context.Context, []bot.Event) (int, error)) error {
		return cmd.read(ctx, g, in, size, sink)
	}
	if !cmd.DryRun {
		return g.writing(ctx, openOptions{adopt: adoptAll}, func(a *app) error { return read(a.engine.Import) })
	}
	dry := dryRun{seen: map[string]bool{}}
	if _, err := os.Stat(g.sqlitePath()); errors.Is(err, fs.ErrNotExist) {
		return read(dry.take)
	}
	return g.reading(ctx, func(_ *settings, db *database.DB) error {
		dry.db = db
		return read(dry.take)
	})
}

// dryRun takes events and stores nothing.
type dryRun struct {
	seen map[string]bool
	db   *database.DB // what was imported before; nil: nothing
}

func (d *dryRun) take(ctx context.Context, batch []bot.Event) (accepted int, err error) {
	for _, ev := range batch {
		if d.seen[ev.ID] {
			continue
		}
		d.seen[ev.ID] = true
		if d.db != nil {
			if _, before, err := bot.Accepted(ctx, d.db, ev.ID); err != nil || before {
				if err != nil {
					return accepted, err
				}
				continue
			}
		}
		accepted++
	}
	return accepted, nil
}

// read gives the whole history to sink and tells what came of it.
func (cmd *importCmd) read(ctx context.Context, g *Globals, in io.Reader, size int64, sink func(context.Context, []bot.Event) (int, error)) error {
	bar := newProgress(size, "import", g.logger())
	body, err := decompress(io.TeeReader(in, bar))
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	summary, err := importLines(ctx, body, sink, os.Stderr)
	bar.finish()
	if errors.Is(err, context.Canceled) {
		return &exitError{1, fmt.Errorf("interrupted after %d lines; what was imported stays, and importing %s again adds the rest", summary.Lines, cmd.File)}
	}
	if err != nil {
		return err
	}
	if err := cmd.print(summary); err != nil {
		return err
	}
	if summary.Bad > 0 {
		return &exitError{code: 1} // each bad line has been told
	}
	return nil
}

func (cmd *importCmd) print(summary importSummary) error {
	if cmd.JSON {
		return json.NewEncoder(os.Stdout).Encode(summary)
	}
	verb := "imported"
	if cmd.DryRun {
		verb = "would be imported"
	}
	_, err := fmt.Printf("%d lines: %d %s, %d repeated, %d bad; %d members in %d groups\n",
		summary.Lines, summary.Accepted, verb, summary.Repeated, summary.Bad, summary.Members, summary.Groups)
	return err
}

// importLines reads events and gives them to sink in batches. Bad lines are told on problems and left out.
func importLines(ctx context.Context, in io.Reader, sink func(context.Context, []bot.Event) (int, error), problems io.Writer) (s importSummary, err error) {
	people, groups := map[bot.UserID]bool{}, map[bot.ChatID]bool{}
	batch := make([]bot.Event, 0, 1024)
	flush := func() error {
		n, err := sink(ctx, batch)
		s.Accepted += n
		s.Repeated += len(batch) - n
		batch = batch[:0]
		return err
	}
	lines := jsonl.NewReader(in)
	for ctx.Err() == nil {
		src, err := lines.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !jsonl.IsLong(err) {
			return s, errors.Join(fmt.Errorf("line %d: %w", lines.Number()+1, err), flush())
		}
		if err == nil && len(bytes.TrimSpace(src)) == 0 {
			continue
		}
		s.Lines++
		var ev bot.Event
		if err == nil {
			ev, _, err = jsonl.Decode(src)
		}
		if err != nil {
			s.Bad++
			fmt.Fprintf(problems, "line %d: %s\n", lines.Number(), strings.ReplaceAll(err.Error(), "\n", "; "))
			continue
		}
		people[ev.From.User] = true
		if ev.Chat != "" {
			groups[ev.Chat] = true
		}
		if batch = append(batch, ev); len(batch) == cap(batch) {
			if err := flush(); err != nil {
				return s, err
			}
		}
	}
	s.Members, s.Groups = len(people), len(groups)
	return s, errors.Join(flush(), ctx.Err())
}

// openHistory opens the file and tells its size, -1 where it can't be known.
func openHistory(name string) (io.ReadCloser, int64, error) {
	if name == "-" {
		return io.NopCloser(os.Stdin), -1, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a directory", name)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// decompress recognises gzip by its first bytes, whatever the file is called.
func decompress(in io.Reader) (io.Reader, error) {
	head := make([]byte, 2)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	whole := io.MultiReader(bytes.NewReader(head[:n]), in)
	if n == 2 && head[0] == 0x1f && head[1] == 0x8b {
		return gzip.NewReader(whole)
	}
	return whole, nil
}

func adoptAll(_, _, _ string) bool { return true }
