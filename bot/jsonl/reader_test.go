package jsonl_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot/jsonl"
)

// readAll renders every line with its number; long ones as "long".
func readAll(t *testing.T, in io.Reader) (got []string) {
	t.Helper()
	r := jsonl.NewReader(in)
	for {
		line, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return got
		case jsonl.IsLong(err):
			got = append(got, fmt.Sprintf("%d long", r.Number()))
		case err != nil:
			t.Fatal(err)
		case len(line) > 100:
			got = append(got, fmt.Sprintf("%d %d bytes", r.Number(), len(line)))
		default:
			got = append(got, fmt.Sprintf("%d %s", r.Number(), line))
		}
	}
}

func TestReader(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"nothing":                           {"", nil},
		"lines":                             {"a\nb\n", []string{"1 a", "2 b"}},
		"no newline at the end":             {"a\nb", []string{"1 a", "2 b"}},
		"CRLF":                              {"a\r\nb\r\n", []string{"1 a", "2 b"}},
		"empty lines have numbers":          {"\n\na\n", []string{"1 ", "2 ", "3 a"}},
		"a carriage return within stays":    {"a\rb\n", []string{"1 a\rb"}},
		"longer than any buffer":            {strings.Repeat("x", 1<<20) + "\nb\n", []string{"1 1048576 bytes", "2 b"}},
		"as long as allowed with its end":   {strings.Repeat("x", jsonl.MaxLine-1) + "\nb\n", []string{fmt.Sprintf("1 %d bytes", jsonl.MaxLine-1), "2 b"}},
		"too long is passed over":           {"a\n" + strings.Repeat("x", 20<<20) + "\nb\n", []string{"1 a", "2 long", "3 b"}},
		"too long at the end, no newline":   {"a\n" + strings.Repeat("x", 20<<20), []string{"1 a", "2 long"}},
		"two that are too long, in a row":   {strings.Repeat("x", 17<<20) + "\n" + strings.Repeat("y", 17<<20) + "\nc", []string{"1 long", "2 long", "3 c"}},
		"whatever bytes, NUL and not UTF-8": {"\x00\xff\n", []string{"1 \x00\xff"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := readAll(t, strings.NewReader(c.in)); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestReaderTellsWhetherAWholeLineWaits(t *testing.T) {
	r := jsonl.NewReader(strings.NewReader("a\nb\nhalf"))
	var got []bool
	for range 3 {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		got = append(got, r.Waiting())
	}
	if want := []bool{true, false, false}; !slices.Equal(got, want) {
		t.Errorf("waiting %v, want %v: half a line is no line that waits", got, want)
	}
}

func TestReaderPassesErrorsOn(t *testing.T) {
	broken := errors.New("broken pipe")
	r := jsonl.NewReader(io.MultiReader(strings.NewReader("a\n"), errReader{broken}))
	if line, err := r.Next(); err != nil || !bytes.Equal(line, []byte("a")) {
		t.Errorf("got %q, %v", line, err)
	}
	if _, err := r.Next(); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }
