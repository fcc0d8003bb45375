package challenge

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// The limits of what managers ask for.
const (
	daysMost    = 366
	nameMost    = 20 // characters
	aboutMost   = 200
	windowsMost = 3
	windowLeast = 5   // minutes
	aheadMost   = 366 // Days until it begins
	leaveEvery  = 5   // a challenge has a Day of leave for each so many Days of its goal, unless it says otherwise
	prizesMost  = 20
)

// draft is a challenge as a manager describes it.
type draft struct {
	challenge
	today  community.Day
	starts time.Duration     // when a Day begins
	prizes bool              // they said which
	leaves bool              // they said how many Days
	fresh  bool              // the prizes named so far are theirs, not those from before
	typed  string            // the word as it was typed
	said   map[string]string // what was said once and is not said again, by its kind
	later  bool              // what is said later takes the place of what was said first
}

// parser reads words of one kind; it tells the key of what is wrong with them.
type parser struct {
	word *regexp.Regexp
	kind string // what is said only once; empty: it may be said again
	read func(d *draft, m []string) (problem string)
}

var parsers = []parser{
	{regexp.MustCompile(`^(\d{1,4})(?:天|days?)$`), "days", func(d *draft, m []string) string { d.Days = days(m[1]); return "" }},
	{regexp.MustCompile(`^(?:累计|total)(\d{1,4})?(?:天|days?)?$`), "mode", func(d *draft, m []string) string {
		d.Mode, d.Target = Cumulative, days(m[1])
		return ""
	}},
	{regexp.MustCompile(`^(?:连续|consecutive)(\d{1,4})?(?:天|days?)?$`), "mode", func(d *draft, m []string) string {
		d.Mode, d.Target = Consecutive, days(m[1])
		return ""
	}},
	{regexp.MustCompile(`^(\d{1,2})[:.点](\d{2})?[-–—~至到](\d{1,2})[:.点](\d{2})?$`), "", (*draft).window},
	{regexp.MustCompile(`^(?:全天|allday)$`), "", func(d *draft, _ []string) string { d.Windows = nil; return "" }},
	{regexp.MustCompile(`^(?:每次|each)\+?(\d{1,9})(?:分|积分|points?)?$`), "daily", func(d *draft, m []string) string {
		d.Daily = int64(number(m[1]))
		return ""
	}},
	{regexp.MustCompile(`^(?:请假|leave)(\d{1,3})(?:天|days?)?$`), "leave", func(d *draft, m []string) string {
		d.MaxOff, d.leaves = number(m[1]), true
		return ""
	}},
	{regexp.MustCompile(`^(?:不请假|noleave)$`), "leave", func(d *draft, _ []string) string { d.MaxOff, d.leaves = 0, true; return "" }},
	{regexp.MustCompile(`^(?:没有奖励|noprize)$`), "", func(d *draft, _ []string) string { d.prizes, d.fresh, d.Prizes = true, true, nil; return "" }},
	{regexp.MustCompile(`^(?:第(\d{1,4})天|day(\d{1,4}):?|(?:完成|goal:?))\+?(\d{1,9})(?:分|积分|points?)?$`), "", func(d *draft, m []string) string {
		return d.prize(Prize{At: number(m[1] + m[2]), Kind: Points, Amount: int64(number(m[3]))}, m[1]+m[2] != "")
	}},
	{regexp.MustCompile(`^(?:第(\d{1,4})天|day(\d{1,4}):?|(?:完成|goal:?))(?:徽章|badge)[:：]?(.+)$`), "", func(d *draft, m []string) string {
		return d.prize(Prize{At: number(m[1] + m[2]), Kind: Badge, Name: d.asTyped(m[3])}, m[1]+m[2] != "")
	}},
	{regexp.MustCompile(`^(?:第(\d{1,4})天|day(\d{1,4}):?|(?:完成|goal:?))(?:兑换码|码|code)[:：]?#?(\d{1,9})$`), "", func(d *draft, m []string) string {
		return d.prize(Prize{At: number(m[1] + m[2]), Kind: Code, Name: m[3]}, m[1]+m[2] != "")
	}},
	{regexp.MustCompile(`^(?:第(\d{1,4})天|day(\d{1,4}):?|(?:完成|goal:?))(?:证书|certificate)$`), "", func(d *draft, m []string) string {
		return d.prize(Prize{At: number(m[1] + m[2]), Kind: Certificate}, m[1]+m[2] != "")
	}},
	{regexp.MustCompile(`^(?:文字|text)$`), "", func(d *draft, _ []string) string { return d.proof(ProofText) }},
	{regexp.MustCompile(`^(?:图片|picture)$`), "", func(d *draft, _ []string) string { return d.proof(ProofPicture) }},
	{regexp.MustCompile(`^(?:图文|图片[和加+]文字|文字[和加+]图片|both)$`), "", func(d *draft, _ []string) string { return d.proof(ProofBoth) }},
	{regexp.MustCompile(`^(?:随意|any)$`), "", func(d *draft, _ []string) string { return d.proof(ProofAny) }},
	{regexp.MustCompile(`^(?:随时|anytime)$`), "start", func(d *draft, _ []string) string { d.First = 0; return "" }},
	{regexp.MustCompile(`^[#＃]([^#＃]{1,20})[#＃]?$`), "tag", func(d *draft, m []string) string { d.Tag = d.asTyped(m[1]); return "" }},
	{regexp.MustCompile(`^(?:说明|about)[:：](.+)$`), "about", func(d *draft, m []string) string {
		d.About = community.Shorten(community.OneLine(d.asTyped(m[1])), aboutMost)
		return ""
	}},
}

