package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Problem is one thing that an operator has to repair. No field contains a secret.
type Problem struct {
	Source  string // the file's path, the variable, "--set section.key", or "" when a default is to blame
	Line    int    // the line of the file, 0 elsewhere
	Key     string // section.key, or "" for the file as a whole
	Message string // what is wrong and what was expected
}

// String is the problem on one line: `weilu.yaml:12: points.chekin: unknown key`.
func (p Problem) String() string {
	where := p.Source
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d", where, p.Line)
	}
	own := prefix + strings.ReplaceAll(p.Key, ".", "__")
	named := where == own || where == own+fileSuffix || where == "--set "+p.Key
	var parts []string
	if where != "" {
		parts = append(parts, where)
	}
	if p.Key != "" && !named {
		parts = append(parts, p.Key)
	}
	return strings.Join(append(parts, p.Message), ": ")
}

// Problems is the error that Err returns: all that is wrong, those of the file first, by line.
type Problems struct {
	List []Problem
}

const shownProblems = 100

// Error is one problem a line; after a hundred, how many more there are.
func (ps *Problems) Error() string {
	var lines []string
	for i, p := range ps.List {
		if i == shownProblems {
			lines = append(lines, fmt.Sprintf("and %d more", len(ps.List)-i))
			break
		}
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

func sortProblems(list []Problem) []Problem {
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(rank(a), rank(b)),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.Key, b.Key),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.Compact(list)
}

// rank puts the file first, then the environment, then flags, then what no source gave.
func rank(p Problem) int {
	switch {
	case p.Source == "":
		return 3
	case strings.HasPrefix(p.Source, "--set "):
		return 2
	case p.Line == 0 && strings.HasPrefix(p.Source, prefix):
		return 1
	}
	return 0
}
