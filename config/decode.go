package config

import (
	"encoding"
	"errors"
	"reflect"
	"strings"
)

// A decoder puts a tree into a section's struct and reports what doesn't fit. What doesn't fit
// leaves its default in place. Values behind pointers and in maps are copied, never changed,
// since defaults may be shared.
type decoder struct {
	file   *File
	secret bool // values are not to be shown
	whole  bool // the tree replaces default maps
}

// value decodes v into an addressable rv.
func (d decoder) value(p path, v any, rv reflect.Value) {
	l, isLeaf := v.(leaf)
	if rv.Kind() == reflect.Pointer {
		d.pointer(p, v, rv)
		return
	}
	if isLeaf && l.Style == given && bracketed(l.Text) && takesStructure(rv.Type()) {
		d.brackets(p, l, rv)
		return
	}
	if u, ok := rv.Addr().Interface().(unmarshaler); ok && d.hook(p, v, u) {
		return
	}
	if rv.Type() == durationType {
		d.duration(p, v, rv)
		return
	}
	if u, ok := rv.Addr().Interface().(encoding.TextUnmarshaler); ok {
		d.text(p, v, u)
		return
	}
	switch rv.Kind() {
	case reflect.Struct:
		d.structure(p, v, rv)
	case reflect.Map:
		d.mapping(p, v, rv)
	case reflect.Slice:
		d.list(p, v, rv)
	default:
		d.scalar(p, v, rv)
	}
}

func (d decoder) pointer(p path, v any, rv reflect.Value) {
	if l, ok := v.(leaf); ok && l.isNull() {
		rv.SetZero()
		return
	}
	fresh := reflect.New(rv.Type().Elem())
	if !rv.IsNil() {
		fresh.Elem().Set(rv.Elem())
	}
	d.value(p, v, fresh.Elem())
	rv.Set(fresh)
}

func bracketed(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")
}

// takesStructure says that a value of t may be a list or have keys.
func takesStructure(t reflect.Type) bool {
	switch {
	case reflect.PointerTo(t).Implements(unmarshalerType):
		return true
	case hooked(t):
		return false
	}
	return t.Kind() == reflect.Struct || t.Kind() == reflect.Map || t.Kind() == reflect.Slice
}

// brackets decodes the YAML in a variable or flag.
func (d decoder) brackets(p path, l leaf, rv reflect.Value) {
	before := len(d.file.problems)
	if _, why := checkText([]byte(l.Text)); why != "" {
		d.file.report(l.From, p, why)
		return
	}
	r := &reader{from: l.From, report: d.file.report}
	v := r.document(p, []byte(l.Text))
	if len(d.file.problems) > before {
		return
	}
	d.file.keepSecrets(p, v, rv.Type())
	d.whole = true
	d.value(p, v, rv)
}

// hook lets u read v; false when u wants it decoded as its kind says.
func (d decoder) hook(p path, v any, u unmarshaler) bool {
	err := u.UnmarshalConfig(raw(v))
	if errors.Is(err, errors.ErrUnsupported) {
		return false
	}
	if err != nil && d.secret {
		err = errors.New("not accepted (the value is a secret: ********)")
	}
	d.file.reportEach(p, err)
	return true
}
