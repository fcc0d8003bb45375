package console

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// The size of a drawing, in its own units.
const (
	chartWidth  = 720.0
	chartHeight = 240.0
	chartLeft   = 56.0
	chartRight  = 14.0
	chartTop    = 14.0
	chartBottom = 30.0
)

// mostBars is how many places a chart has at the most to be drawn with bars.
const mostBars = 16

// widestBar is how wide a bar is at the most.
const widestBar = 56.0

// colours is how many series can be told apart.
const colours = 6

// drawing is a chart as lines and bars in a plane.
type drawing struct {
	ID, Title, About string
	Grid             []gridLine
	Places           []place
	Lines            []curve
	Bars             []bar
	Legend           []legend
	Chart            bot.Chart // the numbers, for who does not look
}

type gridLine struct {
	Y    string
	Text string
}

type place struct{ X, Text string }

type curve struct {
	Colour int
	Points string
	Dots   []dot
}

type dot struct{ X, Y, Tip string }

type bar struct {
	Colour           int
	X, Y, Wide, High string
	Tip              string
}

type legend struct {
	Colour int
	Name   string
}

// draw lays a chart out: bars for few places, lines for many.
func draw(chart bot.Chart, id string) drawing {
	d := drawing{ID: id, Title: chart.Title, Chart: chart}
	low, high := bounds(chart)
	step := niceStep(high - low)
	low, high = math.Floor(low/step)*step, math.Ceil(high/step)*step
	if low == high {
		high = low + step
	}
	y := func(v float64) float64 {
		return chartTop + (high-v)/(high-low)*(chartHeight-chartTop-chartBottom)
	}
	for v := low; v <= high+step/2; v += step {
		d.Grid = append(d.Grid, gridLine{unit(y(v)), number(v)})
	}
	n := max(1, len(chart.Labels))
	wide := (chartWidth - chartLeft - chartRight) / float64(n)
	middle := func(i int) float64 { return chartLeft + (float64(i)+0.5)*wide }
	every := max(1, int(math.Ceil(float64(n)/10)))
	for i, l := range chart.Labels {
		if i%every == 0 {
			d.Places = append(d.Places, place{unit(middle(i)), shortLabel(l)})
		}
	}
	for s, series := range chart.Series {
		colour := s % colours
		d.Legend = append(d.Legend, legend{colour, series.Name})
		values := series.Values[:min(len(series.Values), len(chart.Labels))]
		if n > mostBars {
			d.Lines = append(d.Lines, lineOf(colour, series.Name, chart.Labels, values, middle, y))
			continue
		}
		all := min(wide*0.7, widestBar*float64(len(chart.Series)))
		one := all / float64(len(chart.Series))
		for i, v := range values {
			if !drawable(v) {
				continue
			}
			top, zero := y(max(v, 0)), y(min(v, 0))
			d.Bars = append(d.Bars, bar{colour, unit(middle(i) - all/2 + float64(s)*one), unit(top), unit(max(1, one-2)), unit(max(0, zero-top)),
				tip(chart.Labels[i], series.Name, v)})
		}
	}
	d.About = about(chart)
	return d
}

func lineOf(colour int, name string, labels []string, values []float64, x func(int) float64, y func(float64) float64) curve {
	c := curve{Colour: colour}
	var points []string
	for i, v := range values {
		if !drawable(v) {
			continue
		}
		points = append(points, unit(x(i))+","+unit(y(v)))
		c.Dots = append(c.Dots, dot{unit(x(i)), unit(y(v)), tip(labels[i], name, v)})
	}
	c.Points = strings.Join(points, " ")
	return c
}

// bounds are the least and the greatest value, and 0.
func bounds(chart bot.Chart) (low, high float64) {
	for _, s := range chart.Series {
		for _, v := range s.Values {
			if drawable(v) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	return low, high
}

func drawable(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// niceStep divides a span into about four steps of 1, 2 or 5 times a power of ten.
func niceStep(span float64) float64 {
	if span <= 0 {
		return 1
	}
	raw := span / 4
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range [...]float64{1, 2, 5} {
		if raw <= m*power {
			return m * power
		}
	}
	return 10 * power
}

// about says in words what a chart shows, for those who do not see it.
func about(chart bot.Chart) string {
	var parts []string
	for _, s := range chart.Series {
		if len(s.Values) == 0 {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s: %s … %s", s.Name, number(s.Values[0]), number(s.Values[len(s.Values)-1])))
	}
	return strings.Join(parts, "; ")
}

func tip(label, name string, v float64) string {
	if name == "" {
		return label + ": " + number(v)
	}
	return label + " " + name + ": " + number(v)
}

func unit(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// number prints a value with as many digits as help.
func number(v float64) string {
	if !drawable(v) {
		return "–"
	}
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}

// shortLabel is a label of a place without the year.
func shortLabel(s string) string {
	if len(s) == len("2006-01-02") && s[4] == '-' && s[7] == '-' {
		return s[5:]
	}
	return s
}
