package challenge

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func (f *feature) daysCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"补卡", "makeup"}, Usage: "usage.makeup", Help: "help.makeup", Run: f.makeUp},
		{Names: []string{"请假", "leave"}, Usage: "usage.leave", Help: "help.leave", Run: f.leave},
		{Names: []string{"销假", "unleave"}, Usage: "usage.unleave", Help: "help.unleave", Run: f.unleave},
	}
}

// dates are the names of Days, by how far they are from today.
var dates = map[string]int{
	"今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "前天": -2, "明天": 1, "明日": 1, "后天": 2, "大后天": 3,
	"today": 0, "yesterday": -1, "tomorrow": 1,
}

var (
	dateWord    = regexp.MustCompile(`^(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})[日号]?$`)
	weekdayWord = regexp.MustCompile(`^(?:周|星期|礼拜)([一二三四五六日天])$`)
	dayWord     = regexp.MustCompile(`^(\d{1,2})[日号]$`)
	rangeWord   = regexp.MustCompile(`^(.+?)(?:到|至|~|～|—|–)(.+)$`)
)

// readDays reads a Day or a range of Days at the beginning of text, and gives what follows. ahead tells whether a date
// without a year, or a day of the week, is one to come or one that has passed. ok is false where there is none.
func readDays(text string, today community.Day, ahead bool) (from, to community.Day, rest string, ok bool) {
	word, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	word = bot.Fold(word)
	if from, ok = readDay(word, today, ahead); ok {
		return from, from, strings.TrimSpace(rest), true
	}
	if m := rangeWord.FindStringSubmatch(word); m != nil {
		if from, ok = readDay(m[1], today, ahead); ok {
			if to, ok = readDay(m[2], from, true); ok {
				return from, to, strings.TrimSpace(rest), true
			}
		}
	}
	return 0, 0, strings.TrimSpace(text), false
}

// between are what stands between Days, and behind the last of them.
const between = " 、，,；;和与及跟&"

// readSeveral reads Days to come at the beginning of text, one after the other, and gives them in their order: 明天和后天,
// 12月1日、2号, 11.27 到 11.29. ok is false where there are none.
func readSeveral(text string, today community.Day) (days []community.Day, ok bool) {
	last := community.Day(0)
	for rest := bot.Fold(text); ; {
		word, after := cutWord(rest)
		from, is := readNext(word, today, last)
		to := from
		if m := rangeWord.FindStringSubmatch(word); !is && m != nil {
			if from, is = readNext(m[1], today, last); is {
				to, is = readNext(m[2], from, from)
			}
		} else if end, cut := cutAny(strings.TrimSpace(after), "到", "至", "~", "～", "—", "–", "-"); is && cut {
			if word, behind := cutWord(end); word != "" {
				if d, until := readNext(word, from, from); until {
					to, after = d, behind
				}
			}
		}
		if !is || to < from {
			slices.Sort(days)
			return slices.Compact(days), len(days) > 0 && !is
		}
		for d := from; d <= min(to, from+daysMost); d++ {
			days = append(days, d)
		}
		last, rest = to, after
	}
}

// cutWord cuts the first word off, up to what may stand between Days.
func cutWord(text string) (word, rest string) {
	text = strings.TrimLeft(text, between)
	if i := strings.IndexAny(text, between); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

func cutAny(text string, beginnings ...string) (rest string, ok bool) {
	for _, b := range beginnings {
		if rest, ok = strings.CutPrefix(text, b); ok {
			return rest, true
		}
	}
	return text, false
}

// readNext reads a Day; a number alone (2号) is of the month of the Day before it, or of the next.
func readNext(word string, today, last community.Day) (community.Day, bool) {
	m := dayWord.FindStringSubmatch(word)
	if m == nil || last == 0 {
		return readDay(word, today, true)
	}
	n, _ := strconv.Atoi(m[1])
	year, month, _ := last.Date()
	if d, ok := calendarDay(year, int(month), n); ok && d >= last {
		return d, true
	}
	year, month, _ = (community.Date(year, month, 28) + 7).Date()
	return calendarDay(year, int(month), n)
}

func readDay(word string, today community.Day, ahead bool) (community.Day, bool) {
	if n, ok := dates[word]; ok {
		return today + community.Day(n), true
	}
	if m := weekdayWord.FindStringSubmatch(word); m != nil {
		want := time.Weekday(strings.Index("日一二三四五六", strings.Replace(m[1], "天", "日", 1)) / len("日"))
		for n := range community.Day(7) {
			if d := today + n; ahead && d.Weekday() == want {
				return d, true
			}
			if d := today - n; !ahead && d.Weekday() == want {
				return d, true
			}
		}
	}
	m := dateWord.FindStringSubmatch(word)
	if m == nil {
		return 0, false
	}
	month, _ := strconv.Atoi(m[2])
	day, _ := strconv.Atoi(m[3])
	year, _, _ := today.Date()
	if m[1] != "" {
		year, _ = strconv.Atoi(m[1])
		return calendarDay(year, month, day)
	}
	// Without a year it is the nearest one.
	best, found := community.Day(0), false
	for y := year - 1; y <= year+1; y++ {
		if d, ok := calendarDay(y, month, day); ok && (!found || far(d, today) < far(best, today)) {
			best, found = d, true
		}
	}
	return best, found
}

func far(a, b community.Day) community.Day { return max(a-b, b-a) }

// calendarDay is a date that the calendar has.
func calendarDay(year, month, day int) (community.Day, bool) {
	d := community.Date(year, time.Month(month), day)
	y, m, n := d.Date()
	return d, y == year && int(m) == month && n == day
}