// days is a number of Days: 0 where none is said, below 0 where it is 0.
func days(s string) int {
	if n := number(s); n > 0 || s == "" {
		return n
	}
	return -1
}

func number(s string) int { n, _ := strconv.Atoi(s); return n }

// asTyped is the end of the word in the letters in which it was typed: what is read is folded.
func (d *draft) asTyped(end string) string {
	typed, folded := []rune(strings.TrimRight(d.typed, "#＃")), []rune(strings.TrimRight(end, "#"))
	return string(typed[max(0, len(typed)-len(folded)):])
}

// once tells that something of a kind was said already, and differently.
func (d *draft) once(kind string) (problem string) {
	word := bot.Fold(d.typed)
	if was, said := d.said[kind]; said && was != word && !d.later {
		return "twice"
	}
	if d.said == nil {
		d.said = map[string]string{}
	}
	d.said[kind] = word
	return ""
}

// proof takes what a check-in must show; who asks for words and for a picture wants both.
func (d *draft) proof(p Proof) string {
	_, said := d.said["proof"]
	if was := d.Proof; said && (was == ProofText && p == ProofPicture || was == ProofPicture && p == ProofText) {
		p = ProofBoth
	}
	d.Proof = p
	_ = d.once("proof")
	return ""
}

// dotted is a time of the Day that may as well be dates: 12.01-12.31.
var dotted = regexp.MustCompile(`^(\d{1,2}\.\d{1,2})[-–—~至到](\d{1,2}\.\d{1,2})$`)

// window takes a time of the Day.
func (d *draft) window(m []string) string {
	if dates := dotted.FindStringSubmatch(m[0]); dates != nil {
		_, from := readDay(dates[1], d.today, true)
		if _, to := readDay(dates[2], d.today, true); from && to {
			return "date_or_time"
		}
	}
	from, until := number(m[1])*60+number(m[2]), number(m[3])*60+number(m[4])
	if number(m[1]) > 24 || number(m[3]) > 24 || number(m[2]) > 59 || number(m[4]) > 59 || from > 24*60 || until > 24*60 {
		return "window"
	}
	d.Windows = append(d.Windows, Window{from % (24 * 60), until % (24 * 60)})
	return ""
}

// prize takes a prize. milestone tells whether it is for a number of Days, and not for the goal.
func (d *draft) prize(p Prize, milestone bool) string {
	if milestone && p.At < 1 || p.Kind == Points && (p.Amount < 1 || p.Amount > community.MostEarned) {
		return "prize"
	}
	if !d.fresh {
		d.Prizes = nil
	}
	if same := func(o Prize) bool { return o.At == p.At && o.Kind == p.Kind }; p.Kind == Points || p.Kind == Certificate {
		if key := d.once(fmt.Sprintf("%s/%d", p.Kind, p.At)); key != "" {
			return key
		}
		d.Prizes = slices.DeleteFunc(d.Prizes, same)
	}
	p.Name = community.Shorten(community.OneLine(p.Name), nameMost)
	d.prizes, d.fresh, d.Prizes = true, true, append(d.Prizes, p)
	return ""
}

// begin is an empty description with the community's values.
func (f *feature) begin(today community.Day) *draft {
	d := &draft{today: today, starts: f.c.Calendar.Starts()}
	d.Mode, d.Proof, d.Daily, d.MaxOff = Consecutive, ProofAny, f.cfg.Daily, f.cfg.Leaves
	return d
}

// name takes the name of a challenge.
func (d *draft) name(word string) (problem string) {
	d.Name = strings.Trim(community.OneLine(word), "#＃「」《》 ")
	if n := utf8.RuneCountInString(d.Name); n == 0 || n > nameMost || strings.ContainsAny(d.Name, "@＠") || address.MatchString(d.Name) {
		return "name"
	}
	if rule := *d; rule.word(d.Name) != "how" {
		return "name_word"
	}
	return ""
}

