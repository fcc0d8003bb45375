package topic

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"
)

// errYAML says that a YAML list of topics has something in it that is none.
var errYAML = errors.New("not a list of topics")

// readYAML reads a list of topics: words alone, or mappings with the names of columns as keys. Its rows stand under
// their names, at the lines that they have below a first one. ok is false where it is no such list.
func readYAML(text string) (table [][]string, ok bool) {
	var list []yaml.Node
	if err := yaml.Unmarshal([]byte(text), &list); err != nil {
		return nil, false
	}
	var names []string
	for _, h := range heads {
		names = append(names, h.names[0])
	}
	table = [][]string{names}
	for _, item := range list {
		row := make([]string, len(heads))
		switch item.Kind {
		case yaml.ScalarNode:
			row[1] = item.Value // the words
		case yaml.MappingNode:
			for i := 0; i+1 < len(item.Content); i += 2 {
				cell, ok := scalars(item.Content[i+1])
				if !ok || !put(row, headOf(item.Content[i].Value), cell) {
					return nil, false
				}
			}
		default:
			return nil, false
		}
		for len(table) < item.Line {
			table = append(table, nil)
		}
		table = append(table, row)
	}
	return table, true
}

// put writes a cell under its column's name.
func put(row []string, field, cell string) bool {
	for i, h := range heads {
		if h.field == field {
			row[i] = strings.TrimSpace(cell)
			return true
		}
	}
	return false
}

// scalars is a value, or a list of values with commas between.
func scalars(n *yaml.Node) (string, bool) {
	if n.Kind == yaml.ScalarNode {
		if n.Tag == "!!null" {
			return "", true
		}
		return n.Value, true
	}
	var list []string
	for _, one := range n.Content {
		list = append(list, one.Value)
		if one.Kind != yaml.ScalarNode {
			return "", false
		}
	}
	return strings.Join(list, ","), n.Kind == yaml.SequenceNode
}
