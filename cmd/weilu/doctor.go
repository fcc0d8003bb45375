package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/weilu-im/weilu/community/system"
	"github.com/weilu-im/weilu/config/database"
)

type doctorCmd struct {
	JSON bool   `help:"Print JSON." name:"json"`
	Lang string `help:"zh or en." enum:"zh,en" default:"en"`
}

// Run looks at everything that the bot needs and tells what is wrong and what to do. It changes nothing.
func (cmd *doctorCmd) Run(ctx context.Context, g *Globals) error {
	s, list := checkConfig(g)
	list = append(list, checkPlace(g)...)
	list = append(list, cmd.stored(ctx, g, s)...)
	list = append(list, checkFonts(s), checkEnvironment(g.Data, time.Now()), checkConsole(ctx, g, s))
	e, err := bareEngine(defaults())
	if err != nil {
		return err
	}
	var told []system.Told
	for _, f := range list {
		told = append(told, f.Tell(func(key string, kv ...any) string { return e.Text(cmd.Lang, system.Name, key, kv...) }))
	}
	worst := system.Worst(list)
	if cmd.JSON {
		err = printJSON(os.Stdout, struct {
			Level  system.Level  `json:"level"`
			Checks []system.Told `json:"checks"`
		}{worst, told})
	} else {
		err = printFindings(os.Stdout, told)
	}
	if err != nil {
		return err
	}
	if worst == system.Fail {
		return &exitError{code: 1}
	}
	return nil
}

func printFindings(w io.Writer, told []system.Told) error {
	for _, t := range told {
		line := fmt.Sprintf("%-4s  %s: %s", t.Level, t.Title, t.Text)
		if t.Do != "" {
			line += "\n      -> " + t.Do
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

// checkConfig reads the configuration and puts the program together on it. Where it is wrong, the other checks go on with
// the defaults.
func checkConfig(g *Globals) (*settings, []system.Finding) {
	s, _, err := load(g)
	if err == nil {
		err = checkEngine(s)
	}
	if err == nil {
		_, err = s.Community.Calendar()
	}
	if err == nil {
		return s, []system.Finding{system.Found("config", system.OK, "good")}
	}
	var list []system.Finding
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, system.Found("config", system.Fail, "wrong", "Err", line))
		}
	}
	other := defaults()
	other.fonts = loadFonts()
	return other, list
}

// checkPlace looks at the data directory, who uses it, and its disk.
func checkPlace(g *Globals) []system.Finding {
	info, err := os.Stat(g.Data)
	switch {
	case errors.Is(err, os.ErrNotExist):
		above := parentOf(g.Data)
		if err := database.Writable(above); err != nil {
			return []system.Finding{system.Found("data", system.Fail, "unwritable", "Dir", above, "Err", err)}
		}
		return []system.Finding{system.Found("data", system.OK, "missing", "Dir", g.Data), checkDisk(above)}
	case err == nil && !info.IsDir():
		return []system.Finding{system.Found("data", system.Fail, "not_dir", "Dir", g.Data)}
	case err == nil:
		err = database.Writable(g.Data)
	}
	if err != nil {
		return []system.Finding{system.Found("data", system.Fail, "unwritable", "Dir", g.Data, "Err", err)}
	}
	return []system.Finding{system.Found("data", system.OK, "fine", "Dir", g.Data), checkHolder(g.Data), checkDisk(g.Data)}
}

func checkHolder(dir string) system.Finding {
	who, held, err := database.Holder(dir)
	switch {
	case err != nil:
		return system.Found("lock", system.Warn, "unreadable", "Err", err)
	case held:
		return system.Found("lock", system.OK, "held", "Who", who)
	}
	return system.Found("lock", system.OK, "free")
}
