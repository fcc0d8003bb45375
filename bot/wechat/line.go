package wechat

import (
	"regexp"
	"slices"
	"strings"
)

// saying is what a system line of a group tells.
type saying int

const (
	nothing  saying = iota
	tapped          // by nudged names
	retitled        // by called the group names
	entered         // by brought names, or shared the code that names came by
	removed         // by threw names out
	banished        // by threw the bot out
)

// reading is one way to understand a line. Names may hold whatever separates them in the line, so that a line may
// have several readings; who is in the group decides between them.
type reading struct {
	by    string // a name; empty where nobody or the bot did it
	byBot bool
	names string // several, as the line lists them
	toBot bool   // it is the bot that was nudged
}

// form is how a line of one kind is written: text around names. In the text, " stands for every kind of quotation
// mark and case does not count; A is who did it and B to whom, both at most once.
type form struct {
	kind saying
	text string
	bot  bool // the bot did it
	last bool // nothing follows but spaces and full stops
}

// forms are tried in this order, and the first kind that fits is it. What ends in words that members choose comes
// first: nobody can nudge somebody into having been invited.
var forms = []form{
	{tapped, `"A" 拍了拍 "B"`, false, false},
	{tapped, `"A" 拍了拍我`, false, false},
	{tapped, `"A" tickled "B"`, false, false},
	{tapped, `"A" tickled me`, false, false},
	{tapped, `"A" nudged "B"`, false, false},
	{tapped, `"A" nudged me`, false, false},
	{retitled, `"A"修改群名为"B"`, false, true},
	{retitled, `你修改群名为"B"`, true, true},
	{retitled, `"A" changed the group name to "B"`, false, true},
	{retitled, `You changed the group name to "B"`, true, true},
	{banished, `你被"A"移出群聊`, false, true},
	{banished, `You were removed from the group chat by "A"`, false, true},
	{removed, `你将"B"移出了群聊`, true, true},
	{removed, `"A"将"B"移出了群聊`, false, true},
	{removed, `You removed "B" from the group chat`, true, true},
	{removed, `"A" removed "B" from the group chat`, false, true},
	{entered, `你邀请"B"加入了群聊`, true, true},
	{entered, `"A"邀请你和"B"加入了群聊`, false, true},
	{entered, `"A"邀请"B"加入了群聊`, false, true},
	{entered, `"B"通过扫描你分享的二维码加入群聊`, true, true},
	{entered, `"B"通过扫描"A"分享的二维码加入群聊`, false, true},
	{entered, `"B"加入了群聊`, false, true},
	{entered, `You invited "B" to the group chat`, true, true},
	{entered, `You invited B to the group chat`, true, true},
	{entered, `"A" invited you and "B" to the group chat`, false, true},
	{entered, `A invited you and B to the group chat`, false, true},
	{entered, `"A" invited "B" to the group chat`, false, true},
	{entered, `A invited B to the group chat`, false, true},
	{entered, `"B" joined the group chat via the QR code shared by you`, true, true},
	{entered, `"B" joined the group chat via your shared QR code`, true, true},
	{entered, `"B" joined group chat via the QR code you shared`, true, true},
	{entered, `"B" joined the group chat via the QR code shared by "A"`, false, true},
	{entered, `"B" joined group chat via the QR code shared by "A"`, false, true},
	{entered, `"B" joined the group chat`, false, true},
}

// Lines and their readings have no more than this.
const (
	maxLine     = 4000 // bytes
	maxReadings = 32
)

var link = regexp.MustCompile(`(?s)<a\s.*$`) // what a phone would show as something to press

// understand reads a system line.
func understand(text string) (saying, []reading) {
	text = strings.TrimSpace(link.ReplaceAllString(text[:min(len(text), maxLine)], ""))
	kind := nothing
	var readings []reading
	for _, f := range forms {
		if kind != nothing && f.kind != kind {
			continue
		}
		for _, names := range f.match(text) {
			r := reading{by: strings.TrimSpace(names[0]), names: strings.TrimSpace(names[1]), byBot: f.bot}
			r.toBot = f.kind == tapped && r.names == ""
			if len(readings) < maxReadings && !slices.Contains(readings, r) {
				readings = append(readings, r)
			}
			kind = f.kind
		}
	}
	return kind, readings
}

