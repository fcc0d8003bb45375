package main

import "context"

type demoCmd struct {
	Addr   string `help:"Address to listen on." default:"127.0.0.1:8737"`
	NoOpen bool   `help:"Don't open the browser."`
}

// Run opens a seeded community in the browser.
func (cmd *demoCmd) Run(ctx context.Context, g *Globals) error { return nil }
