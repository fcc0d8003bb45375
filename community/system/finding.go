package system

import (
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Level is how bad a finding is.
type Level string

// The levels.
const (
	OK   Level = "ok"
	Warn Level = "warn" // it works, and somebody should look at it
	Fail Level = "fail" // something does not work
)

// Finding is what one check found. It holds a code and values instead of words, so that it is told in the language of who
// asks; values are numbers and words of operators, never of members.
type Finding struct {
	Check  string // what was looked at: "database"
	Level  Level
	Code   string // what was found: "damaged"
	Values []any  // names and values, in turns, for the texts; a time.Duration and Size are told as people do
}

// Size is a number of bytes among a finding's values.
type Size int64

// Found makes a finding.
func Found(check string, level Level, code string, values ...any) Finding {
	return Finding{check, level, code, values}
}

// Told is a finding in words.
type Told struct {
	Check string `json:"check"`
	Level Level  `json:"level"`
	Code  string `json:"code"`
	Title string `json:"title"`
	Text  string `json:"text"`
	Do    string `json:"do,omitempty"` // what to do about it; empty where nothing is to be done
}

// Tell puts a finding into words with the feature's texts: "check.<check>", "check.<check>.<code>" and, where something is
// to be done, "check.<check>.<code>.do".
func (f Finding) Tell(say func(key string, kv ...any) string) Told {
	key := "check." + f.Check + "." + f.Code
	values := make([]any, len(f.Values))
	for i, v := range f.Values {
		switch v := v.(type) {
		case time.Duration:
			values[i] = age(say, v)
		case Size:
			values[i] = Bytes(int64(v))
		case error:
			values[i] = bot.Clean(v.Error())
		case string:
			values[i] = bot.Clean(v)
		default:
			values[i] = fmt.Sprint(v)
		}
	}
	t := Told{Check: f.Check, Level: f.Level, Code: f.Code, Title: say("check." + f.Check), Text: say(key, values...)}
	if f.Level != OK {
		t.Do = say(key+".do", values...)
	}
	return t
}

// Worst is the worst level of findings; OK where there are none.
func Worst(list []Finding) Level {
	worst := OK
	for _, f := range list {
		if f.Level == Fail || f.Level == Warn && worst == OK {
			worst = f.Level
		}
	}
	return worst
}
