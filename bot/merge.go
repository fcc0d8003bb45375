package bot

import (
	"strings"
	"unicode/utf8"
)

// What fits into one merged message.
const (
	mergeItems = 60
	mergeRunes = 1500 // characters
)

// mergeable tells whether something said can be said together with others.
func (o *Outgoing) mergeable() bool {
	return o.Merge != "" && !o.Secret && o.MergeItem != "" && o.Group != "" && o.Action == Speak && len(o.Picture) == 0 && len(o.Mention) == 0
}

// fits is how many of the bundle, from its first on, fit into one message.
func fits(bundle []Outgoing) int {
	runes := utf8.RuneCountInString(bundle[0].MergeHead) + 1
	for i, o := range bundle {
		if runes += utf8.RuneCountInString(o.MergeItem) + 2; i > 0 && (i == mergeItems || runes > mergeRunes) {
			return i
		}
	}
	return len(bundle)
}

// merged is the one message that says all of a bundle; a single thing says its own text.
func merged(bundle []Outgoing) Outgoing {
	o := bundle[0]
	if len(bundle) == 1 {
		return o
	}
	items := make([]string, len(bundle))
	for i := range bundle {
		items[i] = bundle[i].MergeItem
	}
	o.Text = o.MergeHead + joined(o.MergeHead, items)
	o.Ref = ""
	return o
}

// joined lists the items on one line, unless that would be hard to read.
func joined(head string, items []string) string {
	comma := "、"
	if head = strings.TrimSpace(head); head != "" && head[len(head)-1] < utf8.RuneSelf { // it ends as English does
		comma = ", "
	}
	for _, item := range items {
		if strings.Contains(item, "\n") || strings.Contains(item, strings.TrimSpace(comma)) {
			return "\n" + strings.Join(items, "\n")
		}
	}
	return strings.Join(items, comma)
}
