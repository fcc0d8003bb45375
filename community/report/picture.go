package report

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/draw"
)

// The measures of the picture, in pixels: as wide as a phone shows well.
const (
	pictureWidth = 750
	edge         = 36
	inner        = pictureWidth - 2*edge
	gap          = 16
)

// scroll is a picture of unknown height that is written from top to bottom.
type scroll struct {
	pen *draw.Picture // measures texts
	y   float64
	ops []func(p *draw.Picture)
}

func (s *scroll) later(op func(p *draw.Picture)) { s.ops = append(s.ops, op) }

// text writes a text in as many lines as it needs, at most some.
func (s *scroll) text(text string, size, most int, c draw.RGB) {
	for _, line := range s.wrap(text, size, inner, most) {
		s.line(edge, line, size, draw.Left, c)
	}
}

// line writes one line and moves on.
func (s *scroll) line(x float64, text string, size int, align draw.Align, c draw.RGB) {
	y := s.y + float64(size)*0.75
	s.later(func(p *draw.Picture) { p.Text(x, y, text, size, align, c) })
	s.y += float64(size) * 1.5
}

// wrap breaks a text into lines that are narrow enough; what has no place ends in an ellipsis.
func (s *scroll) wrap(text string, size int, width float64, most int) (lines []string) {
	rest := []rune(strings.Join(strings.Fields(bot.Clean(text)), " "))
	for len(rest) > 0 {
		if len(lines) == most-1 {
			return append(lines, s.pen.Fit(string(rest), size, width))
		}
		n := s.fits(rest, size, width)
		lines = append(lines, strings.TrimSpace(string(rest[:n])))
		rest = rest[n:]
	}
	return lines
}

