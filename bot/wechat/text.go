package wechat

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is how many characters of a text an event keeps.
const maxText = 10_000

// markup is all that webwx puts into texts and names as HTML: line breaks, and old emoji as spans, some of which
// have lost their last character. Everything else that looks like HTML was typed by somebody, and is escaped.
var markup = regexp.MustCompile(`<br ?/?>|<span class="emoji emoji([0-9a-fA-F]{1,12})"></span>?`)

// decode reads a text as its writer typed it: line breaks, emoji, entities once, valid UTF-8.
func decode(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	var b strings.Builder
	b.Grow(len(s))
	end := 0
	for _, m := range markup.FindAllStringSubmatchIndex(s, -1) {
		read := "\n"
		if m[2] >= 0 {
			if read = emoji(s[m[2]:m[3]]); read == "" {
				continue // no emoji: it stays as it is written
			}
		}
		b.WriteString(html.UnescapeString(s[end:m[0]]))
		b.WriteString(read)
		end = m[1]
	}
	b.WriteString(html.UnescapeString(s[end:]))
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

// emoji reads the code of an emoji span: one or two characters in hexadecimal digits, told apart by how many
// there are. It is empty where the code is none.
func emoji(code string) string {
	split, known := map[int]int{4: 4, 5: 5, 6: 2, 8: 4, 10: 5}[len(code)]
	if !known {
		return ""
	}
	var b strings.Builder
	for i, hex := range [...]string{code[:split], code[split:]} {
		if hex == "" {
			break
		}
		n, err := strconv.ParseUint(hex, 16, 32)
		r := rune(n)
		keycap := i == 0 && len(hex) == 2 && (r >= '0' && r <= '9' || r == '#' || r == '*')
		if err != nil || !utf8.ValidRune(r) || !unicode.IsPrint(r) && !unicode.IsMark(r) || r < 0xa0 && !keycap {
			return ""
		}
		b.WriteRune(r)
	}
	return b.String()
}

// named reads a name: decoded, on one line, without spaces around it.
func named(t text) string {
	s := decode(string(t))
	if strings.ContainsAny(s, "\n\t") {
		s = strings.NewReplacer("\n", " ", "\t", " ").Replace(s)
	}
	return strings.TrimSpace(s)
}

// sender splits the name of who speaks off the content of a group message. It is split once only: what looks the
// same further on is part of what they say.
func sender(content string) (user, body string, ok bool) {
	const longest = 200
	for _, end := range [...]string{":<br/>", ":\n"} {
		i := strings.Index(content[:min(len(content), longest)], end)
		if i > 1 && content[0] == '@' && !strings.ContainsFunc(content[1:i], odd) {
			return content[:i], content[i+len(end):], true
		}
	}
	return "", content, false
}

// odd tells characters that names of a login never have.
func odd(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' && r != '-'
}

// cut keeps the first characters of a text, and tells how many there were.
func cut(s string, most int) (string, int) {
	n := utf8.RuneCountInString(s)
	if n <= most {
		return s, n
	}
	left := most
	for i := range s {
		if left == 0 {
			return s[:i], n
		}
		left--
	}
	return s, n
}
