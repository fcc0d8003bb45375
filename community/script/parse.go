package script

import (
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/weilu-im/weilu/bot"
)

// The limits of a script.
const (
	longestScript = 10_000 // characters; a message holds no more
	longestName   = 20     // characters
	longestTitle  = 60
	longestText   = 1000
	longestValue  = 200
	mostSteps     = 40
	mostValues    = 20
	mostTags      = 5
)

// Script is what a manager can start for a group.
type Script struct {
	Name        string // how it is started: one word
	Title       string
	Description string
	Language    string // zh, en, or empty: whom it is listed for
	Parameters  []Parameter
	Budget      int64 // points that one run pays at the most
	Steps       []Step
}

// Parameter is a value that who starts a script can give.
type Parameter struct {
	Name     string
	Default  string
	Required bool // it has no default
}

// Parse reads a script from YAML. Its error holds everything that is wrong, each as a Problem with its line.
func Parse(src string) (Script, error) {
	p := &parser{}
	sc := p.script(src)
	if len(p.problems) > 0 {
		return Script{}, errors.Join(p.problems...)
	}
	return sc, nil
}

// parser collects what is wrong while it reads.
type parser struct {
	problems []error
	known    map[string]bool // the variables that texts may hold
	pays     *yaml.Node      // where points are paid
	budget   *yaml.Node
}

func (p *parser) wrong(n *yaml.Node, key string, args ...any) {
	p.problems = append(p.problems, Problem{Line: n.Line, Key: key, Args: args})
}

func (p *parser) script(src string) (sc Script) {
	top := &yaml.Node{Line: 1}
	if utf8.RuneCountInString(src) > longestScript {
		p.wrong(top, "long", "Most", longestScript)
		return sc
	}
	root, ok := p.document(src)
	if !ok {
		return sc
	}
	p.known = map[string]bool{"Group": true, "Count": true, "Names": true, "Best": true}
	var steps *yaml.Node
	p.keys(root, map[string]func(v *yaml.Node){
		"name":        func(v *yaml.Node) { sc.Name = p.word(v) },
		"title":       func(v *yaml.Node) { sc.Title = p.line(v, longestTitle) },
		"description": func(v *yaml.Node) { sc.Description = p.text(v, longestText) },
		"language":    func(v *yaml.Node) { sc.Language = p.oneOf(v, "zh", "en") },
		"parameters":  func(v *yaml.Node) { sc.Parameters = p.parameters(v) },
		"budget":      func(v *yaml.Node) { p.budget, sc.Budget = v, p.number(v, 1, 1_000_000) },
		"steps":       func(v *yaml.Node) { steps = v }, // last: texts name the parameters
	}, "name", "title", "steps")
	if steps != nil {
		sc.Steps = p.steps(steps)
	}
	if p.pays != nil && p.budget == nil {
		p.wrong(p.pays, "no_budget")
	}
	return sc
}

// document is the one mapping that src holds.
func (p *parser) document(src string) (*yaml.Node, bool) {
	var doc, more yaml.Node
	d := yaml.NewDecoder(strings.NewReader(src))
	if err := d.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			p.wrong(&yaml.Node{Line: 1}, "empty")
			return nil, false
		}
		line, why := yamlLine(err)
		p.wrong(&yaml.Node{Line: line}, "yaml", "Why", why)
		return nil, false
	}
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		p.wrong(&yaml.Node{Line: max(1, more.Line)}, "one_document")
		return nil, false
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		p.wrong(root, "keys_wanted")
		return nil, false
	}
	return root, true
}

var lineOfYAML = regexp.MustCompile(`line (\d+): `)

// yamlLine takes the line out of what the YAML reader says.
func yamlLine(err error) (line int, why string) {
	why = strings.TrimPrefix(err.Error(), "yaml: ")
	m := lineOfYAML.FindStringSubmatchIndex(why)
	if m == nil {
		return 1, why
	}
	line, _ = strconv.Atoi(why[m[2]:m[3]])
	return max(1, line), why[:m[0]] + why[m[1]:]
}

