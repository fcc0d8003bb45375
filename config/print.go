package config

import (
	"bufio"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// Print writes every key of every section that was read, in order, with its value and who gave
// it: `points.checkin: 5   # weilu.yaml:12`, or # default, # WEILU_points__checkin, # --set. A
// secret that is set is shown as ********.
func (f *File) Print(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, s := range f.sections {
		f.print(out, path(s.name), s.cfg)
	}
	return out.Flush()
}

func (f *File) print(w *bufio.Writer, p path, rv reflect.Value) {
	rv = settle(rv)
	switch {
	case isStruct(rv):
		for _, field := range fieldsOf(rv.Type()) {
			at := p.child(field.name)
			if v := rv.FieldByIndex(field.index); field.secret && !v.IsZero() {
				f.line(w, at, mask)
			} else {
				f.print(w, at, v)
			}
		}
	case rv.IsValid() && rv.Kind() == reflect.Map && rv.Len() > 0:
		for _, key := range mapKeys(rv) {
			f.print(w, p.child(key.String()), rv.MapIndex(key))
		}
	default:
		f.line(w, p, inline(rv))
	}
}

func (f *File) line(w *bufio.Writer, p path, value string) {
	from, _ := f.exact(p)
	fmt.Fprintf(w, "%s: %s   # %s\n", p, value, from)
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
