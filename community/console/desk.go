package console

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// desk is what the first page shows.
type desk struct {
	Status   shown
	Warnings []warning
	Waiting  []decision
	Beats    []pace
	Partial  bool // something could not be read
}

// warning is something that is wrong.
type warning struct {
	Text, URL string
	Grave     bool
}

// decision is something that waits for a word of the reader.
type decision struct {
	Title, About string
	N            int
	Since        string // when the oldest began to wait; empty: not known
	Long         bool   // longer than it should
	URL          string
}

// pace is a measure as it is printed.
type pace struct {
	Title, URL       string
	Today, TodayNote string
	Week, WeekNote   string
	Change           string
	Bars             []sparkBar
	About            string // the bars in words
}

type sparkBar struct {
	X, Y, Wide, High string
	Now              bool
	Tip              string
}

// longWait is how long something may wait before it is marked.
const longWait = 48 * time.Hour

// desk reads everything that the first page shows.
func (c *Console) desk(p *page) (desk, error) {
	s, err := c.opts.Status(p.request.Context())
	if err != nil {
		return desk{}, err
	}
	d := desk{Status: shown{Status: s, page: p}}
	q := bot.Query{At: c.opts.Clock().UTC(), Actor: p.Reader.actor()}
	l := &links{c: c, p: p, offers: c.opts.Engine.Views(q.Actor)}
	warnings, err := c.opts.Engine.Warnings(p.request.Context(), q)
	if err != nil {
		c.log.Error("console: not everything that may be wrong could be looked at", "err", err)
		d.Partial = true
	}
	if s.State == Stopped || s.State == Down {
		d.Warnings = append(d.Warnings, warning{Text: p.T("desk.transport", "Name", s.Transport, "State", p.T("state."+string(s.State))), Grave: true})
	}
	for _, w := range warnings {
		shown := warning{Text: bot.Clean(w.Text), Grave: w.Grave}
		if w.Link != nil {
			shown.URL = l.ref(*w.Link)
		}
		d.Warnings = append(d.Warnings, shown)
	}
	for _, w := range p.Waiting() {
		d.Waiting = append(d.Waiting, c.decision(p, l, w, q.At))
	}
	beats, err := c.pulse.read(p.request.Context(), q)
	if err != nil {
		c.log.Error("console: not everything could be measured", "err", err)
		d.Partial = true
	}
	for _, b := range beats {
		d.Beats = append(d.Beats, c.pace(p, l, b))
	}
	d.Partial = d.Partial || p.partial
	return d, p.request.Context().Err()
}

func (c *Console) decision(p *page, l *links, w bot.WaitingOffer, now time.Time) decision {
	d := decision{Title: w.Title, About: c.featureTitle(p.Reader.Lang, w.Feature, ""), N: w.N, URL: l.ref(w.View)}
	if d.About == d.Title {
		d.About = ""
	}
	if !w.Oldest.IsZero() {
		d.Since, d.Long = said(p.T, now.Sub(w.Oldest)), now.Sub(w.Oldest) > longWait
	}
	return d
}

func (c *Console) pace(p *page, l *links, b beat) pace {
	out := pace{Title: b.Title, Today: grouped(b.Today), Week: grouped(b.Week),
		TodayNote: p.T("desk.today.note", "Weekday", p.T("weekday."+strconv.Itoa(int(b.Last.Weekday()))), "N", grouped(b.LastWeek)),
		WeekNote:  p.T("desk.week.note", "N", grouped(b.Before))}
	if b.View != "" {
		out.URL = l.ref(bot.ViewRef{View: b.View})
	}
	if b.Before > 0 {
		out.Change = fmt.Sprintf("%+.0f%%", float64(b.Week-b.Before)*100/float64(b.Before))
	}
	out.Bars, out.About = spark(b)
	return out
}

// The size of a small chart, in its own units.
const (
	sparkHigh = 36.0
	sparkStep = 10.0
	sparkWide = 7.0
)

// spark draws the Days of a measure as bars, and says them in words.
func spark(b beat) (bars []sparkBar, about string) {
	most := int64(1)
	for _, n := range b.Daily {
		most = max(most, n)
	}
	var words []string
	for i, n := range b.Daily {
		date := shortLabel((b.Last - community.Day(len(b.Daily)-1-i)).String())
		high := 1.5
		if n > 0 {
			high = max(3, float64(n)/float64(most)*sparkHigh)
		}
		bars = append(bars, sparkBar{X: unit(float64(i) * sparkStep), Y: unit(sparkHigh - high), Wide: unit(sparkWide), High: unit(high),
			Now: i == len(b.Daily)-1, Tip: date + ": " + grouped(n)})
		words = append(words, date+" "+grouped(n))
	}
	return bars, strings.Join(words, ", ")
}

// grouped is a number with its thousands apart.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}
