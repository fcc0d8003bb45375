package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/community"
)

// Kind says how long a period is.
type Kind string

// The kinds of periods.
const (
	OfDay     Kind = "day"
	OfWeek    Kind = "week" // from Monday
	OfMonth   Kind = "month"
	OfQuarter Kind = "quarter"
	OfRange   Kind = "range" // any Days in a row
)

// longest is how many Days a period may have: three years.
const longest = 1096

// Period is some Days in a row that a report is about. Weeks, months and quarters are made of Days.
type Period struct {
	Kind  Kind
	First community.Day
	After community.Day // the Day after the last
}

// Parse reads a period: "2024-05-31" as a day or, for weeks, any Day of it; "2024-05"; "2024Q2".
func Parse(kind Kind, s string) (Period, error) {
	switch kind {
	case OfMonth:
		first, after, err := community.ParseMonth(s)
		return Period{kind, first, after}, err
	case OfQuarter:
		year, q, ok := strings.Cut(strings.ToUpper(strings.ReplaceAll(s, "-", "")), "Q")
		y, err := strconv.Atoi(year)
		n, err2 := strconv.Atoi(q)
		if !ok || err != nil || err2 != nil || n < 1 || n > 4 || len(year) != 4 {
			return Period{}, fmt.Errorf("not a quarter like 2024Q2: %q", s)
		}
		return quarter(y, n), nil
	}
	day, err := community.ParseDay(s)
	if err != nil {
		return Period{}, err
	}
	return Around(kind, day), nil
}

// Range is the Days from first to last, both inclusive.
func Range(first, last community.Day) (Period, error) {
	p := Period{OfRange, first, last + 1}
	switch {
	case last < first:
		return p, fmt.Errorf("the range ends on %s, before it begins on %s", last, first)
	case p.Days() > longest:
		return p, fmt.Errorf("the range has %d days; %d are the most", p.Days(), longest)
	}
	return p, nil
}

// Around is the period of a kind that a Day is in.
func Around(kind Kind, day community.Day) Period {
	switch kind {
	case OfWeek:
		monday := day - community.Day((int(day.Weekday())+6)%7)
		return Period{kind, monday, monday + 7}
	case OfMonth:
		first, after := day.Month()
		return Period{kind, first, after}
	case OfQuarter:
		y, m, _ := day.Date()
		return quarter(y, (int(m)+2)/3)
	default:
		return Period{OfDay, day, day + 1}
	}
}

func quarter(year, n int) Period {
	first, _ := community.Date(year, 1, 1).Month()
	for range 3 * (n - 1) {
		_, first = first.Month()
	}
	p := Period{OfQuarter, first, first}
	for range 3 {
		_, p.After = p.After.Month()
	}
	return p
}

// Before is the period before it: of the same kind, or as long.
func (p Period) Before() Period {
	if p.Kind == OfRange {
		return Period{OfRange, p.First - p.After + p.First, p.First}
	}
	return Around(p.Kind, p.First-1)
}

// Days is how many Days it has.
func (p Period) Days() int { return int(p.After - p.First) }

// Last is its last Day.
func (p Period) Last() community.Day { return p.After - 1 }

// Has tells whether a Day lies in it.
func (p Period) Has(d community.Day) bool { return d >= p.First && d < p.After }

// String names it: 2024-05, 2024Q2, 2024-05-01, or its first and last Day.
func (p Period) String() string {
	y, m, _ := p.First.Date()
	switch p.Kind {
	case OfDay:
		return p.First.String()
	case OfMonth:
		return fmt.Sprintf("%04d-%02d", y, int(m))
	case OfQuarter:
		return fmt.Sprintf("%04dQ%d", y, (int(m)+2)/3)
	default:
		return p.First.String() + " ~ " + p.Last().String()
	}
}
