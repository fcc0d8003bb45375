package config

import (
	"strconv"
	"strings"
)

// exact is who gave the value at p, or the value that p is a part of.
func (f *File) exact(p path) (origin, bool) {
	var v any = f.merged
	for _, e := range p.elements() {
		if l, ok := v.(leaf); ok {
			n, err := strconv.Atoi(strings.TrimPrefix(e, index))
			if err != nil || n < 0 || n >= len(l.Items) {
				return l.From, true
			}
			v = l.Items[n]
			continue
		}
		next, ok := v.(map[string]any)[e]
		if !ok {
			return origin{}, false
		}
		v = next
	}
	if l, ok := v.(leaf); ok {
		return l.From, true
	}
	return origin{}, false
}

// near is the best place to send somebody who looks for p: who gave it, or else the line in the
// file of what it is a part of.
func (f *File) near(p path) origin {
	if o, ok := f.exact(p); ok {
		return o
	}
	for up := p; up != ""; up = up.parent() {
		if line := f.lines[up]; line > 0 {
			return origin{Place: inFile, Name: f.name, Line: line}
		}
	}
	return origin{}
}
