package script

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
	"text/template"

	"go.yaml.in/yaml/v3"
)

// Problem is one thing that is wrong with a script. Its text has the key "bad." + Key in the catalogues.
type Problem struct {
	Line int // from 1
	Key  string
	Args []any // pairs of a name and a value for the text
}

// Error is the problem in English, for operators.
func (p Problem) Error() string {
	values := map[string]any{}
	for i := 0; i+1 < len(p.Args); i += 2 {
		values[fmt.Sprint(p.Args[i])] = p.Args[i+1]
	}
	var text strings.Builder
	t, err := template.New(p.Key).Parse(english()["bad."+p.Key])
	if err != nil || t.Execute(&text, values) != nil {
		return fmt.Sprintf("line %d: %s", p.Line, p.Key)
	}
	return fmt.Sprintf("line %d: %s", p.Line, text.String())
}

// english is the English catalogue, from which errors for operators are told as well.
var english = sync.OnceValue(func() map[string]string {
	texts := map[string]string{}
	src, err := locales.ReadFile("locales/en.yaml")
	if err == nil {
		err = yaml.Unmarshal(src, &texts)
	}
	if err != nil {
		panic(err) // the embedded catalogue is well-formed
	}
	return texts
})

// Problems are those in an error of Parse, in the order of their lines.
func Problems(err error) []Problem {
	var list []Problem
	var joined interface{ Unwrap() []error }
	var one Problem
	switch {
	case errors.As(err, &joined):
		for _, e := range joined.Unwrap() {
			list = append(list, Problems(e)...)
		}
	case errors.As(err, &one):
		list = append(list, one)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Line < list[j].Line })
	return list
}
