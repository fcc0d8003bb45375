package speaking

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// longest is how long a pause may be that ends by itself.
const longest = 7 * 24 * time.Hour

var length = regexp.MustCompile(`^([0-9]{1,5}|[一二两三四五六七八九十半])\s*(?:个)?(?:(分钟|分|m|min|minutes?)|(小时|钟头|h|hours?)|(天|日|d|days?))$`)

// numerals are the numbers that people write out.
const numerals = "一二三四五六七八九十"

// lengthOf reads how long a pause shall be: 30分钟, 2小时, 半小时, 1天, 2h. Nothing is without end: 0.
func lengthOf(text string) (time.Duration, bool) {
	text = strings.TrimSpace(bot.Fold(text))
	if text == "" {
		return 0, true
	}
	m := length.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	unit := 24 * time.Hour
	switch {
	case m[2] != "":
		unit = time.Minute
	case m[3] != "":
		unit = time.Hour
	}
	var n time.Duration
	switch m[1] {
	case "半":
		n, unit = 1, unit/2
	case "两":
		n = 2
	default:
		if i := strings.Index(numerals, m[1]); i >= 0 {
			n = time.Duration(i/len("一") + 1)
			break
		}
		digits, err := strconv.Atoi(m[1])
		if err != nil {
			return 0, false
		}
		n = time.Duration(digits)
	}
	d := n * unit
	return d, d > 0 && d <= longest
}
