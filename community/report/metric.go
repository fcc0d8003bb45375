package report

import (
	"math"

	"github.com/weilu-im/weilu/community/uplift"
)

// Unit says what a metric's value is.
type Unit string

// The units.
const (
	Count   Unit = "count"
	PerDay  Unit = "mean"    // mean over Days
	Share   Unit = "rate"    // fraction of 1
	Ratio   Unit = "ratio"   // pieces per person
	Seconds Unit = "seconds" // s
)

// Metric is one figure with what it needs to be believed.
type Metric struct {
	Name       string   `json:"name"`
	Title      string   `json:"title"`
	Definition string   `json:"definition"`
	Version    int      `json:"version"` // of the definition
	Unit       Unit     `json:"unit"`
	Measured   bool     `json:"measured"` // false: what it counts does not exist yet
	Value      *float64 `json:"value"`    // null: not measured, or nothing to divide by
	Low        *float64 `json:"low"`      // of the 95 % interval, where there is one
	High       *float64 `json:"high"`
	N          int      `json:"n"` // what it is made of: people, Days, openers
	Coverage   *float64 `json:"coverage"`
	Grade      string   `json:"grade"`    // A to D: how much it can be relied on; empty: there is no value
	Previous   *float64 `json:"previous"` // the same of the period before
	Trend      string   `json:"trend"`    // up or down; empty: the interval of the change holds zero, or there is none
	Query      string   `json:"query"`    // what is read for it
}

// definition is a metric as it is defined. Its texts have the keys metric.<name> and means.<name>.
type definition struct {
	name    string
	version int
	unit    Unit
	query   string
}

// The queries behind metrics. Staff and bots are left out and the ids of one person joined after reading.
const (
	spokenSQL   = `SELECT day, group_id, member_id, messages FROM activity WHERE day >= :first AND day < :after [AND group_id = :group]`
	actsSQL     = spokenSQL + ` UNION SELECT day, group_id, member_id, 0 FROM contributions WHERE withdrawn_at IS NULL AND day >= :first AND day < :after`
	seenSQL     = `SELECT id, first_seen FROM members WHERE first_seen > 0`
	presentSQL  = `SELECT member_id FROM stays, taken back by passages WHERE at >= :end`
	openersSQL  = `SELECT at, member_id FROM messages WHERE group_id = :group AND at >= :start AND at < :end ORDER BY at, seq`
	acceptedSQL = `SELECT member_id FROM contributions WHERE kind = 'accepted_piece' AND withdrawn_at IS NULL AND day >= :first AND day < :after`
	claimsSQL   = `SELECT member_id FROM invites WHERE state = 'counts'`
)

// definitions are the metrics of the product, in the order in which they are shown. A definition that changes gets a new
// version.
var definitions = []definition{
	{"messages", 1, Count, spokenSQL},
	{"speakers", 1, Count, spokenSQL},
	{"dau_mean", 1, PerDay, actsSQL},
	{"mau", 1, Count, actsSQL},
	{"dau_mau", 1, Share, actsSQL},
	{"new_members", 1, Count, seenSQL},
	{"d7_retention", 1, Share, seenSQL + `; ` + actsSQL},
	{"d30_retention", 1, Share, seenSQL + `; ` + actsSQL},
	{"speaker_rate", 1, Share, spokenSQL + `; ` + presentSQL},
	{"ugc_rate", 1, Ratio, acceptedSQL + `; ` + actsSQL},
	{"referral_rate", 1, Share, claimsSQL + `; ` + seenSQL},
	{"median_first_reply_s", 1, Seconds, openersSQL},
	{"n_open", 1, Count, openersSQL},
	{"nps", 0, Count, ``},
	{"keyword_sentiment", 0, Count, ``},
}

