package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/checkin"
	"github.com/weilu-im/weilu/community/earning"
	"github.com/weilu-im/weilu/config"
	"github.com/weilu-im/weilu/config/database"
)

type pointsCmd struct {
	Replay pointsReplayCmd `cmd:"" help:"Show what other rules would have paid, beside a running bot."`
}

type pointsReplayCmd struct {
	Rules string `required:"" help:"A configuration file with the new rules, of which only the section points is used." placeholder:"FILE.yaml" type:"path"`
	Days  int    `help:"How many Days back." default:"90"`
	JSON  bool   `help:"Print JSON." name:"json"`
}

// pointsReplay is what rules pay and what other rules would have paid. The names of its JSON are a contract.
type pointsReplay struct {
	Since     string         `json:"since"` // the first Day
	Days      int            `json:"days"`
	Messages  int            `json:"messages"`
	WithText  int            `json:"with_text"` // whose words are kept; of the others only length and time count
	Rules     []ruleReplay   `json:"rules"`
	Old       int64          `json:"old"`       // points issued by the rules of today
	New       int64          `json:"new"`       // points issued by the new ones
	Inflation *float64       `json:"inflation"` // new over old less 1; null where the rules of today paid nothing
	Gain      []personReplay `json:"gain"`      // who gains most, at most 10
	Lose      []personReplay `json:"lose"`      // who loses most, at most 10
}

// ruleReplay is what one rule pays.
type ruleReplay struct {
	Rule     string `json:"rule"`
	OldTimes int64  `json:"old_times"`
	Old      int64  `json:"old"`
	NewTimes int64  `json:"new_times"`
	New      int64  `json:"new"`
}

// personReplay is what one person gets.
type personReplay struct {
	Member community.MemberID `json:"member"`
	Name   string             `json:"name"`
	Old    int64              `json:"old"`
	New    int64              `json:"new"`
}

// Run judges the stored messages by the rules of today and by the new ones. Nothing is written.
func (cmd *pointsReplayCmd) Run(ctx context.Context, g *Globals) error {
	if cmd.Days < 1 || cmd.Days > 3660 {
		return usage("--days: is between 1 and 3660, not %d", cmd.Days)
	}
	next, _, err := loadFrom(config.Source{File: cmd.Rules})
	if err != nil {
		return err
	}
	var report pointsReplay
	err = g.reading(ctx, func(s *settings, db *database.DB) error {
		if err := warnOfDays(ctx, s, db); err != nil {
			return err
		}
		return db.Snapshot(ctx, func(ctx context.Context) (err error) {
			report, err = cmd.replay(ctx, db, s, next, time.Now())
			return err
		})
	})
	if err != nil {
		return err
	}
	if cmd.JSON {
		return printJSON(os.Stdout, report)
	}
	return report.print()
}

func (cmd *pointsReplayCmd) replay(ctx context.Context, db *database.DB, s, next *settings, now time.Time) (report pointsReplay, err error) {
	calendar, err := s.Community.Calendar()
	if err != nil {
		return report, err
	}
	engine, err := bareEngine(s)
	if err != nil {
		return report, err
	}
	leftOut, err := community.LeftOut(ctx, db, s.Community.Bots)
	if err != nil {
		return report, err
	}
	since := calendar.Day(now) - community.Day(cmd.Days) + 1
	report.Since, report.Days = since.String(), cmd.Days
	staff := func(id community.MemberID) bool { return leftOut[id] }
	sims := [...]*earning.Simulation{earning.Simulate(s.Points.earningPoints, staff), earning.Simulate(next.Points.earningPoints, staff)}
	stored := earning.Stored{DB: db, Calendar: calendar, LeftOut: leftOut, Command: engine.IsCommand}
	if err := stored.Rows(ctx, calendar.Start(since), func(row earning.Row) {
		report.Messages++
		if row.Text != "" {
			report.WithText++
		}
		for _, sim := range sims {
			sim.Message(row)
		}
	}); err != nil {
		return report, err
	}
	counts, err := checkin.Counts(ctx, db, since)
	if err != nil {
		return report, err
	}
	for i, p := range [...]pointsConfig{s.Points, next.Points} {
		for id, n := range counts {
			if !leftOut[id] {
				sims[i].Add("checkin", id, n.Days, p.Daily.Amount)
				sims[i].Add("checkin_streak", id, n.Streaks, p.Streak.Amount)
			}
		}
	}
	report.compare(sims[0], sims[1])
	return report, report.name(ctx, db)
}

