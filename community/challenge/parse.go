package challenge

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// The limits of what managers ask for.
const (
	daysMost    = 366
	nameMost    = 20 // characters
	windowsMost = 3
)

// draft is a challenge as a manager describes it.
type draft struct {
	challenge
	prizes bool // they said which
}

var (
	daysWord   = regexp.MustCompile(`^(\d{1,4})(?:天|days?)$`)
	targetWord = regexp.MustCompile(`^(?:累计|total)(\d{1,4})?(?:天|days?)?$`)
	windowWord = regexp.MustCompile(`^(\d{1,2}):(\d{2})[-–—~至到](\d{1,2}):(\d{2})$`)
	prizeWord  = regexp.MustCompile(`^(?:第(\d{1,4})天|day(\d{1,4}):|(完成|goal:?))\+?(\d{1,6})(?:分|points?)?$`)
	dailyWord  = regexp.MustCompile(`^(?:每次|each)\+?(\d{1,6})(?:分|points?)?$`)
	leavesWord = regexp.MustCompile(`^(?:请假|leave)(\d{1,3})(?:天|days?)?$`)
)

// parse reads the words of 新建挑战. problem is the key of what is wrong.
func parse(args string, today community.Day, cfg Config) (d draft, problem string) {
	words := strings.Fields(args)
	if len(words) == 0 {
		return d, "how"
	}
	d.Name, d.Mode, d.Proof, d.Daily, d.MaxOff = strings.Trim(community.OneLine(words[0]), "#＃"), Consecutive, ProofAny, cfg.Daily, cfg.Leaves
	if n := utf8.RuneCountInString(d.Name); n == 0 || n > nameMost {
		return d, "name"
	}
	for _, w := range words[1:] {
		if !d.word(bot.Fold(w), today) {
			return d, "how"
		}
	}
	return d, d.check()
}

// word takes one word of the description.
func (d *draft) word(w string, today community.Day) bool {
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	if m := daysWord.FindStringSubmatch(w); m != nil {
		d.Days = number(m[1])
		return true
	}
	if m := targetWord.FindStringSubmatch(w); m != nil {
		d.Mode, d.Target = Cumulative, number(m[1])
		return true
	}
	if m := windowWord.FindStringSubmatch(w); m != nil {
		d.Windows = append(d.Windows, Window{number(m[1])*60 + number(m[2]), number(m[3])*60 + number(m[4])})
		return number(m[1]) < 24 && number(m[3]) <= 24 && number(m[2]) < 60 && number(m[4]) < 60
	}
	if m := prizeWord.FindStringSubmatch(w); m != nil {
		d.prizes = true
		d.Prizes = append(d.Prizes, Prize{At: number(m[1] + m[2]), Kind: Points, Amount: int64(number(m[4]))})
		return m[3] != "" || number(m[1]+m[2]) > 0
	}
	if m := dailyWord.FindStringSubmatch(w); m != nil {
		d.Daily = int64(number(m[1]))
		return true
	}
	if m := leavesWord.FindStringSubmatch(w); m != nil {
		d.MaxOff = number(m[1])
		return true
	}
	switch w {
	case "连续", "consecutive":
		d.Mode = Consecutive
	case "随时", "anytime":
		d.First = 0
	case "今天", "today":
		d.First = today
	case "明天", "tomorrow":
		d.First = today + 1
	case "文字", "text":
		d.Proof = ProofText
	case "图片", "picture":
		d.Proof = ProofPicture
	case "图文", "both":
		d.Proof = ProofBoth
	default:
		day, err := community.ParseDay(w)
		d.First = day
		return err == nil
	}
	return true
}

// check tells what is wrong with the whole; empty: nothing.
func (d *draft) check() string {
	if d.Days == 0 {
		d.Days = 21
	}
	if d.Target == 0 {
		d.Target = d.Days
	}
	switch {
	case d.Days < 1 || d.Days > daysMost:
		return "days"
	case d.Target < 1 || d.Target > d.Days:
		return "target"
	case len(d.Windows) > windowsMost:
		return "windows"
	}
	return ""
}

// challenge is what the draft describes, with the community's prizes where it names none.
func (d draft) made(cfg Config) *challenge {
	c := d.challenge
	if c.First != 0 {
		c.Last = c.First + community.Day(c.Days) - 1
	}
	if !d.prizes {
		for at := cardEvery; cfg.Milestone > 0 && at < c.Target; at += cardEvery {
			c.Prizes = append(c.Prizes, Prize{At: at, Kind: Points, Amount: cfg.Milestone})
		}
		if cfg.Completion > 0 {
			c.Prizes = append(c.Prizes, Prize{Kind: Points, Amount: cfg.Completion})
		}
	}
	return &c
}
