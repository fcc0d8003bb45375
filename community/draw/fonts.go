package draw

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/hajimehoshi/bitmapfont/v4"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// Fonts are the fonts that text is drawn with, the best first. They are safe for concurrent use.
type Fonts struct {
	mu   sync.Mutex
	find func() []*source // nil once it was asked
	list []*source
}

// source is one font.
type source struct {
	name  string
	font  *sfnt.Font // nil: the bitmap font
	buf   sfnt.Buffer
	faces map[int]font.Face // by size
}

// needed are characters without which a font is no use.
const needed = "打卡天的〓Aa1"

// bitmapSize is how high the bitmap font is; it is drawn at whole multiples of that.
const bitmapSize = 12

// Load makes fonts: the file, where one is named, then the system's, then the bitmap font. It is an error where the named
// file is no font with Chinese. The system's are looked for when the first text is drawn.
func Load(file string) (*Fonts, error) {
	if file == "" {
		return &Fonts{find: system}, nil
	}
	s, err := open(file)
	if err != nil {
		return nil, fmt.Errorf("font %s: %w", file, err)
	}
	return &Fonts{list: []*source{s, bitmap()}}, nil
}

// Bitmap are fonts that are the same on every machine.
func Bitmap() *Fonts { return &Fonts{list: []*source{bitmap()}} }

func bitmap() *source {
	return &source{name: "bitmapfont", faces: map[int]font.Face{bitmapSize: bitmapfont.FaceSC}}
}

// system is the first usable font of the system, and the bitmap font.
func system() []*source {
	for _, pattern := range places() {
		files, err := filepath.Glob(pattern)
		if err != nil {
			continue
		}
		for _, file := range files {
			if s, err := open(file); err == nil {
				return []*source{s, bitmap()}
			}
		}
	}
	return []*source{bitmap()}
}

// places are where systems keep fonts with Chinese, as patterns, the best first.
func places() (list []string) {
	home, _ := os.UserHomeDir()
	var dirs []string
	for _, dir := range []string{"/usr/share/fonts", "/usr/local/share/fonts", filepath.Join(home, ".fonts"), filepath.Join(home, ".local/share/fonts")} {
		dirs = append(dirs, dir, dir+"/*", dir+"/*/*")
	}
	dirs = append(dirs, "/System/Library/Fonts", "/Library/Fonts", filepath.Join(home, "Library/Fonts"), filepath.Join(os.Getenv("WINDIR"), "Fonts"))
	for _, name := range []string{"NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC*.[ot]tf", "SourceHanSans*Regular.[ot]t[fc]",
		"wqy-microhei.ttc", "wqy-zenhei.ttc", "PingFang.ttc", "Hiragino Sans GB.ttc", "msyh.ttc", "DroidSansFallback*.ttf"} {
		for _, dir := range dirs {
			list = append(list, filepath.Join(dir, name))
		}
	}
	return list
}

// open reads a font with Chinese, of a collection the one for simplified characters where it says so.
func open(file string) (*source, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	all, err := sfnt.ParseCollection(data)
	if err != nil {
		return nil, err
	}
	var found *source
	for i := range all.NumFonts() {
		f, err := all.Font(i)
		if err != nil {
			continue
		}
		s := &source{font: f, faces: map[int]font.Face{}}
		if s.name, err = f.Name(&s.buf, sfnt.NameIDFull); err != nil || !s.usable() {
			continue
		}
		if found == nil || strings.Contains(s.name, " SC") {
			found = s
		}
		if strings.Contains(s.name, " SC") {
			break
		}
	}
	if found == nil {
		return nil, errors.New("no font with Chinese characters in it")
	}
	return found, nil
}

// usable tells whether a font has, and can draw, what is needed.
func (s *source) usable() bool {
	for _, r := range needed {
		if !s.has(r) {
			return false
		}
	}
	face, err := s.face(24)
	if err != nil {
		return false
	}
	_, _, ok := face.GlyphBounds('打')
	return ok
}

// has tells whether a font has a character.
func (s *source) has(r rune) bool {
	if s.font == nil {
		_, _, ok := bitmapfont.FaceSC.GlyphBounds(r)
		return ok
	}
	i, err := s.font.GlyphIndex(&s.buf, r)
	return err == nil && i != 0
}

// face is a font at a size; the bitmap font has only its own.
func (s *source) face(size int) (font.Face, error) {
	if s.font == nil {
		size = bitmapSize
	}
	if f := s.faces[size]; f != nil {
		return f, nil
	}
	f, err := opentype.NewFace(s.font, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingFull})
	if err == nil {
		s.faces[size] = f
	}
	return f, err
}

// sources are the fonts, found when they are asked for first. It is called with mu held.
func (f *Fonts) sources() []*source {
	if f.find != nil {
		f.list, f.find = f.find(), nil
	}
	return f.list
}

// Name is what the best font is called, for logs.
func (f *Fonts) Name() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sources()[0].name
}

// Real tells whether the best font is more than the bitmap font.
func (f *Fonts) Real() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sources()[0].font != nil
}
