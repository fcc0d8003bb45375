package config

import (
	"reflect"
	"slices"
	"strings"
)

func (d decoder) structure(p path, v any, rv reflect.Value) {
	fields := fieldsOf(rv.Type())
	var names []string
	for _, f := range fields {
		names = append(names, f.name)
	}
	m, ok := v.(map[string]any)
	if !ok {
		if l := v.(leaf); !l.isNull() {
			d.file.report(l.From, p, "expected keys below it ("+strings.Join(names, ", ")+"), found "+kindOf(l))
		}
		return
	}
	for _, f := range fields {
		if e, ok := m[f.name]; ok && (!f.secret || d.file.mayHold(p.child(f.name), e)) {
			inner := d
			inner.secret = d.secret || f.secret
			inner.value(p.child(f.name), e, rv.FieldByIndex(f.index))
		}
	}
	for _, key := range sortedKeys(m) {
		if !slices.Contains(names, key) {
			d.file.reportAll(p.child(key), m[key], unknown("key", key, names))
		}
	}
}

func (d decoder) mapping(p path, v any, rv reflect.Value) {
	m, ok := v.(map[string]any)
	if l, isLeaf := v.(leaf); isLeaf && !l.isNull() && !(l.Style == given && l.Text == "") {
		d.file.report(l.From, p, "expected keys below it, found "+kindOf(l))
		return
	}
	out := reflect.MakeMap(rv.Type())
	replaced := !ok || d.whole || d.file.lines[p] > 0
	if !replaced {
		for it := rv.MapRange(); it.Next(); {
			out.SetMapIndex(it.Key(), it.Value())
		}
	}
	for _, key := range sortedKeys(m) {
		k := reflect.ValueOf(key).Convert(rv.Type().Key())
		e := reflect.New(rv.Type().Elem()).Elem()
		if old := out.MapIndex(k); old.IsValid() {
			e.Set(old)
		}
		d.value(p.child(key), m[key], e)
		out.SetMapIndex(k, e)
	}
	replace(rv, out)
}

func (d decoder) list(p path, v any, rv reflect.Value) {
	l, ok := v.(leaf)
	items := l.Items
	switch {
	case !ok:
		d.file.report(d.file.near(p), p, "expected a list, like [a, b]; found keys below it")
		return
	case l.Style == given:
		items = l.commas()
	case l.Style != list && !l.isNull():
		d.expected(p, l, "a list, like [a, b]")
		return
	}
	out := reflect.MakeSlice(rv.Type(), len(items), len(items))
	for i, item := range items {
		d.value(p.item(i), item, out.Index(i))
	}
	replace(rv, out)
}

// commas are the parts of a,b,c.
func (l leaf) commas() []any {
	if strings.TrimSpace(l.Text) == "" || l.isNull() {
		return nil
	}
	var out []any
	for _, part := range strings.Split(l.Text, ",") {
		out = append(out, leaf{Style: given, Text: strings.TrimSpace(part), From: l.From})
	}
	return out
}

// replace sets rv to out, except that nothing in the place of nothing leaves nil as it is.
func replace(rv, out reflect.Value) {
	if rv.Len() > 0 || out.Len() > 0 {
		rv.Set(out)
	}
}
