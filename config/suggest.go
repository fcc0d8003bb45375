package config

import (
	"fmt"
	"strings"
)

// unknown is the message about a key that is none of known, which are called what.
func unknown(what, key string, known []string) string {
	if best := nearest(key, known); best != "" {
		return fmt.Sprintf("unknown %s (did you mean %q?)", what, best)
	}
	if len(known) > 0 && len(known) <= 12 {
		return fmt.Sprintf("unknown %s; there is %s", what, strings.Join(known, ", "))
	}
	return "unknown " + what
}

// nearest is the candidate that key most likely stands for, or "".
func nearest(key string, candidates []string) string {
	if len(key) > 64 {
		return ""
	}
	fold := strings.NewReplacer("-", "", "_", "", " ", "")
	key = fold.Replace(strings.ToLower(key))
	best, least := "", len([]rune(key))/3+1
	for _, c := range candidates {
		d := distance([]rune(key), []rune(fold.Replace(strings.ToLower(c))))
		if d < least {
			best, least = c, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap to make b of a.
func distance(a, b []rune) int {
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j]+cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
