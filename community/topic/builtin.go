package topic

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed builtin.csv
var builtInTopics []byte

// settle stores the built-in topics of the configured columns, once in the life of the program. A built-in topic that
// was edited or removed stays so.
func (f *topic) settle(ctx context.Context, r *bot.Request) error {
	if f.settled {
		return nil
	}
	f.settled = true
	f.db.OnRollback(ctx, func() { f.settled = false })
	known := map[string]bool{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var origin string
		err := scan(&origin)
		known[origin] = true
		return err
	}, `SELECT origin FROM topic_topics WHERE origin <> ''`)
	if err != nil {
		return fmt.Errorf("built-in topics: %w", err)
	}
	table, err := community.ReadTable(bytes.NewReader(builtInTopics))
	if err != nil {
		return fmt.Errorf("built-in topics: %w", err)
	}
	lines, _ := f.readTable(table) // those of columns that are not configured are left out
	for _, l := range lines {
		if known[letters(l.Text)] {
			continue
		}
		if _, _, err := f.store(ctx, l.definition, origins{source: builtIn, at: r.At.UnixMilli()}); err != nil {
			return err
		}
	}
	return nil
}
