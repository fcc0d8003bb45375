package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/tiers"
)

type tiersCmd struct {
	At      string `help:"The Day, like 2024-06-30; the last one with data where it is left out." placeholder:"DAY"`
	Explain string `help:"Say all about one member: each requirement, and what it is based on." placeholder:"MEMBER"`
	Ladder  string `help:"A configuration with another section tiers: show who would move." type:"existingfile" placeholder:"FILE"`
	Months  bool   `help:"Show how each month until the Day moved people between tiers."`
	JSON    bool   `help:"Print JSON." name:"json"`
}

// Run shows who holds which tier on a Day, replayed from the first Day with data.
func (cmd *tiersCmd) Run(ctx context.Context, g *Globals) error {
	var another tiers.Ladder
	if cmd.Ladder != "" {
		l, err := ladderOf(cmd.Ladder)
		if err != nil {
			return err
		}
		another = l
	}
	return g.reading(ctx, func(s *settings, db *database.DB) error {
		if err := warnOfDays(ctx, s, db); err != nil {
			return err
		}
		c, err := readCommunity(s, db)
		if err != nil {
			return err
		}
		day, err := cmd.day(ctx, c)
		if err != nil {
			return err
		}
		var changes []tiers.Entry
		people, err := c.Tiers.At(ctx, day, func(e tiers.Entry) { changes = append(changes, e) })
		if err != nil {
			return err
		}
		switch {
		case cmd.Months:
			return cmd.months(ctx, c, day, changes)
		case another != nil:
			return cmd.wouldMove(people, another)
		case cmd.Explain != "":
			return cmd.explain(ctx, c, day, people)
		}
		return cmd.list(day, people)
	})
}

// readCommunity is the community on a database that is only read.
func readCommunity(s *settings, db bot.Storage) (*community.Community, error) {
	calendar, err := s.Community.Calendar()
	if err != nil {
		return nil, err
	}
	c, err := community.New(community.Options{Storage: db, Calendar: calendar, Words: s.Words, Language: s.Community.Language, Bots: s.Community.Bots})
	if err == nil {
		c.Tiers.Use(s.Tiers.Tiers(), community.Day(s.Tiers.Notice))
	}
	return c, err
}

// ladderOf reads the section tiers of a configuration file.
func ladderOf(file string) (tiers.Ladder, error) {
	f, err := config.Open(config.Source{File: file})
	if err != nil {
		return nil, err
	}
	s := defaults()
	for _, sec := range s.sections() {
		f.Section(sec.name, sec.value)
	}
	return s.Tiers.Tiers(), f.Err()
}

func (cmd *tiersCmd) day(ctx context.Context, c *community.Community) (community.Day, error) {
	if cmd.At != "" {
		day, err := community.ParseDay(cmd.At)
		if err != nil {
			return 0, usage("--at: %w", err)
		}
		return day, nil
	}
	return c.Tiers.Latest(ctx)
}

// tierJSON is one member in JSON. The names are a contract.
type tierJSON struct {
	Member community.MemberID `json:"member"`
	Name   string             `json:"name"`
	Tier   tiers.Tier         `json:"tier"`
	Earned tiers.Tier         `json:"earned"`
	Facts  tiers.Facts        `json:"facts"`
	Ladder []checkJSON        `json:"ladder"`
}

// checkJSON is one tier of the ladder with what the member has of each need. A need is met by one of its parts.
type checkJSON struct {
	Tier  tiers.Tier   `json:"tier"`
	Met   bool         `json:"met"`
	Needs [][]partJSON `json:"needs"`
}

type partJSON struct {
	Fact  tiers.Fact `json:"fact"`
	Has   int        `json:"has"`
	Least int        `json:"least"`
	Met   bool       `json:"met"`
}

