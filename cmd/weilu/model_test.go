package main

import (
	"cmp"
	"slices"
	"time"
)

// The JSON of members and activity, written down a second time: its names are a contract.
type memberJSON struct {
	Member     string `json:"member"`
	Name       string `json:"name"`
	Groups     int    `json:"groups"`
	Messages   int    `json:"messages"`
	ActiveDays int    `json:"active_days"`
	Partners   int    `json:"partners"`
	FirstSeen  string `json:"first_seen"`
	LastSeen   string `json:"last_seen"`
}

type activityJSON struct {
	Month    string    `json:"month"`
	Messages int       `json:"messages"`
	Speakers int       `json:"speakers"`
	Days     []dayJSON `json:"days"`
}

type dayJSON struct {
	Day      string `json:"day"`
	Active   int    `json:"active"`
	Messages int    `json:"messages"`
}

type verifyJSON struct {
	OK        bool     `json:"ok"`
	Transfers int      `json:"transfers"`
	Sealed    int      `json:"sealed"`
	Root      string   `json:"root"`
	FirstBad  *int64   `json:"first_bad"`
	Problems  []string `json:"problems"`
}

// record is a message as the slow count sees it.
type record struct {
	ID       string    `json:"id"`
	Time     time.Time `json:"time"`
	Chat     string    `json:"chat"`
	From     string    `json:"from"`
	Text     string    `json:"text"`
	Kind     string    `json:"kind"`
	Len      int       `json:"len"`
	Mentions []string  `json:"mentions"`
}

// shanghaiDay is the Day of an instant in Asia/Shanghai with Days from 04:00, by plain arithmetic: the zone is
// UTC+8 in all these years.
func shanghaiDay(t time.Time) string {
	return t.UTC().Add(8*time.Hour - 4*time.Hour).Format("2006-01-02")
}

// countMembers is what `members --json` must say of messages whose people have no nicknames. Ids are left empty.
func countMembers(records []record) []memberJSON {
	type person struct {
		groups, days, partners map[string]bool
		messages               int
		first, last            time.Time
	}
	people := map[string]*person{}
	of := func(code string) *person {
		if people[code] == nil {
			people[code] = &person{groups: map[string]bool{}, days: map[string]bool{}, partners: map[string]bool{}}
		}
		return people[code]
	}
	for _, r := range records {
		p := of(r.From)
		p.messages++
		p.groups[r.Chat] = true
		p.days[shanghaiDay(r.Time)] = true
		if p.first.IsZero() || r.Time.Before(p.first) {
			p.first = r.Time
		}
		if r.Time.After(p.last) {
			p.last = r.Time
		}
		for _, m := range r.Mentions {
			if m != r.From {
				p.partners[m] = true
				of(m).partners[r.From] = true
			}
		}
	}
	var list []memberJSON
	for code, p := range people {
		if p.messages == 0 { // only mentioned
			continue
		}
		list = append(list, memberJSON{Name: code, Groups: len(p.groups), Messages: p.messages, ActiveDays: len(p.days),
			Partners: len(p.partners), FirstSeen: p.first.UTC().Format(time.RFC3339Nano), LastSeen: p.last.UTC().Format(time.RFC3339Nano)})
	}
	return byName(list)
}

// byName orders members for comparing, and drops the ids, which are the program's own choice.
func byName(list []memberJSON) []memberJSON {
	for i := range list {
		list[i].Member = ""
	}
	slices.SortFunc(list, func(a, b memberJSON) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// countActivity is what `activity --month --json` must say.
func countActivity(records []record, year int, month time.Month) activityJSON {
	want := activityJSON{Month: time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")}
	speakers := map[string]bool{}
	for d := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC); d.Month() == month; d = d.AddDate(0, 0, 1) {
		day := dayJSON{Day: d.Format("2006-01-02")}
		active := map[string]bool{}
		for _, r := range records {
			if shanghaiDay(r.Time) == day.Day {
				day.Messages++
				active[r.From], speakers[r.From] = true, true
			}
		}
		day.Active = len(active)
		want.Messages += day.Messages
		want.Days = append(want.Days, day)
	}
	want.Speakers = len(speakers)
	return want
}

// pointsOf is what somebody who checked in on these Days has: 5 for each, and 20 for every 7 in a row.
func pointsOf(days map[string]bool) (points, transfers int) {
	sorted := make([]string, 0, len(days))
	for d := range days {
		sorted = append(sorted, d)
	}
	slices.Sort(sorted)
	run := 0
	for i, d := range sorted {
		points += 5
		transfers++
		prev, _ := time.Parse("2006-01-02", d)
		if i > 0 && prev.AddDate(0, 0, -1).Format("2006-01-02") == sorted[i-1] {
			run++
		} else {
			run = 1
		}
		if run%7 == 0 {
			points += 20
			transfers++
		}
	}
	return points, transfers
}
