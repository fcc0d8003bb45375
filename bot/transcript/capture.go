package transcript

import (
	"regexp"
	"strings"
)

// captures are the texts that expectations caught, by name.
type captures map[string]string

var named = regexp.MustCompile(`\{[\p{L}_][\p{L}\p{N}_]*\}`)

// fill puts what was caught in the place of its name. A name that caught nothing stays as it is.
func (c captures) fill(text string) string {
	if len(c) == 0 || !strings.Contains(text, "{") {
		return text
	}
	return named.ReplaceAllStringFunc(text, func(name string) string {
		if value, ok := c[name[1:len(name)-1]]; ok {
			return value
		}
		return name
	})
}

// match looks for text in said and gives what its names catch there. One name always catches the same.
func (c captures) match(text, said string) (captures, bool) {
	text = c.fill(text)
	names := named.FindAllString(text, -1)
	if len(names) == 0 {
		return nil, strings.Contains(said, text)
	}
	caught, ok := captures{}, false
	pattern, err := pattern(text)
	if err != nil {
		return nil, false
	}
	for i, part := range pattern.FindStringSubmatch(said) {
		if ok = true; i == 0 {
			continue
		}
		name := strings.Trim(names[i-1], "{}")
		if before, twice := caught[name]; twice && before != part {
			return nil, false
		}
		caught[name] = part
	}
	return caught, ok
}

// pattern matches the text with any run of letters and digits for each name.
func pattern(text string) (*regexp.Regexp, error) {
	var b strings.Builder
	end := 0
	for _, at := range named.FindAllStringIndex(text, -1) {
		b.WriteString(regexp.QuoteMeta(text[end:at[0]]))
		b.WriteString("([A-Za-z0-9]+)")
		end = at[1]
	}
	b.WriteString(regexp.QuoteMeta(text[end:]))
	return regexp.Compile(b.String())
}
