package config

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// An Entry is one key with its value in effect.
type Entry struct {
	Key    string // "points.checkin"
	Value  string // as it would be written in a file; a secret that is set is ********
	Source string // who gave it: default, file, environment or flag
	Where  string // the file with its line, or the variable's name; empty for defaults and flags
	Doc    string // the key's comment; of a key below a map or list, the comment of that
}

// Entries are the keys of every section that was read, in order. They are those of the sections as they are now.
func (f *File) Entries() []Entry {
	var all []Entry
	for _, s := range f.sections {
		all = f.entries(all, path(s.name), s.cfg, "")
	}
	return all
}

// Print writes every key of every section that was read, in order, with its value and who gave
// it: `points.checkin: 5   # weilu.yaml:12`, or # default, # WEILU_points__checkin, # --set. A
// secret that is set is shown as ********.
func (f *File) Print(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, e := range f.Entries() {
		from := e.Where
		switch {
		case e.Source == sources[inFlags]:
			from = "--set"
		case from == "":
			from = e.Source
		}
		fmt.Fprintf(out, "%s: %s   # %s\n", e.Key, e.Value, from)
	}
	return out.Flush()
}

func (f *File) entries(all []Entry, p path, rv reflect.Value, doc string) []Entry {
	rv = settle(rv)
	switch {
	case isStruct(rv):
		for _, field := range fieldsOf(rv.Type()) {
			at, doc := p.child(field.name), cmp.Or(field.doc, doc)
			if v := rv.FieldByIndex(field.index); field.secret && !v.IsZero() {
				all = append(all, f.entry(at, mask, doc))
			} else {
				all = f.entries(all, at, v, doc)
			}
		}
		return all
	case rv.IsValid() && rv.Kind() == reflect.Map && rv.Len() > 0:
		for _, key := range mapKeys(rv) {
			all = f.entries(all, p.child(key.String()), rv.MapIndex(key), doc)
		}
		return all
	}
	return append(all, f.entry(p, inline(rv), doc))
}

// sources are the names of the places that values come from.
var sources = [...]string{inDefaults: "default", inFile: "file", inEnviron: "environment", inFlags: "flag"}

func (f *File) entry(p path, value, doc string) Entry {
	from, _ := f.exact(p)
	e := Entry{Key: p.String(), Value: value, Source: sources[from.Place], Doc: doc}
	if from.Place == inFile || from.Place == inEnviron {
		e.Where = from.String()
	}
	return e
}

// isStruct says that rv is written as keys.
func isStruct(rv reflect.Value) bool {
	if !rv.IsValid() || rv.Kind() != reflect.Struct {
		return false
	}
	_, isText := textOf(rv)
	return !isText
}

func mapKeys(rv reflect.Value) []reflect.Value {
	keys := rv.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}