// match finds all ways in which a text has the form; each is the pair of what stands for A and for B.
func (f form) match(text string) (found [][2]string) {
	first := strings.IndexAny(f.text, "AB")
	for first >= 0 && !f.stands(first) {
		next := strings.IndexAny(f.text[first+1:], "AB")
		if next < 0 {
			return nil
		}
		first += 1 + next
	}
	start, ok := literal(text, f.text[:first])
	if !ok {
		return nil
	}
	rest := f.text[first+1:]
	second := -1
	for i := range len(rest) {
		if (rest[i] == 'A' || rest[i] == 'B') && rest[i] != f.text[first] && f.stands(first+1+i) {
			second = i
		}
	}
	one := int(f.text[first] - 'A')
	if second < 0 {
		for _, end := range f.ends(text[start:], rest) {
			var names [2]string
			names[one] = text[start : start+end]
			found = append(found, names)
		}
		return found
	}
	middle, after := rest[:second], rest[second+1:]
	for i := start; i < len(text) && len(found) < maxReadings; i++ {
		n, ok := literal(text[i:], middle)
		if !ok || i == start {
			continue
		}
		for _, end := range f.ends(text[i+n:], after) {
			var names [2]string
			names[one], names[1-one] = text[start:i], text[i+n:i+n+end]
			found = append(found, names)
		}
	}
	return found
}

// stands tells whether the letter at i of the form is a place for a name, and not part of a word.
func (f form) stands(i int) bool {
	letter := func(i int) bool {
		return i >= 0 && i < len(f.text) && (f.text[i] >= 'a' && f.text[i] <= 'z' || f.text[i] >= 'A' && f.text[i] <= 'Z')
	}
	return !letter(i-1) && !letter(i+1)
}

// ends are all lengths of a name that a text begins with, if what follows it is after.
func (f form) ends(text, after string) (lengths []int) {
	if after == "" {
		if s := strings.TrimRight(text, " .。"); f.last && s != "" {
			return []int{len(s)}
		}
		return nil
	}
	for i := 1; i < len(text) && len(lengths) < maxReadings; i++ {
		if n, ok := literal(text[i:], after); ok && (!f.last || strings.Trim(text[i+n:], " .。") == "") {
			lengths = append(lengths, i)
		}
	}
	return lengths
}

// literal tells whether a text begins with a part of a form, and how long that is in the text.
func literal(text, part string) (length int, ok bool) {
	i := 0
	for j := 0; j < len(part); j++ {
		switch {
		case i >= len(text):
			return 0, false
		case part[j] == '"' && (strings.HasPrefix(text[i:], "“") || strings.HasPrefix(text[i:], "”")):
			i += len("“")
		case lower(text[i]) == lower(part[j]):
			i++
		default:
			return 0, false
		}
	}
	return i, true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// separators stand between the names of a list.
var separators = []string{"、", ", ", " and "}

// segment reads a list of names so that each is known; who tells the users that have a name. It answers the users
// of each name in turn, and nothing if the list can't be read so. Of several readings the one with the longest
// first names counts.
func segment(names string, who func(string) []string) [][]string {
	const most = 4096 // steps; a list that needs more was made to
	steps := 0
	dead := map[int]bool{}
	var from func(i int) [][]string
	from = func(i int) [][]string {
		if steps++; dead[i] || steps > most {
			return nil
		}
		for end := len(names); end > i; end-- {
			next := end
			if end < len(names) {
				at := slices.IndexFunc(separators, func(s string) bool { return strings.HasPrefix(names[end:], s) })
				if at < 0 {
					continue
				}
				next += len(separators[at])
			}
			users := who(strings.TrimSpace(names[i:end]))
			if len(users) == 0 {
				continue
			}
			if next >= len(names) {
				return [][]string{users}
			}
			if rest := from(next); rest != nil {
				return append([][]string{users}, rest...)
			}
		}
		dead[i] = true
		return nil
	}
	return from(0)
}

// listed is how many names a list seems to have.
func listed(names string) int {
	n := 1
	for _, s := range separators {
		n += strings.Count(names, s)
	}
	return n
}
