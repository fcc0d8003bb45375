package wallet

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// Bounds of a bulk grant.
const (
	bulkMost    = 5000 // lines
	bulkChat    = 9000 // characters of a message, well below where messages are cut
	bulkColumns = 3    // where nothing names them
)

// bulkLine is a line of a bulk grant as it was written.
type bulkLine struct {
	n                   int // its number in the file or message
	who, points, reason string
}

// problem is what is wrong with a line. Its text has the key bulk.problem. + key and the values of kv.
type problem struct {
	line int
	key  string
	kv   []any
}

// bulkHeads are the columns by all their names, folded.
var bulkHeads = map[string]string{
	"member": "id", "id": "id", "成员": "id", "编号": "id", "成员编号": "id", "name": "name", "昵称": "name", "姓名": "name", "名字": "name",
	"points": "points", "积分": "points", "分数": "points", "数量": "points", "amount": "points", "reason": "reason", "原因": "reason", "说明": "reason", "备注": "reason",
}

// tableLines are the lines of a file, whose first line may name the columns.
func tableLines(table [][]string) (lines []bulkLine, problems []problem) {
	var heads []string
	for i, cells := range table {
		if len(cells) == 0 {
			continue
		}
		if heads == nil {
			named := false
			if heads, named, problems = bulkHead(i+1, cells); len(problems) > 0 {
				return nil, problems
			}
			if named {
				continue
			}
		}
		if len(lines) == bulkMost {
			return nil, []problem{{i + 1, "most", []any{"Most", bulkMost}}}
		}
		value, extra := map[string]string{}, false
		for j, cell := range cells {
			extra = extra || j >= len(heads) && strings.TrimSpace(cell) != ""
			if j < len(heads) {
				value[heads[j]] = strings.TrimSpace(cell)
			}
		}
		if extra {
			problems = append(problems, problem{i + 1, "cells", nil})
			continue
		}
		l := bulkLine{i + 1, value["id"], value["points"], value["reason"]}
		if l.who == "" {
			l.who = value["name"]
		}
		lines = append(lines, l)
	}
	return lines, problems
}

// bulkHead says which column is where: by the first line, where it names any, or by their places.
func bulkHead(line int, cells []string) (heads []string, named bool, problems []problem) {
	for _, cell := range cells {
		head := bulkHeads[bot.Fold(strings.TrimSpace(cell))]
		if head != "" && slices.Contains(heads, head) {
			problems = append(problems, problem{line, "twice", []any{"Text", cell}})
		}
		heads = append(heads, head)
		named = named || head != ""
	}
	if !named {
		return []string{"id", "points", "reason"}[:bulkColumns], false, nil
	}
	if !slices.Contains(heads, "points") || !slices.Contains(heads, "id") && !slices.Contains(heads, "name") {
		problems = append(problems, problem{line, "columns", nil})
	}
	return heads, true, problems
}

// chatLines are the lines of a message below its first.
func chatLines(text string) (lines []bulkLine) {
	for i, s := range strings.Split(strings.TrimSpace(text), "\n")[1:] {
		if s = strings.TrimSpace(s); s != "" {
			l := chatLine(s)
			l.n = i + 2
			lines = append(lines, l)
		}
	}
	return lines
}

// chatLine reads "@小明 10 谢谢", "小明，10，谢谢" or "m12,5": the first word that is an amount parts who from why. A comma
// that may stand at thousands is not guessed about.
func chatLine(s string) bulkLine {
	for _, marks := range [...]string{"", "，；;", ","} {
		words := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(marks, r) })
		for i, word := range words {
			if _, err := signed(word); i == 0 || err != nil {
				continue
			}
			l := bulkLine{who: strings.TrimRight(strings.Join(words[:i], " "), ",，;；:："), points: word, reason: strings.Join(words[i+1:], " ")}
			if i+1 < len(words) && community.Thousands(words[i+1]) {
				l.points, l.reason = strings.Join(words[i:], cmp.Or(marks, " ")), ""
			}
			return l
		}
	}
	who, rest, _ := strings.Cut(s, " ")
	return bulkLine{who: who, points: strings.TrimSpace(rest)}
}

// signed reads an amount that may be below zero.
func signed(s string) (int64, error) {
	n, err := community.Amount(s)
	var wrong *community.AmountError
	if !errors.As(err, &wrong) || wrong.Key != "amount.negative" {
		return n, err
	}
	s = strings.TrimSpace(s)
	_, minus := utf8.DecodeRuneInString(s)
	n, err = community.Amount(s[minus:])
	return -n, err
}
