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
	"github.com/weilu-im/weilu/config/database"
)

type membersCmd struct {
	JSON bool `help:"Print JSON." name:"json"`
}

// Run lists everybody who was ever seen.
func (cmd *membersCmd) Run(ctx context.Context, g *Globals) error {
	return g.reading(ctx, func(s *settings, db *database.DB) error {
		if err := warnOfDays(ctx, s, db); err != nil {
			return err
		}
		list, err := community.Members(ctx, db)
		if err != nil {
			return err
		}
		if cmd.JSON {
			return printJSON(os.Stdout, list)
		}
		return printMembers(s, list)
	})
}

func printMembers(s *settings, list []community.Summary) error {
	calendar, err := s.Community.Calendar()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "member\tname\tgroups\tmessages\tactive days\tpartners\tfirst seen\tlast seen")
	for _, m := range list {
		name := printable(m.Name)
		if m.Provisional {
			name += " (provisional)"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s\n", m.Member, name, m.Groups, m.Messages, m.ActiveDays, m.Partners,
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
	return g.reading(ctx, func(s *settings, db *database.DB) error {
		if err := warnOfDays(ctx, s, db); err != nil {
			return err
		}
		month, err := community.ActivityOf(ctx, db, cmd.Month, s.Community.Bots)
		if err != nil {
			return err
		}
		if cmd.JSON {
			return printJSON(os.Stdout, month)
		}
		return printMonth(month)
	})
}

func printMonth(month community.MonthActivity) error {
	fmt.Printf("%s: %d messages by %d members\n", month.Month, month.Messages, month.Speakers)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "day\tactive\tmessages\t")
	for _, d := range month.Days {
		fmt.Fprintf(w, "%s\t%d\t%d\t\n", d.Day, d.Active, d.Messages)
	}
	return w.Flush()
}

// warnOfDays tells when the Days that are shown are not those that the configuration describes.
func warnOfDays(ctx context.Context, s *settings, db *database.DB) error {
	calendar, err := s.Community.Calendar()
	if err != nil {
		return err
	}
	stored, err := community.StoredCalendar(ctx, db)
	if err == nil && stored != "" && stored != calendar.String() {
		fmt.Fprintf(os.Stderr, "weilu: the Days below are of %s, as they are stored; the configuration says %s (weilu rebuild makes them anew)\n", stored, calendar)
	}
	return err
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
