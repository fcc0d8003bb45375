package tier_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/community"
)

// city is a large community whose aggregates are written as messages would have written them.
type city struct {
	*town
	members int
	start   community.Day
}

func newCity(t *testing.T, dialect string, members int) *city {
	t.Helper()
	c := &city{town: newTown(t, dialect, 1), members: members}
	c.start = c.Community.Calendar.Day(c.at)
	c.fill("members (id, name, folded, name_at, first_seen, role, bot)", members, func(i int) []any {
		return []any{fmt.Sprintf("m%d", i+1), "n", "n", 0, 1, 0, false}
	})
	return c
}

// fill writes rows, many at once.
func (c *city) fill(into string, n int, row func(i int) []any) {
	c.t.Helper()
	const many = 500
	c.do(func(ctx context.Context) error {
		for from := 0; from < n; from += many {
			var args []any
			var marks []string
			for i := from; i < min(from+many, n); i++ {
				values := row(i)
				marks = append(marks, "(?"+strings.Repeat(", ?", len(values)-1)+")")
				args = append(args, values...)
			}
			if _, err := c.DB.Conn(ctx).Statement.ConnPool.ExecContext(ctx, `INSERT INTO `+into+` VALUES `+strings.Join(marks, ", "), args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// talk writes a Day on which so many members were active, of four times as many who are from time to time; half of them
// address somebody.
func (c *city) talk(day community.Day, active int) {
	r := rand.New(rand.NewPCG(uint64(day), 9))
	who := r.Perm(4 * active)[:active]
	c.fill("activity (day, member_id, group_id, messages, first_at, last_at)", active, func(i int) []any {
		return []any{int(day), fmt.Sprintf("m%d", who[i]+1), "g1", 1 + r.IntN(9), 1, 2}
	})
	c.fill("edges (day, from_id, to_id, kind, n)", active/2, func(i int) []any {
		return []any{int(day), fmt.Sprintf("m%d", who[i]+1), fmt.Sprintf("m%d", who[(i*7+1)%active]+1), "mention", 1}
	})
}

// night works the night after a Day and says how long it took.
func (c *city) night(day community.Day) (took time.Duration, changes int) {
	c.t.Helper()
	at := c.Community.Calendar.Start(day + 1).Add(10 * time.Minute)
	c.do(func(ctx context.Context) error {
		begin := time.Now()
		n, ok, err := c.Community.Tiers.Night(ctx, at)
		took, changes = time.Since(begin), len(n.Changes)
		if err == nil && !ok {
			c.t.Errorf("there was nothing to do after %s", day)
		}
		return err
	})
	return took, changes
}

// nights are three nights in a row, of which the quickest counts: the machine has other things to do.
func (c *city) nights(from community.Day, active int) (took time.Duration, changes int) {
	for day := from; day < from+3; day++ {
		c.talk(day, active)
		one, n := c.night(day)
		if took == 0 || one < took {
			took, changes = one, n
		}
	}
	return took, changes
}

// TestANightOfAHundredThousandMembers classifies 100,000 members with 90 Days of data, of whom 6,000 are active on a Day
// and 24,000 from time to time.
// What a night costs is of those who were active, and not of all that was ever said.
func TestANightOfAHundredThousandMembers(t *testing.T) {
	members, active, past := 100_000, 6_000, community.Day(90)
	if testing.Short() {
		members, active, past = 5_000, 300, 40
	}
	const patient = 5 * time.Second
	nights := map[int]time.Duration{}
	for _, share := range [...]int{1, 2} { // all, and half as many active
		past := past
		if share > 1 {
			past = 40 // a night looks at no more than 28
		}
		c := newCity(t, "sqlite", members)
		for day := c.start; day < c.start+past; day++ {
			c.talk(day, active/share)
		}
		first, _ := c.night(c.start + past - 1)
		took, changes := c.nights(c.start+past, active/share)
		nights[share] = took
		t.Logf("%d members, %d active a day: the first night, over %d Days, %v; the next one %v with %d changes", members, active/share, past,
			first.Round(time.Millisecond), took.Round(time.Millisecond), changes)
		if changes == 0 {
			t.Error("nothing changed: nothing was classified")
		}
		if took > patient && !testing.Short() {
			t.Errorf("a night took %v, more than %v", took, patient)
		}
		if share > 1 {
			continue
		}
		for day := c.start - past/2; day < c.start; day++ {
			c.talk(day, active)
		}
		again, _ := c.nights(c.start+past+3, active)
		ratio := again.Seconds() / took.Seconds()
		t.Logf("with half as much again ever said: %v, %.2f of the time", again.Round(time.Millisecond), ratio)
		if ratio > 1.3 && !testing.Short() {
			t.Errorf("a night costs %.2f times as much where half as much again was ever said", ratio)
		}
	}
	ratio := nights[2].Seconds() / nights[1].Seconds()
	t.Logf("with half as many active: %.2f of the time", ratio)
	if ratio > 0.8 && !testing.Short() {
		t.Errorf("with half as many active a night still costs %.2f of the time", ratio)
	}
}
