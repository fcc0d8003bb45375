package community

import (
	"context"
	"fmt"
	"strings"
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
// for the years whose notice was out when this was written; managers replace the table of a year.
type Holidays struct {
	db    bot.Storage
	built map[int]map[Day]Holiday // by year
}

// published are the dates by the notices of the State Council: name, free days, and the weekend days worked for them.
var published = map[int][]struct {
	name, from, to string
	worked         []string
}{
	2024: {
		{"元旦", "01-01", "01-01", nil}, {"春节", "02-10", "02-17", []string{"02-04", "02-18"}}, {"清明节", "04-04", "04-06", []string{"04-07"}},
		{"劳动节", "05-01", "05-05", []string{"04-28", "05-11"}}, {"端午节", "06-10", "06-10", nil}, {"中秋节", "09-15", "09-17", []string{"09-14"}},
		{"国庆节", "10-01", "10-07", []string{"09-29", "10-12"}},
	},
	2025: {
		{"元旦", "01-01", "01-01", nil}, {"春节", "01-28", "02-04", []string{"01-26", "02-08"}}, {"清明节", "04-04", "04-06", nil},
		{"劳动节", "05-01", "05-05", []string{"04-27"}}, {"端午节", "05-31", "06-02", nil}, {"国庆节、中秋节", "10-01", "10-08", []string{"09-28", "10-11"}},
	},
	2026: {
		{"元旦", "01-01", "01-03", []string{"01-04"}}, {"春节", "02-15", "02-23", []string{"02-14", "02-28"}}, {"清明节", "04-04", "04-06", nil},
		{"劳动节", "05-01", "05-05", []string{"05-09"}}, {"端午节", "06-19", "06-21", nil}, {"中秋节", "09-25", "09-27", nil},
		{"国庆节", "10-01", "10-07", []string{"09-20", "10-10"}},
	},
}

func newHolidays(db bot.Storage) *Holidays {
	h := &Holidays{db: db, built: map[int]map[Day]Holiday{}}
	for year, list := range published {
		of := map[Day]Holiday{}
		for _, p := range list {
			from, _ := ParseDay(fmt.Sprintf("%d-%s", year, p.from)) // tested
			to, _ := ParseDay(fmt.Sprintf("%d-%s", year, p.to))
			for d := from; d <= to; d++ {
				of[d] = Holiday{d, p.name, true}
			}
			for _, w := range p.worked {
				d, _ := ParseDay(fmt.Sprintf("%d-%s", year, w))
				of[d] = Holiday{d, p.name, false}
			}
		}
		h.built[year] = of
	}
	return h
}

func holidayMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112350_holidays",
		// A year that a manager replaced has all of its rows here; one without a name stands for a year without any.
		`CREATE TABLE holidays (year INTEGER NOT NULL, day BIGINT NOT NULL, name TEXT NOT NULL, free INTEGER NOT NULL, PRIMARY KEY (year, day))`,
	)}
}

// DateOf is the calendar date of an instant by the clocks of a zone, as a Day.
func DateOf(at time.Time, zone *time.Location) Day { return Date(at.In(zone).Date()) }

// Year is the table of a year, by date; known is false where nobody has made one.
func (h *Holidays) Year(ctx context.Context, year int) (of map[Day]Holiday, known bool, err error) {
	rows, err := h.db.Conn(ctx).Raw(`SELECT day, name, free FROM holidays WHERE year = ? ORDER BY day`, year).Rows()
	if err != nil {
		return nil, false, fmt.Errorf("holidays of %d: %w", year, err)
	}
	defer rows.Close()
	of = map[Day]Holiday{}
	for rows.Next() {
		var d Holiday
		var free int
		if err := rows.Scan(&d.Date, &d.Name, &free); err != nil {
			return nil, false, fmt.Errorf("holidays of %d: %w", year, err)
		}
		d.Free, known = free == 1, true
		of[d.Date] = d
	}
	if err := rows.Err(); err != nil || known {
		return of, known, err
	}
	of, known = h.built[year]
	return of, known, nil
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

// replace makes the tables of years anew.
func (h *Holidays) replace(ctx context.Context, years map[int][]Holiday) error {
	for year, list := range years {
		if err := h.exec(ctx, `DELETE FROM holidays WHERE year = ?`, year); err != nil {
			return err
		}
		for _, d := range list {
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

// holidayRow reads 2026-10-01, 国庆节, 休 or 班; what is wrong with it is a key of a text.
func holidayRow(cells []string) (d Holiday, wrong string) {
	cell := func(i int) string {
		if i < len(cells) {
			return strings.TrimSpace(cells[i])
		}
		return ""
	}
	date, err := ParseDay(strings.NewReplacer("/", "-", ".", "-").Replace(bot.Fold(cell(0))))
	if err != nil {
		return d, "date"
	}
	d = Holiday{Date: date, Name: Excerpt(cell(1), holidayName)}
	switch bot.Fold(cell(2)) {
	case "休", "假", "放假", "free", "off":
		d.Free = true
	case "班", "上班", "work", "worked":
	default:
		return d, "kind"
	}
	if d.Name == "" {
		return d, "name"
	}
	return d, ""
}

// holidayName is how many characters the name of a holiday has at the most.
const holidayName = 20
