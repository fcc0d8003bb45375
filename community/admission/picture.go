package admission

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // a QR code may be a JPEG
	"image/png"
	"os"
)

// The limits of a picture that shows the way.
const (
	largestPicture = 4 << 20 // bytes
	widestPicture  = 4000    // pixels
)

// picture reads the picture of the way as PNG; nil where there is none.
func (c Config) picture() ([]byte, error) {
	if c.WayPicture == "" {
		return nil, nil
	}
	info, err := os.Stat(c.WayPicture)
	if err != nil {
		return nil, fmt.Errorf("can't be read: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > largestPicture {
		return nil, errors.New("is a file of at most 4 MB")
	}
	data, err := os.ReadFile(c.WayPicture)
	if err != nil {
		return nil, fmt.Errorf("can't be read: %w", err)
	}
	return asPNG(data)
}

// asPNG gives a PNG or JPEG as PNG.
func asPNG(data []byte) ([]byte, error) {
	cfg, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("is a PNG or JPEG picture")
	}
	if cfg.Width > widestPicture || cfg.Height > widestPicture {
		return nil, fmt.Errorf("is at most %d pixels wide and high", widestPicture)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("is a whole PNG or JPEG picture")
	}
	if format == "png" {
		return data, nil
	}
	var out bytes.Buffer
	err = png.Encode(&out, img)
	return out.Bytes(), err
}
