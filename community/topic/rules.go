package topic

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// season is the parts of the year in which a topic fits; none: the whole year.
type season []part

// part is from one date of the year to another, both in, as month*100+day; it may go over New Year.
type part struct{ from, to int }

var quarters = map[string]part{"春": {301, 531}, "夏": {601, 831}, "秋": {901, 1130}, "冬": {1201, 229}}

var (
	dateRange  = regexp.MustCompile(`^(\d{1,2})-(\d{1,2})(?:\.\.|~|至|到)(\d{1,2})-(\d{1,2})$`)
	monthRange = regexp.MustCompile(`^(\d{1,2})月?(?:(?:\.\.|-|~|至|到)(\d{1,2})月?)?$`)
)

// readSeason reads 06-01..08-31, 6-8月, 夏, several of them with commas between, or nothing; ok is false for all else.
func readSeason(text string) (s season, ok bool) {
	text = strings.NewReplacer(" ", "", "季", "", "天", "", "、", ",", "，", ",", "—", "-", "～", "~").Replace(bot.Fold(text))
	if text == "" || text == "无" || text == "全年" || text == "none" {
		return nil, true
	}
	for _, word := range strings.Split(text, ",") {
		p, ok := readPart(word)
		if !ok {
			return nil, false
		}
		s = append(s, p)
	}
	return s, true
}

func readPart(word string) (part, bool) {
	if p, ok := quarters[word]; ok {
		return p, true
	}
	if m := dateRange.FindStringSubmatch(word); m != nil {
		from, okFrom := dateOfYear(m[1], m[2])
		to, okTo := dateOfYear(m[3], m[4])
		return part{from, to}, okFrom && okTo
	}
	if m := monthRange.FindStringSubmatch(word); m != nil {
		if m[2] == "" {
			m[2] = m[1]
		}
		from, okFrom := dateOfYear(m[1], "1")
		to, okTo := dateOfYear(m[2], "1")
		return part{from, to + 30}, okFrom && okTo
	}
	return part{}, false
}

func dateOfYear(month, day string) (int, bool) {
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	return m*100 + d, m >= 1 && m <= 12 && d >= 1 && d <= 31
}

// Holds tells whether a date lies in the season.
func (s season) Holds(date community.Day) bool {
	_, m, d := date.Date()
	n := int(m)*100 + d
	for _, p := range s {
		in := p.from <= n && n <= p.to
		if p.from > p.to {
			in = n >= p.from || n <= p.to
		}
		if in {
			return true
		}
	}
	return len(s) == 0
}

// String is the season as readSeason reads it.
func (s season) String() string {
	var parts []string
	for _, p := range s {
		parts = append(parts, fmt.Sprintf("%02d-%02d..%02d-%02d", p.from/100, p.from%100, p.to/100, p.to%100))
	}
	return strings.Join(parts, ",")
}

// letters is what of a text is compared: folded letters and digits. Pictures that WeChat writes as [微笑] are none.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, bot.Fold(stickers.ReplaceAllString(text, "")))
}

var stickers = regexp.MustCompile(`\[[^\[\]]{1,6}\]`)

// firstWord splits off the first word.
func firstWord(s string) (word, rest string) {
	s = strings.TrimSpace(s)
	if i := strings.IndexFunc(s, unicode.IsSpace); i >= 0 {
		return s[:i], strings.TrimSpace(s[i:])
	}
	return s, ""
}

// readNumber reads the number of something, which may stand behind a mark: 12, C12, #12.
func readNumber(word, mark string) (int64, bool) {
	digits := bot.Fold(word)
	for _, m := range [...]string{mark, "#"} {
		if rest, ok := strings.CutPrefix(digits, m); ok && m != "" {
			digits = rest
			break
		}
	}
	if digits == "" || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil
}

var (
	fullDate  = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$`)
	shortDate = regexp.MustCompile(`^(\d{1,2})[-/.月](\d{1,2})[日号]?$`)
)

var dayWords = map[string]community.Day{"今天": 0, "today": 0, "明天": 1, "tomorrow": 1, "后天": 2, "大后天": 3}

// readDate reads a date near today: 明天, 11-25, 11月25日, 2026-11-25.
func readDate(word string, today community.Day) (community.Day, bool) {
	word = bot.Fold(word)
	if n, ok := dayWords[word]; ok {
		return today + n, true
	}
	year, _, _ := today.Date()
	m := shortDate.FindStringSubmatch(word)
	if full := fullDate.FindStringSubmatch(word); full != nil {
		year, _ = strconv.Atoi(full[1])
		m = full[1:]
	}
	if m == nil {
		return 0, false
	}
	month, _ := strconv.Atoi(m[1])
	day, _ := strconv.Atoi(m[2])
	date := community.Date(year, time.Month(month), day)
	if len(m) == 3 && date < today-180 { // 01-02 in December
		date = community.Date(year+1, time.Month(month), day)
	}
	_, gotMonth, gotDay := date.Date()
	return date, int(gotMonth) == month && gotDay == day
}
