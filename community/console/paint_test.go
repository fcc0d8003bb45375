package console_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
)

// paint is a square picture.
func paint(t *testing.T, size int, ink color.Color) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	for x := range size {
		for y := range size {
			if (x/10+y/10)%2 == 0 {
				img.Set(x, y, ink)
			} else {
				img.Set(x, y, color.White)
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
