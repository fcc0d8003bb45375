package config

import (
	"encoding"
	"fmt"
	"reflect"
	"time"
)

// A field is one key of a struct.
type field struct {
	name   string
	doc    string
	secret bool
	index  []int
	typ    reflect.Type
}

// fieldsOf lists the keys of a struct in its order; an embedded struct without a tag lends its own.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		sf := t.Field(i)
		name := sf.Tag.Get("yaml")
		if sf.Anonymous && name == "" && sf.Type.Kind() == reflect.Struct {
			for _, inner := range fieldsOf(sf.Type) {
				inner.index = append([]int{i}, inner.index...)
				out = append(out, inner)
			}
			continue
		}
		if !sf.IsExported() || name == "" || name == "-" {
			continue
		}
		out = append(out, field{
			name: name, doc: sf.Tag.Get("doc"), secret: sf.Tag.Get("secret") == "true",
			index: []int{i}, typ: sf.Type,
		})
	}
	return out
}

type (
	unmarshaler interface{ UnmarshalConfig(value any) error }
	marshaler   interface{ MarshalConfig() any }
)

var (
	unmarshalerType     = reflect.TypeFor[unmarshaler]()
	textUnmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
	durationType        = reflect.TypeFor[time.Duration]()
)

// hooked says that values of t read themselves.
func hooked(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return t == durationType || p.Implements(unmarshalerType) || p.Implements(textUnmarshalerType)
}

// check panics when t holds something that can't be decoded: a mistake in the program, which its
// first test shows.
func check(t reflect.Type, where string, seen map[reflect.Type]bool) {
	if seen[t] || hooked(t) {
		return
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		check(t.Elem(), where, seen)
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			panic(fmt.Sprintf("config: %s: map keys must be strings", where))
		}
		check(t.Elem(), where, seen)
	case reflect.Struct:
		for i := range t.NumField() {
			sf := t.Field(i)
			if sf.IsExported() && !sf.Anonymous && sf.Tag.Get("yaml") == "" {
				panic(fmt.Sprintf("config: %s.%s has no yaml tag", where, sf.Name))
			}
		}
		for _, f := range fieldsOf(t) {
			check(f.typ, where+"."+f.name, seen)
		}
	case reflect.String, reflect.Bool, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
	default:
		panic(fmt.Sprintf("config: %s: a %s can't be decoded", where, t))
	}
}