// compare sets both side by side.
func (p *pointsReplay) compare(old, next *earning.Simulation) {
	p.Rules, p.Gain, p.Lose = []ruleReplay{}, []personReplay{}, []personReplay{}
	for _, rule := range [...]string{"checkin", "checkin_streak", "speaking", "thanks", "picture", "link"} {
		r := ruleReplay{Rule: rule}
		if t := old.Rules[rule]; t != nil {
			r.OldTimes, r.Old = t.Times, t.Points
		}
		if t := next.Rules[rule]; t != nil {
			r.NewTimes, r.New = t.Times, t.Points
		}
		p.Rules, p.Old, p.New = append(p.Rules, r), p.Old+r.Old, p.New+r.New
	}
	if p.Old > 0 {
		rate := float64(p.New-p.Old) / float64(p.Old)
		p.Inflation = &rate
	}
	people := map[community.MemberID]personReplay{}
	for id, n := range old.People {
		people[id] = personReplay{Member: id, Old: n}
	}
	for id, n := range next.People {
		people[id] = personReplay{Member: id, Old: people[id].Old, New: n}
	}
	for _, one := range people {
		switch {
		case one.New > one.Old:
			p.Gain = append(p.Gain, one)
		case one.New < one.Old:
			p.Lose = append(p.Lose, one)
		}
	}
	p.Gain, p.Lose = most(p.Gain), most(p.Lose)
}

// most are the ten whom a change touches most.
func most(list []personReplay) []personReplay {
	change := func(p personReplay) int64 { return max(p.New-p.Old, p.Old-p.New) }
	slices.SortFunc(list, func(a, b personReplay) int {
		return cmp.Or(cmp.Compare(change(b), change(a)), cmp.Compare(len(a.Member), len(b.Member)), cmp.Compare(a.Member, b.Member))
	})
	return list[:min(len(list), 10)]
}

// name fills in what people are called.
func (p *pointsReplay) name(ctx context.Context, db *database.DB) error {
	members, err := community.Members(ctx, db)
	if err != nil {
		return err
	}
	names := make(map[community.MemberID]string, len(members))
	for _, m := range members {
		names[m.Member] = m.Name
	}
	for _, list := range [...][]personReplay{p.Gain, p.Lose} {
		for i := range list {
			list[i].Name = names[list[i].Member]
		}
	}
	return nil
}

func (p *pointsReplay) print() error {
	fmt.Printf("%d messages since %s, %d of them with their words\n", p.Messages, p.Since, p.WithText)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "rule\ttimes now\tpoints now\ttimes then\tpoints then\t")
	for _, r := range p.Rules {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t\n", r.Rule, r.OldTimes, r.Old, r.NewTimes, r.New)
	}
	fmt.Fprintf(w, "all\t\t%d\t\t%d\t\n", p.Old, p.New)
	if err := w.Flush(); err != nil {
		return err
	}
	if p.Inflation != nil {
		fmt.Printf("points issued: %+.1f %%\n", 100**p.Inflation)
	}
	w = tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, part := range [...]struct {
		title string
		list  []personReplay
	}{{"who gains most", p.Gain}, {"who loses most", p.Lose}} {
		if len(part.list) > 0 {
			fmt.Fprintf(w, "%s\tname\tnow\tthen\tchange\n", part.title)
		}
		for _, one := range part.list {
			fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%+d\n", one.Member, printable(one.Name), one.Old, one.New, one.New-one.Old)
		}
	}
	return w.Flush()
}
