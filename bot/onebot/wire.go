package onebot

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// id is an id of the platform. The specification has 64-bit integers; bridges to other platforms have strings. Both are
// accepted, and a string that reads like an integer is the same id.
type id string

// UnmarshalJSON implements json.Unmarshaler. What is neither a string nor an integer is no id.
func (i *id) UnmarshalJSON(src []byte) error {
	*i = ""
	src = bytes.TrimSpace(src)
	if len(src) == 0 || string(src) == "null" {
		return nil
	}
	if src[0] == '"' {
		var s string
		if err := json.Unmarshal(src, &s); err != nil {
			return err
		}
		*i = id(strings.TrimSpace(s))
		return nil
	}
	if n, err := strconv.ParseInt(string(src), 10, 64); err == nil {
		*i = id(strconv.FormatInt(n, 10))
	} else if n, err := strconv.ParseUint(string(src), 10, 64); err == nil {
		*i = id(strconv.FormatUint(n, 10))
	}
	return nil
}

// MarshalJSON implements json.Marshaler: an integer where the id is one, because implementations check that.
func (i id) MarshalJSON() ([]byte, error) {
	if n, err := strconv.ParseInt(string(i), 10, 64); err == nil && strconv.FormatInt(n, 10) == string(i) {
		return []byte(i), nil
	}
	return json.Marshal(string(i))
}

// none tells that an id names nobody.
func (i id) none() bool { return i == "" || i == "0" }

// count is an integer, which some implementations write as a string or with a fraction.
type count int64

// UnmarshalJSON implements json.Unmarshaler. What is no number counts nothing.
func (c *count) UnmarshalJSON(src []byte) error {
	*c = 0
	s := strings.Trim(string(bytes.TrimSpace(src)), `"`)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		*c = count(n)
	} else if f, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(f) < 1<<53 {
		*c = count(f)
	}
	return nil
}

// frame is everything that an implementation sends: events, and answers to what we asked for.
type frame struct {
	Time    count  `json:"time"`
	SelfID  id     `json:"self_id"`
	Post    string `json:"post_type"`
	Meta    string `json:"meta_event_type"`
	Kind    string `json:"message_type"`
	Notice  string `json:"notice_type"`
	Request string `json:"request_type"`
	Sub     string `json:"sub_type"`

	MessageID  id              `json:"message_id"`
	Message    json.RawMessage `json:"message"` // of an answer: what is wrong
	Raw        string          `json:"raw_message"`
	Sender     sender          `json:"sender"`
	Anonymous  *anonymous      `json:"anonymous"`
	GroupID    id              `json:"group_id"`
	GroupName  string          `json:"group_name"` // an extension
	UserID     id              `json:"user_id"`
	OperatorID id              `json:"operator_id"`
	TargetID   id              `json:"target_id"`
	SenderID   id              `json:"sender_id"` // an extension: of a nudge in private, who did it
	Card       string          `json:"card_new"`  // an extension
	Comment    string          `json:"comment"`
	Flag       string          `json:"flag"`
	Interval   count           `json:"interval"` // milliseconds between two heartbeats

	Status  json.RawMessage `json:"status"` // of an answer: "ok", "async" or "failed"; of a heartbeat: an object
	RetCode count           `json:"retcode"`
	Data    json.RawMessage `json:"data"`
	Wording string          `json:"wording"` // an extension: what is wrong, for people
	Echo    json.RawMessage `json:"echo"`
}

type sender struct {
	UserID   id     `json:"user_id"`
	Nickname string `json:"nickname"`
	Card     string `json:"card"`
	Role     string `json:"role"`
	GroupID  id     `json:"group_id"` // of a temporary session: where they know us from
}

type anonymous struct {
	Name string `json:"name"`
}

// errNoFrame is what decode says of something that is no JSON object.
var errNoFrame = errors.New("no JSON object")

// decode reads a frame. Fields of other types than the specification has are left out, not the frame.
func decode(src []byte) (f frame, err error) {
	if src = bytes.TrimSpace(src); len(src) == 0 || src[0] != '{' {
		return f, errNoFrame
	}
	var odd *json.UnmarshalTypeError
	if err = json.Unmarshal(src, &f); err != nil && !errors.As(err, &odd) {
		return frame{}, err
	}
	return f, nil
}

// online tells whether an event says that its account is logged in or not.
func (f *frame) online() (online, known bool) {
	var status struct {
		Online *bool `json:"online"`
	}
	switch {
	case f.Meta == "heartbeat":
		_ = json.Unmarshal(f.Status, &status) // absent or another type: it says nothing
		return status.Online == nil || *status.Online, status.Online != nil
	case f.Notice == "bot_offline":
		return false, true
	}
	return true, f.Post == "message"
}

// isAnswer tells an answer from an event.
func (f *frame) isAnswer() bool { return f.Post == "" }

// echo is what we gave along with what is answered.
func (f *frame) echo() string {
	var s string
	if json.Unmarshal(f.Echo, &s) != nil {
		s = string(f.Echo)
	}
	return s
}

// at is the time of the event, in seconds by the specification; some implementations have milliseconds. The time of its
// arrival stands for one that makes no sense.
func (f *frame) at(seen time.Time) time.Time {
	const milliseconds = 100_000_000_000
	at := time.Unix(int64(f.Time), 0)
	if f.Time > milliseconds {
		at = time.UnixMilli(int64(f.Time))
	}
	if at.Year() < 2011 || at.After(seen.Add(24*time.Hour)) {
		return seen.UTC()
	}
	return at.UTC()
}

// problem is what an answer says is wrong.
func (f *frame) problem() string {
	var message string
	_ = json.Unmarshal(f.Message, &message) // absent or another type: there is the wording
	for _, s := range [...]string{f.Wording, message} {
		if s != "" {
			return s
		}
	}
	return "no reason given"
}
