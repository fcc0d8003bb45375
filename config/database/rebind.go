package database

import (
	"strconv"
	"strings"
	"sync"
)

// maxRebound bounds the queries whose rewriting is remembered: those of the program, not those that are
// put together while it runs.
const maxRebound = 4096

var rebound struct {
	sync.RWMutex
	queries map[string]string
}

// rebind turns ? into $1, $2, ... outside of quotes and comments. A query with $1 of its own stays as it is.
func rebind(query string) string {
	if strings.IndexByte(query, '?') < 0 {
		return query
	}
	rebound.RLock()
	q, ok := rebound.queries[query]
	rebound.RUnlock()
	if ok {
		return q
	}
	q = rewrite(query)
	rebound.Lock()
	defer rebound.Unlock()
	if rebound.queries == nil {
		rebound.queries = map[string]string{}
	}
	if len(rebound.queries) < maxRebound {
		rebound.queries[query] = q
	}
	return q
}

func rewrite(query string) string {
	var b strings.Builder
	n := 0
	for i := 0; i < len(query); {
		if end := skip(query, i); end > i {
			b.WriteString(query[i:end])
			i = end
			continue
		}
		switch c := query[i]; {
		case c == '$' && i+1 < len(query) && isDigit(query[i+1]):
			return query
		case c == '?':
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		default:
			b.WriteByte(c)
		}
		i++
	}
	return b.String()
}

// skip is the end of the string, name or comment that begins at i, and i where none begins.
func skip(q string, i int) int {
	rest := q[i:]
	switch {
	case rest[0] == '\'' && i > 0 && (q[i-1] == 'E' || q[i-1] == 'e') && (i == 1 || !isWord(q[i-2])):
		return i + escaped(rest)
	case rest[0] == '\'' || rest[0] == '"':
		return i + until(rest, 1, rest[:1])
	case strings.HasPrefix(rest, "--"):
		return i + until(rest, 2, "\n")
	case strings.HasPrefix(rest, "/*"):
		return i + comment(rest)
	case rest[0] == '$' && (i == 0 || !isWord(q[i-1])):
		tag := 1
		for tag < len(rest) && isWord(rest[tag]) && !(tag == 1 && isDigit(rest[1])) {
			tag++
		}
		if tag < len(rest) && rest[tag] == '$' {
			return i + until(rest, tag+1, rest[:tag+1])
		}
	}
	return i
}

// until is the index behind the next end at or after from; a doubled quote simply begins another string.
func until(s string, from int, end string) int {
	if i := strings.Index(s[from:], end); i >= 0 {
		return from + i + len(end)
	}
	return len(s)
}

// escaped is the length of a string in which a backslash takes the next character.
func escaped(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '\'':
			return i + 1
		}
	}
	return len(s)
}

// comment is the length of a comment, in which PostgreSQL lets others nest.
func comment(s string) int {
	depth := 0
	for i := 0; i+1 < len(s); i++ {
		switch s[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
			if depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return c == '_' || isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
