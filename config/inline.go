package config

import (
	"encoding"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// plainText is text that YAML reads as itself wherever it stands.
var plainText = regexp.MustCompile(`^[\p{L}_/][\p{L}\p{N}_./-]*( [\p{L}\p{N}_./-]+)*$`)

// quote is text as a YAML scalar that is read as text again.
func quote(text string) string {
	if _, truth := truths[strings.ToLower(text)]; !truth && plainText.MatchString(text) && tagOf(text) == "!!str" {
		switch strings.ToLower(text) {
		case "y", "n", "null":
		default:
			return text
		}
	}
	return strconv.Quote(text)
}

// settle follows pointers and MarshalConfig to the value to write; invalid for a nil pointer.
func settle(rv reflect.Value) reflect.Value {
	for rv.IsValid() {
		if rv.Kind() == reflect.Pointer || rv.Kind() == reflect.Interface {
			rv = rv.Elem()
			continue
		}
		m, ok := addressable(rv).Interface().(marshaler)
		if !ok {
			return rv
		}
		out := reflect.ValueOf(m.MarshalConfig())
		if out.IsValid() && out.Type() == rv.Type() {
			return rv
		}
		rv = out
	}
	return rv
}

// addressable is a pointer to a copy of rv, which has all of its methods.
func addressable(rv reflect.Value) reflect.Value {
	p := reflect.New(rv.Type())
	p.Elem().Set(rv)
	return p
}

// textOf is what a value that writes itself as text writes.
func textOf(rv reflect.Value) (string, bool) {
	m, ok := addressable(rv).Interface().(encoding.TextMarshaler)
	if !ok {
		return "", false
	}
	text, err := m.MarshalText()
	return string(text), err == nil
}

// inline is a value on one line of YAML, with its secrets masked.
func inline(rv reflect.Value) string { return flow{}.value(rv) }

// A flow writes values on one line of YAML.
type flow struct {
	noSecrets bool // leaves secrets out, where otherwise they are masked
}

func (w flow) value(rv reflect.Value) string {
	if rv = settle(rv); !rv.IsValid() {
		return "null"
	}
	if rv.Type() == durationType {
		return formatDuration(time.Duration(rv.Int()))
	}
	if text, ok := textOf(rv); ok {
		return quote(text)
	}
	switch rv.Kind() {
	case reflect.String:
		return quote(rv.String())
	case reflect.Float32, reflect.Float64:
		return strconv.FormatFloat(rv.Float(), 'f', -1, rv.Type().Bits())
	case reflect.Struct:
		return "{" + strings.Join(w.fields(rv), ", ") + "}"
	case reflect.Map:
		var parts []string
		for _, key := range mapKeys(rv) {
			parts = append(parts, quote(key.String())+": "+w.value(rv.MapIndex(key)))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case reflect.Slice:
		var parts []string
		for i := range rv.Len() {
			parts = append(parts, w.value(rv.Index(i)))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(rv.Interface())
}

func (w flow) fields(rv reflect.Value) []string {
	var parts []string
	for _, f := range fieldsOf(rv.Type()) {
		v := rv.FieldByIndex(f.index)
		switch {
		case f.secret && w.noSecrets:
		case f.secret && !v.IsZero():
			parts = append(parts, quote(f.name)+": "+quote(mask))
		default:
			parts = append(parts, quote(f.name)+": "+w.value(v))
		}
	}
	return parts
}
