package main

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/system"
	"github.com/weilu-im/weilu/config/database"
)

// What is little, and what is nearly nothing.
const (
	lowDisk    = 1 << 30
	fullDisk   = 100 << 20
	oldBackup  = 8 * 24 * time.Hour
	sealWithin = 5 * time.Minute
	aheadMost  = 10 * time.Minute // events come from other clocks
)

// checkDisk looks how much room there is where the data lies.
func checkDisk(dir string) system.Finding {
	free, err := database.Free(dir)
	switch size := system.Size(free); {
	case err != nil:
		return system.Found("disk", system.Warn, "unknown", "Err", err)
	case free < fullDisk:
		return system.Found("disk", system.Fail, "full", "Free", size)
	case free < lowDisk:
		return system.Found("disk", system.Warn, "low", "Free", size)
	default:
		return system.Found("disk", system.OK, "fine", "Free", size)
	}
}

// checkBackups looks for the newest copy beside an SQLite file.
func checkBackups(path string, at time.Time) system.Finding {
	copies, err := database.Backups(path)
	switch {
	case err != nil:
		return system.Found("backups", system.Warn, "unreadable", "Err", err)
	case len(copies) == 0:
		return system.Found("backups", system.Warn, "missing")
	case at.Sub(copies[0].At) > oldBackup:
		return system.Found("backups", system.Warn, "old", "Age", at.Sub(copies[0].At))
	}
	return system.Found("backups", system.OK, "fresh", "Age", at.Sub(copies[0].At))
}

// checkSealed looks whether the end of the ledger is sealed.
func (d *desk) checkSealed(ctx context.Context, at time.Time) system.Finding {
	n, oldest, err := d.ledger.Unsealed(ctx)
	switch {
	case err != nil:
		return system.Found("ledger", system.Fail, "unreadable", "Err", err)
	case n > 0 && at.Sub(oldest) > sealWithin:
		return system.Found("ledger", system.Warn, "behind", "Unsealed", n, "Age", at.Sub(oldest))
	}
	return system.Found("ledger", system.OK, "sealed", "Unsealed", n)
}

// checkFonts tells with what pictures are drawn.
func checkFonts(s *settings) system.Finding {
	if s.fonts != nil && s.fonts.Real() {
		return system.Found("fonts", system.OK, "found", "Name", s.fonts.Name())
	}
	return system.Found("fonts", system.Warn, "bitmap")
}

// program2025 is before any computer ran this program.
var program2025 = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// checkClock compares the clock with itself, with common sense and, where db is not nil, with the newest event.
func checkClock(ctx context.Context, s *settings, db *database.DB, at time.Time) system.Finding {
	const clock = "2006-01-02 15:04"
	calendar, err := s.Community.Calendar()
	if err != nil {
		return system.Found("config", system.Fail, "wrong", "Err", err)
	}
	zone := calendar.Zone()
	now := []any{"Now", at.In(zone).Format(clock), "Zone", zone.String(), "Offset", at.In(zone).Format("-07:00")}
	if at.Before(program2025) {
		return system.Found("clock", system.Fail, "past", now...)
	}
	if db != nil {
		newest, err := bot.Newest(ctx, db)
		if err != nil {
			return system.Found("database", system.Fail, "unopenable", "Err", err)
		}
		if by := newest.Sub(at); by > aheadMost {
			return system.Found("clock", system.Fail, "ahead", "Newest", newest.In(zone).Format(clock), "By", by)
		}
	}
	_, offset := at.In(zone).Zone()
	for day := 1; day <= 14; day++ {
		then := at.AddDate(0, 0, day).In(zone)
		if _, o := then.Zone(); o != offset {
			return system.Found("clock", system.OK, "changes", append(now, "Day", then.Format(time.DateOnly))...)
		}
	}
	return system.Found("clock", system.OK, "fine", now...)
}

// checkSteady looks whether the wall clock walks as fast as time does.
func checkSteady() (system.Finding, bool) {
	const slept, most = 50 * time.Millisecond, time.Second
	before := time.Now()
	time.Sleep(slept)
	after := time.Now()
	walked, passed := after.Round(0).Sub(before.Round(0)), after.Sub(before)
	return system.Found("clock", system.Warn, "unsteady", "Slept", passed.String(), "Walked", walked.String()), (walked - passed).Abs() > most
}
