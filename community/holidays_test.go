package community_test

import (
	"context"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

func TestTheBuiltInHolidays(t *testing.T) {
	each(t, func(t *testing.T, db bot.Storage) {
		within(t, db, func(ctx context.Context) {
			c := must(community.New(community.Options{Storage: db, Calendar: shanghai(), Ledger: points.New(db.Conn, db.Tx)}))(t)
			for year, free := range map[int]int{2024: 28, 2025: 28, 2026: 33} {
				of, known, err := c.Holidays.Year(ctx, year)
				if err != nil || !known {
					t.Fatalf("%d: %v, %v", year, known, err)
				}
				n := 0
				for _, d := range of {
					weekend := d.Date.Weekday() == time.Saturday || d.Date.Weekday() == time.Sunday
					if !d.Free && !weekend {
						t.Errorf("%s is worked and no weekend", d.Date)
					}
					if d.Free {
						n++
					}
				}
				if n != free {
					t.Errorf("%d free days in %d, want %d", n, year, free)
				}
			}
			for day, want := range map[community.Day]bool{
				community.Date(2026, 10, 1): false, community.Date(2026, 10, 10): true, community.Date(2026, 10, 11): false, community.Date(2026, 11, 23): true,
				community.Date(2031, 1, 1): true, community.Date(2031, 1, 4): false, community.Date(2026, 2, 14): true, community.Date(2026, 2, 16): false,
			} {
				if got := must(c.Holidays.Workday(ctx, day))(t); got != want {
					t.Errorf("%s is a working day: %v", day, got)
				}
			}
		})
	})
}
