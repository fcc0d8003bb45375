package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// advice is a suggestion that may be made, and how much speaks for it: 1 is a matter for this week.
type advice struct {
	key    string
	weight float64
	facts  []any // for the texts do.<key> and why.<key>
}

// suggested is how many suggestions a report makes.
const suggested = 3

// suggest picks what most speaks for. Each needs evidence in the figures of this report; what holds at any time, such as the
// hour at which most people are there, comes last.
func (m *maker) suggest() {
	m.r.Suggestions = []Suggestion{}
	if m.r.now.MAU == 0 {
		return
	}
	list := slices.Concat(m.adviceOnPeople(), m.adviceOnTalk(), m.adviceOnWork())
	slices.SortStableFunc(list, func(a, b advice) int { return cmp.Compare(b.weight, a.weight) })
	for _, a := range list[:min(suggested, len(list))] {
		m.r.Suggestions = append(m.r.Suggestions, Suggestion{a.key, m.q.T("do."+a.key, a.facts...), m.q.T("why."+a.key, a.facts...)})
	}
}

// adviceOnPeople is about who comes, stays and speaks.
func (m *maker) adviceOnPeople() (list []advice) {
	r := &m.r
	if d := r.D7; d.N >= 10 && *d.Value < 0.4 {
		list = append(list, advice{"retain", 0.9 - *d.Value, []any{"Rate", percent(*d.Value), "Low", percent(*d.Low), "High", percent(*d.High), "N", d.N}})
	}
	if s := r.SpeakerRate; s.N >= 30 && *s.Value < 0.3 {
		list = append(list, advice{"wake", 0.6 - *s.Value, []any{"Rate", percent(*s.Value), "Silent", s.N - s.K, "N", s.N}})
	}
	if t := r.metric("dau_mean"); t.Trend == "down" {
		list = append(list, advice{"falling", 0.85, []any{"Now", decimal(*t.Value), "Then", decimal(*t.Previous)}})
	} else if t.Trend == "up" {
		list = append(list, advice{"rising", 0.2, []any{"Now", decimal(*t.Value), "Then", decimal(*t.Previous)}})
	}
	if v := r.Movement; v.Down > v.Up && v.Down >= 5 {
		list = append(list, advice{"slipping", 0.55, []any{"Up", v.Up, "Down", v.Down}})
	}
	if v := r.Movement; v.Stuck >= 10 {
		list = append(list, advice{"stuck", 0.3, []any{"N", v.Stuck}})
	}
	if x := r.ReferralRate; x.N >= 20 && x.K == 0 {
		list = append(list, advice{"invite", 0.35, []any{"N", x.N}})
	}
	return list
}

// adviceOnTalk is about how people talk.
func (m *maker) adviceOnTalk() (list []advice) {
	r := &m.r
	if all := r.Open + r.Openers; all >= 20 {
		if left := float64(r.Open) / float64(all); left > 0.15 {
			list = append(list, advice{"answer", 0.4 + left, []any{"Open", r.Open, "All", all, "Rate", percent(left)}})
		}
	}
	if x := r.MedianReply; x != nil && r.Openers >= 20 && *x > 1800 {
		list = append(list, advice{"faster", 0.5, []any{"Wait", m.clock(*x)}})
	}
	if share, five := m.concentration(); five && share > 0.5 {
		list = append(list, advice{"spread", 0.25 + share/3, []any{"Rate", percent(share), "Speakers", r.Speakers}})
	}
	if day, hour, n := peak(r.Heat); n >= 10 {
		list = append(list, advice{"hour", 0.1, []any{"Day", m.q.T("weekday." + strconv.Itoa(day)), "From", clockHour(hour), "To", clockHour((hour + 1) % 24), "N", n}})
	}
	return list
}

// adviceOnWork is about what the bot and its managers do.
func (m *maker) adviceOnWork() (list []advice) {
	missed := 0
	for _, x := range m.r.Wrong.Missed {
		missed += x.Count
	}
	if missed > 0 {
		list = append(list, advice{"missed", 0.45 + float64(min(missed, 20))/100, []any{"N", missed, "Title", m.r.Wrong.Missed[0].Title}})
	}
	if c := m.r.Coverage.Online; c != nil && *c < 0.95 && m.r.Coverage.Outages > 0 {
		list = append(list, advice{"online", 0.7, []any{"Rate", percent(*c), "N", m.r.Coverage.Outages}})
	}
	if n := m.r.Coverage.Unresolved; n >= 3 {
		list = append(list, advice{"resolve", 0.4, []any{"N", n}})
	}
	return list
}

// concentration is the share of the five who wrote most; ok is false where hardly more did.
func (m *maker) concentration() (share float64, ok bool) {
	if m.r.Messages == 0 || m.r.Speakers < 15 {
		return 0, false
	}
	var counts []int
	for _, n := range m.r.now.spoke {
		counts = append(counts, n)
	}
	slices.Sort(counts)
	most := 0
	for _, n := range counts[len(counts)-5:] {
		most += n
	}
	return float64(most) / float64(m.r.Messages), true
}

// peak is the hour of the week with the most messages.
func peak(heat [7][24]int) (day, hour, n int) {
	for d := range heat {
		for i := range 24 {
			h := (i + 4) % 24 // the first of a tie is the first of the Day
			if heat[d][h] > n {
				day, hour, n = d, h, heat[d][h]
			}
		}
	}
	return day, hour, n
}

func clockHour(h int) string { return fmt.Sprintf("%02d:00", h) }

// percent is a share in percent, as people read it.
func percent(x float64) string { return strconv.FormatFloat(100*x, 'f', 1, 64) + "%" }

// decimal is a number with one decimal, or none where it is whole.
func decimal(x float64) string {
	s := strconv.FormatFloat(x, 'f', 1, 64)
	if len(s) > 2 && s[len(s)-2:] == ".0" {
		return s[:len(s)-2]
	}
	return s
}

// clock is a number of seconds as people read it.
func (m *maker) clock(s float64) string { return duration(m.q, s) }
