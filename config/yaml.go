package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

const maxDepth = 32

// A reader turns YAML into a tree of leaves and notes what YAML allows and we don't.
type reader struct {
	from   origin       // of all that is read; its line is that of the key when it is a file
	lines  map[path]int // where each key of the file stands
	report func(origin, path, string)
}

// document reads all of data below p: a mapping, or nil after a problem.
func (r *reader) document(p path, data []byte) any {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return map[string]any{}
	}
	if err == nil {
		if err = dec.Decode(&second); err == nil {
			r.report(r.at(second.Line), p, "a second document begins here; keep all in one, without ---")
			return nil
		}
	}
	if !errors.Is(err, io.EOF) {
		line, why := syntaxError(err, data)
		r.report(r.at(line), p, why)
		return nil
	}
	v, _ := r.node(p, doc.Content[0], doc.Content[0].Line, 0)
	return v
}

func (r *reader) at(line int) origin {
	o := r.from
	if o.Place == inFile {
		o.Line = line
	}
	return o
}

// node is the tree below n; false when a problem left nothing of it.
func (r *reader) node(p path, n *yaml.Node, line, depth int) (any, bool) {
	complain := func(why string) (any, bool) {
		r.report(r.at(n.Line), p, why)
		return nil, false
	}
	switch {
	case n.Kind == yaml.AliasNode:
		return complain("aliases (*name) are not read; write the value out")
	case n.Style&yaml.TaggedStyle != 0:
		return complain("tags (!name) are not read; write the value alone")
	case depth > maxDepth:
		return complain("nested too deeply")
	}
	switch n.Kind {
	case yaml.MappingNode:
		return r.mapping(p, n, depth), true
	case yaml.SequenceNode:
		l := leaf{Style: list, From: r.at(line)}
		for i, item := range n.Content {
			if v, ok := r.node(p.item(i), item, item.Line, depth+1); ok {
				l.Items = append(l.Items, v)
				r.note(p.item(i), item.Line)
			}
		}
		return l, true
	}
	l := leaf{Style: plain, Text: n.Value, From: r.at(line)}
	if n.Style != 0 {
		l.Style = quoted
	}
	return l, true
}

func (r *reader) mapping(p path, n *yaml.Node, depth int) map[string]any {
	out := map[string]any{}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if why := badKey(key); why != "" {
			r.report(r.at(key.Line), p, why)
			continue
		}
		at := p.child(key.Value)
		if line, twice := first[key.Value]; twice {
			r.report(r.at(key.Line), at, fmt.Sprintf("written twice (first on line %d)", line))
			continue
		}
		first[key.Value] = key.Line
		if v, ok := r.node(at, value, key.Line, depth+1); ok {
			out[key.Value] = v
			r.note(at, key.Line)
		}
	}
	return out
}

func (r *reader) note(p path, line int) {
	if r.from.Place == inFile {
		r.lines[p] = line
	}
}
