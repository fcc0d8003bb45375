package config

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

var days = regexp.MustCompile(`^([+-]?)([0-9]{1,6})d(.*)$`)

// parseDuration reads Go's durations, and days of 24 hours before them: 90d, 1d12h.
func parseDuration(text string) (time.Duration, error) {
	m := days.FindStringSubmatch(text)
	if m == nil {
		return time.ParseDuration(text)
	}
	n, _ := strconv.ParseInt(m[2], 10, 64)
	var rest time.Duration
	if m[3] != "" {
		var err error
		if rest, err = time.ParseDuration(m[3]); err != nil || rest < 0 || m[3][0] == '+' || m[3][0] == '-' {
			return 0, errNotScalar
		}
	}
	if n > int64(math.MaxInt64/day)-1 || rest > day {
		return 0, errNotScalar
	}
	span := time.Duration(n)*day + rest
	if m[1] == "-" {
		span = -span
	}
	return span, nil
}

// formatDuration is the shortest text that parseDuration reads as span.
func formatDuration(span time.Duration) string {
	if span != 0 && span%day == 0 && span/day < 100_000 && span/day > -100_000 {
		return strconv.FormatInt(int64(span/day), 10) + "d"
	}
	text := span.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
