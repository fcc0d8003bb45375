package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strconv"
	"strings"
)

//go:embed page.html
var pageHTML string

// html prints a document as one file that asks nobody for anything.
func (d document) html() ([]byte, error) {
	t, err := template.New("report").Funcs(template.FuncMap{
		"arrow": func(trend string) string { return strings.TrimSpace(arrow(trend)) },
		"bars":  func(b *bars) template.HTML { return b.svg() },
		"hour":  strconv.Itoa,
		"shade": func(h *heat, day, hour int) template.CSS { return h.shade(day, hour) },
		"many": func(h *heat, day, hour int) string {
			if n := h.Values[day][hour]; n > 0 {
				return short(n)
			}
			return ""
		},
	}).Parse(pageHTML)
	if err != nil {
		return nil, fmt.Errorf("page of the report: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, d); err != nil {
		return nil, fmt.Errorf("page of the report: %w", err)
	}
	return b.Bytes(), nil
}

// Trend is the class of an arrow.
func (d document) Trend(arrow string) string {
	if arrow == "↑" {
		return "up"
	}
	return "down"
}

// shade is the colour of a field of the map.
func (h *heat) shade(day, hour int) template.CSS {
	return template.CSS(fmt.Sprintf("rgba(var(--heat), %.2f)", 0.85*float64(h.Values[day][hour])/float64(max(1, h.Most))))
}

// short is a number in a narrow place: 12.3k.
func short(n int) string {
	switch {
	case n >= 1_000_000:
		return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + "M"
	case n >= 10_000:
		return strconv.Itoa(n/1000) + "k"
	case n >= 1000:
		return strconv.FormatFloat(float64(n)/1000, 'f', 1, 64) + "k"
	}
	return strconv.Itoa(n)
}

// svg draws the values as bars. All of it is numbers and dates.
func (b *bars) svg() template.HTML {
	const width, height, left, bottom = 720, 190, 44, 22
	most := 1.0
	for _, v := range b.Values {
		most = max(most, v)
	}
	var s strings.Builder
	fmt.Fprintf(&s, `<svg viewBox="0 0 %d %d" role="img" aria-label="%s">`, width, height, template.HTMLEscapeString(b.Title))
	for _, part := range []float64{0, 0.5, 1} {
		y := 10 + (1-part)*(height-bottom-10)
		fmt.Fprintf(&s, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="currentColor" stroke-opacity=".15"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`,
			left, width, y, y, left-6, y+4, short(int(most*part+0.5)))
	}
	step := float64(width-left) / float64(max(1, len(b.Values)))
	every := max(1, (len(b.Labels)+9)/10)
	for i, v := range b.Values {
		h := v / most * (height - bottom - 10)
		x := left + step*float64(i)
		fmt.Fprintf(&s, `<rect class="bar" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2"><title>%s: %s</title></rect>`,
			x+step*0.12, float64(height-bottom)-h, step*0.76, h, template.HTMLEscapeString(b.Labels[i]), decimal(v))
		if i%every == 0 {
			fmt.Fprintf(&s, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`, x+step/2, height-6, template.HTMLEscapeString(dayLabel(b.Labels[i])))
		}
	}
	s.WriteString(`</svg>`)
	return template.HTML(s.String()) //nolint:gosec // made of numbers and escaped labels
}

// dayLabel is a date without its year.
func dayLabel(s string) string {
	if len(s) == len("2024-05-01") {
		return s[5:]
	}
	return s
}
