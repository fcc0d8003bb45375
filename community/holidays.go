package community

import (
	"bytes"
	"context"
	_ "embed" // the built-in table
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"

	"github.com/weilu-im/weilu/bot"
)

// Holiday is a date that is unlike others of its day of the week: free, or worked in place of another.
type Holiday struct {
	Date Day // as a calendar date, whatever Day it is in
	Name string
	Free bool
}

// Holidays are the public holidays, and the weekend days that are worked for them. Those of China are built in
// for the years whose notices are out; managers replace the table of a year.
type Holidays struct {
	db    bot.Storage
	built map[int]map[Day]Holiday // by year
}

// published is the dates by the notices of the State Council, as a file that a manager could import.
//
//go:embed holidays.csv
var published []byte

func newHolidays(db bot.Storage) (*Holidays, error) {
	h := &Holidays{db: db, built: map[int]map[Day]Holiday{}}
	rows, err := ReadTable(bytes.NewReader(published))
	if err != nil {
		return nil, fmt.Errorf("the built-in holidays: %w", err)
	}
	years, wrong := readHolidays(rows)
	for _, w := range wrong {
		err = errors.Join(err, fmt.Errorf("the built-in holidays, line %d: %s", w.line, w.key))
	}
	for year, list := range years {
		h.built[year] = byDate(list)
	}
	return h, err
}

func byDate(list []Holiday) map[Day]Holiday {
	of := map[Day]Holiday{}
	for _, d := range list {
		of[d.Date] = d
	}
	return of
}

func holidayMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112350_holidays",
		// A year that a manager replaced has all of its rows here.
		`CREATE TABLE holidays (year INTEGER NOT NULL, day BIGINT NOT NULL, name TEXT NOT NULL, free INTEGER NOT NULL, PRIMARY KEY (year, day))`,
	)}
}

// DateOf is the calendar date of an instant by the clocks of a zone, as a Day.
func DateOf(at time.Time, zone *time.Location) Day { return Date(at.In(zone).Date()) }

// Year is the table of a year, by date; known is false where nobody has made one.
func (h *Holidays) Year(ctx context.Context, year int) (of map[Day]Holiday, known bool, err error) {
	list, err := h.stored(ctx, year)
	if err != nil || len(list) > 0 {
		return byDate(list), err == nil, err
	}
	of, known = h.built[year]
	return maps.Clone(of), known, nil
}

// stored is the table of a year that a manager replaced, in order; empty: nobody did.
func (h *Holidays) stored(ctx context.Context, year int) ([]Holiday, error) {
	var list []Holiday
	err := h.db.Conn(ctx).Raw(`SELECT day AS date, name, free = 1 AS free FROM holidays WHERE year = ? ORDER BY day`, year).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("holidays of %d: %w", year, err)
	}
	return list, nil
}

// On is the holiday that a date belongs to, or that it is worked for; not ok: it is a day like any other.
func (h *Holidays) On(ctx context.Context, date Day) (d Holiday, ok bool, err error) {
	year, _, _ := date.Date()
	of, _, err := h.Year(ctx, year)
	d, ok = of[date]
	return d, ok, err
}

// Workday tells whether people work on a date: by the table of its year, and else from Monday to Friday.
func (h *Holidays) Workday(ctx context.Context, date Day) (bool, error) {
	d, ok, err := h.On(ctx, date)
	if ok || err != nil {
		return ok && !d.Free, err
	}
	return date.Weekday() != time.Saturday && date.Weekday() != time.Sunday, nil
}

// replace makes the tables of years anew; one without dates is the built-in one again.
func (h *Holidays) replace(ctx context.Context, years map[int][]Holiday) error {
	for _, year := range slices.Sorted(maps.Keys(years)) {
		if err := h.exec(ctx, `DELETE FROM holidays WHERE year = ?`, year); err != nil {
			return err
		}
		for _, d := range years[year] {
			free := 0
			if d.Free {
				free = 1
			}
			if err := h.exec(ctx, `INSERT INTO holidays (year, day, name, free) VALUES (?, ?, ?, ?)`, year, int64(d.Date), d.Name, free); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *Holidays) exec(ctx context.Context, query string, args ...any) error {
	if _, err := h.db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("holidays: %w", err)
	}
	return nil
}
