package post_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/weilu-im/weilu/community/post"
)

// pictures is a folder with a PNG, a JPEG, a text called PNG, one that is too wide, and a way out of it.
func pictures(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "pictures")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.png", encoded(t, 8, 8))
	write("wide.png", encoded(t, 5000, 1))
	write("text.png", []byte("no picture"))
	write("cut.png", encoded(t, 64, 64)[:60])
	write("huge.png", make([]byte, 5<<20+1))
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	write("b.jpg", b.Bytes())
	if err := os.WriteFile(filepath.Join(dir, "..", "secret.png"), encoded(t, 1, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../secret.png", filepath.Join(dir, "out.png")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func encoded(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPicturesOfTheFolderBecomePNG(t *testing.T) {
	dir := pictures(t)
	for name, want := range map[string]string{
		"a.png": "", "b.jpg": "", "wide.png": "large", "huge.png": "large", "text.png": "broken", "cut.png": "broken", "none.png": "missing", "out.png": "missing", "../secret.png": "missing",
	} {
		data, wrong := post.ReadPNG(dir, name)
		if wrong != want {
			t.Errorf("%s: %q, want %q", name, wrong, want)
		}
		if want == "" {
			if _, err := png.Decode(bytes.NewReader(data)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
