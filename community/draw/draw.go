// Package draw makes the pictures that are sent to group chats: text in any script on simple shapes, as PNG.
//
// Text is drawn with the first font that has a character: a configured file, else one of the system's with Chinese, else a
// bitmap font that is part of the program. What none of them has is drawn as 〓, never as an empty box.
package draw

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	stddraw "image/draw"
	"image/png"
	"math"

	"golang.org/x/image/vector"
)

// RGB is a colour as on the web: 0xRRGGBB.
type RGB uint32

// RGBA implements color.Color.
func (c RGB) RGBA() (r, g, b, a uint32) {
	return uint32(c>>16&0xff) * 0x101, uint32(c>>8&0xff) * 0x101, uint32(c&0xff) * 0x101, 0xffff
}

// The colours of pictures.
const (
	Paper  RGB = 0xfbf7f0
	Card   RGB = 0xffffff
	Ink    RGB = 0x2a211b
	Faint  RGB = 0x8a7d72
	Line   RGB = 0xe6dcd0
	Ember  RGB = 0xb1421c
	Flame  RGB = 0xe88b3c
	Straw  RGB = 0xf6d9a8
	Gold   RGB = 0xc9973b
	Meadow RGB = 0x7da46b
	Sky    RGB = 0x86abc9
)

// Picture is a picture that is being drawn. Lengths are pixels, from the top left.
type Picture struct {
	img   *image.RGBA
	fonts *Fonts
}

// New begins a picture.
func New(fonts *Fonts, width, height int, background color.Color) *Picture {
	p := &Picture{image.NewRGBA(image.Rect(0, 0, width, height)), fonts}
	stddraw.Draw(p.img, p.img.Bounds(), image.NewUniform(background), image.Point{}, stddraw.Src)
	return p
}

// PNG is the finished picture.
func (p *Picture) PNG() ([]byte, error) {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(&b, p.img); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return b.Bytes(), nil
}

// Box fills a rectangle whose corners are rounded.
func (p *Picture) Box(x, y, width, height, radius float64, c color.Color) {
	path(p, c, x, y, width, height, func(r *vector.Rasterizer, x, y float64) { box(r, x, y, width, height, radius) })
}

// Frame draws the outline of a rectangle whose corners are rounded.
func (p *Picture) Frame(x, y, width, height, radius, thick float64, c color.Color) {
	path(p, c, x, y, width, height, func(r *vector.Rasterizer, x, y float64) {
		box(r, x, y, width, height, radius)
		hole(r, x+thick, y+thick, width-2*thick, height-2*thick, math.Max(0, radius-thick))
	})
}

// Disc fills a circle.
func (p *Picture) Disc(x, y, radius float64, c color.Color) {
	p.Box(x-radius, y-radius, 2*radius, 2*radius, radius, c)
}

// Star fills a star of five points.
func (p *Picture) Star(x, y, radius float64, c color.Color) {
	path(p, c, x-radius, y-radius, 2*radius, 2*radius, func(r *vector.Rasterizer, x, y float64) {
		x, y = x+radius, y+radius
		for i := range 10 {
			long := radius
			if i%2 == 1 {
				long = radius * 0.45
			}
			a := float64(i)*math.Pi/5 - math.Pi/2
			px, py := float32(x+long*math.Cos(a)), float32(y+long*math.Sin(a))
			if i == 0 {
				r.MoveTo(px, py)
			} else {
				r.LineTo(px, py)
			}
		}
		r.ClosePath()
	})
}

// path fills a shape within a rectangle, and looks at no more of the picture than that. shape is told where the rectangle
// begins on what it draws on.
func path(p *Picture, c color.Color, x, y, width, height float64, shape func(r *vector.Rasterizer, x, y float64)) {
	area := image.Rect(int(math.Floor(x)), int(math.Floor(y)), int(math.Ceil(x+width)), int(math.Ceil(y+height)))
	seen := area.Intersect(p.img.Bounds())
	if seen.Empty() {
		return
	}
	r := vector.NewRasterizer(area.Dx(), area.Dy())
	shape(r, x-float64(area.Min.X), y-float64(area.Min.Y))
	r.Draw(p.img, seen, image.NewUniform(c), seen.Min.Sub(area.Min))
}

// round is how far the handles of a curve are that looks like a quarter of a circle.
const round = 0.5523

func box(r *vector.Rasterizer, x, y, w, h, radius float64) {
	radius = math.Min(radius, math.Min(w, h)/2)
	f := func(v float64) float32 { return float32(v) }
	k := radius * (1 - round)
	r.MoveTo(f(x+radius), f(y))
	r.LineTo(f(x+w-radius), f(y))
	r.CubeTo(f(x+w-k), f(y), f(x+w), f(y+k), f(x+w), f(y+radius))
	r.LineTo(f(x+w), f(y+h-radius))
	r.CubeTo(f(x+w), f(y+h-k), f(x+w-k), f(y+h), f(x+w-radius), f(y+h))
	r.LineTo(f(x+radius), f(y+h))
	r.CubeTo(f(x+k), f(y+h), f(x), f(y+h-k), f(x), f(y+h-radius))
	r.LineTo(f(x), f(y+radius))
	r.CubeTo(f(x), f(y+k), f(x+k), f(y), f(x+radius), f(y))
	r.ClosePath()
}

// hole is a box the other way round, which cuts it out of what is around it.
func hole(r *vector.Rasterizer, x, y, w, h, radius float64) {
	radius = math.Min(radius, math.Min(w, h)/2)
	f := func(v float64) float32 { return float32(v) }
	k := radius * (1 - round)
	r.MoveTo(f(x+radius), f(y))
	r.CubeTo(f(x+k), f(y), f(x), f(y+k), f(x), f(y+radius))
	r.LineTo(f(x), f(y+h-radius))
	r.CubeTo(f(x), f(y+h-k), f(x+k), f(y+h), f(x+radius), f(y+h))
	r.LineTo(f(x+w-radius), f(y+h))
	r.CubeTo(f(x+w-k), f(y+h), f(x+w), f(y+h-k), f(x+w), f(y+h-radius))
	r.LineTo(f(x+w), f(y+radius))
	r.CubeTo(f(x+w), f(y+k), f(x+w-k), f(y), f(x+w-radius), f(y))
	r.ClosePath()
}