// keys reads a mapping: each key by its reader, once; what is unknown or missing is wrong.
func (p *parser) keys(n *yaml.Node, read map[string]func(v *yaml.Node), required ...string) {
	if n.Kind != yaml.MappingNode {
		p.wrong(n, "keys_wanted")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		fn := read[k.Value]
		switch {
		case fn == nil || k.Kind != yaml.ScalarNode:
			p.wrong(k, "unknown_key", "Key", shown(k.Value))
		case seen[k.Value]:
			p.wrong(k, "twice", "Key", k.Value)
		case v.Kind == yaml.AliasNode || v.Anchor != "":
			p.wrong(v, "alias")
		default:
			fn(v)
		}
		seen[k.Value] = true
	}
	for _, key := range required {
		if !seen[key] {
			p.wrong(n, "missing", "Key", key)
		}
	}
}

// shown is the beginning of somebody's words on one line, for a message about them.
func shown(s string) string {
	runes := []rune(strings.Join(strings.Fields(bot.Clean(s)), " "))
	if len(runes) > 20 {
		return string(runes[:20]) + "…"
	}
	return string(runes)
}

func (p *parser) text(v *yaml.Node, most int) string {
	text := strings.TrimSpace(bot.Clean(v.Value))
	switch {
	case v.Kind != yaml.ScalarNode || text == "" || v.Tag == "!!null":
		p.wrong(v, "text_wanted")
	case cutsHashtag(v):
		p.wrong(v, "comment", "Got", shown(v.LineComment))
	case utf8.RuneCountInString(text) > most:
		p.wrong(v, "text_long", "Most", most)
	}
	return text
}

// cutsHashtag tells whether a hashtag was taken for a comment, as YAML does in a text without quotes.
func cutsHashtag(v *yaml.Node) bool {
	word := strings.TrimLeft(v.LineComment, "#")
	return v.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 && word != "" && !strings.HasPrefix(word, " ")
}

func (p *parser) line(v *yaml.Node, most int) string {
	text := p.text(v, most)
	if strings.ContainsAny(text, "\n\t") {
		p.wrong(v, "one_line")
	}
	return text
}

// word is text that is one word of letters, digits, - and _.
func (p *parser) word(v *yaml.Node) string {
	text := p.text(v, longestName)
	if text != "" && !isWord(text) {
		p.wrong(v, "word_wanted", "Got", shown(text))
	}
	return text
}

func isWord(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' {
			return false
		}
	}
	return s != "" && utf8.RuneCountInString(s) <= longestName
}

func (p *parser) oneOf(v *yaml.Node, choices ...string) string {
	for _, c := range choices {
		if v.Kind == yaml.ScalarNode && v.Value == c {
			return c
		}
	}
	p.wrong(v, "choice", "Choices", strings.Join(choices, ", "), "Got", shown(v.Value))
	return ""
}

func (p *parser) number(v *yaml.Node, least, most int64) int64 {
	n, err := strconv.ParseInt(v.Value, 10, 64)
	if v.Kind != yaml.ScalarNode || err != nil || n < least || n > most {
		p.wrong(v, "number", "Least", least, "Most", most, "Got", shown(v.Value))
		return least
	}
	return n
}

func (p *parser) yes(v *yaml.Node) bool { return p.oneOf(v, "true", "false") == "true" }

var spanned = regexp.MustCompile(`^(\d{1,4})([mhd])$`)

// span reads 30m, 48h or 7d.
func (p *parser) span(v *yaml.Node) time.Duration {
	m := spanned.FindStringSubmatch(v.Value)
	if v.Kind != yaml.ScalarNode || m == nil {
		p.wrong(v, "span", "Got", shown(v.Value))
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	d := time.Duration(n) * map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[m[2]]
	if d > 365*24*time.Hour {
		p.wrong(v, "span", "Got", shown(v.Value))
	}
	return d
}

func (p *parser) parameters(n *yaml.Node) (list []Parameter) {
	if n.Kind != yaml.MappingNode {
		p.wrong(n, "keys_wanted")
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		par := Parameter{Name: k.Value, Required: v.Tag == "!!null"}
		switch {
		case !isVariable(k.Value):
			p.wrong(k, "parameter_name", "Got", shown(k.Value))
		case p.known[k.Value]:
			p.wrong(k, "parameter_taken", "Name", k.Value)
		}
		if !par.Required {
			par.Default = p.line(v, longestValue)
		}
		p.known[k.Value] = true
		list = append(list, par)
	}
	if len(list) > mostValues {
		p.wrong(n, "many", "Most", mostValues)
	}
	return list
}

// isVariable tells whether a word can stand in {{.Word}}: a letter, then letters and digits.
func isVariable(s string) bool {
	for i, r := range s {
		if !unicode.IsLetter(r) && r != '_' && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return s != "" && utf8.RuneCountInString(s) <= longestName
}