// metrics grades and compares what was measured.
func (m *maker) metrics(ugc, referral Rate) {
	now, then := &m.r.now, &m.r.then
	m.r.Metrics = nil
	for _, d := range definitions {
		v := Metric{Name: d.name, Title: m.q.T("metric." + d.name), Definition: m.q.T("means." + d.name), Version: d.version, Unit: d.unit,
			Measured: d.version > 0, Coverage: m.r.Coverage.Online, Query: d.query}
		switch d.name {
		case "messages":
			v.count(now.Messages, then.Messages, len(now.Daily), len(then.Daily))
			v.trendOfMeans(now.DailyWords, then.DailyWords)
		case "speakers":
			v.count(now.Speakers, then.Speakers, now.Messages, then.Messages)
		case "dau_mean":
			v.days(now.Daily, then.Daily)
		case "mau":
			v.count(now.MAU, then.MAU, now.MAU, then.MAU)
		case "dau_mau":
			v.Value, v.Previous, v.N = now.DAUMAU, then.DAUMAU, now.DAUMAUDays
		case "new_members":
			v.count(now.NewMembers, then.NewMembers, now.NewMembers, then.NewMembers)
		case "d7_retention":
			v.rate(now.D7, then.D7)
		case "d30_retention":
			v.rate(now.D30, then.D30)
		case "speaker_rate":
			v.rate(now.SpeakerRate, then.SpeakerRate)
		case "ugc_rate":
			v.rate(m.r.UGCRate, ugc)
		case "referral_rate":
			v.rate(m.r.ReferralRate, referral)
		case "median_first_reply_s":
			v.middle(now.Openers, then.Openers)
		case "n_open":
			v.count(now.Open, then.Open, now.Open+len(now.Openers), then.Open+len(then.Openers))
		}
		if d.name == "referral_rate" && m.r.ReferralRate.N == 0 && m.r.NewMembers > 0 {
			v.Measured = false // nobody knows of invitations
		}
		if m.r.then.Members == 0 && m.r.then.MAU == 0 {
			v.Previous, v.Trend = nil, "" // there was nobody yet
		}
		v.grade()
		m.r.Metrics = append(m.r.Metrics, v)
	}
}

// count is a number of things of which as many might have happened by chance as a Poisson process lets.
func (v *Metric) count(now, then, n, m int) {
	x, y := float64(now), float64(then)
	v.Value, v.Previous, v.N = &x, &y, n
	if n == 0 || m == 0 {
		return
	}
	if half := 1.96 * math.Sqrt(x+y); x-y > half {
		v.Trend = "up"
	} else if y-x > half {
		v.Trend = "down"
	}
}

// days is the mean over Days, with the interval of that.
func (v *Metric) days(now, then []float64) {
	v.N = len(now)
	if len(now) == 0 {
		return
	}
	x, se := mean(now)
	lo, hi := max(0, x-1.96*se), x+1.96*se
	v.Value = &x
	if len(now) > 1 {
		v.Low, v.High = &lo, &hi
	}
	if len(then) > 0 {
		y, _ := mean(then)
		v.Previous = &y
	}
	v.trendOfMeans(now, then)
}

// trendOfMeans compares two means over Days; what single Days come to says nothing.
func (v *Metric) trendOfMeans(now, then []float64) {
	v.Trend = ""
	if len(now) < 5 || len(then) < 5 {
		return
	}
	x, sx := mean(now)
	y, sy := mean(then)
	if half := 1.96 * math.Hypot(sx, sy); x-y > half {
		v.Trend = "up"
	} else if y-x > half {
		v.Trend = "down"
	}
}

func (v *Metric) rate(now, then Rate) {
	v.Value, v.Low, v.High, v.N, v.Previous = now.Value, now.Low, now.High, now.N, then.Value
	if now.K > now.N || then.K > then.N {
		return // no shares
	}
	if d := uplift.Compare(uplift.Arm{N: now.N, K: now.K}, uplift.Arm{N: then.N, K: then.K}); d.Measured && d.Lo > 0 {
		v.Trend = "up"
	} else if d.Measured && d.Hi < 0 {
		v.Trend = "down"
	}
}

// middle is a median; a trend is where the two intervals have nothing in common.
func (v *Metric) middle(now, then []float64) {
	v.Value, v.Previous, v.N = median(now), median(then), len(now)
	lo, hi, ok := medianInterval(now)
	if !ok {
		return
	}
	v.Low, v.High = &lo, &hi
	if l, h, ok := medianInterval(then); ok && lo > h {
		v.Trend = "up"
	} else if ok && hi < l {
		v.Trend = "down"
	}
}

// grade says how much a value can be relied on: by how much it is made of, one step less where the bot was away for more
// than a twentieth of the time, two where for more than a fifth.
func (v *Metric) grade() {
	if v.Value == nil || !v.Measured {
		return
	}
	step := 0
	if v.Unit == Share || v.Unit == Seconds {
		switch { // a Wilson interval is at most 10, 20 or 36 points wide
		case v.N < 30:
			step = 3
		case v.N < 100:
			step = 2
		case v.N < 385:
			step = 1
		}
		if v.Name == "dau_mau" {
			step = 0
		}
	}
	if c := v.Coverage; c != nil && *c < 0.8 {
		step += 2
	} else if c != nil && *c < 0.95 {
		step++
	}
	v.Grade = string("ABCD"[min(step, 3)])
}

// metric is one of a report's metrics, by its name.
func (r *Report) metric(name string) *Metric {
	for i := range r.Metrics {
		if r.Metrics[i].Name == name {
			return &r.Metrics[i]
		}
	}
	return &Metric{}
}
