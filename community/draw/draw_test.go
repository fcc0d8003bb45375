package draw_test

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/community/draw"
)

// hostile are names that a member may have.
var hostile = []string{"小明", "Ann", "👩‍👩‍👧‍👦一家人🎉", "a\u202eb\u0000c\ufe0f", strings.Repeat("很长的名字", 2000), "𠮷野家 ﷽ ༒", "", "\xff\xfe"}

func fonts(t testing.TB) map[string]*draw.Fonts {
	system, err := draw.Load("")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the system's font is %s", system.Name())
	return map[string]*draw.Fonts{"system": system, "bitmap": draw.Bitmap()}
}

func certificate(name string) draw.Certificate {
	return draw.Certificate{Title: "完成证书", Name: name, Text: "在「早起」挑战中坚持打卡", Figure: "21", Unit: "天", Period: "2026-11-02 ～ 2026-11-22", Number: "No. 3-17", Community: "半山壶"}
}

func calendar(name string) draw.Calendar {
	c := draw.Calendar{Title: "早起", Name: name, Figures: "连续 12 天 · 共 18 天 · 目标 21 天", Weekdays: [7]string{"一", "二", "三", "四", "五", "六", "日"},
		Legend: []draw.Entry{{draw.DoneDay, "打卡"}, {draw.MadeUpDay, "补卡"}, {draw.LeaveDay, "请假"}, {draw.GivenDay, "补偿"}, {draw.Missed, "未打"}, {draw.ToCome, "未到"}}, Footer: "半山壶"}
	states := []draw.DayState{draw.DoneDay, draw.DoneDay, draw.MadeUpDay, draw.LeaveDay, draw.GivenDay, draw.Missed, draw.ToCome}
	for week := range 4 {
		w := draw.Week{Label: "11-02"}
		for i := range 7 {
			w.Days[i] = draw.Day{Number: "12", State: states[(week+i)%7], Today: week == 2 && i == 3}
		}
		c.Weeks = append(c.Weeks, w)
	}
	return c
}

func TestPicturesOfAnybodyAreWhole(t *testing.T) {
	names := hostile
	if testing.Short() { // the race job: a name that no font has whole, and one that is shortened
		names = []string{hostile[2], hostile[4]}
	}
	for font, f := range fonts(t) {
		for _, name := range names {
			for kind, make := range map[string]func() ([]byte, error){
				"certificate": func() ([]byte, error) { return certificate(name).PNG(f) },
				"calendar":    func() ([]byte, error) { return calendar(name).PNG(f) },
			} {
				one, err := make()
				if err != nil {
					t.Fatalf("%s of %.20q in %s: %v", kind, name, font, err)
				}
				again, err := make()
				if err != nil || !bytes.Equal(one, again) {
					t.Errorf("%s of %.20q in %s differs the second time: %v", kind, name, font, err)
				}
				if img, err := png.Decode(bytes.NewReader(one)); err != nil || img.Bounds().Dx() < 700 || len(one) > 200<<10 {
					t.Errorf("%s of %.20q in %s: %d bytes, %v", kind, name, font, len(one), err)
				}
				if dir := os.Getenv("WEILU_PICTURES"); dir != "" && name == hostile[2] {
					if err := os.WriteFile(filepath.Join(dir, kind+"-"+font+".png"), one, 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

// TestWhatNoFontHasIsDrawnAsGeta: once for each cluster, and never as a box; what looks like nothing is left out.
func TestWhatNoFontHasIsDrawnAsGeta(t *testing.T) {
	for font, f := range fonts(t) {
		for text, want := range map[string]string{
			"小明": "小明", "a👩‍👩‍👧‍👦b": "a〓b", "\u202ea\u0000b\ufe0f": "ab", "": "", "\U000e0041": "", "x\ty": "x y", "\ue000": "", "𓀀𓀁": "〓〓",
		} {
			if got := f.Drawn(text); got != want {
				t.Errorf("%s: %+q is drawn as %+q, not %+q", font, text, got, want)
			}
		}
	}
}

func TestALongNameIsShortenedToItsPlace(t *testing.T) {
	for font, f := range fonts(t) {
		p := draw.New(f, 100, 100, draw.Paper)
		for _, name := range hostile {
			fit := p.Fit(name, 40, 300)
			if w := p.Width(fit, 40); w > 300 {
				t.Errorf("%s: %.20q is %.0f wide", font, name, w)
			}
		}
		if got := p.Fit("小明", 40, 300); got != "小明" {
			t.Errorf("%s: 小明 became %s", font, got)
		}
	}
}

func TestAFontThatIsNamedMustBeOne(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.ttf")
	if err := os.WriteFile(file, []byte("no font"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{file, file + ".not"} {
		if _, err := draw.Load(f); err == nil {
			t.Errorf("%s was taken", f)
		}
	}
}

func BenchmarkCertificate(b *testing.B) {
	f := draw.Bitmap()
	first := time.Now()
	if _, err := certificate("小明").PNG(f); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(first).Microseconds())/1000, "first-ms")
	for b.Loop() {
		if _, err := certificate("小明").PNG(f); err != nil {
			b.Fatal(err)
		}
	}
}
