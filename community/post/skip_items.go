package post

import (
	"regexp"
	"strconv"
)

// The words around what is left out, in folded text.
var (
	skipSpace = regexp.MustCompile(`^[ \t]*`)
	skipOpen  = regexp.MustCompile(`^\s*[(【\[][ \t]*`)
	skipClose = regexp.MustCompile(`^[ \t]*[)】\]]`)
	skipNext  = regexp.MustCompile(`^\s*[、,;]?\s*`)
	skipAnd   = regexp.MustCompile(`^[ \t]*(?:[、,和与及&]|and\b)[ \t]*(?:跳过|除了|除|不含|(?:skip|except)\b)?[ \t]*`)
	skipGoes  = regexp.MustCompile(`^[ \t]*(?:[、,和与及&~–—-]|到|至|(?:and|to|or|through)\b)[ \t]*`)

	// What follows a strict word is always left out; a loose one may as well begin a text.
	skipStrict = regexp.MustCompile(`^(?:但是?)?(?:跳过|略过|(?:skipping|excluding)\b)\s*`)
	skipLoose  = regexp.MustCompile(`^(?:但是?|but )?(?:除了|除去|除开|除|排除|避开|不含|不包括|不包含|(?:except for|except on|except|skip|without|not on)\b)\s*`)
	skipAlone  = regexp.MustCompile(`^(?:除了|除去|除开|排除|避开|不含|不包括|不包含)[^\s\pP]{1,10}[ \t]+\S`)
	skipOnly   = regexp.MustCompile(`^(?:(?:仅限于?|仅在|只在|只限|只|仅)|(?:only on|only)\b)[ \t]*|^workdays-`)
	skipOut    = regexp.MustCompile(`^[ \t]*(?:以外|之外|除外|外)`)
	skipEnd    = regexp.MustCompile(`^[ \t]*[都均]?(?:除外|不发送|不发|不推送|不推|不用发|不要发|别发|跳过|不算|excluded\b)`)
	skipTail   = regexp.MustCompile(`^[^\s\pP]{1,12}(?:外|不发)(?:[\s,、)]|$)`)
	skipSent   = regexp.MustCompile(`^发送?`)
	onlyWork   = regexp.MustCompile(`^(?:每个)?工作日|^(?:workdays|weekdays|working days)\b|^only\b`)
	onlyTime   = regexp.MustCompile(`^(?:每个?)?(?:周|星期|礼拜|双休|工作日|节假日|法定)|^(?:weekend|weekday|workday|holiday)`)
	listEnds   = regexp.MustCompile(`^(?:\s|$|[:。;)】\]])`)
	commaEnds  = regexp.MustCompile(`^(?:\s|$|[:。;)】\],、])`)
)

// skipTime is what a word for a time begins with: a loose word before one leaves it out.
var skipTime = regexp.MustCompile(`^(?:在|每个?|on |the |every )?(?:周|星期|礼拜|双休|工作日|节|假|法定|公共假|元旦|春节|清明|五一|劳动节|端午|中秋|国庆|十一|除夕|大年|小年|正月|圣诞|平安夜|情人节|` +
	`[昨今明后]天|[今明]晚|[今明]日|[本上下]个?[周月]|月[初底末]|上午|下午|早上|晚上|凌晨|中午|半夜|夜间|深夜|第[一二三四五六七八九十\d]|最后一|` +
	`[一二三四五六七八九十〇零两]+[ \t]*(?:点|时|号|日|月|年|天|到|至|、)|\d|` +
	`(?:weekend|weekday|workday)s?\b|(?:public |bank )?holidays?\b|(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|(?:mon|tue|wed|thu|fri|sat|sun)\b|` +
	`(?:january|february|march|april|june|july|august|september|october|november|december|christmas|easter|today|tomorrow|tonight|nights?|mornings?)\b)`)

