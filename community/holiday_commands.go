package community

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

func (c *Community) holidayCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"节假日", "holidays"}, Usage: "usage.holidays", Help: "help.holidays", Role: bot.Moderator, Run: c.showHolidays},
		{Names: []string{"导入节假日", "import-holidays"}, Usage: "usage.import_holidays", Help: "help.import_holidays", Role: bot.Manager, Table: true, Run: c.importHolidays},
	}
}

// showHolidays lists the table of this year, or of the year that is asked for.
func (c *Community) showHolidays(ctx context.Context, r *bot.Request) error {
	year := r.At.In(c.Calendar.Zone()).Year()
	if asked := strings.TrimSuffix(bot.Fold(strings.TrimSpace(r.Args)), "年"); asked != "" {
		if n, err := fmt.Sscanf(asked, "%4d", &year); n != 1 || err != nil || year < 2000 || fmt.Sprint(year) != asked {
			return r.Refuse("holidays.which")
		}
	}
	of, known, err := c.Holidays.Year(ctx, year)
	if err != nil {
		return err
	}
	if !known {
		r.Reply(r.T("holidays.unknown", "Year", year))
		return nil
	}
	lines := []string{r.T("holidays.title", "Year", year)}
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
		lines = append(lines, r.T(kind, "Name", first.Name, "From", shortDate(days[i]), "To", shortDate(days[j]), "One", i == j))
		i = j + 1
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

func shortDate(d Day) string {
	_, month, day := d.Date()
	return fmt.Sprintf("%d-%d", month, day)
}

// The bounds of an import.
const (
	mostHolidayRows = 500
	mostTold        = 10 // lines that are told to be wrong
)

// importHolidays replaces the tables of the years that its lines are of.
func (c *Community) importHolidays(ctx context.Context, r *bot.Request) error {
	rows := r.Table
	if rows == nil {
		for line := range strings.Lines(r.Args) {
			rows = append(rows, strings.FieldsFunc(strings.TrimSpace(line), func(c rune) bool { return strings.ContainsRune(",，\t 　", c) }))
		}
	}
	years, told, err := c.readHolidays(r, rows)
	if err != nil {
		return err
	}
	before := map[int][]Holiday{}
	for year := range years {
		rows := []Holiday{}
		var of []Holiday
		if err := c.db.Conn(ctx).Raw(`SELECT day AS date, name, free = 1 AS free FROM holidays WHERE year = ? ORDER BY day`, year).Scan(&of).Error; err != nil {
			return fmt.Errorf("holidays of %d: %w", year, err)
		}
		before[year] = append(rows, of...)
	}
	if err := c.Holidays.replace(ctx, years); err != nil {
		return err
	}
	if err := c.Audit.Record(ctx, r, "holidays", strings.Join(told, ","), nil); err != nil {
		return err
	}
	code, err := c.Undo.Offer(ctx, r, "community.holidays", before)
	if err != nil {
		return err
	}
	r.Reply(r.T("holidays.imported", "Years", strings.Join(told, "、"), "Code", code))
	return nil
}

// readHolidays reads all lines, or refuses with all that is wrong.
func (c *Community) readHolidays(r *bot.Request, rows [][]string) (years map[int][]Holiday, told []string, err error) {
	years = map[int][]Holiday{}
	seen := map[Day]bool{}
	var wrong []string
	for i, cells := range rows {
		if strings.Join(cells, "") == "" || i == 0 && strings.Contains(cells[0], "日期") || i == 0 && bot.Fold(cells[0]) == "date" {
			continue
		}
		d, problem := holidayRow(cells)
		if problem == "" && seen[d.Date] {
			problem = "twice"
		}
		if problem != "" {
			wrong = append(wrong, r.T("holidays.bad."+problem, "Line", i+1, "What", Excerpt(strings.Join(cells, " "), whenExcerpt)))
			continue
		}
		seen[d.Date] = true
		year, _, _ := d.Date.Date()
		years[year] = append(years[year], d)
	}
	switch {
	case len(rows) > mostHolidayRows:
		return nil, nil, r.Refuse("holidays.many", "Most", mostHolidayRows)
	case len(wrong) > mostTold:
		return nil, nil, bot.Refuse(strings.Join(append(wrong[:mostTold:mostTold], r.T("holidays.more", "N", len(wrong)-mostTold)), "\n"))
	case len(wrong) > 0:
		return nil, nil, bot.Refuse(strings.Join(wrong, "\n"))
	case len(years) == 0:
		return nil, nil, r.Refuse("holidays.none")
	}
	for _, year := range slices.Sorted(maps.Keys(years)) {
		told = append(told, fmt.Sprint(year))
	}
	return years, told, nil
}

func (c *Community) registerHolidayUndo() {
	c.Undo.Register("community.holidays", func(ctx context.Context, r *bot.Request, payload []byte) error {
		var before map[int][]Holiday
		if err := json.Unmarshal(payload, &before); err != nil {
			return err
		}
		return c.Holidays.replace(ctx, before)
	})
}
