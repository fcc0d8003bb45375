package community_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/community"
)

// zones are those whose clocks do what naive code doesn't expect: jumps at midnight, a skipped day, half hours.
var zones = []string{
	"UTC", "Asia/Shanghai", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo", "Asia/Beirut",
	"Africa/Cairo", "Europe/Berlin", "America/New_York", "Antarctica/Troll", "Pacific/Kwajalein", "Africa/Monrovia",
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no time zone data for %s", name)
	}
	return z
}

func TestADayBeginsAtItsStart(t *testing.T) {
	shanghai := community.NewCalendar(zone(t, "Asia/Shanghai"), 4*time.Hour)
	for at, want := range map[string]string{
		"2024-04-30T19:59:59.999Z": "2024-04-30",
		"2024-04-30T20:00:00Z":     "2024-05-01",
		"2024-05-31T19:59:59Z":     "2024-05-31",
		"2024-05-31T20:00:00Z":     "2024-06-01",
		"1969-12-31T19:59:59Z":     "1969-12-31",
	} {
		ts, err := time.Parse(time.RFC3339Nano, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := shanghai.Day(ts).String(); got != want {
			t.Errorf("%s is of %s, want %s", at, got, want)
		}
	}
}

func TestMonthsAreMadeOfDays(t *testing.T) {
	first, after, err := community.ParseMonth("2024-12")
	if err != nil || first.String() != "2024-12-01" || after.String() != "2025-01-01" {
		t.Errorf("got %s to %s, %v", first, after, err)
	}
	for _, bad := range []string{"", "2024-13", "2024-5", "2024-05-01", "may"} {
		if _, _, err := community.ParseMonth(bad); err == nil {
			t.Errorf("%q is taken for a month", bad)
		}
	}
}

// Every instant belongs to exactly one Day, Days follow one another without a gap, and Start agrees with Day:
// in all zones, at all day starts, around all jumps of the clock.
func TestDaysPartitionTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Skip("no time zone data")
		}
		starts := time.Duration(rapid.IntRange(0, 23*60+59).Draw(t, "starts")) * time.Minute
		c := community.NewCalendar(z, starts)
		at := time.Unix(rapid.Int64Range(-200_000_000, 2_000_000_000).Draw(t, "at"), 0)
		if rapid.Bool().Draw(t, "near a jump") {
			if _, end := at.In(z).ZoneBounds(); !end.IsZero() {
				at = end.Add(time.Duration(rapid.IntRange(-30*3600, 30*3600).Draw(t, "off")) * time.Second)
			}
		}
		d := c.Day(at)
		if at.Before(c.Start(d)) || !at.Before(c.Start(d+1)) {
			t.Fatalf("%s (%s) is of %s, which goes from %s to %s", at, at.In(z), d, c.Start(d), c.Start(d+1))
		}
		if c.Start(d).After(c.Start(d + 1)) {
			t.Fatalf("%s begins after the next Day", d)
		}
		if fresh := community.NewCalendar(z, starts).Day(at); fresh != d {
			t.Fatalf("asked twice: %s and %s", d, fresh)
		}
	})
}

func TestTheDayThatApiaSkippedIsShort(t *testing.T) {
	c := community.NewCalendar(zone(t, "Pacific/Apia"), 0)
	skipped := community.Date(2011, time.December, 30)
	if !c.Start(skipped).Equal(c.Start(skipped + 1)) {
		t.Errorf("2011-12-30 goes from %s to %s", c.Start(skipped), c.Start(skipped+1))
	}
	if got := c.Day(c.Start(skipped)); got != skipped+1 {
		t.Errorf("the moment of the jump is of %s", got)
	}
}
