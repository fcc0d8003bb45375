package wechat

import "strings"

// unquote takes the quoted message off the beginning of a text, as webwx writes answers to one:
//
//	「name：what they said」
//	- - - - - - - - - - - - - - -
//	the answer
//
// What is quoted may have lines, and quote again: the last rule is the one that counts, so that nothing quoted is
// ever taken for an answer.
func unquote(text string) (quoted, answer string, ok bool) {
	rest, ok := strings.CutPrefix(text, "「")
	if !ok {
		return "", text, false
	}
	const end = "」\n- -"
	for before := rest; ; {
		i := strings.LastIndex(before, end)
		if i < 0 {
			return "", text, false
		}
		rule, answer, _ := strings.Cut(rest[i+len("」\n"):], "\n")
		if strings.Trim(rule, "- ") == "" {
			return rest[:i], answer, true
		}
		before = rest[:i]
	}
}

// attribute splits a quoted message into a name and what they said. A name may hold a colon: the longest that is
// known wins.
func attribute(quoted string, known func(name string) bool) (name, said string) {
	const colons, tries = "：:", 20
	line, _, _ := strings.Cut(quoted, "\n")
	first := true
	for i, n := 0, 0; n < tries; n++ {
		at := strings.IndexAny(line[i:], colons)
		if at < 0 {
			break
		}
		at += i
		size := 1
		if line[at] != ':' {
			size = len("：")
		}
		if who := strings.TrimSpace(line[:at]); first || known(who) {
			name, said, first = who, strings.TrimSpace(quoted[at+size:]), false
		}
		i = at + size
	}
	if first {
		return "", quoted
	}
	return name, said
}
