package console

import (
	"fmt"
	"regexp"
	"strings"
)

// fieldKind says how an argument of a command is asked for.
type fieldKind string

// The kinds of fields.
const (
	memberField  fieldKind = "member"  // @谁: an id, or a name that is looked up
	numberField  fieldKind = "number"  // 数量
	choiceField  fieldKind = "choice"  // 周|月|总
	textField    fieldKind = "text"    // one word
	restField    fieldKind = "rest"    // the last one: everything that is left
	literalField fieldKind = "literal" // a word between two people that is said as it is: @谁 到 @谁
)

// field is one argument of a command that is asked for.
type field struct {
	Name     string // of the form's value
	Label    string
	Hint     string // what can be written, of one without a label: words that may all be there
	Kind     fieldKind
	Choices  []string
	Optional bool
	Value    string
	People   []choice // of whom one is meant, where several are called so
	Problem  string   // what is wrong with the value
}

// choice is one of several.
type choice struct{ Value, Text string }

// fieldsOf reads a command's usage, "@谁 数量 原因", as fields. What args hold already is not asked for: word for
// word they stand for the first words of the usage.
func fieldsOf(usage, args string) []field {
	var fields []field
	for _, w := range argument.FindAllString(aside.ReplaceAllString(usage, ""), -1) {
		fields = append(fields, fieldOf(w))
	}
	for i := range fields {
		switch f := &fields[i]; {
		case f.Kind != textField:
		case i > 0 && i+1 < len(fields) && fields[i-1].Kind == memberField && fields[i+1].Kind == memberField:
			f.Kind, f.Value = literalField, f.Label
		case i+1 == len(fields):
			f.Kind = restField
		}
	}
	fields = fields[min(len(fields), len(strings.Fields(args))):]
	for i := range fields {
		fields[i].Name = fmt.Sprintf("f%d", i)
	}
	return fields
}

// argument is one of a usage: a word, or words in square brackets.
var argument = regexp.MustCompile(`\[[^\]]*\]|\S+`)

// aside is what a usage says about its arguments, in brackets: 原因（下面每行一位：@谁 数量）.
var aside = regexp.MustCompile(`（[^）]*[\s：][^）]*）|\([^)]*[\s:][^)]*\)`)

func fieldOf(word string) field {
	f := field{Label: word, Kind: textField}
	for _, pair := range [...][2]string{{"[", "]"}, {"［", "］"}, {"（", "）"}} {
		if in, ok := strings.CutPrefix(word, pair[0]); ok && strings.HasSuffix(in, pair[1]) {
			f.Label, f.Optional = strings.TrimSuffix(in, pair[1]), true
		}
	}
	switch {
	case strings.HasPrefix(f.Label, "@"):
		f.Kind, f.Label = memberField, strings.TrimPrefix(f.Label, "@")
	case strings.Contains(f.Label, "|") && strings.Contains(f.Label, " "):
		f.Label, f.Hint = "", f.Label
	case strings.Contains(f.Label, "|"):
		f.Kind, f.Choices = choiceField, strings.Split(f.Label, "|")
		f.Label = ""
	case amounts[strings.ToLower(f.Label)]:
		f.Kind = numberField
	}
	return f
}

// amounts are the words that usages have for a number.
var amounts = map[string]bool{"数量": true, "积分": true, "数额": true, "预算": true, "分数": true, "分": true, "价格": true, "库存": true, "页码": true, "天数": true, "次数": true,
	"amount": true, "points": true, "n": true, "budget": true, "price": true, "stock": true, "page": true, "days": true}

// line is the command as it is given: its name, what was known and what the fields hold.
func line(command, args string, fields []field) string {
	words := []string{command}
	if args != "" {
		words = append(words, args)
	}
	for _, f := range fields {
		if v := strings.TrimSpace(f.Value); v != "" {
			words = append(words, v)
		}
	}
	return strings.Join(words, " ")
}
