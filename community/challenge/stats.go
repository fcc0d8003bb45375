package challenge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// figures are how a challenge goes.
type figures struct {
	Joined, Quit, Out   int
	Reached             int // the goal
	Done, MadeUp, Leave int // marks
	Doubts, Explained   int
	Stopped             int     // were at it, and have not been for 3 Days
	StoppedOn           int     // the Day of their part at which half of those had stopped; 0: nobody has
	Curve               []int   // how many checked in on the first Day of their part, the second, ...
	Rate                float64 // of the Days on which somebody could have checked in, those that count
}

// stoppedAfter is after how many Days without a mark somebody has stopped.
const stoppedAfter = 3

// figuresOf reads the figures of a challenge. It reads tables only.
func (f *feature) figuresOf(ctx context.Context, c *challenge, today community.Day) (g figures, err error) {
	if err := f.db.Row(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN quit_at > 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN out_seq > 0 THEN 1 ELSE 0 END), 0)
		FROM challenge_members WHERE challenge_id = ?`, c.ID).Scan(&g.Joined, &g.Quit, &g.Out); err != nil {
		return g, fmt.Errorf("figures: %w", err)
	}
	if err := f.db.Row(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN answered_at > 0 THEN 1 ELSE 0 END), 0) FROM challenge_doubts WHERE challenge_id = ?`, c.ID).
		Scan(&g.Doubts, &g.Explained); err != nil {
		return g, fmt.Errorf("figures: %w", err)
	}
	var stops []int
	possible, counted := 0, 0
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var first, last, total, done, madeUp, leaves, end int
		var reached int64
		if err := scan(&first, &last, &total, &done, &madeUp, &leaves, &end, &reached); err != nil {
			return err
		}
		g.Done, g.MadeUp, g.Leave = g.Done+done, g.MadeUp+madeUp, g.Leave+leaves
		if reached > 0 {
			g.Reached++
		}
		possible += max(0, min(last, int(today)-1)-first+1)
		counted += total
		if end > 0 && reached == 0 && end < min(int(today), last+1)-stoppedAfter {
			stops = append(stops, end-first+1)
		}
		return nil
	}, `SELECT first_day, last_day, total, done, made_up, leaves, run_end, reached FROM challenge_standings WHERE challenge_id = ?`, c.ID)
	if err != nil {
		return g, fmt.Errorf("figures: %w", err)
	}
	if g.Stopped = len(stops); g.Stopped > 0 {
		slices.Sort(stops)
		g.StoppedOn = stops[len(stops)/2]
	}
	if possible > 0 {
		g.Rate = min(1, float64(counted)/float64(possible))
	}
	return g, f.curve(ctx, c, today, &g)
}

// curve counts who checked in on which Day of their part.
func (f *feature) curve(ctx context.Context, c *challenge, today community.Day, g *figures) error {
	query, args := `SELECT day - ?, COUNT(*) FROM challenge_marks WHERE challenge_id = ? AND gone_seq = 0 AND kind IN ('done', 'made_up') GROUP BY 1`,
		[]any{int(c.First), c.ID}
	if c.First == 0 {
		query, args = `SELECT k.day - m.day, COUNT(*) FROM challenge_marks k JOIN challenge_members m ON m.challenge_id = k.challenge_id AND m.member_id = k.member_id
			WHERE k.challenge_id = ? AND k.gone_seq = 0 AND k.kind IN ('done', 'made_up') GROUP BY 1`, []any{c.ID}
	}
	days := c.Days
	if c.First != 0 {
		days = max(0, min(int(c.Last), int(today))-int(c.First)+1)
	}
	g.Curve = make([]int, days)
	return f.db.Each(ctx, func(scan func(...any) error) error {
		var day, n int
		if err := scan(&day, &n); err != nil {
			return err
		}
		if day >= 0 && day < len(g.Curve) {
			g.Curve[day] = n
		}
		return nil
	}, query, args...)
}

// statistics is 挑战统计 早起.
func (f *feature) statistics(ctx context.Context, r *bot.Request) error {
	list, err := f.challenges(ctx, `WHERE state <> 'cancelled' ORDER BY state = 'open' DESC, id DESC LIMIT 50`)
	if err != nil {
		return err
	}
	c, _ := named(list, r.Args)
	switch {
	case len(list) == 0:
		return r.Refuse("manage.none")
	case c == nil && strings.TrimSpace(r.Args) == "":
		c = list[0]
	case c == nil:
		return r.Refuse("manage.which", "Names", names(list), "Command", r.Command(), "Example", list[0].Name)
	}
	g, err := f.figuresOf(ctx, c, f.c.Calendar.Day(r.At))
	if err != nil {
		return err
	}
	lines := []string{
		r.T("stats.title", "Name", c.Name),
		r.T("stats.people", "Joined", g.Joined, "Quit", g.Quit, "Out", g.Out, "Reached", g.Reached, "Rate", percent(g.Reached, g.Joined)),
		r.T("stats.days", "Done", g.Done, "MadeUp", g.MadeUp, "Leave", g.Leave, "Rate", int(100*g.Rate+0.5)),
	}
	if g.Stopped > 0 {
		lines = append(lines, r.T("stats.stopped", "Count", g.Stopped, "Day", g.StoppedOn))
	}
	if g.Doubts > 0 {
		lines = append(lines, r.T("stats.doubts", "Count", g.Doubts, "Rate", percent(g.Doubts, g.Done), "Explained", g.Explained))
	}
	if curve := f.sayCurve(g); curve != "" {
		lines = append(lines, r.T("stats.curve", "Curve", curve))
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// sayCurve is the curve in a line: some Days with the share of those who joined.
func (f *feature) sayCurve(g figures) string {
	var parts []string
	for _, day := range []int{1, 3, 7, 14, 21, 30, 60, 90, 180, 365} {
		if day <= len(g.Curve) && g.Joined > 0 {
			parts = append(parts, fmt.Sprintf("D%d %d%%", day, percent(g.Curve[day-1], g.Joined)))
		}
	}
	return strings.Join(parts, " · ")
}
