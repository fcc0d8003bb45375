package schedule_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weilu-im/weilu/bot/schedule"
)

func TestNextIsByTheClocksOfTheZone(t *testing.T) {
	for name, c := range map[string]struct{ zone, spec, after, want string }{
		"a daily slot later today":                     {"Asia/Shanghai", "10 4 * * *", "2026-11-01T20:00:00Z", "2026-11-01T20:10:00Z"},
		"the same slot is not its own next":            {"Asia/Shanghai", "10 4 * * *", "2026-11-01T20:10:00Z", "2026-11-02T20:10:00Z"},
		"seconds may stand first":                      {"UTC", "30 0 9 * * *", "2026-11-01T09:00:00Z", "2026-11-01T09:00:30Z"},
		"the 1st of the month":                         {"Asia/Shanghai", "0 9 1 * *", "2026-11-01T01:00:00Z", "2026-12-01T01:00:00Z"},
		"the last day of a month":                      {"Asia/Shanghai", "0 20 L * *", "2026-11-02T00:00:00Z", "2026-11-30T12:00:00Z"},
		"and of the next one":                          {"Asia/Shanghai", "0 20 L * *", "2026-11-30T12:00:00Z", "2026-12-31T12:00:00Z"},
		"a leap day is a last day":                     {"Asia/Shanghai", "0 20 L 2 *", "2026-11-30T12:00:00Z", "2027-02-28T12:00:00Z"},
		"in a leap year":                               {"Asia/Shanghai", "0 20 L 2 *", "2027-03-01T12:00:00Z", "2028-02-29T12:00:00Z"},
		"Fridays":                                      {"Asia/Shanghai", "0 20 * * 5", "2026-11-02T00:00:00Z", "2026-11-06T12:00:00Z"},
		"a summer day of Berlin":                       {"Europe/Berlin", "0 9 * * *", "2026-07-01T00:00:00Z", "2026-07-01T07:00:00Z"},
		"a winter day of Berlin":                       {"Europe/Berlin", "0 9 * * *", "2026-12-01T00:00:00Z", "2026-12-01T08:00:00Z"},
		"a time that Berlin skips comes an hour later": {"Europe/Berlin", "30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"},
		"and once":                                     {"Europe/Berlin", "30 2 * * *", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"},
		"also seen from after the skip":                {"Europe/Berlin", "30 2 * * *", "2026-03-29T01:10:00Z", "2026-03-29T01:30:00Z"},
		"a time that Berlin has twice":                 {"Europe/Berlin", "30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
		"comes once":                                   {"Europe/Berlin", "30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		"also seen from between":                       {"Europe/Berlin", "30 2 * * *", "2026-10-25T01:10:00Z", "2026-10-26T01:30:00Z"},
		"each half hour passes twice":                  {"Europe/Berlin", "*/30 * * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z"},
		"midnight where there was none":                {"America/Sao_Paulo", "0 0 * * *", "2018-11-03T12:00:00Z", "2018-11-04T03:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Skipf("no time zone data for %s", c.zone)
			}
			after, err := time.Parse(time.RFC3339, c.after)
			if err != nil {
				t.Fatal(err)
			}
			next, err := schedule.Next(zone)(c.spec, after)
			if err != nil || next.Format(time.RFC3339) != c.want {
				t.Errorf("got %s, %v; want %s", next.Format(time.RFC3339), err, c.want)
			}
		})
	}
}

func TestASpecThatMakesNoSenseIsTold(t *testing.T) {
	next := schedule.Next(time.UTC)
	for _, spec := range []string{"", "x", "61 * * * *", "* * *", "0 0 32 * *"} {
		if _, err := next(spec, time.Unix(0, 0)); err == nil {
			t.Errorf("%q is taken for a schedule", spec)
		}
	}
	if at, err := next("0 0 30 2 *", time.Unix(0, 0)); err != nil || !at.IsZero() {
		t.Errorf("the 30th of February comes at %s, %v", at, err)
	}
}

// Time in the test's bubble is virtual, so that minutes pass at once.
func TestTheClockWakesEverySecondAndNeverTwiceAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var woken, inside int
		done := make(chan error)
		go func() {
			done <- schedule.Run(ctx, slog.New(slog.DiscardHandler), func(ctx context.Context, now time.Time) error {
				if inside++; inside > 1 {
					t.Error("woken while still awake")
				}
				if woken++; woken == 3 {
					<-time.After(5 * time.Second) // slow once
				}
				inside--
				return nil
			})
		}()
		<-time.After(60*time.Second + 500*time.Millisecond)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if woken < 50 || woken > 61 {
			t.Errorf("woken %d times in a minute", woken)
		}
	})
}
