package admission_test

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/admission"
)

func TestWhatCountsAsAnAnswer(t *testing.T) {
	const no, short, yes = 0, 1, 2
	for _, c := range []struct {
		name                    string
		length                  int
		private, toBot, toOther bool
		introduction, want      int
	}{
		{"a short word among others is none", 4, false, false, false, 0, no},
		{"a sentence after the question is one", 5, false, false, false, 0, yes},
		{"what is said to somebody else is none", 50, false, false, true, 0, no},
		{"two characters to the bot are one", 2, false, true, false, 0, yes},
		{"to the bot and to somebody else, it is one", 2, false, true, true, 0, yes},
		{"one character to the bot is too short", 1, false, true, false, 0, short},
		{"in private all is said to the bot", 2, true, false, false, 0, yes},
		{"an introduction is long enough", 20, false, false, false, 20, yes},
		{"talk before it is none", 19, false, false, false, 20, no},
		{"an introduction to the bot that is too short is told so", 19, false, true, false, 20, short},
	} {
		if got := admission.Verdict(c.length, c.private, c.toBot, c.toOther, c.introduction); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestLongAnswersAreCutAndPreviewsAreOneLine(t *testing.T) {
	answer, cut := admission.Kept(strings.Repeat("长", 10_000))
	if n := utf8.RuneCountInString(answer); !cut || n != 1001 {
		t.Errorf("%d characters are kept, cut: %v", n, cut)
	}
	if answer, cut := admission.Kept(" 好 "); answer != "好" || cut {
		t.Errorf("%q, cut: %v", answer, cut)
	}
	if got := admission.Preview("@所有人 第一行\n1. 第二行\u202e\x00 " + strings.Repeat("长", 100)); strings.ContainsAny(got, "\n\u202e\x00@") || utf8.RuneCountInString(got) > 40 {
		t.Errorf("%q", got)
	}
}

func TestTheMedianOfTimes(t *testing.T) {
	if _, ok := admission.Median(nil); ok {
		t.Error("nothing has a median")
	}
	if d, _ := admission.Median([]time.Duration{9, 1, 3}); d != 3 {
		t.Errorf("odd: %d", d)
	}
	if d, _ := admission.Median([]time.Duration{9, 1, 3, 5}); d != 4 {
		t.Errorf("even: %d", d)
	}
}

func TestTheConfigurationIsCheckedAtStart(t *testing.T) {
	valid := func() admission.Config {
		c := admission.Defaults()
		c.Enabled, c.Screening, c.Core = true, "预备群", "核心群"
		return c
	}
	if err := admission.Defaults().Validate(); err != nil {
		t.Error(err)
	}
	if err := valid().Validate(); err != nil {
		t.Error(err)
	}
	notes := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(notes, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	for key, spoil := range map[string]func(c *admission.Config){
		"screening":         func(c *admission.Config) { c.Screening = " " },
		"core":              func(c *admission.Config) { c.Core = "预备群" },
		"questions":         func(c *admission.Config) { c.Questions = nil },
		"questions.0":       func(c *admission.Config) { c.Questions = []string{" "} },
		"introduction_only": func(c *admission.Config) { c.Introduction = -1 },
		"where":             func(c *admission.Config) { c.Where = "here" },
		"answer_hours":      func(c *admission.Config) { c.AnswerHours = 0 },
		"reapply_days":      func(c *admission.Config) { c.ReapplyDays = -1 },
		"remind_managers":   func(c *admission.Config) { c.Remind = "10:00,25:00" },
		"way":               func(c *admission.Config) { c.Way = strings.Repeat("长", 1001) },
		"way_picture":       func(c *admission.Config) { c.WayPicture = notes },
	} {
		c := valid()
		spoil(&c)
		var problem community.KeyError
		if err := c.Validate(); !errors.As(err, &problem) || problem.Key() != key {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestAJPEGIsSentAsPNG(t *testing.T) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 4)), nil); err != nil {
		t.Fatal(err)
	}
	data, err := admission.AsPNG(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil || img.Bounds().Dx() != 8 {
		t.Errorf("%v, %v", img, err)
	}
}