var address = regexp.MustCompile(`(?i)://|^www\.|\.(?:com|cn|net|org|top|io)(?:/|$)`)

// read takes the words of a description, in any order. problem is the key of what is wrong, with the word.
func (d *draft) read(text string) (problem, word string) {
	windows := d.Windows
	d.Windows = nil
	for _, w := range strings.Fields(text) {
		if key := d.word(w); key != "" {
			return key, w
		}
	}
	if d.Windows == nil && !strings.Contains(bot.Fold(text), "全天") && !strings.Contains(bot.Fold(text), "allday") {
		d.Windows = windows
	}
	return d.check(), ""
}

// word takes one word.
func (d *draft) word(w string) string {
	folded := bot.Fold(w)
	d.typed = w
	for _, p := range parsers {
		m := p.word.FindStringSubmatch(folded)
		if m == nil {
			continue
		}
		if p.kind != "" {
			if key := d.once(p.kind); key != "" {
				return key
			}
		}
		return p.read(d, m)
	}
	return d.dates(strings.TrimSuffix(strings.TrimPrefix(folded, "从"), "开始"))
}

// dates takes the first Day, or the first and the last.
func (d *draft) dates(word string) string {
	from, ok := readDay(word, d.today, true)
	to := from
	if !ok {
		from, to, ok = readSpan(word, d.today)
	}
	switch {
	case !ok:
		return "how"
	case from < d.today:
		return "past"
	case to < from:
		return "days"
	}
	if key := d.once("start"); key != "" {
		return key
	}
	d.First = from
	if to > from {
		d.Days = int(to-from) + 1
		return d.once("days")
	}
	return ""
}

// readSpan reads the first and the last Day of a challenge: 12月1日到12月31日.
func readSpan(word string, today community.Day) (from, to community.Day, ok bool) {
	for i, sign := range word {
		if !strings.ContainsRune("到至~～—–-", sign) {
			continue
		}
		if from, ok = readDay(word[:i], today, true); ok {
			if to, ok = readNext(word[i+utf8.RuneLen(sign):], from, from); ok {
				return from, to, true
			}
		}
	}
	return 0, 0, false
}

// check tells what is wrong with the whole; empty: nothing. It fills in what follows from the rest.
func (d *draft) check() string {
	if d.Days == 0 {
		d.Days = cmp.Or(d.Target, 21)
	}
	if d.Target == 0 {
		d.Target = d.Days
	}
	if !d.leaves { // a row of leave alone must not reach the goal
		d.MaxOff = min(d.MaxOff, max(0, d.Target/leaveEvery))
	}
	if d.First != 0 {
		d.Last = d.First + community.Day(d.Days) - 1
	}
	switch {
	case d.Days < 1 || d.Days > daysMost:
		return "days"
	case d.Target < 1 || d.Target > d.Days:
		return "target"
	case len(d.Windows) > windowsMost:
		return "windows"
	case !d.apart():
		return "window"
	case slices.ContainsFunc(d.Windows, func(w Window) bool { return w.long() < windowLeast }):
		return "short"
	case d.First > d.today+aheadMost:
		return "far"
	case d.Mode == Consecutive && d.MaxOff > 0 && d.MaxOff >= d.Target, d.MaxOff >= d.Days:
		return "leave"
	case d.Daily > community.MostEarned:
		return "prize"
	case len(d.Prizes) > prizesMost:
		return "prizes"
	case slices.ContainsFunc(d.Prizes, func(p Prize) bool { return p.At > d.Days }):
		return "prize_day"
	}
	return ""
}

// apart tells whether the times of the Day are in order within the Day, and apart from each other.
func (d *draft) apart() bool {
	starts := int(d.starts / time.Minute)
	since := func(minutes int) int { return (minutes - starts + 24*60) % (24 * 60) }
	slices.SortFunc(d.Windows, func(a, b Window) int { return since(a.From) - since(b.From) })
	end := 0
	for _, w := range d.Windows {
		from, until := since(w.From), since(w.Until)
		if until == 0 {
			until = 24 * 60
		}
		if from < end || until <= from {
			return false
		}
		end = until
	}
	return true
}

// made is what the draft describes, with the community's prizes where it names none.
func (d *draft) made(cfg Config) *challenge {
	c := d.challenge
	if d.prizes {
		return &c
	}
	c.Prizes = nil
	for at := cardEvery; cfg.Milestone > 0 && at < c.Target; at += cardEvery {
		c.Prizes = append(c.Prizes, Prize{At: at, Kind: Points, Amount: cfg.Milestone})
	}
	if cfg.Completion > 0 {
		c.Prizes = append(c.Prizes, Prize{Kind: Points, Amount: cfg.Completion})
	}
	return &c
}
