package config

import (
	"errors"
	"unicode/utf8"

	"github.com/knadh/koanf/maps"
)

// A layer is a tree as a koanf.Provider.
type layer map[string]any

// Read is the tree.
func (l layer) Read() (map[string]any, error) { return l, nil }

// ReadBytes is what koanf asks of providers that need a parser; a layer doesn't.
func (l layer) ReadBytes() ([]byte, error) { return nil, errors.ErrUnsupported }

// flags is the layer of values set by name.
func (f *File) flags(set map[string]string) layer {
	flat := map[string]any{}
	name := map[path]string{}
	var paths []path
	for key, value := range set {
		from := origin{Place: inFlags, Name: "--set " + clip(key)}
		p, ok := parsePath(key)
		switch {
		case !ok || p.parent() == "":
			f.report(from, "", "expected section.key=value")
		case name[p] != "":
			f.report(from, p, "set twice")
		case !utf8.ValidString(value):
			f.report(from, p, "not UTF-8 text")
		default:
			flat[string(p)] = leaf{Style: given, Text: value, From: from}
			name[p] = from.Name
			paths = append(paths, p)
		}
	}
	for _, pair := range overlaps(paths) {
		f.report(origin{Place: inFlags, Name: name[pair[1]]}, pair[1], name[pair[0]]+" sets all of it already")
		delete(flat, string(pair[1]))
	}
	return maps.Unflatten(flat, sep)
}
