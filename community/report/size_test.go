package report_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/draw"
	"github.com/weilu-im/weilu/community/report"
)

// city is a large community whose aggregates are written as its messages and nights would have written them.
type city struct {
	*town
	first, after community.Day
}

// The size of a city: how many people and groups it has, and over how many Days.
const (
	citizens = 100_000
	quarters = 20
	cityDays = 730
)

// newCity fills a database with the aggregates of so many messages.
func newCity(t *testing.T, messages int) *city {
	t.Helper()
	c := &city{town: newTown(t, "sqlite", 1)}
	w := c.town
	w.at = time.Date(2028, 1, 10, 2, 0, 0, 0, time.UTC)
	c.after = w.Community.Calendar.Day(w.at)
	c.first = c.after - cityDays
	r := rand.New(rand.NewPCG(uint64(messages), 1))
	start := func(d community.Day) int64 { return w.Community.Calendar.Start(d).UnixMilli() }
	fill := func(into string, n int, row func(i int) []any) {
		t.Helper()
		if err := w.Engine.Do(t.Context(), func(ctx context.Context) error {
			const many = 500
			for from := 0; from < n; from += many {
				var args []any
				var marks []string
				for i := from; i < min(from+many, n); i++ {
					values := row(i)
					marks = append(marks, "(?"+strings.Repeat(", ?", len(values)-1)+")")
					args = append(args, values...)
				}
				if _, err := w.DB.Conn(ctx).Statement.ConnPool.ExecContext(ctx, `INSERT INTO `+into+` VALUES `+strings.Join(marks, ", "), args...); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	fill("groups (id, name, code, language, adopted, created_at)", quarters, func(i int) []any {
		return []any{fmt.Sprintf("q%d", i), fmt.Sprintf("群%d", i), fmt.Sprintf("Q%d", i), "", true, 1}
	})
	fill("members (id, name, folded, name_at, first_seen, role, bot)", citizens, func(i int) []any {
		return []any{fmt.Sprintf("c%d", i), "n", "n", 1, start(c.first + community.Day(i*cityDays/citizens)), 0, false}
	})
	fill("stays (group_id, member_id, display, folded, joined_at, left_at)", citizens, func(i int) []any {
		return []any{fmt.Sprintf("q%d", i%quarters), fmt.Sprintf("c%d", i), "", "", start(c.first + community.Day(i*cityDays/citizens)), 0}
	})
	c.talk(r, fill, messages)
	fill("tier_changes (member_id, day, n, cause, from_tier, to_tier, tier, since, warned, waits, declined, active_days, messages, partners, contributions, influence, traces)",
		citizens*3/2, func(i int) []any {
			day := int(c.first) + 1 + (i%citizens*7+i/citizens*13)%(cityDays-1)
			return []any{fmt.Sprintf("c%d", i%citizens), day, 1 + i/citizens, "", "lurker", "interactor", "interactor", day, 0, "", 0, 2, 3, 1, 0, 0, 0}
		})
	fill("tier_nights (day, at, people, changes)", 1, func(int) []any { return []any{int(c.after) - 1, 1, 1, 1} })
	fill("report_rolled (one, day, calendar, left_out)", 1, func(int) []any { return []any{1, int(c.after) - 2, w.Community.Calendar.String(), "m1 "} })
	return c
}

// talk writes the Days: who speaks is drawn so that some speak on most Days and most seldom, of those who are there by then.
func (c *city) talk(r *rand.Rand, fill func(string, int, func(int) []any), messages int) {
	daily := messages / cityDays
	var rolled, spoken, edges [][]any
	for d := range cityDays {
		day := int(c.first) + d
		there := max(200, citizens*d/cityDays)
		sums := map[int]int{}
		for range daily * 18 / 100 { // a member's Day has five or six messages
			x := r.Float64()
			sums[int(x*x*x*float64(there))] += 1 + r.IntN(10)
		}
		groups := map[int]*strings.Builder{}
		for who, n := range sums {
			g := who % quarters
			if groups[g] == nil {
				groups[g] = &strings.Builder{}
			}
			groups[g].WriteString("c" + strconv.Itoa(who) + " " + strconv.Itoa(n) + " ")
			if d > cityDays-130 {
				spoken = append(spoken, []any{day, fmt.Sprintf("c%d", who), fmt.Sprintf("q%d", g), n, 1, 2})
			}
			if d > cityDays-70 && who%3 == 0 {
				edges = append(edges, []any{day, fmt.Sprintf("c%d", who), fmt.Sprintf("c%d", r.IntN(there)), "mention", 1})
			}
		}
		for g, text := range groups {
			hours, waits := make([]string, 24), make([]string, daily/quarters/20)
			for h := range hours {
				hours[h] = strconv.Itoa(r.IntN(1 + 2*daily/quarters/24))
			}
			for i := range waits {
				waits[i] = strconv.Itoa(1000 * r.IntN(7000))
			}
			rolled = append(rolled, []any{day, fmt.Sprintf("q%d", g), text.String(), strings.Join(hours, " "), strings.Join(waits, " ")})
		}
	}
	fill("report_days (day, group_id, speakers, hours, waits)", len(rolled), func(i int) []any { return rolled[i] })
	fill("activity (day, member_id, group_id, messages, first_at, last_at)", len(spoken), func(i int) []any { return spoken[i] })
	fill("edges (day, from_id, to_id, kind, n)", len(edges), func(i int) []any { return append(edges[i][:4:4], 1) })
}

// month reports a month, and tells the quickest of some times.
func (c *city) month(p report.Period) (took time.Duration, messages int) {
	c.t.Helper()
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak of the process begins anew, where the system can
	for range 3 {
		begin := time.Now()
		q := c.Engine.Query(bot.Query{At: c.at, Actor: bot.Actor{Role: bot.Owner}}, report.Name)
		r, err := report.Make(c.t.Context(), q, c.DB, c.Community, report.Look{Fonts: draw.Bitmap()}, report.Ask{Period: p})
		if err != nil {
			c.t.Fatal(err)
		}
		if one := time.Since(begin); took == 0 || one < took {
			took = one
		}
		messages = r.Messages
	}
	return took, messages
}

// TestAMonthOfTwentyMillionMessages reports November 2027 of 100,000 members beside 2 and 20 million messages of 24 months.
func TestAMonthOfTwentyMillionMessages(t *testing.T) {
	if testing.Short() {
		t.Skip("writes the aggregates of 22 million messages")
	}
	p, err := report.Parse(report.OfMonth, "2027-11")
	if err != nil {
		t.Fatal(err)
	}
	took := map[int]time.Duration{}
	for _, messages := range []int{2_000_000, 20_000_000} {
		c := newCity(t, messages)
		one, n := c.month(p)
		took[messages] = one
		if mb := peak(t); mb > 300 {
			t.Errorf("the process has had %d MB", mb)
		}
		t.Logf("%d messages over %d Days: the report of a month with %d takes %v; the process has had %d MB while it did", messages, cityDays, n, one.Round(time.Millisecond), peak(t))
	}
	ratio := float64(took[20_000_000]) / float64(took[2_000_000])
	t.Logf("ratio %.2f", ratio)
	if ratio >= 2 {
		t.Errorf("ten times the messages take %.2f times as long", ratio)
	}
	if took[20_000_000] > 3*time.Second { // a second on a machine with nothing else to do
		t.Errorf("it takes %v", took[20_000_000])
	}
}

// peak is how much memory the process has had at the most, in MB; 0 where the system does not tell.
func peak(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			return kb / 1024
		}
	}
	return 0
}
