package config

import (
	"fmt"
	"strings"

	"github.com/knadh/koanf/maps"
	"github.com/knadh/koanf/v2"
)

// A Source names what is read, weakest first.
type Source struct {
	File    string            // path of the YAML file; "" for none
	Environ []string          // as os.Environ gives it
	Set     map[string]string // "section.key" to value: flags and a transcript's settings
}

// A File is an opened configuration whose sections are waiting to be read. It is used by one
// goroutine at a time.
type File struct {
	name     string
	broken   bool           // the file said nothing that could be understood
	lines    map[path]int   // where each key of the file stands
	alone    map[string]any // the file without what overrides it
	merged   map[string]any
	sections []section
	problems []Problem
	secrets  []string
}

// Open reads all sources. A file that is named and can't be read is an error; whatever is wrong
// inside it, or in the environment, is kept for Err.
func Open(src Source) (*File, error) {
	f := &File{name: src.File, lines: map[path]int{}}
	k := koanf.New(sep)
	tree := map[string]any{}
	if src.File != "" {
		data, err := readFile(src.File)
		if err != nil {
			return nil, fmt.Errorf("read config: %w", err)
		}
		tree = f.parse(data)
	}
	if err := k.Load(layer(tree), nil); err != nil {
		return nil, fmt.Errorf("load config %s: %w", src.File, err)
	}
	f.alone = k.Raw()
	for _, p := range []koanf.Provider{f.environ(src.Environ), f.flags(src.Set)} {
		if err := k.Load(p, nil, koanf.WithMergeFunc(f.merge)); err != nil {
			return nil, fmt.Errorf("load config: %w", err)
		}
	}
	f.merged = k.Raw()
	return f, nil
}

// parse is the tree of the file: a mapping of mappings.
func (f *File) parse(data []byte) map[string]any {
	f.broken = true
	at := func(line int) origin { return origin{Place: inFile, Name: f.name, Line: line} }
	if line, why := checkText(data); line > 0 {
		f.report(at(line), "", why)
		return nil
	}
	r := &reader{from: at(1), lines: f.lines, report: f.report}
	v := r.document("", data)
	if v == nil {
		return nil
	}
	tree, ok := v.(map[string]any)
	if l, isLeaf := v.(leaf); isLeaf && !l.isNull() {
		f.report(l.From, "", "expected sections, each a name with keys below it; found "+kindOf(l))
		return nil
	}
	f.broken = false
	if !ok {
		return nil
	}
	for name, v := range tree {
		l, isLeaf := v.(leaf)
		switch {
		case isLeaf && l.isNull():
			tree[name] = map[string]any{}
		case isLeaf:
			f.report(l.From, path(name), "expected a section with keys below it; found "+kindOf(l))
			delete(tree, name)
		}
	}
	return tree
}

func kindOf(l leaf) string {
	if l.Style == list {
		return "a list"
	}
	return "a single value"
}

// merge lays src over dest. It reports the one loss that nobody would notice: keys laid over a
// single value, which would vanish with all it stood for.
func (f *File) merge(src, dest map[string]any) error {
	f.clash("", src, dest)
	maps.Merge(src, dest)
	return nil
}

func (f *File) clash(p path, src, dest map[string]any) {
	for key, v := range src {
		upper, isMap := v.(map[string]any)
		if !isMap {
			continue
		}
		at := p.child(key)
		switch lower := dest[key].(type) {
		case map[string]any:
			f.clash(at, upper, lower)
		case leaf:
			if lower.isNull() {
				continue
			}
			leaves(at, upper, func(p path, l leaf) {
				f.report(l.From, p, fmt.Sprintf("%s gives %s as one value; set that, or write it with keys there", lower.From, at))
			})
		}
	}
}

func (f *File) report(from origin, p path, message string) {
	problem := Problem{Source: from.Name, Line: from.Line, Message: message}
	if p != "" {
		problem.Key = p.String()
	}
	f.problems = append(f.problems, problem)
}

// String names the file and its sections, and no value.
func (f *File) String() string {
	return fmt.Sprintf("config %q with %s", f.name, strings.Join(sortedKeys(f.merged), ", "))
}

// GoString is String: values stay out of %#v too.
func (f *File) GoString() string { return f.String() }
