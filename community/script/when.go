package script

import (
	"errors"
	"regexp"
	"strconv"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// readMoment reads the time that a text begins with, as community.ReadWhen does: 明晚八点, 12月24日 19:30, 20:00. It is one
// that lies ahead and comes once; ok is false where there is none. length is how many bytes it takes. wrong is why
// something that is meant as a time can't be one.
func readMoment(text string, now time.Time, zone *time.Location) (at time.Time, length int, ok bool, wrong error) {
	w, rest, err := community.ReadWhen(text, now, zone)
	var problem *community.WhenError
	if errors.As(err, &problem) && problem.Key != "unknown" && problem.Key != "clock" {
		return time.Time{}, 0, false, err
	}
	if err != nil || w.At.IsZero() {
		return time.Time{}, 0, false, nil
	}
	return w.At, len(text) - len(rest), true, nil
}

// moved is what a step is changed to: a time, a text, or what may be either.
type moved struct {
	at      time.Time
	text    string
	unclear bool
}

var (
	textMark  = regexp.MustCompile(`^(?i:文字|内容|text)\s*[=＝]\s*`)
	toTime    = regexp.MustCompile(`^(?i:时间|(?:推迟|提前|延|延后|顺延|挪|改|换|调整?)(?:到|至|成|为)|time|move to)\s*[:：=＝]?\s*`)
	timeEnd   = regexp.MustCompile(`^[\s。.!！~～]*(?:(?:再|才|开始)?(?:发|发送|发出|播|进行))?[\s。.!！~～]*$`)
	otherTime = regexp.MustCompile(`^(?:推迟|提前|延后|顺延|往后|往前|晚|早)\P{Han}*[一二两三四五六七八九十半几]?\s*个?(?:半?小时|钟头|分钟|刻钟|天|周|星期)[\s。.!！~～]*$`)
)

// readChange reads what a step is changed to. Words that begin with a time, or are a part of one, may be meant as either;
// behind 文字= they are words. err is why something that is meant as a time can't be one.
func readChange(text string, now time.Time, zone *time.Location) (m moved, err error) {
	if mark := textMark.FindString(text); mark != "" && len(mark) < len(text) {
		return moved{text: text[len(mark):]}, nil
	}
	lead := toTime.FindString(text)
	at, length, ok, err := readMoment(text[len(lead):], now, zone)
	switch {
	case err != nil:
		return m, err
	case ok && timeEnd.MatchString(text[len(lead)+length:]):
		return moved{at: at}, nil
	case ok || otherTime.MatchString(text) || partial(text[len(lead):], now, zone):
		return moved{unclear: true}, nil
	}
	return moved{text: text}, nil
}

// partial tells whether a text is a date without a time of day, or one that repeats, and nothing else.
func partial(text string, now time.Time, zone *time.Location) bool {
	if w, rest, err := community.ReadWhen(text, now, zone); err == nil {
		return w.Spec != "" && timeEnd.MatchString(rest)
	}
	w, rest, err := community.ReadWhen(text+" 23:59", now, zone)
	return err == nil && rest == "" && (w.Spec != "" || !w.At.IsZero())
}

// notTime refuses a time that can't be one.
func notTime(r *bot.Request, wrong error) error {
	return bot.Refuse(community.WhenHelp(r.In("community").T, wrong))
}

// written is a moment as readMoment reads it.
func written(at time.Time, zone *time.Location) string { return at.In(zone).Format("2006-01-02 15:04") }

// when is a moment as people read it.
func (s *scripts) when(r *bot.Request, at time.Time) string {
	local := at.In(s.c.Calendar.Zone())
	return local.Format("01-02 ") + r.In(name).T("weekday."+strconv.Itoa(int(local.Weekday()))) + local.Format(" 15:04")
}