func tierOf(p community.Involved) tierJSON {
	t := tierJSON{Member: p.Member, Name: p.Name, Tier: p.Standing.Tier, Earned: p.Verdict.Earned, Facts: p.Verdict.Facts, Ladder: []checkJSON{}}
	for _, c := range p.Verdict.Checks {
		check := checkJSON{Tier: c.Tier, Met: c.Met(), Needs: [][]partJSON{}}
		for _, a := range c.Answers {
			var parts []partJSON
			for _, part := range a.Parts {
				parts = append(parts, partJSON{part.Fact, part.Has, part.Least, part.Met()})
			}
			check.Needs = append(check.Needs, parts)
		}
		t.Ladder = append(t.Ladder, check)
	}
	return t
}

func (cmd *tiersCmd) list(day community.Day, people []community.Involved) error {
	if cmd.JSON {
		list := make([]tierJSON, len(people))
		for i, p := range people {
			list[i] = tierOf(p)
		}
		return printJSON(os.Stdout, list)
	}
	fmt.Printf("tiers after %s, by the facts of the %d Days that end with it\n", day, community.FactDays)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "member\tname\ttier\tearned\tactive days\tmessages\tpartners\tcontributions\tinfluence")
	for _, p := range people {
		f := p.Verdict.Facts
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\n", p.Member, printable(p.Name), p.Standing.Tier, p.Verdict.Earned,
			f.ActiveDays, f.Messages, f.Partners, f.Contributions, f.Influence)
	}
	return w.Flush()
}

// explain says all about one member.
func (cmd *tiersCmd) explain(ctx context.Context, c *community.Community, day community.Day, people []community.Involved) error {
	i := slices.IndexFunc(people, func(p community.Involved) bool { return string(p.Member) == cmd.Explain })
	if i < 0 {
		return fmt.Errorf("nobody who has a tier on %s is %q: it takes a member's id, like m12 (weilu tiers lists them)", day, cmd.Explain)
	}
	p := people[i]
	if cmd.JSON {
		return printJSON(os.Stdout, tierOf(p))
	}
	_, e, err := c.Tiers.Facts(ctx, p.Member, day)
	if err != nil {
		return err
	}
	fmt.Printf("%s %s holds %s after %s; the facts earn %s\n", p.Member, printable(p.Name), p.Standing.Tier, day, p.Verdict.Earned)
	for _, check := range p.Verdict.Checks {
		fmt.Printf("\n%s: %s\n", check.Tier, map[bool]string{true: "met", false: "not met"}[check.Met()])
		for _, a := range check.Answers {
			fmt.Printf("  %s\n", answerLine(a))
		}
		if missing := check.Missing(); len(missing) > 0 {
			fmt.Printf("  cheapest: %s\n", missingLine(missing))
		}
	}
	return printEvidence(ctx, c, e)
}

func answerLine(a tiers.Answer) string {
	var parts []string
	for _, p := range a.Parts {
		parts = append(parts, fmt.Sprintf("%s %d of %d", p.Fact, p.Has, p.Least))
	}
	mark := "[ ] "
	if a.Met() {
		mark = "[x] "
	}
	return mark + strings.Join(parts, " or ")
}

func missingLine(missing []tiers.Part) string {
	var parts []string
	for _, p := range missing {
		parts = append(parts, fmt.Sprintf("%d more of %s", p.Missing(), p.Fact))
	}
	return strings.Join(parts, ", ")
}

func printEvidence(ctx context.Context, c *community.Community, e community.Evidence) error {
	fmt.Println("\nbased on")
	var days []string
	for _, d := range e.Active {
		days = append(days, d.String())
	}
	fmt.Printf("  active on: %s\n", strings.Join(days, " "))
	for _, group := range [...]struct {
		title string
		ids   []community.MemberID
	}{{"partners, most first", e.Partners}, {"people who turned to them", e.Influenced}} {
		names, err := c.Names(ctx, group.ids...)
		if err != nil {
			return err
		}
		var list []string
		for _, id := range group.ids {
			list = append(list, string(id)+" "+printable(names[id]))
		}
		fmt.Printf("  %s: %s\n", group.title, strings.Join(list, ", "))
	}
	for _, g := range e.Contributions {
		fmt.Printf("  %s: %d\n", g.Kind, g.N)
	}
	return nil
}

