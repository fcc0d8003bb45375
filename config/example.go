package config

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// A Doc is one section of the example file.
type Doc struct {
	Name     string
	Doc      string // what the section is for
	Defaults any    // the struct or map that Section is given, or a pointer to it
}

// Example writes a commented file that decodes strictly and says what the defaults say: each key
// after its doc, secrets as the name of their variable.
func Example(w io.Writer, docs []Doc) error {
	e := &example{}
	for i, d := range docs {
		if i > 0 {
			e.WriteByte('\n')
		}
		e.comment(0, d.Doc)
		e.field(path(d.Name), 0, reflect.ValueOf(d.Defaults))
	}
	_, err := w.Write(e.Bytes())
	return err
}

type example struct{ bytes.Buffer }

// field writes the key at p and its value.
func (e *example) field(p path, depth int, rv reflect.Value) {
	rv = settle(rv)
	elements := p.elements()
	key := strings.Repeat("  ", depth) + quote(elements[len(elements)-1]) + ":"
	switch {
	case isStruct(rv):
		fmt.Fprintln(e, key)
		e.structure(p, depth+1, rv)
	case rv.IsValid() && rv.Kind() == reflect.Map && rv.Len() > 0:
		fmt.Fprintln(e, key)
		for _, k := range mapKeys(rv) {
			fmt.Fprintf(e, "%s  %s: %s\n", strings.Repeat("  ", depth), quote(k.String()), bare(rv.MapIndex(k)))
		}
	case rv.IsValid() && rv.Kind() == reflect.Slice && rv.Len() > 0 && tooLong(rv):
		fmt.Fprintln(e, key)
		for i := range rv.Len() {
			fmt.Fprintf(e, "%s  - %s\n", strings.Repeat("  ", depth), bare(rv.Index(i)))
		}
	default:
		fmt.Fprintln(e, key, bare(rv))
	}
}

// structure writes the fields of a struct, those with a doc set apart.
func (e *example) structure(p path, depth int, rv reflect.Value) {
	afterSecret := false
	for i, f := range fieldsOf(rv.Type()) {
		if i > 0 && (f.doc != "" || f.secret || afterSecret) {
			e.WriteByte('\n')
		}
		afterSecret = f.secret
		e.comment(depth, f.doc)
		at := p.child(f.name)
		if f.secret {
			e.comment(depth, fmt.Sprintf("%s is a secret: set %s or %s.", f.name, at.variable(), at.variable()+fileSuffix))
			continue
		}
		e.entries(depth, f.typ)
		e.field(at, depth, rv.FieldByIndex(f.index))
	}
}

// entries explains the keys of what a list or a map consists of.
func (e *example) entries(depth int, t reflect.Type) {
	if t.Kind() != reflect.Slice && t.Kind() != reflect.Map {
		return
	}
	if t = t.Elem(); t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || hooked(t) {
		return
	}
	e.comment(depth, "Each entry has:")
	for _, f := range fieldsOf(t) {
		e.comment(depth, "  "+strings.TrimSuffix(f.name+": "+f.doc, ": "))
	}
}

// bare is a value on one line, without the secrets in it.
func bare(rv reflect.Value) string { return flow{noSecrets: true}.value(rv) }

// tooLong says that a list is better written one entry a line.
func tooLong(rv reflect.Value) bool {
	kind := rv.Type().Elem().Kind()
	return kind == reflect.Struct || kind == reflect.Map || width(inline(rv)) > 70
}

const columns = 90

// comment writes text as comment lines of at most 90 columns; lines and indents of the text stay.
func (e *example) comment(depth int, text string) {
	if text == "" {
		return
	}
	for _, line := range strings.Split(text, "\n") {
		lead := strings.Repeat("  ", depth) + "# " + line[:len(line)-len(strings.TrimLeft(line, " "))]
		out := lead
		for i, word := range strings.Fields(line) {
			switch {
			case i == 0:
				out += word
			case width(out)+1+width(word) > columns:
				fmt.Fprintln(e, out)
				out = lead + word
			default:
				out += " " + word
			}
		}
		fmt.Fprintln(e, strings.TrimRight(out, " "))
	}
}

// width is how many columns text takes; those of East Asian scripts are two wide.
func width(text string) int {
	n := 0
	for _, r := range text {
		if n++; r >= 0x1100 {
			n++
		}
	}
	return n
}
