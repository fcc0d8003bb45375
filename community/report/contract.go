package report

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// Schema is the version of the JSON of a report. It changes when a name goes or changes its meaning.
const Schema = 1

// Report is a report as data. The names of its JSON are a contract. Rates are fractions of 1, and null where n is 0.
type Report struct {
	Schema    int        `json:"schema"`
	Community string     `json:"community"`
	Group     *GroupRef  `json:"group"` // null: the whole community
	Period    PeriodInfo `json:"period"`
	Previous  PeriodInfo `json:"previous"`
	AsOf      string     `json:"as_of"`   // the last Day that was known
	MadeAt    time.Time  `json:"made_at"` // UTC
	Calendar  string     `json:"calendar"`

	Messages     int               `json:"messages"`
	Speakers     int               `json:"speakers"`
	DAUMean      *float64          `json:"dau_mean"`
	MAU          int               `json:"mau"`
	DAUMAU       *float64          `json:"dau_mau"`
	NewMembers   int               `json:"new_members"`
	Members      int               `json:"members"`
	D7           Rate              `json:"d7_retention"`
	D30          Rate              `json:"d30_retention"`
	SpeakerRate  Rate              `json:"speaker_rate"`
	UGCRate      Rate              `json:"ugc_rate"`
	ReferralRate Rate              `json:"referral_rate"`
	MedianReply  *float64          `json:"median_first_reply_s"`
	Openers      int               `json:"openers"` // that were answered
	Open         int               `json:"n_open"`  // that were not
	Tiers        map[string]int    `json:"tiers"`   // members by what they held when it ended
	Movement     Movement          `json:"movement"`
	Points       Flow              `json:"points"`
	Coverage     Coverage          `json:"coverage"`
	Metrics      []Metric          `json:"metrics"`
	Days         []DayLine         `json:"days"`
	Heat         [7][24]int        `json:"heat_map"` // messages by weekday of the Day from Monday, and hour of the clock
	Cohorts      []Cohort          `json:"cohorts"`
	Top          []Contributor     `json:"top_contributors"`
	Wrong        Wrong             `json:"wrong"`
	Suggestions  []Suggestion      `json:"suggestions"`
	Chapters     []bot.ToldChapter `json:"-"` // each under its own key, as a view's page

	period, before Period
	asOf           community.Day
	now, then      measures
}

// GroupRef is a group with its name.
type GroupRef struct {
	ID   community.GroupID `json:"id"`
	Name string            `json:"name"`
}

// PeriodInfo is a period.
type PeriodInfo struct {
	Kind  Kind   `json:"kind"`
	Name  string `json:"name"`
	First string `json:"first"`
	Last  string `json:"last"` // inclusive
	Days  int    `json:"days"`
}

func (p Period) info() PeriodInfo {
	return PeriodInfo{p.Kind, p.String(), p.First.String(), p.Last().String(), p.Days()}
}

// Movement is how the period moved people between tiers. In and out are who was first seen or left in it.
type Movement struct {
	Up     int                       `json:"up"`
	Down   int                       `json:"down"`
	Held   int                       `json:"held"`
	In     int                       `json:"in"`
	Out    int                       `json:"out"`
	Stuck  int                       `json:"stuck"`
	Matrix map[string]map[string]int `json:"matrix"` // from what they held when it began to when it ended
}

// Coverage is how much of what happened the bot can know of.
type Coverage struct {
	Online     *float64 `json:"online"` // share of the time; null: it was not there, what is known was imported
	Outages    int      `json:"outages"`
	OutageS    int64    `json:"outage_s"`
	Unresolved int      `json:"unresolved"` // members who wait to be recognised
}

// DayLine is one Day.
type DayLine struct {
	Day      string `json:"day"`
	Active   int    `json:"active"`
	Messages int    `json:"messages"`
	New      int    `json:"new_members"`
}

// Cohort are the members who were first seen in one week, and how many of them were active in the weeks after it.
type Cohort struct {
	Week   string `json:"week"` // its Monday
	N      int    `json:"n"`
	Active []int  `json:"active"` // in the 1st, 2nd, ... week after; only weeks that are over
}

// Contributor is who had to do with the most people, of those who wrote most.
type Contributor struct {
	Member        community.MemberID `json:"member"`
	Name          string             `json:"name"`
	Partners      int                `json:"partners"` // distinct people they mentioned, quoted or thanked, or who did that to them
	ActiveDays    int                `json:"active_days"`
	Messages      int                `json:"messages"`
	Contributions int                `json:"contributions"`
}

// Wrong is what did not go as it should have.
type Wrong struct {
	Outages []Outage `json:"outages"`
	Missed  []Missed `json:"missed"` // occurrences that were skipped, collapsed or late
}

// Outage is a time in which the bot heard nothing.
type Outage struct {
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Transport string    `json:"transport,omitempty"`
}

// Missed are occurrences of one ritual that ended alike.
type Missed struct {
	Title  string `json:"title"`
	Ending string `json:"ending"`
	Reason string `json:"reason,omitempty"`
	Count  int    `json:"count"`
}

// Suggestion is something to do, and why.
type Suggestion struct {
	Key      string `json:"key"`
	Do       string `json:"do"`
	Evidence string `json:"evidence"`
}

// JSON is the report for programs.
func (r *Report) JSON() ([]byte, error) {
	type plain Report
	for i := range r.Top {
		r.Top[i].Name = bot.Clean(r.Top[i].Name)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode((*plain)(r)); err != nil {
		return nil, err
	}
	whole := bytes.TrimSuffix(bytes.TrimSpace(b.Bytes()), []byte("}"))
	for _, c := range r.Chapters {
		page, err := c.Page.JSON()
		if err != nil {
			return nil, err
		}
		key, err := json.Marshal(c.Key)
		if err != nil {
			return nil, err
		}
		whole = append(append(append(append(whole, ','), key...), ':'), page...)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, append(whole, '}'), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}