// moveJSON is somebody who would move under another ladder.
type moveJSON struct {
	Member community.MemberID `json:"member"`
	Name   string             `json:"name"`
	Tier   tiers.Tier         `json:"tier"`
	Would  tiers.Tier         `json:"would"` // hold after the next night, or after the next review and its grace
	Way    string             `json:"way"`   // up or down
}

// wouldMove shows who would move under another ladder: up on the next morning, or down by the next review.
func (cmd *tiersCmd) wouldMove(people []community.Involved, another tiers.Ladder) error {
	moves, now, then := []moveJSON{}, map[tiers.Tier]int{}, map[tiers.Tier]int{}
	for _, p := range people {
		would, way := another.Would(p.Verdict.Facts, p.Standing.Tier)
		now[p.Standing.Tier]++
		then[would]++
		if way != "" {
			moves = append(moves, moveJSON{p.Member, p.Name, p.Standing.Tier, would, way})
		}
	}
	if cmd.JSON {
		return printJSON(os.Stdout, map[string]any{"moves": moves, "now": now, "then": then})
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "tier\tnow\tthen")
	for _, t := range slices.Backward(tiers.All()) {
		if now[t]+then[t] > 0 {
			fmt.Fprintf(w, "%s\t%d\t%d\n", t, now[t], then[t])
		}
	}
	fmt.Fprintf(w, "\n%d would move\n", len(moves))
	if len(moves) > 0 {
		fmt.Fprintln(w, "member\tname\ttier\twould hold\tway")
	}
	for _, m := range moves {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", m.Member, printable(m.Name), m.Tier, m.Would, m.Way)
	}
	return w.Flush()
}

// monthJSON is how a month moved people. The names are a contract.
type monthJSON struct {
	Month  string                            `json:"month"`
	Up     int                               `json:"up"`
	Down   int                               `json:"down"`
	Held   int                               `json:"held"`
	In     int                               `json:"in"`
	Out    int                               `json:"out"`
	Stuck  int                               `json:"stuck"`
	Active map[tiers.Tier]int                `json:"active"`
	Ends   map[tiers.Tier]int                `json:"ends"`
	Matrix map[tiers.Tier]map[tiers.Tier]int `json:"matrix"`
}

// months shows how each month moved people, from the first with data until that of the Day.
func (cmd *tiersCmd) months(ctx context.Context, c *community.Community, day community.Day, changes []tiers.Entry) error {
	first, ok, err := c.Tiers.Began(ctx)
	if err != nil || !ok {
		return err
	}
	var names []string
	for d, _ := first.Month(); d <= day; _, d = d.Month() {
		names = append(names, d.String()[:7])
	}
	list, err := c.Tiers.MovesOf(ctx, changes, names...)
	if err != nil {
		return err
	}
	if cmd.JSON {
		out := make([]monthJSON, len(list))
		for i, m := range list {
			out[i] = monthJSON{m.Month, m.Up, m.Down, m.Held, m.In, m.Out, m.Stuck, m.Active, m.Ends, m.Matrix}
		}
		return printJSON(os.Stdout, out)
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "month\tactive\tup\tdown\theld\tin\tout\tstuck\tkoc\tcontributor\tinteractor\tlurker\t")
	for _, m := range list {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", m.Month, total(m.Active), m.Up, m.Down, m.Held, m.In, m.Out, m.Stuck,
			m.Ends[tiers.KOC], m.Ends[tiers.Contributor], m.Ends[tiers.Interactor], m.Ends[tiers.Onlooker]+m.Ends[tiers.Lurker])
	}
	return w.Flush()
}

func total(n map[tiers.Tier]int) (sum int) {
	for _, k := range n {
		sum += k
	}
	return sum
}
