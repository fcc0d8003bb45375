package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

type section struct {
	name string
	cfg  reflect.Value // what the pointer points to
}

// Section decodes the section called name into cfg, a pointer to a struct, or to a map, that
// holds the defaults. What doesn't fit is kept for Err and leaves its default in place. If cfg
// has Validate() error, it is called afterwards; of errors.Join every error is a problem of its
// own, and one with Key() string ("thanks.cap", "ladder[0].name") is told with that key's line.
//
// It panics if cfg can't hold a section, which no input causes.
func (f *File) Section(name string, cfg any) {
	rv := reflect.ValueOf(cfg)
	if rv.Kind() != reflect.Pointer || rv.IsNil() || rv.Elem().Kind() != reflect.Struct && rv.Elem().Kind() != reflect.Map {
		panic(fmt.Sprintf("config: section %s: a %T is no pointer to a struct or a map", name, cfg))
	}
	check(rv.Type().Elem(), rv.Type().Elem().String(), map[reflect.Type]bool{})
	if slices.Contains(f.read(), name) {
		f.report(origin{}, path(name), "two readers want this section")
		return
	}
	f.sections = append(f.sections, section{name, rv.Elem()})
	f.decode(path(name), rv.Elem())
	if v, ok := cfg.(interface{ Validate() error }); ok && !f.broken {
		f.reportEach(path(name), v.Validate())
	}
}

// decode fills rv. The file is decoded alone as well, so that a mistake in it is told even when
// the environment overrides it.
func (f *File) decode(p path, rv reflect.Value) {
	if v, ok := f.alone[string(p)]; ok {
		f.keepSecrets(p, v, rv.Type())
		trial := reflect.New(rv.Type()).Elem()
		trial.Set(rv)
		decoder{file: f}.value(p, v, trial)
	}
	if v, ok := f.merged[string(p)]; ok {
		f.keepSecrets(p, v, rv.Type())
		decoder{file: f}.value(p, v, rv)
	}
}

func (f *File) read() []string {
	var names []string
	for _, s := range f.sections {
		names = append(names, s.name)
	}
	return names
}

// Err is nil when all is well, and otherwise a *Problems with everything that is wrong, sections
// that nobody read included. It is called after the last Section.
func (f *File) Err() error {
	list := slices.Clone(f.problems)
	for _, name := range sortedKeys(f.merged) {
		if slices.Contains(f.read(), name) {
			continue
		}
		last := &File{name: f.name, lines: f.lines, merged: f.merged}
		last.reportAll(path(name), f.merged[name], unknown("section", name, f.read()))
		list = append(list, last.problems...)
	}
	if len(list) == 0 {
		return nil
	}
	for i := range list {
		list[i].Message = f.scrub(list[i].Message)
	}
	return &Problems{List: sortProblems(list)}
}

// reportEach reports the errors joined in err, each at the key it names below p.
func (f *File) reportEach(p path, err error) {
	if err == nil {
		return
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok && err.Error() == errors.Join(many.Unwrap()...).Error() {
		for _, e := range many.Unwrap() {
			f.reportEach(p, e)
		}
		return
	}
	message := err.Error()
	var keyed interface{ Key() string }
	if errors.As(err, &keyed) {
		if below, ok := parsePath(keyed.Key()); ok {
			p = p.child(numbered(string(below)))
			message = strings.TrimPrefix(message, keyed.Key()+": ")
		}
	}
	f.report(f.near(p), p, message)
}

// numbered makes list indices of keys that are numbers, as in ladder.0.name.
func numbered(below string) string {
	elements := strings.Split(below, sep)
	for i, e := range elements {
		if n, err := strconv.Atoi(e); err == nil && n >= 0 && i > 0 {
			elements[i] = index + strconv.Itoa(n)
		}
	}
	return strings.Join(elements, sep)
}

// reportAll reports one message wherever something below p was given: once for the file, once
// for each variable and flag.
func (f *File) reportAll(p path, v any, message string) {
	if line := f.lines[p]; line > 0 {
		f.report(origin{Place: inFile, Name: f.name, Line: line}, p, message)
	}
	told := map[origin]bool{}
	leaves(p, v, func(at path, l leaf) {
		if l.From.Place != inFile && !told[l.From] {
			told[l.From] = true
			f.report(l.From, at, message)
		}
	})
}
