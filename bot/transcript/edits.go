package transcript

import (
	"bytes"
	"strings"
)

// edits are changes to the lines of a source, by line number; 0 is before the first.
type edits struct {
	gone           map[int]bool
	above, beneath map[int][]string
}

func newEdits() edits {
	return edits{gone: map[int]bool{}, above: map[int][]string{}, beneath: map[int][]string{}}
}

// remove takes the lines of an expectation out, and leaves comments between them.
func (e edits) remove(w *want) {
	for _, line := range w.lines {
		e.gone[line] = true
	}
}

func (e edits) replace(w *want, text string) {
	e.remove(w)
	e.before(w.line(), text)
}

func (e edits) before(line int, text string) {
	e.above[line] = append(e.above[line], strings.Split(text, "\n")...)
}

func (e edits) after(line int, text string) {
	e.beneath[line] = append(e.beneath[line], strings.Split(text, "\n")...)
}

// apply gives the changed source. Lines end as the first line of the source does.
func (e edits) apply(source []byte) []byte {
	src, marked := strings.CutPrefix(string(source), bom)
	first, _, _ := strings.Cut(src, "\n")
	end := "\n"
	if strings.HasSuffix(first, "\r") {
		end = "\r\n"
	}
	var out bytes.Buffer
	if marked {
		out.WriteString(bom)
	}
	ended := true
	write := func(lines []string) {
		for _, line := range lines {
			if !ended {
				out.WriteString(end)
			}
			out.WriteString(line + end)
			ended = true
		}
	}
	write(e.beneath[0])
	for i, line := range strings.SplitAfter(src, "\n") {
		write(e.above[i+1])
		if !e.gone[i+1] {
			out.WriteString(line)
			ended = line == "" || strings.HasSuffix(line, "\n")
		}
		write(e.beneath[i+1])
	}
	return out.Bytes()
}
