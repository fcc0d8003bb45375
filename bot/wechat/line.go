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
// mark and case does not count; {a} is who did it and {b} to whom.
type form struct {
	kind saying
	text string
	bot  bool // the bot did it
	last bool // nothing follows but spaces and full stops
}

// forms are tried in this order, and the first kind that fits is it. What ends in words that members choose comes
// first: nobody can nudge somebody into having been invited.
var forms = []form{
	{tapped, `"{a}" 拍了拍 "{b}"`, false, false},
	{tapped, `"{a}" 拍了拍我`, false, false},
	{tapped, `"{a}" tickled "{b}"`, false, false},
	{tapped, `"{a}" tickled me`, false, false},
	{tapped, `"{a}" nudged "{b}"`, false, false},
	{tapped, `"{a}" nudged me`, false, false},
	{retitled, `"{a}"修改群名为"{b}"`, false, true},
	{retitled, `你修改群名为"{b}"`, true, true},
	{retitled, `"{a}" changed the group name to "{b}"`, false, true},
	{retitled, `You changed the group name to "{b}"`, true, true},
	{banished, `你被"{a}"移出群聊`, false, true},
	{banished, `You were removed from the group chat by "{a}"`, false, true},
	{removed, `你将"{b}"移出了群聊`, true, true},
	{removed, `"{a}"将"{b}"移出了群聊`, false, true},
	{removed, `You removed "{b}" from the group chat`, true, true},
	{removed, `"{a}" removed "{b}" from the group chat`, false, true},
	{entered, `你邀请"{b}"加入了群聊`, true, true},
	{entered, `"{a}"邀请你和"{b}"加入了群聊`, false, true},
	{entered, `"{a}"邀请"{b}"加入了群聊`, false, true},
	{entered, `"{b}"通过扫描你分享的二维码加入群聊`, true, true},
	{entered, `"{b}"通过扫描"{a}"分享的二维码加入群聊`, false, true},
	{entered, `"{b}"加入了群聊`, false, true},
	{entered, `You invited "{b}" to the group chat`, true, true},
	{entered, `You invited {b} to the group chat`, true, true},
	{entered, `"{a}" invited you and "{b}" to the group chat`, false, true},
	{entered, `{a} invited you and {b} to the group chat`, false, true},
	{entered, `"{a}" invited "{b}" to the group chat`, false, true},
	{entered, `{a} invited {b} to the group chat`, false, true},
	{entered, `"{b}" joined the group chat via the QR code shared by you`, true, true},
	{entered, `"{b}" joined the group chat via your shared QR code`, true, true},
	{entered, `"{b}" joined group chat via the QR code you shared`, true, true},
	{entered, `"{b}" joined the group chat via the QR code shared by "{a}"`, false, true},
	{entered, `"{b}" joined group chat via the QR code shared by "{a}"`, false, true},
	{entered, `"{b}" joined the group chat`, false, true},
}

// Lines and their readings have no more than this.
const (
	maxLine     = 8000 // bytes
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

// match finds all ways in which a text has the form; each is the pair of what stands for a and for b.
func (f form) match(text string) (found [][2]string) {
	before, first, rest := place(f.text)
	start, ok := literal(text, before)
	if !ok {
		return nil
	}
	middle, second, after := place(rest)
	if second < 0 {
		for _, end := range f.ends(text[start:], rest) {
			var names [2]string
			names[first] = text[start : start+end]
			found = append(found, names)
		}
		return found
	}
	for i := start + 1; i < len(text) && len(found) < maxReadings; i++ {
		n, ok := literal(text[i:], middle)
		if !ok {
			continue
		}
		for _, end := range f.ends(text[i+n:], after) {
			var names [2]string
			names[first], names[second] = text[start:i], text[i+n:i+n+end]
			found = append(found, names)
		}
	}
	return found
}

// place splits a form at its first place for a name: 0 is {a} and 1 is {b}; -1 is none.
func place(form string) (before string, which int, after string) {
	before, after, ok := strings.Cut(form, "{")
	if !ok {
		return form, -1, ""
	}
	return before, int(after[0] - 'a'), after[len("a}"):]
}

// ends are the lengths that a name at the beginning of a text can have, if what follows it is after.
func (f form) ends(text, after string) (lengths []int) {
	from := 1
	if f.last {
		text = strings.TrimRight(text, " .。")
		if after == "" && text != "" {
			return []int{len(text)}
		}
		from = max(1, len(text)-len("“")*len(after))
	}
	for i := from; i < len(text) && len(lengths) < maxReadings && after != ""; i++ {
		if n, ok := literal(text[i:], after); ok && (!f.last || i+n == len(text)) {
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

// split takes a list of names apart wherever it can be.
func split(names string) []string {
	for _, s := range separators[1:] {
		names = strings.ReplaceAll(names, s, separators[0])
	}
	return strings.Split(names, separators[0])
}

// listed is how many names a list seems to have.
func listed(names string) int { return len(split(names)) }
