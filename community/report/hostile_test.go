package report_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/draw"
	"github.com/weilu-im/weilu/community/report"
)

// hostile is a name that does something wherever it is not shown as text.
const hostile = `=HYPERLINK("http://evil.example","x")<script>alert(1)</script>"><img src=x onerror=alert(1)>|[a](javascript:b)` + "`\u202e\x1b[31m\x00 # **"

// TestHostileNamesAreShownAndDoNothing makes a report whose community, group and members are called badly, in all formats.
func TestHostileNamesAreShownAndDoNothing(t *testing.T) {
	w := newTown(t, "sqlite", 1)
	for i := range 40 {
		w.say(i%4, "a", 0)
		w.advance(time.Duration(i) * time.Hour)
	}
	long := hostile + strings.Repeat("很长", 5_000)
	if err := w.Engine.Do(t.Context(), func(ctx context.Context) error {
		if err := w.DB.Conn(ctx).Exec(`UPDATE members SET name = ?`, long).Error; err != nil {
			return err
		}
		return w.DB.Conn(ctx).Exec(`UPDATE groups SET name = ?`, long).Error
	}); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"zh", "en"} {
		q := w.Engine.Query(bot.Query{At: w.at, Actor: bot.Actor{Role: bot.Owner, Language: lang}}, report.Name)
		r, err := report.Make(t.Context(), q, w.DB, w.Community, report.Look{Fonts: draw.Bitmap(), Community: long}, report.Ask{Period: report.Around(report.OfMonth, w.Community.Calendar.Day(w.at)), Group: "g1"})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Top) == 0 {
			t.Fatal("nobody contributed: nothing is looked at")
		}
		r.Top[0].Name = long // as if no name were screened
		for _, format := range report.Formats() {
			data, err := r.File(q, draw.Bitmap(), format)
			if err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			harmless(t, format, data)
		}
	}
}

func harmless(t *testing.T, format string, data []byte) {
	t.Helper()
	text := string(data)
	if format != "png" && format != "xlsx" && strings.ContainsAny(text, "\u202e\x1b\x00") {
		t.Errorf("%s: characters that turn or hide what stands around them", format)
	}
	switch format {
	case "html":
		for _, bad := range []string{"<script", "<img", "<link", "url(", "@import", "http-equiv=\"refresh"} {
			if strings.Contains(strings.ToLower(text), bad) {
				t.Errorf("html has %q", bad)
			}
		}
		if !strings.Contains(text, "&lt;script&gt;") {
			t.Error("html does not show the name")
		}
	case "md":
		if strings.Contains(text, "<script") || strings.Contains(text, "[a](") || strings.Contains(text, "\n# *") {
			t.Error("md has marks of a name")
		}
	case "json":
		if !json.Valid(data) {
			t.Error("json is none")
		}
	case "csv":
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			t.Errorf("csv: %v", err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+") || strings.HasPrefix(cell, "@") {
					t.Errorf("csv: a spreadsheet computes %.40q", cell)
				}
			}
		}
	case "xlsx":
		table, err := community.ReadTable(bytes.NewReader(data))
		if err != nil || len(table) < 10 {
			t.Errorf("xlsx: %d rows, %v", len(table), err)
		}
		book, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		shown := false
		for _, part := range book.File {
			f, err := part.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(f)
			if err != nil || bytes.Contains(text, []byte("<f>")) || bytes.Contains(text, []byte("<hyperlink")) {
				t.Errorf("xlsx: %s has a formula or a link, or can't be read: %v", part.Name, err)
			}
			shown = shown || bytes.Contains(text, []byte("HYPERLINK"))
		}
		if !shown {
			t.Error("xlsx does not show the name")
		}
	case "png":
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil || img.Bounds().Dx() != 750 || len(data) > 2<<20 {
			t.Errorf("png: %d bytes, %v", len(data), err)
		}
	}
}