// fits is how many runes fit into a width, at least one; a word of Latin letters is not broken where it need not be.
func (s *scroll) fits(rest []rune, size int, width float64) int {
	lo, hi := 1, min(len(rest), int(width)/max(1, size/4))
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if s.pen.Width(string(rest[:mid]), size) <= width {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	if lo == len(rest) {
		return lo
	}
	latin := func(r rune) bool { return r > ' ' && r < 0x2e80 }
	for n := lo; n > lo/2; n-- {
		if !latin(rest[n-1]) || !latin(rest[n]) {
			return n
		}
	}
	return lo
}

func (s *scroll) heading(text string) {
	s.y += 22
	y := s.y
	s.later(func(p *draw.Picture) { p.Box(edge, y+4, 6, 26, 3, draw.Ember) })
	s.line(edge+18, s.pen.Fit(text, 26, inner-18), 26, draw.Left, draw.Ink)
	s.y += 4
}

// picture is the report as a long picture for a phone.
func (d document) picture(fonts *draw.Fonts, tables map[string]int) ([]byte, error) {
	s := &scroll{pen: draw.New(fonts, 1, 1, draw.Paper), y: 40}
	s.text(d.Title, 38, 2, draw.Ember)
	s.text(d.Subtitle, 20, 2, draw.Faint)
	s.y += 12
	for _, line := range d.Lead {
		s.text(line, 24, 5, draw.Ink)
		s.y += 4
	}
	if len(d.Todo) > 0 {
		s.heading(d.TodoTitle)
		for i, one := range d.Todo {
			s.todo(i+1, one)
		}
	}
	for _, part := range d.Sections {
		s.section(part, tables)
	}
	s.y += 24
	s.text(d.Footer, 17, 3, draw.Faint)
	p := draw.New(fonts, pictureWidth, int(s.y)+30, draw.Paper)
	for _, op := range s.ops {
		op(p)
	}
	return p.PNG()
}

func (s *scroll) todo(n int, one Suggestion) {
	top := s.y
	at := len(s.ops)
	s.y += 12
	for _, line := range s.wrap(strconv.Itoa(n)+". "+one.Do, 23, inner-36, 3) {
		s.line(edge+20, line, 23, draw.Left, draw.Ink)
	}
	for _, line := range s.wrap(one.Evidence, 19, inner-36, 3) {
		s.line(edge+20, line, 19, draw.Left, draw.Faint)
	}
	s.y += 10
	height := s.y - top
	box := func(p *draw.Picture) {
		p.Box(edge, top, inner, height, 10, draw.Card)
		p.Box(edge, top, 5, height, 2, draw.Ember)
	}
	s.ops = append(s.ops[:at], append([]func(*draw.Picture){box}, s.ops[at:]...)...)
	s.y += 10
}

// section draws a section: its figures, bars and map, and the first rows of those tables that have a place in a picture.
func (s *scroll) section(part section, tables map[string]int) {
	shown := part.Table[:0:0]
	for _, t := range part.Table {
		if tables[t.Key] > 0 {
			shown = append(shown, t)
		}
	}
	if len(part.Cards)+len(shown) == 0 && part.Bars == nil && part.Heat == nil {
		return
	}
	s.heading(part.Title)
	if part.Note != "" && part.Bars == nil {
		s.text(part.Note, 18, 2, draw.Faint)
		s.y += 6
	}
	s.cards(part.Cards)
	if part.Bars != nil {
		s.bars(part.Bars)
	}
	if part.Heat != nil {
		s.heat(part.Heat)
	}
	for _, t := range shown {
		s.table(t, tables[t.Key])
	}
}

func (s *scroll) cards(list []card) {
	const across = 3
	const w, h = (inner - (across-1)*gap) / across, 138.0
	for i, c := range list {
		x, y := edge+float64(i%across)*(w+gap), s.y+float64(i/across)*(h+12)
		title, value := s.pen.Fit(c.Title, 19, w-28), s.pen.Fit(strings.TrimSpace(c.Value+arrow(c.Trend)), 32, w-28)
		small, smaller := s.pen.Fit(cmp.Or(c.Then, c.Note), 16, w-28), s.pen.Fit(c.Range, 16, w-28)
		s.later(func(p *draw.Picture) {
			p.Box(x, y, w, h, 10, draw.Card)
			p.Text(x+14, y+24, title, 19, draw.Left, draw.Faint)
			p.Text(x+14, y+62, value, 32, draw.Left, draw.Ink)
			p.Text(x+14, y+96, small, 16, draw.Left, draw.Faint)
			p.Text(x+14, y+119, smaller, 16, draw.Left, draw.Faint)
		})
	}
	s.y += float64((len(list)+across-1)/across) * (h + 12)
}

func (s *scroll) bars(b *bars) {
	const h = 170.0
	most := 1.0
	for _, v := range b.Values {
		most = max(most, v)
	}
	top := s.y
	step := float64(inner) / float64(max(1, len(b.Values)))
	every := max(1, (len(b.Labels)+6)/7)
	s.later(func(p *draw.Picture) {
		p.Box(edge, top+h, inner, 2, 1, draw.Line)
		p.Text(edge, top+8, short(int(most+0.5)), 16, draw.Left, draw.Faint)
		for i, v := range b.Values {
			if height := v / most * (h - 24); height > 0 {
				p.Box(edge+step*(float64(i)+0.12), top+h-height, step*0.76, height, min(4, step*0.3), draw.Flame)
			}
			if i%every == 0 {
				p.Text(edge+step*(float64(i)+0.5), top+h+18, dayLabel(b.Labels[i]), 16, draw.Centre, draw.Faint)
			}
		}
	})
	s.y += h + 40
}

func (s *scroll) heat(h *heat) {
	const label, high = 54.0, 26.0
	const w = (inner - label) / 24
	top := s.y
	s.later(func(p *draw.Picture) {
		for i, hour := range h.Hours {
			if i%3 == 0 {
				p.Text(edge+label+w*(float64(i)+0.5), top+8, strconv.Itoa(hour), 16, draw.Centre, draw.Faint)
			}
		}
		for d, name := range h.Rows {
			y := top + 20 + float64(d)*(high+3)
			p.Text(edge, y+high/2, name, 18, draw.Left, draw.Faint)
			for i, hour := range h.Hours {
				p.Box(edge+label+w*float64(i)+1, y, w-2, high, 4, blend(draw.Card, draw.Ember, float64(h.Values[d][hour])/float64(max(1, h.Most))))
			}
		}
	})
	s.y += 20 + 7*(high+3) + 8
}

// blend is a colour between two.
func blend(from, to draw.RGB, part float64) draw.RGB {
	mix := func(shift uint) draw.RGB {
		a, b := float64(from>>shift&0xff), float64(to>>shift&0xff)
		return draw.RGB(a+(b-a)*part) << shift
	}
	return mix(16) | mix(8) | mix(0)
}

// table draws the first rows of a table, and of its columns as many as have a place.
func (s *scroll) table(t bot.Table, most int) {
	columns := min(len(t.Columns), 5)
	first := float64(inner) * 0.34
	rest := (inner - first) / float64(max(1, columns-1))
	if columns == 2 {
		first, rest = inner*0.8, inner*0.2
	}
	put := func(texts []string, c draw.RGB, size int) {
		y := s.y + 16
		for i, text := range texts[:columns] {
			if i == 0 {
				fit := s.pen.Fit(text, size, first-12)
				s.later(func(p *draw.Picture) { p.Text(edge, y, fit, size, draw.Left, c) })
				continue
			}
			x, fit := edge+first+rest*float64(i), s.pen.Fit(text, size, rest-8)
			s.later(func(p *draw.Picture) { p.Text(x, y, fit, size, draw.Right, c) })
		}
		s.y += 34
	}
	var titles []string
	for _, c := range t.Columns {
		titles = append(titles, c.Title)
	}
	put(titles, draw.Faint, 17)
	for _, r := range t.Rows[:min(most, len(t.Rows))] {
		y := s.y
		s.later(func(p *draw.Picture) { p.Box(edge, y-1, inner, 1, 0, draw.Line) })
		var texts []string
		for _, c := range r.Cells {
			texts = append(texts, c.Text)
		}
		put(texts, draw.Ink, 20)
	}
	s.y += 8
}
