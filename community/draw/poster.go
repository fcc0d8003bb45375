package draw

import (
	"fmt"
	"image"
	stddraw "image/draw"
	"strings"

	"rsc.io/qr"
)

// Poster is an invitation: who invites, the code to say, and where to join.
type Poster struct {
	Community string
	Title     string   // 邀请你一起来
	Name      string   // of whoever invites; shortened where it is too long
	Lines     []string // short sentences about what is waiting; each is shortened to one line
	CodeLabel string   // 邀请码
	Code      string   // drawn large, in two halves
	Hint      string   // what to do with the code; on two lines at the most
	Link      string   // what the QR code holds, at most 512 bytes; empty: there is none
	LinkHint  string   // what the QR code is for
}

// MostLink is how many bytes a poster's link may have, so that a phone reads its QR code from a screen.
const MostLink = 512

// PNG draws it, 750 wide; its height follows from what there is to show.
func (c Poster) PNG(fonts *Fonts) ([]byte, error) {
	const w = 750
	var code *qr.Code
	if len(c.Link) > MostLink {
		return nil, fmt.Errorf("poster: a link of %d bytes is too long for a QR code", len(c.Link))
	}
	if c.Link != "" {
		var err error
		if code, err = qr.Encode(c.Link, qr.M); err != nil {
			return nil, fmt.Errorf("poster: %w", err)
		}
	}
	probe := New(fonts, 1, 1, Paper)
	hint := probe.wrap(c.Hint, 26, w-190, 2)
	lines := len(c.Lines)
	y := 330.0 + 44*float64(lines)
	panel := y
	y += 190 + 40*float64(len(hint))
	square := y + 36
	size, module := 0.0, 0
	if code != nil {
		module = max(6, 400/(code.Size+2*quiet))
		size = float64(module * (code.Size + 2*quiet))
		y = square + size + 64
	}
	h := int(y) + 60

	p := New(fonts, w, h, Paper)
	p.Box(0, 0, w, 250, 0, Ember)
	p.Box(0, 236, w, 14, 0, Flame)
	p.Text(w/2, 66, p.Fit(c.Community, 30, w-120), 30, Centre, Straw)
	p.Text(w/2, 130, p.Fit(c.Name, 46, w-120), 46, Centre, Card)
	p.Text(w/2, 196, p.Fit(c.Title, 34, w-120), 34, Centre, Straw)
	for i, line := range c.Lines {
		p.Text(w/2, 306+44*float64(i), p.Fit(line, 28, w-110), 28, Centre, Ink)
	}
	high := 166 + 40*float64(len(hint))
	p.Box(60, panel, w-120, high, 26, Card)
	p.Frame(60, panel, w-120, high, 26, 3, Gold)
	p.Text(w/2, panel+40, p.Fit(c.CodeLabel, 26, w-200), 26, Centre, Faint)
	p.Text(w/2, panel+104, p.Fit(halves(c.Code), 62, w-170), 62, Centre, Ember)
	for i, line := range hint {
		p.Text(w/2, panel+166+40*float64(i), line, 26, Centre, Ink)
	}
	if code != nil {
		p.code(code, w/2-int(size)/2, int(square), module)
		p.Text(w/2, square+size+30, p.Fit(c.LinkHint, 26, w-120), 26, Centre, Faint)
	}
	return p.PNG()
}

// quiet is how many modules around a QR code are empty.
const quiet = 4

// code draws a QR code with the empty border that it needs. Modules are whole pixels.
func (p *Picture) code(code *qr.Code, x, y, module int) {
	fill := func(left, top, width, height int, c RGB) {
		stddraw.Draw(p.img, image.Rect(left, top, left+width, top+height), image.NewUniform(c), image.Point{}, stddraw.Src)
	}
	side := module * (code.Size + 2*quiet)
	fill(x, y, side, side, 0xffffff)
	for row := range code.Size {
		for column := range code.Size {
			if code.Black(column, row) {
				fill(x+module*(quiet+column), y+module*(quiet+row), module, module, 0)
			}
		}
	}
}

// halves is a code with a gap in its middle.
func halves(code string) string {
	if n := len(code) / 2; n > 0 {
		return code[:n] + " " + code[n:]
	}
	return code
}

// wrap is a text on lines of a width, at most so many; the last is shortened.
func (p *Picture) wrap(text string, size int, most float64, lines int) (list []string) {
	rest := []rune(strings.Join(strings.Fields(text), " "))
	if len(rest) > 400 {
		rest = rest[:400]
	}
	for len(rest) > 0 {
		if len(list) == lines-1 {
			return append(list, p.Fit(string(rest), size, most))
		}
		n := len(rest)
		for n > 1 && p.Width(string(rest[:n]), size) > most {
			n--
		}
		if n < len(rest) {
			for cut := n; cut > n/3; cut-- { // rather after a stop or a space than within a word
				if strings.ContainsRune("，。！？、, ；;", rest[cut-1]) {
					n = cut
					break
				}
			}
		}
		list = append(list, strings.TrimSpace(string(rest[:n])))
		rest = rest[n:]
	}
	return list
}
