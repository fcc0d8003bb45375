package wechat

import (
	"path/filepath"
	"testing"
	"time"
)

func TestSilenceIsSuspiciousOnlyWhereOtherDaysWereLively(t *testing.T) {
	noon := time.Date(2026, 11, 20, 12, 30, 0, 0, time.UTC)
	// day gives every hour from 8 to 23 of the days before so many messages.
	days := func(perHour ...int) func(h *hours) {
		return func(h *hours) {
			for back, n := range perHour {
				for hour := 8; hour <= 23; hour++ {
					at := time.Date(2026, 11, 20-1-back, hour, 0, 0, 0, time.UTC)
					if n > 0 {
						h.count[hourOf(at)] = n
					}
				}
			}
		}
	}
	for name, c := range map[string]struct {
		past  func(*hours)
		now   time.Time
		began time.Time
		last  time.Time
		want  bool
	}{
		"six hours of silence on a lively noon":         {days(20, 20, 20), noon, noon.Add(-20 * time.Hour), noon.Add(-7 * time.Hour), true},
		"five hours are too short":                      {days(20, 20, 20), noon, noon.Add(-20 * time.Hour), noon.Add(-5 * time.Hour), false},
		"the bot has only just begun to listen":         {days(20, 20, 20), noon, noon.Add(-time.Hour), noon.Add(-7 * time.Hour), false},
		"nights are silent":                             {days(20, 20, 20), noon.Add(-6 * time.Hour), noon.Add(-20 * time.Hour), noon.Add(-13 * time.Hour), false},
		"one lively day of three is a chance":           {days(0, 0, 200), noon, noon.Add(-20 * time.Hour), noon.Add(-7 * time.Hour), false},
		"a word now and then is not lively":             {days(1, 1, 1), noon, noon.Add(-20 * time.Hour), noon.Add(-7 * time.Hour), false},
		"nothing is known of other days":                {days(), noon, noon.Add(-20 * time.Hour), noon.Add(-7 * time.Hour), false},
		"nothing was ever heard since a start long ago": {days(20, 20, 20), noon, noon.Add(-20 * time.Hour), time.Time{}, true},
		"the one lively day that is known counts":       {days(20), noon, noon.Add(-20 * time.Hour), noon.Add(-7 * time.Hour), true},
	} {
		t.Run(name, func(t *testing.T) {
			h := openHours(filepath.Join(t.TempDir(), "hours.json"), func() time.Time { return c.now })
			c.past(h)
			h.last = c.last
			if got := h.deaf(c.began, 6*time.Hour); got != c.want {
				t.Errorf("deaf is %t", got)
			}
		})
	}
}

func TestHourlyCountsOutliveARestart(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 30, 0, 0, time.UTC)
	file := filepath.Join(t.TempDir(), "hours.json")
	h := openHours(file, func() time.Time { return now })
	h.add(3)
	now = now.Add(10 * 24 * time.Hour)
	h.add(4)
	h = openHours(file, func() time.Time { return now })
	if len(h.count) != 1 || h.count[hourOf(now)] != 4 {
		t.Errorf("counts %v", h.count)
	}
}
