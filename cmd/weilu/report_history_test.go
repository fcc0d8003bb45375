package main

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// slowRate is a share with its Wilson interval, as the JSON of a report has it.
type slowRate struct {
	Value *float64 `json:"value"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
	N     int      `json:"n"`
}

// slowReport are the names of a report's JSON that the history can tell.
type slowReport struct {
	Messages    int            `json:"messages"`
	Speakers    int            `json:"speakers"`
	DAUMean     float64        `json:"dau_mean"`
	MAU         int            `json:"mau"`
	DAUMAU      float64        `json:"dau_mau"`
	NewMembers  int            `json:"new_members"`
	Members     int            `json:"members"`
	D7          slowRate       `json:"d7_retention"`
	D30         slowRate       `json:"d30_retention"`
	SpeakerRate slowRate       `json:"speaker_rate"`
	UGCRate     slowRate       `json:"ugc_rate"`
	Referral    slowRate       `json:"referral_rate"`
	Median      float64        `json:"median_first_reply_s"`
	Open        int            `json:"n_open"`
	Tiers       map[string]int `json:"tiers"`
	Heat        [7][24]int     `json:"heat_map"`
	Movement    slowMovement   `json:"movement"`
}

type slowMovement struct {
	Up   int `json:"up"`
	Down int `json:"down"`
	Held int `json:"held"`
	In   int `json:"in"`
	Out  int `json:"out"`
}

// slowShare is k of n with the interval of E. B. Wilson, Journal of the American Statistical Association 22, 1927.
func slowShare(k, n int) slowRate {
	if n == 0 {
		return slowRate{}
	}
	p, z := float64(k)/float64(n), 1.959963984540054
	d := 1 + z*z/float64(n)
	middle := (p + z*z/(2*float64(n))) / d
	half := z / d * math.Sqrt(p*(1-p)/float64(n)+z*z/(4*float64(n)*float64(n)))
	lo, hi := max(0, middle-half), min(1, middle+half)
	return slowRate{&p, &lo, &hi, n}
}

// countReport counts a month straight from the lines, by the words of the plan.
func countReport(records []record, year int, month time.Month, asOf int) slowReport {
	number := func(y int, m time.Month) int { return int(time.Date(y, m, 1, 0, 0, 0, 0, time.UTC).Unix() / 86400) }
	first, after := number(year, month), number(year, month+1)
	active := map[int]map[string]bool{} // by Day
	seen := map[string]int{}
	spoke := map[string]bool{}
	var r slowReport
	zone := time.FixedZone("Asia/Shanghai", 8*3600)
	for _, rec := range records {
		day := dayNumber(rec.Time)
		if active[day] == nil {
			active[day] = map[string]bool{}
		}
		active[day][rec.From] = true
		if was, ok := seen[rec.From]; !ok || day < was {
			seen[rec.From] = day
		}
		if day >= first && day < after {
			r.Messages++
			spoke[rec.From] = true
			weekday := time.Unix(int64(day)*86400, 0).UTC().Weekday()
			r.Heat[(int(weekday)+6)%7][rec.Time.In(zone).Hour()]++
		}
	}
	r.Speakers, r.MAU = len(spoke), len(spoke)
	for day := first; day < after; day++ {
		r.DAUMean += float64(len(active[day])) / float64(after-first)
		window := map[string]bool{}
		for d := day - 29; d <= day; d++ {
			for who := range active[d] {
				window[who] = true
			}
		}
		r.DAUMAU += float64(len(active[day])) / float64(len(window)) / float64(after-first)
	}
	within := func(days int) slowRate {
		k, n := 0, 0
		for who, day := range seen {
			if day < first || day >= after || day+days > asOf {
				continue
			}
			n++
			for d := day + 1; d <= day+days; d++ {
				if active[d][who] {
					k++
					break
				}
			}
		}
		return slowShare(k, n)
	}
	r.D7, r.D30 = within(7), within(30)
	for _, day := range seen {
		if day < after {
			r.Members++
		}
		if day >= first && day < after {
			r.NewMembers++
		}
	}
	r.SpeakerRate, r.UGCRate, r.Referral = slowShare(r.Speakers, r.Members), slowShare(0, r.MAU), slowShare(0, r.NewMembers)
	r.Median, r.Open = slowReplies(records, first, after)
	return r
}

// slowReplies looks for each message at all that came before and after it in its group.
func slowReplies(records []record, first, after int) (median float64, open int) {
	groups := map[string][]record{}
	for _, rec := range records {
		groups[rec.Chat] = append(groups[rec.Chat], rec)
	}
	var waits []float64
	for _, list := range groups {
		for i, rec := range list {
			if day := dayNumber(rec.Time); day < first || day >= after || !slowOpens(list, i) {
				continue
			}
			wait := -1.0
			for _, next := range list[i+1:] {
				if next.From != rec.From {
					wait = next.Time.Sub(rec.Time).Seconds()
					break
				}
			}
			if wait >= 0 && wait <= 86400 {
				waits = append(waits, wait)
			} else {
				open++
			}
		}
	}
	sort.Float64s(waits)
	n := len(waits)
	return (waits[(n-1)/2] + waits[n/2]) / 2, open
}

// slowOpens tells whether the message at i opens a talk: nobody else said anything in the 1,800 s before, and no earlier
// message of the same person, to which nobody has replied yet, did.
func slowOpens(list []record, i int) bool {
	quiet := func(i int) bool {
		for j := i - 1; j >= 0 && list[i].Time.Sub(list[j].Time) <= 1800*time.Second; j-- {
			if list[j].From != list[i].From {
				return false
			}
		}
		return true
	}
	if !quiet(i) {
		return false
	}
	for j := i - 1; j >= 0 && list[j].From == list[i].From; j-- {
		if quiet(j) {
			return false
		}
	}
	return true
}

// slowMoves replays the tiers until the end of a month, and counts who moved in it.
func slowMoves(records []record, year int, month time.Month) (map[string]int, slowMovement) {
	first := int(time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	after := int(time.Date(year, month+1, 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	s := newSlowTiers(records)
	before := map[string]string{}
	for day := dayNumber(records[0].Time); day < after; day++ {
		if day == first {
			maps.Copy(before, s.held)
		}
		s.count(day)
		s.night(day)
	}
	ends, m := map[string]int{}, slowMovement{}
	for who, born := range s.first {
		if born >= after {
			continue
		}
		now := max(0, slices.Index(slowOrder, s.held[who]))
		ends[slowOrder[now]]++
		was := max(0, slices.Index(slowOrder, before[who]))
		switch {
		case born >= first:
			m.In++
		case now > was:
			m.Up++
		case now < was:
			m.Down++
		default:
			m.Held++
		}
	}
	return ends, m
}

// historyReport compares the report of a month with a count straight from the file.
func historyReport(t *testing.T, records []record, data string, year int, month time.Month) {
	t.Helper()
	name := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
	asOf := 0
	for _, r := range records {
		asOf = max(asOf, dayNumber(r.Time))
	}
	want := countReport(records, year, month, asOf)
	want.Tiers, want.Movement = slowMoves(records, year, month)
	out := t.TempDir()
	begin := time.Now()
	if stdout, stderr, code := weilu(t, "", "report", "--month", name, "--format", "json", "--out", out, "--data", data); code != 0 {
		t.Fatalf("report: exit %d\n%s%s", code, stdout, stderr)
	}
	t.Logf("report of %s: %s", name, time.Since(begin).Round(time.Millisecond))
	var got slowReport
	text, err := os.ReadFile(filepath.Join(out, "report.json"))
	if err == nil {
		err = json.Unmarshal(text, &got)
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("report of %s (-want +got):\n%s", name, diff)
	}
}
