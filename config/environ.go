package config

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/knadh/koanf/providers/env/v2"
)

const (
	prefix     = "WEILU_"
	fileSuffix = "_FILE"
)

// environ is the provider of what the environment sets. Variables that can't be ours are passed
// over; those that are ours and wrong are reported.
func (f *File) environ(vars []string) *env.Env {
	good := f.screen(vars)
	return env.Provider(sep, env.Opt{
		Prefix:      prefix,
		EnvironFunc: func() []string { return good },
		TransformFunc: func(name, value string) (string, any) {
			p, _ := variablePath(name)
			l := leaf{Style: given, Text: value, From: origin{Place: inEnviron, Name: name}}
			if strings.HasSuffix(name, fileSuffix) {
				data, err := readFile(value)
				if err != nil {
					f.report(l.From, p, "read the file it names: "+reason(err))
					return "", nil
				}
				l.Text = strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
			}
			if !utf8.ValidString(l.Text) {
				f.report(l.From, p, "not UTF-8 text")
				return "", nil
			}
			return string(p), l
		},
	})
}

// reason is err without the path, in whose place people sometimes put the secret itself.
func reason(err error) string {
	var in *fs.PathError
	if errors.As(err, &in) {
		return in.Err.Error()
	}
	return err.Error()
}

// screen keeps the variables that name a value, each value once.
func (f *File) screen(vars []string) []string {
	owner := map[path]string{}
	var paths []path
	byName := map[string]string{}
	for _, entry := range vars {
		name, _, ok := strings.Cut(entry, "=")
		if !ok || !strings.HasPrefix(name, prefix) || foreign(name) {
			continue
		}
		from := origin{Place: inEnviron, Name: name}
		p, ok := variablePath(name)
		if !ok {
			f.report(from, "", "expected "+prefix+"section__key, with two underscores between section and key")
			continue
		}
		if other := owner[p]; other != "" && other != name {
			f.report(from, p, "set "+other+" or "+name+", not both")
			continue
		}
		if owner[p] == "" {
			paths = append(paths, p)
		}
		owner[p], byName[name] = name, entry
	}
	for _, pair := range overlaps(paths) {
		name := owner[pair[1]]
		f.report(origin{Place: inEnviron, Name: name}, pair[1],
			fmt.Sprintf("%s sets all of %s already", owner[pair[0]], pair[0]))
		delete(byName, name)
	}
	good := make([]string, 0, len(byName))
	for _, entry := range byName {
		good = append(good, entry)
	}
	return good
}

// foreign says that a variable belongs to something else: WEILU_PORT, as orchestrators set it.
func foreign(name string) bool {
	rest := name[len(prefix):]
	return !strings.Contains(rest, "__") && !strings.ContainsFunc(rest, unicode.IsLower)
}

// variablePath is the path that a variable sets; false when its name has no section and key.
func variablePath(name string) (path, bool) {
	name = strings.TrimSuffix(strings.TrimPrefix(name, prefix), fileSuffix)
	keys := strings.Split(name, "__")
	if len(keys) < 2 || slices.Contains(keys, "") || hasControl(name) || !utf8.ValidString(name) {
		return "", false
	}
	return path(strings.Join(keys, sep)), true
}

// overlaps finds the pairs of which the first path leads to the second.
func overlaps(paths []path) [][2]path {
	known := map[path]bool{}
	for _, p := range paths {
		known[p] = true
	}
	var out [][2]path
	for _, p := range paths {
		for up := p.parent(); up != ""; up = up.parent() {
			if known[up] {
				out = append(out, [2]path{up, p})
				break
			}
		}
	}
	return out
}
