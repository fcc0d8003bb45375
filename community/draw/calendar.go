package draw

// DayState is how a day of a calendar looks.
type DayState int

// The states.
const (
	Outside DayState = iota // no day of it
	ToCome
	Missed
	DoneDay
	MadeUpDay
	LeaveDay
	GivenDay
)

// Calendar is a calendar of days, a week in a row, and the words around it.
type Calendar struct {
	Title    string
	Name     string
	Figures  string
	Weekdays [7]string // from Monday
	Weeks    []Week
	Legend   []Entry
	Footer   string
}

// Week is a row.
type Week struct {
	Label string // the date of its Monday
	Days  [7]Day
}

// Day is one day.
type Day struct {
	Number string
	State  DayState
	Today  bool
}

// Entry explains a state.
type Entry struct {
	State DayState
	Text  string
}

// looks are the colours of a day and of its number.
var looks = map[DayState][2]RGB{
	ToCome: {Card, Faint}, Missed: {Line, Faint}, DoneDay: {Ember, Card}, MadeUpDay: {Flame, Card}, LeaveDay: {Sky, Card}, GivenDay: {Meadow, Card},
}

// The measures of a calendar, in pixels.
const (
	calendarWidth = 750
	margin        = 40
	label         = 84 // the column of dates
	cell          = (calendarWidth - 2*margin - label) / 7
	head          = 206
	foot          = 130
)

// PNG draws it, 750 wide and as high as its weeks need.
func (c Calendar) PNG(fonts *Fonts) ([]byte, error) {
	p := New(fonts, calendarWidth, head+len(c.Weeks)*cell+foot, Paper)
	p.Text(margin, 56, p.Fit(c.Title, 38, calendarWidth-2*margin), 38, Left, Ember)
	p.Text(margin, 104, p.Fit(c.Name, 26, calendarWidth-2*margin), 26, Left, Ink)
	p.Text(margin, 140, p.Fit(c.Figures, 22, calendarWidth-2*margin), 22, Left, Faint)
	for i, name := range c.Weekdays {
		p.Text(c.x(i), head-16, name, 20, Centre, Faint)
	}
	for row, week := range c.Weeks {
		y := float64(head + row*cell + cell/2)
		p.Text(margin, y, week.Label, 18, Left, Faint)
		for i, day := range week.Days {
			c.day(p, c.x(i), y, day)
		}
	}
	c.legend(p, float64(head+len(c.Weeks)*cell+36))
	p.Text(calendarWidth-margin, float64(head+len(c.Weeks)*cell+foot-32), p.Fit(c.Footer, 20, calendarWidth-2*margin), 20, Right, Faint)
	return p.PNG()
}

// x is the middle of a column.
func (c Calendar) x(i int) float64 { return margin + label + float64(i)*cell + cell/2.0 }

func (c Calendar) day(p *Picture, x, y float64, d Day) {
	if d.State == Outside {
		return
	}
	const side = cell - 14
	look := looks[d.State]
	p.Box(x-side/2, y-side/2, side, side, 14, look[0])
	if d.State == ToCome {
		p.Frame(x-side/2, y-side/2, side, side, 14, 2, Line)
	}
	if d.Today {
		p.Frame(x-side/2-4, y-side/2-4, side+8, side+8, 18, 3, Gold)
	}
	p.Text(x, y, d.Number, 24, Centre, look[1])
}

// legend explains the states in a row.
func (c Calendar) legend(p *Picture, y float64) {
	x := float64(margin)
	for _, e := range c.Legend {
		p.Box(x, y-11, 22, 22, 6, looks[e.State][0])
		if e.State == ToCome {
			p.Frame(x, y-11, 22, 22, 6, 2, Line)
		}
		p.Text(x+30, y, e.Text, 20, Left, Faint)
		x += 30 + p.Width(e.Text, 20) + 26
	}
}
