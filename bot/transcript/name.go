package transcript

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

var (
	errNoName    = errors.New("a name is missing")
	errUnclosed  = errors.New("a name in double quotes is not closed")
	errNoBracket = errors.New("a chat is written as [name]")
)

// quoted reads the name in double quotes that s begins with.
func quoted(s string) (name, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		case s[i] == '"':
			if strings.TrimSpace(b.String()) == "" {
				return "", "", errNoName
			}
			return b.String(), s[i+1:], nil
		}
		b.WriteByte(s[i])
	}
	return "", "", errUnclosed
}

// wholeName reads s as one name.
func wholeName(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", errNoName
	case s[0] != '"':
		return s, nil
	}
	name, rest, err := quoted(s)
	if err == nil && strings.TrimSpace(rest) != "" {
		err = fmt.Errorf("%s stands behind a name", clip(strings.TrimSpace(rest)))
	}
	return name, err
}

// bracketed reads the [chat] that s may begin with.
func bracketed(s string) (chat, rest string, err error) {
	if !strings.HasPrefix(s, "[") {
		return "", s, nil
	}
	inner := strings.TrimLeftFunc(s[1:], unicode.IsSpace)
	if strings.HasPrefix(inner, `"`) {
		if chat, rest, err = quoted(inner); err != nil {
			return "", "", err
		}
		rest, closed := strings.CutPrefix(strings.TrimLeftFunc(rest, unicode.IsSpace), "]")
		if !closed {
			return "", "", errNoBracket
		}
		return chat, rest, nil
	}
	chat, rest, ok := strings.Cut(s[1:], "]")
	if !ok {
		return "", "", errNoBracket
	}
	if chat = strings.TrimSpace(chat); chat == "" {
		return "", "", errNoName
	}
	return chat, rest, nil
}

// colon tells whether s begins with a colon of either width, and gives what follows it.
func colon(s string) (rest string, ok bool) {
	if rest, ok = strings.CutPrefix(s, ":"); ok {
		return rest, true
	}
	return strings.CutPrefix(s, "：")
}

// untilColon reads a name that ends at a colon.
func untilColon(s string) (name, rest string, ok bool) {
	i := strings.IndexAny(s, ":：")
	if i < 0 {
		return "", "", false
	}
	rest, _ = colon(s[i:])
	return strings.TrimSpace(s[:i]), rest, true
}

// written is how a name is written so that it is read again as the same.
func written(name string) string {
	_, _, _, verb := cutVerb(name)
	if verb || name == "" || strings.ContainsAny(name, "\"\\[]|") || strings.ContainsAny(name[:1], "!#>=-~") ||
		strings.IndexFunc(name, unicode.IsSpace) >= 0 {
		return quote(name)
	}
	return name
}

// writtenChat is written for a chat, between its brackets.
func writtenChat(name string) string {
	if strings.ContainsAny(name, `"]`) || strings.TrimSpace(name) != name {
		return quote(name)
	}
	return name
}

func quote(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}
