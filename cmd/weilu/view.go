package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database"
)

type viewCmd struct {
	Name   string   `arg:"" optional:"" help:"The view, like community.members; members will do where only one has this name."`
	Params []string `arg:"" optional:"" help:"What it is asked for, like search=小明." placeholder:"PARAM=VALUE"`
	JSON   bool     `help:"Print JSON." name:"json" xor:"form"`
	CSV    bool     `help:"Print a table as CSV." name:"csv" xor:"form"`
	Table  string   `help:"Which table --csv prints, where there are several." placeholder:"KEY"`
	Lang   string   `help:"zh or en." enum:"zh,en" default:"zh"`
	Limit  int      `help:"Rows at the most, 1000 at once." default:"50"`
	All    bool     `help:"All rows."`
}

// Run shows a view to the operator, who may see what the owner may.
func (cmd *viewCmd) Run(ctx context.Context, g *Globals) error {
	if cmd.Limit < 1 || cmd.Limit > 1000 {
		return usage("--limit: between 1 and 1000")
	}
	s, _, err := load(g)
	if err != nil {
		return err
	}
	e, err := bareEngine(s)
	if err != nil {
		return err
	}
	if cmd.Name == "" {
		printViews(os.Stdout, e.Views(cmd.operator()))
		return nil
	}
	name, params, err := cmd.find(e)
	if err != nil {
		return err
	}
	return g.reading(ctx, func(s *settings, db *database.DB) error {
		e, err := idleEngine(s, db)
		if err != nil {
			return err
		}
		page, err := cmd.read(ctx, e, name, bot.Query{Params: params, Limit: cmd.Limit, At: time.Now(), Actor: cmd.operator()})
		if err != nil {
			return err
		}
		return cmd.print(os.Stdout, page)
	})
}

func (cmd *viewCmd) operator() bot.Actor { return bot.Actor{Role: bot.Owner, Language: cmd.Lang} }

// read asks for a page, or with --all for all of them as one.
func (cmd *viewCmd) read(ctx context.Context, e *bot.Engine, name string, q bot.Query) (bot.Page, error) {
	if cmd.All {
		q.Limit = 1000
	}
	page, err := e.View(ctx, name, q)
	if err != nil || !cmd.All {
		return page, err
	}
	for i := range page.Tables {
		t := &page.Tables[i]
		for t.Next != "" {
			q.After = t.Next
			more, err := e.View(ctx, name, q)
			if err != nil {
				return bot.Page{}, err
			}
			j := slices.IndexFunc(more.Tables, func(o bot.Table) bool { return o.Key == t.Key })
			if j < 0 || more.Tables[j].Next == q.After {
				return bot.Page{}, fmt.Errorf("view %s: its pages don't go on", name)
			}
			t.Rows, t.Next = append(t.Rows, more.Tables[j].Rows...), more.Tables[j].Next
		}
	}
	return page, nil
}

// find is the view that is named, with or without its feature, and what it is asked for.
func (cmd *viewCmd) find(e *bot.Engine) (name string, params map[string]string, err error) {
	offers := e.Views(cmd.operator())
	var found []bot.ViewOffer
	for _, o := range offers {
		switch cmd.Name {
		case o.Name:
			found = []bot.ViewOffer{o}
		case strings.TrimPrefix(o.Name, o.Feature+"."):
			found = append(found, o)
		}
	}
	if len(found) == 1 {
		params, err = cmd.params(found[0])
		return found[0].Name, params, err
	}
	var names []string
	for _, o := range offers {
		names = append(names, o.Name)
	}
	return "", nil, usage("no view %.100q; there are %s", printable(cmd.Name), strings.Join(names, ", "))
}

// params are the parameters that are given, each of which the view must have.
func (cmd *viewCmd) params(offer bot.ViewOffer) (map[string]string, error) {
	given := map[string]string{}
	var names []string
	for _, p := range offer.Params {
		names = append(names, p.Name)
	}
	for _, param := range cmd.Params {
		name, value, ok := strings.Cut(param, "=")
		i := slices.Index(names, name)
		if !ok || i < 0 {
			if len(names) == 0 {
				return nil, usage("%s takes no parameters", offer.Name)
			}
			return nil, usage("%.100q: %s takes %s=VALUE", printable(param), offer.Name, strings.Join(names, "=VALUE, "))
		}
		if p := offer.Params[i]; p.Kind == bot.Choice && !slices.Contains(p.Choices, value) {
			return nil, usage("%s is one of %s", name, strings.Join(p.Choices, ", "))
		}
		if _, _, err := community.ParseMonth(value); err != nil && value != "" && offer.Params[i].Kind == bot.Month {
			return nil, usage("%s is a month like 2026-11, not %.20q", name, printable(value))
		}
		given[name] = value
	}
	return given, nil
}

func (cmd *viewCmd) print(w io.Writer, page bot.Page) error {
	switch {
	case cmd.JSON:
		data, err := page.JSON()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%s\n", data)
		return err
	case cmd.CSV:
		t, err := cmd.table(page)
		if err != nil {
			return err
		}
		return t.CSV(w)
	}
	return printPage(w, page, cmd.Lang)
}

// table is the one that --csv prints.
func (cmd *viewCmd) table(page bot.Page) (bot.Table, error) {
	var keys []string
	for _, t := range page.Tables {
		if keys = append(keys, t.Key); t.Key == cmd.Table || cmd.Table == "" && len(page.Tables) == 1 {
			return t, nil
		}
	}
	if len(keys) == 0 {
		return bot.Table{}, usage("there is no table to print: %s", printable(page.Note))
	}
	return bot.Table{}, usage("--table is one of %s", strings.Join(keys, ", "))
}
