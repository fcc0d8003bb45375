package config

import (
	"regexp"
	"strconv"
	"strings"
)

// A path is the way to a value: its section, its keys and its list indices, joined by sep. No
// key contains a control character, so joining loses nothing.
type path string

const (
	sep   = "\x00"
	index = "\x01" // begins an element that is a list index
)

func (p path) child(key string) path {
	if p == "" {
		return path(key)
	}
	return p + sep + path(key)
}

func (p path) item(i int) path { return p.child(index + strconv.Itoa(i)) }

func (p path) parent() path {
	i := strings.LastIndex(string(p), sep)
	if i < 0 {
		return ""
	}
	return p[:i]
}

func (p path) elements() []string { return strings.Split(string(p), sep) }

var simpleKey = regexp.MustCompile(`^[\p{L}\p{N}_-]+$`)

// String is the path as people write it: points.thanks.cap, tiers.ladder[0].name.
func (p path) String() string {
	var b strings.Builder
	for i, e := range p.elements() {
		switch {
		case strings.HasPrefix(e, index):
			b.WriteString("[" + e[len(index):] + "]")
			continue
		case i > 0:
			b.WriteByte('.')
		}
		if e = clip(e); !simpleKey.MatchString(e) {
			e = strconv.Quote(e)
		}
		b.WriteString(e)
	}
	return b.String()
}

// variable is the name of the environment variable that sets the value at p.
func (p path) variable() string {
	return prefix + strings.ReplaceAll(string(p), sep, "__")
}

// parsePath reads what String writes; false when an element is empty or badly quoted.
func parsePath(s string) (path, bool) {
	var p path
	for {
		var e string
		if q, err := strconv.QuotedPrefix(s); err == nil && s[0] == '"' {
			e, _ = strconv.Unquote(q)
			s = s[len(q):]
		} else {
			end := strings.IndexAny(s+".", ".[")
			e, s = s[:end], s[end:]
		}
		if e == "" || hasControl(e) {
			return p, false
		}
		p = p.child(e)
		for strings.HasPrefix(s, "[") {
			n, rest, ok := strings.Cut(s[1:], "]")
			i, err := strconv.Atoi(n)
			if !ok || err != nil {
				return p, false
			}
			p, s = p.item(i), rest
		}
		if s == "" {
			return p, true
		}
		if s[0] != '.' {
			return p, false
		}
		s = s[1:]
	}
}
