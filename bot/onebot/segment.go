package onebot

import (
	"bytes"
	"encoding/json"
	"strings"
)

// segment is a part of a message.
type segment struct {
	Type string
	Data map[string]string // values that are no strings: as JSON has them
}

// most parts that a message is read for; real ones have a few.
const maxSegments = 1000

// segments reads a message in either of its forms: an array of segments, or a string with CQ codes. raw stands for one
// that is missing.
func segments(message json.RawMessage, raw string) []segment {
	message = bytes.TrimSpace(message)
	switch {
	case len(message) == 0 || string(message) == "null":
		return parseCQ(raw)
	case message[0] == '"':
		var s string
		if json.Unmarshal(message, &s) != nil {
			return parseCQ(raw)
		}
		return parseCQ(s)
	case message[0] == '{': // one segment alone, as some implementations write it
		message = append(append([]byte{'['}, message...), ']')
	}
	var list []struct {
		Type string                     `json:"type"`
		Data map[string]json.RawMessage `json:"data"`
	}
	if json.Unmarshal(message, &list) != nil && len(list) == 0 {
		return parseCQ(raw)
	}
	parts := make([]segment, 0, len(list))
	for _, s := range list[:min(len(list), maxSegments)] {
		part := segment{Type: s.Type, Data: make(map[string]string, len(s.Data))}
		for key, value := range s.Data {
			var text string
			if json.Unmarshal(value, &text) != nil {
				text = string(value)
			}
			part.Data[key] = text
		}
		parts = append(parts, part)
	}
	return parts
}

// parseCQ reads a message in its string form: text, and codes like [CQ:at,qq=10001]. What only looks like a code is text.
func parseCQ(s string) (parts []segment) {
	text := func(t string) {
		if t != "" {
			parts = append(parts, segment{"text", map[string]string{"text": unescape(t)}})
		}
	}
	for s != "" && len(parts) < maxSegments {
		at := strings.Index(s, "[CQ:")
		if at < 0 {
			break
		}
		end := strings.IndexByte(s[at:], ']')
		if end < 0 {
			break
		}
		text(s[:at])
		fields := strings.Split(s[at+len("[CQ:"):at+end], ",")
		part := segment{fields[0], make(map[string]string, len(fields)-1)}
		for _, f := range fields[1:] {
			if key, value, ok := strings.Cut(f, "="); ok {
				part.Data[key] = unescape(value)
			}
		}
		parts, s = append(parts, part), s[at+end+1:]
	}
	text(s)
	return parts
}

// unescape turns the four escapes of CQ codes back, in one pass, so that nothing is unescaped twice.
func unescape(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	return strings.NewReplacer("&#91;", "[", "&#93;", "]", "&#44;", ",", "&amp;", "&").Replace(s)
}
