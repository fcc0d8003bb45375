package config

import (
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// How a scalar was written decides what it may mean.
type style int

const (
	quoted style = iota // in the file, with quotes or as a block: always text
	plain               // in the file, without quotes
	given               // in the environment or a flag
	list                // not a scalar
)

// A leaf is what the sources put into the tree that koanf merges: a scalar as it was written, or
// a list. Mappings are map[string]any.
type leaf struct {
	Style style
	Text  string
	Items []any // leaf or map[string]any
	From  origin
}

func (l leaf) isNull() bool {
	if l.Style == given {
		return l.Text == "null"
	}
	return l.Style == plain && tagOf(l.Text) == "!!null"
}

// tagOf is the YAML type of a plain scalar.
func tagOf(text string) string {
	n := yaml.Node{Kind: yaml.ScalarNode, Value: text}
	return n.ShortTag()
}

// raw is v as Go values, for UnmarshalConfig.
func raw(v any) any {
	m, ok := v.(map[string]any)
	if ok {
		out := make(map[string]any, len(m))
		for k, e := range m {
			out[k] = raw(e)
		}
		return out
	}
	l, _ := v.(leaf)
	switch l.Style {
	case list:
		out := make([]any, len(l.Items))
		for i, e := range l.Items {
			out[i] = raw(e)
		}
		return out
	case quoted:
		return l.Text
	}
	return rawScalar(l)
}

func rawScalar(l leaf) any {
	if l.isNull() {
		return nil
	}
	switch tagOf(l.Text) {
	case "!!bool":
		return strings.EqualFold(l.Text, "true")
	case "!!int":
		if n, err := parseInt(l.Text); err == nil {
			return n
		}
	case "!!float":
		if x, err := strconv.ParseFloat(l.Text, 64); err == nil {
			return x
		}
	}
	return l.Text
}

// leaves calls visit for every leaf below v, in the order of the keys.
func leaves(p path, v any, visit func(path, leaf)) {
	switch v := v.(type) {
	case leaf:
		visit(p, v)
		for i, e := range v.Items {
			leaves(p.item(i), e, visit)
		}
	case map[string]any:
		for _, k := range sortedKeys(v) {
			leaves(p.child(k), v[k], visit)
		}
	}
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
