package draw

import (
	"image"
	"image/color"
	stddraw "image/draw"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// missing is drawn in the place of what no font has.
const missing = '〓'

// glyph is one character in the font that has it.
type glyph struct {
	r    rune
	from *source
}

// glyphs are what is drawn for a text: one for each character that some font has, and one 〓 for each cluster that none
// has. What has no look of its own, like control characters and those that turn the direction, is left out.
func (f *Fonts) glyphs(text string) (list []glyph) {
	all := f.sources()
	find := func(r rune) *source {
		for _, s := range all {
			if s.has(r) {
				return s
			}
		}
		return nil
	}
	for clusters := uniseg.NewGraphemes(text); clusters.Next(); {
		whole := make([]glyph, 0, 1)
		lacks := false
		for _, r := range clusters.Runes() {
			switch {
			case r == '\t' || r == '\n' || unicode.IsSpace(r):
				r = ' '
			case looksLikeNothing(r):
				continue
			}
			s := find(r)
			if lacks = s == nil; lacks {
				break
			}
			whole = append(whole, glyph{r, s})
		}
		if lacks {
			whole = whole[:0]
			if s := find(missing); s != nil {
				whole = append(whole, glyph{missing, s})
			}
		}
		list = append(list, whole...)
	}
	return list
}

// looksLikeNothing tells whether a character is never drawn: controls, joiners, selectors, marks of direction.
func looksLikeNothing(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || r == '\ufffc' || unicode.Is(unicode.Co, r)
}

// scale is how many times the bitmap font is enlarged to come near a size.
func scale(size int) int { return max(1, (size+bitmapSize/2)/bitmapSize) }

// advance is how far a glyph moves on.
func (g glyph) advance(size int) fixed.Int26_6 {
	face, err := g.from.face(size)
	if err != nil {
		return 0
	}
	a, _ := face.GlyphAdvance(g.r)
	if g.from.font == nil {
		a *= fixed.Int26_6(scale(size))
	}
	return a
}

// Width is how wide a text is.
func (p *Picture) Width(text string, size int) float64 {
	p.fonts.mu.Lock()
	defer p.fonts.mu.Unlock()
	return width(p.fonts.glyphs(text), size)
}

func width(list []glyph, size int) float64 {
	var sum fixed.Int26_6
	for _, g := range list {
		sum += g.advance(size)
	}
	return float64(sum) / 64
}

// Fit is a text on one line, shortened with … where it is wider than most.
func (p *Picture) Fit(text string, size int, most float64) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > 4000 {
		text = strings.ToValidUTF8(text[:4000], "")
	}
	p.fonts.mu.Lock()
	defer p.fonts.mu.Unlock()
	if width(p.fonts.glyphs(text), size) <= most {
		return text
	}
	end := width(p.fonts.glyphs("…"), size)
	kept, used := 0, 0.0
	for clusters := uniseg.NewGraphemes(text); clusters.Next(); {
		used += width(p.fonts.glyphs(clusters.Str()), size)
		if used+end > most {
			break
		}
		_, kept = clusters.Positions()
	}
	return strings.TrimSpace(text[:kept]) + "…"
}

// Align says which point of a text lies at x.
type Align int

// The alignments.
const (
	Left Align = iota
	Centre
	Right
)

// Text draws a text of a size on one line, whose middle lies at y.
func (p *Picture) Text(x, y float64, text string, size int, align Align, c color.Color) {
	p.fonts.mu.Lock()
	defer p.fonts.mu.Unlock()
	list := p.fonts.glyphs(text)
	switch w := width(list, size); align {
	case Centre:
		x -= w / 2
	case Right:
		x -= w
	}
	dot := fixed.I(int(x + 0.5))
	for _, g := range list {
		p.glyph(g, dot, y, size, c)
		dot += g.advance(size)
	}
}

// glyph draws one character, with its left end at dot.
func (p *Picture) glyph(g glyph, dot fixed.Int26_6, middle float64, size int, c color.Color) {
	face, err := g.from.face(size)
	if err != nil {
		return
	}
	base := int(middle + float64(size)*0.36)
	if g.from.font != nil {
		box, mask, at, _, ok := face.Glyph(fixed.Point26_6{X: dot, Y: fixed.I(base)}, g.r)
		if ok {
			stddraw.DrawMask(p.img, box, image.NewUniform(c), image.Point{}, mask, at, stddraw.Over)
		}
		return
	}
	p.enlarged(face, g.r, dot.Round(), base, scale(size), c)
}

// enlarged draws a character of the bitmap font, each of its points as a square.
func (p *Picture) enlarged(face font.Face, r rune, x, base, times int, c color.Color) {
	box, mask, at, _, ok := face.Glyph(fixed.Point26_6{}, r)
	if !ok {
		return
	}
	fill := image.NewUniform(c)
	for dy := range box.Dy() {
		for dx := range box.Dx() {
			if _, _, _, a := mask.At(at.X+dx, at.Y+dy).RGBA(); a > 0x7fff {
				px, py := x+(box.Min.X+dx)*times, base+(box.Min.Y+dy)*times
				stddraw.Draw(p.img, image.Rect(px, py, px+times, py+times), fill, image.Point{}, stddraw.Over)
			}
		}
	}
}
