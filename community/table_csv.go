package community

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// csv reads a text.
func (t *table) csv(data []byte) error {
	text, err := decodeText(data)
	if err != nil {
		return err
	}
	lines := csv.NewReader(bytes.NewReader(text))
	lines.FieldsPerRecord, lines.LazyQuotes, lines.ReuseRecord = -1, true, true // nicknames hold quotes
	lines.Comma = delimiter(text)
	for {
		cells, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			return &TableError{Key: "table.quote", Line: wrong.StartLine}
		}
		if err != nil {
			return err
		}
		line, _ := lines.FieldPos(0)
		if err := t.add(line, cells); err != nil {
			return err
		}
	}
}

// decodeText is a text in UTF-8 without a mark. Excel in China writes CSV in GB18030, of which GBK is a part.
func decodeText(data []byte) ([]byte, error) {
	for mark, order := range map[string]unicode.Endianness{"\xff\xfe": unicode.LittleEndian, "\xfe\xff": unicode.BigEndian} {
		if bytes.HasPrefix(data, []byte(mark)) {
			return decodeWith(unicode.UTF16(order, unicode.ExpectBOM), data)
		}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return nil, &TableError{Key: "table.text", Line: 1 + bytes.Count(data[:i], []byte("\n"))}
	}
	if utf8.Valid(data) {
		return data, nil
	}
	if line := damaged(data); line > 0 {
		return nil, &TableError{Key: "table.text", Line: line}
	}
	return decodeWith(simplifiedchinese.GB18030, data)
}

func decodeWith(e encoding.Encoding, data []byte) ([]byte, error) {
	text, err := e.NewDecoder().Bytes(data)
	if err != nil {
		return nil, &TableError{Key: "table.text"}
	}
	if i := bytes.IndexRune(text, utf8.RuneError); i >= 0 {
		return nil, &TableError{Key: "table.text", Line: 1 + bytes.Count(text[:i], []byte("\n"))}
	}
	return bytes.ReplaceAll(text, []byte{0}, nil), nil
}

// damaged is the first line that is not UTF-8 in a text of which most lines with other letters than English ones are;
// 0 where the text is written otherwise as a whole.
func damaged(data []byte) (line int) {
	good, bad, n := 0, 0, 0
	for l := range bytes.Lines(data) {
		n++
		switch {
		case !utf8.Valid(l):
			if bad++; line == 0 {
				line = n
			}
		case bytes.ContainsFunc(l, func(r rune) bool { return r >= utf8.RuneSelf }):
			good++
		}
	}
	if good <= bad {
		return 0
	}
	return line
}

// delimiter is what parts the cells of a text: of those in its first line the one that stands there most.
func delimiter(text []byte) rune {
	first, _, _ := bytes.Cut(bytes.TrimLeft(text, "\r\n"), []byte("\n"))
	best, most := ',', 0
	for _, d := range ",;\t" {
		if n := strings.Count(unquoted(string(first)), string(d)); n > most {
			best, most = d, n
		}
	}
	return best
}

// unquoted is a line without what stands in quotation marks.
func unquoted(line string) string {
	var b strings.Builder
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 0 {
			b.WriteString(part)
		}
	}
	return b.String()
}
