package transcript

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Failure is an expectation that was not met, or something said that none was for. Want and Got are written
// as expectations; one of them may be empty.
type Failure struct {
	File    string
	Line    int
	Problem string
	Want    string
	Got     string
}

// String is "file:line: problem (-want +got):" and, below it, the lines that differ between those that don't.
func (f Failure) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d: %s (-want +got):\n", f.File, f.Line, f.Problem)
	want, got := lines(f.Want), lines(f.Got)
	head := 0
	for head < min(len(want), len(got)) && want[head] == got[head] {
		head++
	}
	tail := 0
	for tail < min(len(want), len(got))-head && want[len(want)-1-tail] == got[len(got)-1-tail] {
		tail++
	}
	show := func(sign string, lines []string) {
		for _, line := range lines {
			fmt.Fprintf(&b, "  %s %s\n", sign, line)
		}
	}
	missing, extra := want[head:len(want)-tail], got[head:len(got)-tail]
	if slices.EqualFunc(missing, extra, func(a, b string) bool { return visible(a) == visible(b) }) {
		missing, extra = inQuotes(missing), inQuotes(extra)
	}
	show(" ", want[:head])
	show("-", missing)
	show("+", extra)
	show(" ", want[len(want)-tail:])
	return strings.TrimSuffix(b.String(), "\n")
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// visible is a line without what can't be seen.
func visible(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, line)
}

func inQuotes(lines []string) []string {
	quoted := make([]string, len(lines))
	for i, line := range lines {
		quoted[i] = fmt.Sprintf("%q", line)
	}
	return quoted
}
