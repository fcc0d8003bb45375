package config

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"
)

// maxSize is what a file may hold; no honest configuration comes near it.
const maxSize = 4 << 20

// readFile reads a file of at most maxSize bytes, whatever kind of file it is.
func readFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxSize {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("larger than %d MiB", maxSize>>20)}
	}
	return data, nil
}

// checkText says on which line data is not the text that YAML is made of, and why; line 0 when
// it is.
func checkText(data []byte) (line int, why string) {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return 1, "the file is UTF-16; save it as UTF-8"
	}
	line = 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && n == 1:
			return line, "not UTF-8 text; save the file as UTF-8"
		case r == '\n':
			line++
		case isControl(r) && r != '\t' && r != '\r' && r != '\u0085':
			return line, fmt.Sprintf("control character %U; remove it", r)
		}
		data = data[n:]
	}
	return 0, ""
}

func isControl(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 || r == '\ufffe' || r == '\uffff'
}

func hasControl(s string) bool { return strings.ContainsFunc(s, isControl) }

// clip shortens what an error quotes.
func clip(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
