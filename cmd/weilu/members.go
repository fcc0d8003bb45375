package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

type membersCmd struct {
	JSON bool `help:"Print JSON." name:"json"`
}

// Run lists everybody who was ever seen.
func (cmd *membersCmd) Run(ctx context.Context, g *Globals) error {
	s, db, err := g.openReader(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	list, err := community.Members(ctx, db)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return printJSON(os.Stdout, list)
	}
	calendar, err := s.Community.Calendar()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "member\tname\tgroups\tmessages\tactive days\tpartners\tfirst seen\tlast seen")
	for _, m := range list {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s\n", m.Member, printable(m.Name), m.Groups, m.Messages, m.ActiveDays, m.Partners,
			m.FirstSeen.In(calendar.Zone()).Format("2006-01-02 15:04"), m.LastSeen.In(calendar.Zone()).Format("2006-01-02 15:04"))
	}
	return w.Flush()
}

type activityCmd struct {
	Month string `required:"" help:"The month, like 2024-05." placeholder:"YYYY-MM"`
	JSON  bool   `help:"Print JSON." name:"json"`
}

// Run shows every Day of a month.
func (cmd *activityCmd) Run(ctx context.Context, g *Globals) error {
	if _, _, err := community.ParseMonth(cmd.Month); err != nil {
		return usage("--month: %w", err)
	}
	s, db, err := g.openReader(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	month, err := community.ActivityOf(ctx, db, cmd.Month, s.Community.Bots)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return printJSON(os.Stdout, month)
	}
	fmt.Printf("%s: %d messages by %d members\n", month.Month, month.Messages, month.Speakers)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "day\tactive\tmessages\t")
	for _, d := range month.Days {
		fmt.Fprintf(w, "%s\t%d\t%d\t\n", d.Day, d.Active, d.Messages)
	}
	return w.Flush()
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// printable is a member's text that can do nothing to a terminal or a table.
func printable(s string) string {
	return strings.NewReplacer("\n", " ", "\t", " ").Replace(bot.Clean(s))
}
