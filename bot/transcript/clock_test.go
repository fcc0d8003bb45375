package transcript_test

import (
	"context"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot/transcript"
)

func TestClockLinesMoveTheClock(t *testing.T) {
	for name, c := range map[string]struct{ zone, lines, want string }{
		"a second for each input":            {"", "[g] a: x\na: y", "2026-01-01T09:00:03+08:00"},
		"a date and a time":                  {"", "== 2026-11-02 08:00 ==", "2026-11-02T08:00:01+08:00"},
		"seconds":                            {"", "==2026-11-02  08：00:30==", "2026-11-02T08:00:31+08:00"},
		"the moment it shows already":        {"", "== 2026-01-01 09:00 ==", "2026-01-01T09:00:01+08:00"},
		"a time later today":                 {"", "== 10:00 ==", "2026-01-01T10:00:01+08:00"},
		"a time of tomorrow":                 {"", "== 08:00:05 ==", "2026-01-02T08:00:06+08:00"},
		"the time it shows is tomorrow":      {"", "== 09:00 ==", "2026-01-02T09:00:01+08:00"},
		"days":                               {"", "== +3d ==", "2026-01-04T09:00:01+08:00"},
		"minutes":                            {"", "== +90m ==", "2026-01-01T10:30:01+08:00"},
		"everything":                         {"", "== +1d2h30m4s ==", "2026-01-02T11:30:05+08:00"},
		"another zone":                       {"America/New_York", "", "2026-01-01T09:00:01-05:00"},
		"days over the change of the clock":  {"Europe/Berlin", "== 2026-03-28 12:00 ==\n== +1d ==", "2026-03-29T12:00:01+02:00"},
		"hours over the change of the clock": {"Europe/Berlin", "== 2026-03-28 12:00 ==\n== +24h ==", "2026-03-29T13:00:01+02:00"},
		"a time that a day skips":            {"Europe/Berlin", "== 2026-03-28 12:00 ==\n== 02:30 ==", "2026-03-30T02:30:01+02:00"},
		"a time that a day has twice":        {"Europe/Berlin", "== 2026-10-24 12:00 ==\n== 02:30 ==", "2026-10-25T02:30:01+02:00"},
		"its second time":                    {"Europe/Berlin", "== 2026-10-24 12:00 ==\n== 02:30 ==\n== 02:30 ==", "2026-10-25T02:30:01+01:00"},
		"its second time by date":            {"Europe/Berlin", "== 2026-10-25 02:45 ==\n== 2026-10-25 02:30 ==", "2026-10-25T02:30:01+01:00"},
	} {
		t.Run(name, func(t *testing.T) {
			src := "! set zone=" + c.zone + "\n" + c.lines + "\n[g] a: 说 now\n"
			said := run(t, src, transcript.Options{}).Said
			if got := said[len(said)-1].At.Format(time.RFC3339); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestAWorldInAnotherZoneIsBuiltAgainWithItsOwnStart(t *testing.T) {
	var starts []time.Time
	var built []*club
	script := parse(t, "! set zone=UTC\n[g] a: x")
	_, err := transcript.Run(t.Context(), script, func(_ context.Context, s map[string]string,
		start time.Time) (transcript.World, error) {
		c, err := newClub(s, start)
		starts, built = append(starts, start), append(built, c)
		return c, err
	}, transcript.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(starts) != 2 || !starts[1].Equal(time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("built at %v", starts)
	}
	for i, c := range built {
		if c.closed != 1 {
			t.Errorf("world %d was closed %d times", i, c.closed)
		}
	}
}
