package draw_test

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	scale "golang.org/x/image/draw"

	"github.com/weilu-im/weilu/community/draw"
)

func poster(name, link string) draw.Poster {
	return draw.Poster{
		Community: "半山壶 · 围炉", Title: "邀请你一起来", Name: name, Lines: []string{"每天一个话题，每周一次好茶", "打个招呼，新朋友得 10 积分"}, CodeLabel: "邀请码",
		Code: "K7QM3RTX", Hint: "入群后 72 小时内，在群里发送「邀请码 K7QM3RTX」", Link: link, LinkHint: "扫一扫，看看怎么加入",
	}
}

// read reads the QR code of a picture.
func read(img image.Image) (string, error) {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", err
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		return "", err
	}
	return result.GetText(), nil
}

// TestThePostersCodeIsRead reads the QR code back from the picture, also in the size in which a phone shows it.
func TestThePostersCodeIsRead(t *testing.T) {
	links := []string{"https://example.com/join", "https://example.com/加入我们?来自=小红&话题=手冲", "https://example.com/" + strings.Repeat("a1-", 150), "https://example.com/" + strings.Repeat("x", draw.MostLink-20)}
	if testing.Short() {
		links = links[1:2]
	}
	for font, f := range fonts(t) {
		for i, link := range links {
			data, err := poster("小红", link).PNG(f)
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := read(img); err != nil || got != link {
				t.Errorf("%s: %.40q is read as %.40q: %v", font, link, got, err)
			}
			if i < 2 {
				b := img.Bounds()
				small := image.NewRGBA(image.Rect(0, 0, b.Dx()/2, b.Dy()/2))
				scale.ApproxBiLinear.Scale(small, small.Bounds(), img, b, scale.Src, nil)
				if got, err := read(small); err != nil || got != link {
					t.Errorf("%s, half as large: %.40q is read as %.40q: %v", font, link, got, err)
				}
			}
			if len(data) > 200<<10 {
				t.Errorf("a poster of %d bytes", len(data))
			}
			if dir := os.Getenv("WEILU_PICTURES"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, "poster-"+font+string(rune('0'+i))+".png"), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func TestAPosterWithoutALinkHasNoCode(t *testing.T) {
	data, err := poster("小红", "").PNG(draw.Bitmap())
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := read(img); err == nil {
		t.Errorf("%q is read", got)
	}
	with, err := poster("小红", "https://example.com").PNG(draw.Bitmap())
	if err != nil {
		t.Fatal(err)
	}
	larger, err := png.Decode(bytes.NewReader(with))
	if err != nil || larger.Bounds().Dy() <= img.Bounds().Dy() {
		t.Errorf("without a link it is %d high, with one %d: %v", img.Bounds().Dy(), larger.Bounds().Dy(), err)
	}
	if dir := os.Getenv("WEILU_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "poster-plain.png"), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPostersOfAnybody(t *testing.T) {
	for _, name := range hostile {
		p := poster(name, "https://example.com")
		p.Lines, p.Hint, p.LinkHint = []string{name, name}, name, name
		data, err := p.PNG(draw.Bitmap())
		if err != nil || len(data) > 200<<10 {
			t.Errorf("%.20q: %d bytes, %v", name, len(data), err)
		}
	}
	if _, err := poster("小红", strings.Repeat("x", draw.MostLink+1)).PNG(draw.Bitmap()); err == nil {
		t.Error("a link that is too long is drawn")
	}
}
