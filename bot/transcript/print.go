package transcript

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// JSON writes one object a line for all that was said: at (RFC 3339 with the zone's offset), chat (empty in
// private), to (empty in a group), text, and image where a picture was sent.
func JSON(w io.Writer, r *Result) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, s := range r.Said {
		err := enc.Encode(struct {
			At    string `json:"at"`
			Chat  string `json:"chat"`
			To    string `json:"to"`
			Text  string `json:"text"`
			Image bool   `json:"image,omitempty"`
		}{s.At.Format(time.RFC3339), s.Chat, s.To, s.Text, s.Image})
		if err != nil {
			return fmt.Errorf("write what was said: %w", err)
		}
	}
	return nil
}

// Text writes for people: each failure as "file:line: ..." with what was wanted and got, and a line that sums
// up. For a transcript that expects nothing it writes what was said.
func Text(w io.Writer, r *Result) error {
	var b strings.Builder
	if !r.Expects {
		for _, s := range r.Said {
			fmt.Fprintf(&b, "%s %s\n", s.At.Format(time.DateTime), s)
		}
	}
	for _, f := range r.Failures {
		fmt.Fprintf(&b, "%s\n", f)
	}
	fmt.Fprintf(&b, "%s: %s\n", r.File, r.Summary())
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// Summary is the result in one line, like "ok: 12 inputs, 15 said".
func (r *Result) Summary() string {
	verdict := "ok"
	if n := len(r.Failures); n > 0 {
		verdict = fmt.Sprintf("%d failed", n)
	}
	return fmt.Sprintf("%s: %d inputs, %d said", verdict, r.Inputs, len(r.Said))
}

// String is how the words would be expected.
func (s Spoken) String() string { return phrase(exactly, s.Chat, s.To, canonical(s.Text)) }
