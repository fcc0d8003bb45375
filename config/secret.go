package config

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

const mask = "********"

// mayHold reports a secret that was given anywhere but in the environment.
func (f *File) mayHold(p path, v any) bool {
	ok := true
	leaves(p, v, func(_ path, l leaf) {
		if l.From.Place == inEnviron || l.Style == plain && l.isNull() || !ok {
			return
		}
		ok = false
		where := "the file"
		if l.From.Place == inFlags {
			where = "flags"
		}
		name, _, _ := strings.Cut(string(p), sep+index)
		own := path(name).variable()
		f.report(l.From, p, "a secret is not read from "+where+"; set "+own+" or "+own+fileSuffix)
	})
	return ok
}

// keepSecrets remembers what the secret fields of t were given, so that no error repeats it.
func (f *File) keepSecrets(p path, v any, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := v.(type) {
	case map[string]any:
		switch t.Kind() {
		case reflect.Map:
			for key, e := range v {
				f.keepSecrets(p.child(key), e, t.Elem())
			}
		case reflect.Struct:
			for _, field := range fieldsOf(t) {
				if e, ok := v[field.name]; ok && field.secret {
					f.keep(p.child(field.name), e)
				} else if ok {
					f.keepSecrets(p.child(field.name), e, field.typ)
				}
			}
		}
	case leaf:
		for i, e := range v.Items {
			if t.Kind() == reflect.Slice {
				f.keepSecrets(p.item(i), e, t.Elem())
			}
		}
	}
}

func (f *File) keep(p path, v any) {
	leaves(p, v, func(_ path, l leaf) {
		for _, text := range []string{l.Text, strings.TrimSpace(l.Text)} {
			if text == "" {
				continue
			}
			escaped := strconv.Quote(text)
			f.secrets = append(f.secrets, text, escaped[1:len(escaped)-1])
		}
	})
}

// scrub is a message of ours or of a section's reader without the secrets in it.
func (f *File) scrub(message string) string {
	longest := slices.Clone(f.secrets)
	slices.SortFunc(longest, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, s := range longest {
		pairs = append(pairs, s, mask)
	}
	return strings.NewReplacer(pairs...).Replace(message)
}
