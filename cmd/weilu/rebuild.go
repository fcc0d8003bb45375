package main

import (
	"context"
	"fmt"
)

type rebuildCmd struct{}

// Run makes all aggregates anew with the configured calendar.
func (cmd *rebuildCmd) Run(ctx context.Context, g *Globals) error {
	return g.writing(ctx, openOptions{rebuild: true}, func(a *app) error {
		bar, last := newProgress(-1, "rebuild", a.log), 0
		total, err := a.community.Rebuild(ctx, func(n int) {
			bar.add(n - last)
			last = n
		})
		bar.finish()
		if err != nil {
			return err
		}
		fmt.Printf("rebuilt from %d messages; Days are of %s\n", total, a.community.Calendar)
		return nil
	})
}
