package main

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"github.com/weilu-im/weilu/config"
)

type initCmd struct {
	File string `arg:"" optional:"" default:"weilu.yaml" help:"Where to write it."`
}

// Run writes the commented configuration, never over an existing one.
func (cmd *initCmd) Run() error {
	var b bytes.Buffer
	if err := example(&b); err != nil {
		return err
	}
	if err := config.Init(cmd.File, b.Bytes()); err != nil {
		return err
	}
	fmt.Printf("%s written; every value in it is the default\n", cmd.File)
	return nil
}

type configCmd struct {
	Check checkCmd `cmd:"" help:"Tell everything that is wrong with the configuration."`
	Print printCmd `cmd:"" help:"Print every value and where it comes from; secrets are masked."`
}

type checkCmd struct{}

// Run checks the configuration by building the whole program on it, without storage.
func (cmd *checkCmd) Run(g *Globals) error {
	s, _, err := load(g)
	if err != nil {
		return err
	}
	if err := checkEngine(s); err != nil {
		return err
	}
	calendar, err := s.Community.Calendar()
	if err != nil {
		return err
	}
	for _, key := range s.Shop.Past(calendar.Day(time.Now())) {
		fmt.Fprintf(os.Stderr, "warning: shop.%s is over, so nobody can redeem it\n", key)
	}
	fmt.Println("the configuration is good")
	return nil
}

type printCmd struct{}

// Run prints the configuration in effect.
func (cmd *printCmd) Run(g *Globals) error {
	_, f, err := load(g)
	if err != nil {
		return err
	}
	return f.Print(os.Stdout)
}
