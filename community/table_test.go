package community_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/weilu-im/weilu/community"
)

// workbook is an .xlsx file with one sheet of the given cells, by their places.
func workbook(tb testing.TB, cells map[string]any) string {
	tb.Helper()
	f := excelize.NewFile()
	for place, value := range cells {
		if err := f.SetCellValue("Sheet1", place, value); err != nil {
			tb.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestReadTable(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("成员,积分\n小明,10\n㐀䶵,5\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, file string
		want       [][]string
	}{
		{"commas", "成员,积分\n小明,10\n", [][]string{{"成员", "积分"}, {"小明", "10"}}},
		{"with the mark of Excel", "\xef\xbb\xbf成员,积分\r\n小明,10\r\n", [][]string{{"成员", "积分"}, {"小明", "10"}}},
		{"semicolons, and commas within", "成员;积分\n\"小,明\";10\n", [][]string{{"成员", "积分"}, {"小,明", "10"}}},
		{"tabs", "m12\t5\t好\n", [][]string{{"m12", "5", "好"}}},
		{"commas in quotes don't part cells", "\"a,b,c\";1\n", [][]string{{"a,b,c", "1"}}},
		{"as Excel in China writes it", gb, [][]string{{"成员", "积分"}, {"小明", "10"}, {"㐀䶵", "5"}}},
		{"Unicode text of Excel", "\xff\xfea\x00\t\x001\x00\n\x00", [][]string{{"a", "1"}}},
		{"rows are where their lines are", "a,1\n\n\nb,2\n\"x\ny\",3\nz,4", [][]string{{"a", "1"}, nil, nil, {"b", "2"}, {"x y", "3"}, nil, {"z", "4"}}},
		{"quotes in names", "小\"明,1\n", [][]string{{"小\"明", "1"}}},
		{"cells are cleaned", " a\u202eb \x01,\u00001\n"[:len(" a\u202eb \x01,")] + "1\n", [][]string{{"ab", "1"}}},
		{"empty cells at the end are none", "a,1,,,\n,,,\n", [][]string{{"a", "1"}}},
		{"a sheet", workbook(t, map[string]any{"A1": "成员", "B1": "积分", "A3": "小明", "B3": 10}), [][]string{{"成员", "积分"}, nil, {"小明", "10"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := community.ReadTable(strings.NewReader(c.file))
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("%v, -want +got:\n%s", err, diff)
			}
		})
	}
}

// packed is a zip file that names the parts of a workbook, with the given sheet and texts.
func packed(tb testing.TB, sheet, texts io.Reader) string {
	tb.Helper()
	var b bytes.Buffer
	parts, err := zip.NewReader(strings.NewReader(workbook(tb, map[string]any{"A1": "x"})), int64(len(workbook(tb, map[string]any{"A1": "x"}))))
	if err != nil {
		tb.Fatal(err)
	}
	w := zip.NewWriter(&b)
	for _, part := range parts.File {
		in, err := part.Open()
		if err != nil {
			tb.Fatal(err)
		}
		var from io.Reader = in
		switch part.Name {
		case "xl/worksheets/sheet1.xml":
			from = sheet
		case "xl/sharedStrings.xml":
			from = texts
		}
		to, err := w.Create(part.Name)
		if err == nil {
			_, err = io.Copy(to, from)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

const sheetHead, sheetFoot = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`, `</sheetData></worksheet>`

func sheetOf(rows string) io.Reader { return strings.NewReader(sheetHead + rows + sheetFoot) }

// endless gives n bytes of the same letter.
func endless(n int64) io.Reader { return io.LimitReader(letters{}, n) }

type letters struct{}

func (letters) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}

func TestHostileTablesAreRefusedWithTheirLine(t *testing.T) {
	texts := func(text string) io.Reader {
		return strings.NewReader(`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>` + text + `</t></si></sst>`)
	}
	for _, c := range []struct {
		name, file, key string
		line            int
	}{
		{"nothing", "", "table.empty", 0},
		{"only commas", ",,,\n,,\n", "table.empty", 0},
		{"too large", strings.Repeat("a,1\n", community.MostTableBytes/4+1), "table.large", 0},
		{"too many lines", strings.Repeat("\n", community.MostTableRows) + "a,1\n", "table.rows", 0},
		{"too many columns", "a\nb" + strings.Repeat(",", 50) + "c\n", "table.columns", 2},
		{"a quote that is not closed", "a,1\nb,\"" + strings.Repeat("c,2\n", 1000), "table.cell", 2},
		{"zeros", "a,1\nb,\x00\n", "table.text", 2},
		{"one line of a text is damaged", "小明,1\n小红,2\n小\xe5,3\n", "table.text", 3},
		{"neither UTF-8 nor GB18030", "a,\xff\xff\n", "table.text", 1},
		{"an old Excel file", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "table.old", 0},
		{"a zip file that is cut off", "PK\x03\x04aaaa", "table.broken", 0},
		{"a zip bomb", packed(t, endless(45<<20), texts("a")), "table.large", 0},
		{"a bomb of texts", packed(t, sheetOf(""), endless(45<<20)), "table.large", 0},
		{"one long text, named many times", packed(t, sheetOf(strings.Repeat(`<row>`+strings.Repeat(`<c t="s"><v>0</v></c>`, 20)+`</row>`, 2000)), texts(strings.Repeat("长", 1999))), "table.large", 350},
		{"a text that is too long", packed(t, sheetOf(`<row><c t="s"><v>0</v></c></row>`), texts(strings.Repeat("长", 2001))), "table.cell", 1},
		{"columns that are far away", packed(t, sheetOf(`<row r="7"><c r="XFD7"><v>1</v></c></row>`), texts("")), "table.columns", 7},
		{"many lines with blank columns far away", packed(t, sheetOf(strings.Repeat(`<row><c r="XFD1"><v> </v></c></row>`, 100_000)), texts("")), "table.columns", 1221},
		{"lines that are far away", packed(t, sheetOf(`<row r="1048576"><c><v>1</v></c></row>`), texts("")), "table.rows", 0},
		{"a sheet that is none", packed(t, strings.NewReader("<a><b>"), texts("")), "table.empty", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := community.ReadTable(strings.NewReader(c.file))
			var wrong *community.TableError
			if !errors.As(err, &wrong) || wrong.Key != c.key || wrong.Line != c.line {
				t.Fatalf("%v (%+v), want %s of line %d", err, wrong, c.key, c.line)
			}
			if strings.Contains(err.Error(), "%!") || (c.line > 0) != strings.HasPrefix(err.Error(), "line ") {
				t.Errorf("said as %q", err)
			}
		})
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add([]byte("成员,积分\n\"小\n明\",10\n"))
	f.Add([]byte("\xff\xfea\x00\t\x001\x00"))
	f.Add([]byte("\xd0\xa1\xc3\xf7;10\n"))
	f.Add([]byte(workbook(f, map[string]any{"A1": "成员", "B2": 1.5})))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := community.ReadTable(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, cells := range rows {
			for _, cell := range cells {
				if strings.ContainsAny(cell, "\x00\n\t\r") || cell != strings.TrimSpace(cell) {
					t.Errorf("cell %q", cell)
				}
			}
		}
	})
}
