package community

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

func (c *Community) holidayCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"节假日", "holidays"}, Usage: "usage.holidays", Help: "help.holidays", Role: bot.Moderator, Run: c.showHolidays},
		{Names: []string{"导入节假日", "import-holidays"}, Usage: "usage.import_holidays", Help: "help.import_holidays", Role: bot.Manager, Table: true, Run: c.importHolidays},
	}
}

// showHolidays lists the tables of this year and the next, or that of the year that is asked for.
func (c *Community) showHolidays(ctx context.Context, r *bot.Request) error {
	year := r.At.In(c.Calendar.Zone()).Year()
	years := []int{year, year + 1}
	if asked := strings.TrimSuffix(bot.Fold(strings.TrimSpace(r.Args)), "年"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || len(asked) != 4 || n < 2000 || n >= 2100 {
			return r.Refuse("holidays.which", "Year", year)
		}
		years = []int{n}
	}
	var told []string
	for _, year := range years {
		of, known, err := c.Holidays.Year(ctx, year)
		if err != nil {
			return err
		}
		if !known {
			told = append(told, r.T("holidays.unknown", "Year", year))
			continue
		}
		told = append(told, c.sayHolidays(r, year, of))
	}
	r.Reply(strings.Join(told, "\n"))
	return nil
}

// sayHolidays is the table of a year, days in a row on one line.
func (c *Community) sayHolidays(r *bot.Request, year int, of map[Day]Holiday) string {
	return strings.Join(append([]string{r.T("holidays.title", "Year", year)}, holidayRanges(r, of)...), "\n")
}

// holidayRanges are dates as lines, days in a row on one of them.
func holidayRanges(r *bot.Request, of map[Day]Holiday) (lines []string) {
	days := slices.Sorted(maps.Keys(of))
	for i := 0; i < len(days); {
		first := of[days[i]]
		j := i
		for j+1 < len(days) && days[j+1] == days[j]+1 && of[days[j+1]].Free == first.Free && of[days[j+1]].Name == first.Name {
			j++
		}
		kind := "holidays.worked"
		if first.Free {
			kind = "holidays.free"
		}
		lines = append(lines, r.T(kind, "Name", first.Name, "From", sayMonthDay(r, days[i]), "To", sayMonthDay(r, days[j]), "One", i == j))
		i = j + 1
	}
	return lines
}

func sayMonthDay(r *bot.Request, d Day) string {
	_, month, day := d.Date()
	return r.T("when.day", "Year", 0, "Month", int(month), "MonthName", month.String()[:3], "Day", day)
}

// The bounds of an import.
const (
	mostHolidayRows = 500
	mostTold        = 10 // lines that are told to be wrong
)

// holidayChange is what an import changed, for its undo.
type holidayChange struct {
	Before, After map[int][]Holiday
}

// importHolidays replaces the tables of the years that its lines are of. Where that drops or changes dates, it is shown and
// asked for first.
func (c *Community) importHolidays(ctx context.Context, r *bot.Request) error {
	rows := r.Table
	if rows == nil {
		rows = holidayLines(r.Args)
	}
	if len(rows) > mostHolidayRows {
		return r.Refuse("holidays.many", "Most", mostHolidayRows)
	}
	years, wrong := readHolidays(rows)
	switch {
	case len(wrong) > 0:
		return bot.Refuse(wrongHolidays(r, wrong))
	case len(years) == 0:
		return r.Refuse("holidays.none")
	}
	change := holidayChange{map[int][]Holiday{}, years}
	var said, told []string
	for _, year := range slices.Sorted(maps.Keys(years)) {
		var err error
		if change.Before[year], err = c.Holidays.stored(ctx, year); err != nil {
			return err
		}
		said = append(said, r.T("holidays.year", "Year", year, "N", len(years[year])))
		told = append(told, strconv.Itoa(year))
	}
	if sure, err := c.sureOfHolidays(ctx, r, years); err != nil || !sure {
		return err
	}
	if err := c.Holidays.replace(ctx, years); err != nil {
		return err
	}
	if err := c.Audit.Record(ctx, r, "holidays", strings.Join(told, ","), nil); err != nil {
		return err
	}
	code, err := c.Undo.Offer(ctx, r, "community.holidays", change)
	if err != nil {
		return err
	}
	r.Reply(r.T("holidays.imported", "Years", strings.Join(said, r.T("when.and")), "Code", code))
	return nil
}

// droppedShown is how many lines the preview of an import gives to the dates that a year loses.
const droppedShown = 8

// sureOfHolidays tells whether an import is meant: at once where it only adds dates, and else when it was confirmed.
func (c *Community) sureOfHolidays(ctx context.Context, r *bot.Request, years map[int][]Holiday) (bool, error) {
	lines := []string{r.T("holidays.preview")}
	lost, added := 0, 0
	for _, year := range slices.Sorted(maps.Keys(years)) {
		was, _, err := c.Holidays.Year(ctx, year)
		if err != nil {
			return false, err
		}
		d := holidayDifference(was, byDate(years[year]))
		lost, added = lost+len(d.dropped)+d.changed, added+d.added
		lines = append(lines, r.T("holidays.difference", "Year", year, "Was", len(was), "Is", len(years[year]), "Added", d.added, "Dropped", len(d.dropped), "Changed", d.changed))
		gone := holidayRanges(r, d.dropped)
		for i, line := range gone {
			if i == droppedShown {
				lines = append(lines, r.T("holidays.dropped.more", "N", len(gone)-i))
				break
			}
			lines = append(lines, r.T("holidays.dropped", "What", line))
		}
	}
	if lost+added == 0 {
		return false, r.Refuse("holidays.same")
	}
	if lost == 0 {
		return true, nil
	}
	return c.Confirmations.Ask(ctx, r, strings.Join(lines, "\n"))
}

// differing is how a year's table differs from another one.
type differing struct {
	added, changed int
	dropped        map[Day]Holiday
}

func holidayDifference(was, is map[Day]Holiday) differing {
	d := differing{dropped: maps.Clone(was)}
	for date, day := range is {
		delete(d.dropped, date)
		if old, there := was[date]; !there {
			d.added++
		} else if old != day {
			d.changed++
		}
	}
	return d
}

// wrongHolidays tells which lines are wrong, all at once as far as a message holds them.
func wrongHolidays(r *bot.Request, wrong []holidayProblem) string {
	var lines []string
	for i, w := range wrong {
		if i == mostTold {
			lines = append(lines, r.T("holidays.more", "N", len(wrong)-i))
			break
		}
		lines = append(lines, r.T("holidays.bad."+w.key, "Line", w.line, "What", Excerpt(w.what, whenExcerpt)))
	}
	return strings.Join(lines, "\n")
}

// registerHolidayUndo takes an import back, unless one of its years was replaced again since.
func (c *Community) registerHolidayUndo() {
	c.Undo.Register("community.holidays", func(ctx context.Context, r *bot.Request, payload []byte) error {
		var change holidayChange
		if err := json.Unmarshal(payload, &change); err != nil {
			return err
		}
		for _, year := range slices.Sorted(maps.Keys(change.After)) {
			now, err := c.Holidays.stored(ctx, year)
			if err != nil {
				return err
			}
			if !slices.Equal(now, change.After[year]) {
				return bot.Refuse(c.text(r, "holidays.changed", "Year", year))
			}
		}
		return c.Holidays.replace(ctx, change.Before)
	})
}
