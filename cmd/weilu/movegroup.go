package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

type moveGroupCmd struct {
	Group string `arg:"" help:"The group, like g2; weilu view community.groups lists them."`
	To    string `required:"" help:"The number of the QQ group that it moves to." placeholder:"NUMBER"`
}

// Run says 搬群 in the owner's name, so that it is done, told, recorded and undone like in the chat. What is said waits for
// the next weilu run with both transports.
func (cmd *moveGroupCmd) Run(ctx context.Context, g *Globals) error {
	var answer string
	opts := openOptions{}
	var owner string
	opts.onSaid = func(o bot.Outgoing) {
		if o.Member == owner && o.Priority == bot.Answer {
			answer = o.Text
		}
	}
	err := g.writing(ctx, opts, func(a *app) error {
		id, ok, err := community.AnOwner(ctx, a.db)
		if owner = string(id); err != nil {
			return err
		} else if !ok {
			return &exitError{1, errors.New("the community has no owner yet, in whose name a group could move: bind one first (weilu bind-code)")}
		}
		now := time.Now().UTC()
		return a.engine.Deliver(ctx, []bot.Event{{
			ID: "operator/movegroup/" + now.Format("20060102T150405.000000Z"), Kind: bot.Message, At: now, SeenAt: now, Transport: "operator",
			Private: true, Member: owner, Form: bot.Text, Text: fmt.Sprintf("movegroup %s to %s now", cmd.Group, cmd.To),
		}})
	})
	if err != nil {
		return err
	}
	if answer == "" {
		return &exitError{1, errors.New("nothing was moved")}
	}
	_, err = fmt.Fprintln(os.Stdout, answer)
	return err
}
