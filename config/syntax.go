package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

func badKey(n *yaml.Node) string {
	switch {
	case n.Kind != yaml.ScalarNode:
		return "a key must be plain text"
	case n.Style&yaml.TaggedStyle != 0:
		return "tags (!name) are not read; write the key alone"
	case n.Value == "":
		return "a key is empty"
	case hasControl(n.Value):
		return "a key contains control characters"
	case n.Style != 0:
		return ""
	case n.ShortTag() == "!!merge":
		return "merge keys (<<) are not read; write the keys out"
	case n.ShortTag() != "!!str":
		return fmt.Sprintf("the key %s must be text; put it in quotes: %q", clip(n.Value), clip(n.Value))
	}
	return ""
}

var yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxError is where and what the YAML library found, without the text it quotes.
func syntaxError(err error, data []byte) (line int, why string) {
	text := err.Error()
	line = 1
	if m := yamlError.FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	if strings.Contains(text, "anchor") {
		text = "an alias (*name) without its anchor; put text that begins with * in quotes"
	}
	if tab := tabNear(data, line); tab > 0 {
		return tab, "indented with a tab; YAML wants spaces"
	}
	return line, "not YAML: " + text
}

// tabNear is the line next to the given one whose indentation contains a tab, or 0.
func tabNear(data []byte, line int) int {
	for i, text := range strings.Split(string(data), "\n") {
		indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		if i+1 >= line-1 && i+1 <= line+1 && strings.Contains(indent, "\t") {
			return i + 1
		}
	}
	return 0
}