// What can be left out, in folded text.
var (
	skipNamed = regexp.MustCompile(`^(?:(周末|双休日|(?:weekends?)\b)|法定节假日|节假日|法定假日|法定假期|公众假期|假期|(?:public |bank )?holidays?\b)`)
	skipDays  = regexp.MustCompile(`^每?(?:周|星期|礼拜)([一二三四五六日天]+)(?:[到至~-](?:周|星期|礼拜)?([一二三四五六日天]))?`)
	bareDays  = regexp.MustCompile(`^([一二三四五六日天]+)()`)
	engDays   = regexp.MustCompile(`^(?:on )?(mon|tue|wed|thu|fri|sat|sun)(?:(?:s|nes|rs|ur)?days?)?\b`)
	skipHours = regexp.MustCompile(`^(\d{1,2})(?::(\d{2})|[点时][钟整]?)?[ \t]*(?:到|至|-|~|–|—|to)[ \t]*(次日|第二天)?[ \t]*(\d{1,2})(?::(\d{2})|[点时][钟整]?)`)
)

var hanDays = map[rune]int{'日': 0, '天': 0, '一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6}

var englishDays = map[string]int{"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}

const (
	weekend  = 1<<0 | 1<<6
	everyDay = 1<<7 - 1
)

// skipReader reads exclusions off the beginning of a folded text.
type skipReader struct {
	rest string
	x    exclusions
}

// take takes what an expression matches.
func (s *skipReader) take(e *regexp.Regexp) bool { return s.match(e) != nil }

// match takes what an expression matches, and gives its groups.
func (s *skipReader) match(e *regexp.Regexp) []string {
	m := e.FindStringSubmatch(s.rest)
	if m != nil {
		s.rest = s.rest[len(m[0]):]
	}
	return m
}

// items takes a list: 周末、节假日, 周一、三, 12点到14点, weekends and holidays.
func (s *skipReader) items() bool {
	days, ok := s.item(false)
	for more := ok; more; {
		before := s.rest
		parted := s.take(skipAnd)
		if days, more = s.item(days && parted); !more {
			s.rest = before
		}
	}
	return ok
}

// item takes one exclusion. bare: 三 alone is a day. days: it is days of the week.
func (s *skipReader) item(bare bool) (days, ok bool) {
	if m := s.match(skipNamed); m != nil {
		if m[1] != "" {
			s.x.Days |= weekend
		} else {
			s.x.Holidays = true
		}
		return false, true
	}
	if m := s.match(engDays); m != nil {
		s.x.Days |= 1 << englishDays[m[1]]
		return true, true
	}
	m := s.match(skipDays)
	if m == nil && bare {
		m = s.match(bareDays)
	}
	if m != nil {
		return true, s.weekdays([]rune(m[1]), m[2])
	}
	if m := s.match(skipHours); m != nil {
		return false, s.hours(m)
	}
	return false, false
}

// weekdays leaves out some days of the week, or all from the one to the last.
func (s *skipReader) weekdays(list []rune, last string) bool {
	for _, day := range list {
		s.x.Days |= 1 << hanDays[day]
	}
	if last == "" {
		return true
	}
	end := hanDays[[]rune(last)[0]]
	for day := hanDays[list[0]]; day != end; day = (day + 1) % 7 {
		s.x.Days |= 1 << day
	}
	s.x.Days |= 1 << end
	return len(list) == 1
}

// hours leaves out the hours of a match of skipHours; a post has one such span.
func (s *skipReader) hours(m []string) bool {
	from, ok1 := minutes(m[1], m[2])
	until, ok2 := minutes(m[4], m[5])
	if !ok1 || !ok2 || from == until || m[3] != "" && until > from {
		return false
	}
	var ok bool
	s.x, ok = s.x.with(exclusions{From: from, Until: until})
	return ok
}

// minutes are those after midnight that a clock shows; 24:00 is the end of the day.
func minutes(hour, minute string) (int, bool) {
	h, _ := strconv.Atoi(hour) // one or two digits
	m, _ := strconv.Atoi(minute)
	return h*60 + m, h <= 24 && m <= 59 && h*60+m <= 24*60
}

// with adds what another list excludes; not ok: both leave out hours, and other ones.
func (x exclusions) with(o exclusions) (sum exclusions, ok bool) {
	x.Days |= o.Days
	x.Workdays, x.Holidays = x.Workdays || o.Workdays, x.Holidays || o.Holidays
	ok = x.From == x.Until || o.From == o.Until || x.From == o.From && x.Until == o.Until
	if o.From != o.Until {
		x.From, x.Until = o.From, o.Until
	}
	return x, ok
}
