package ambassador_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/ambassador"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// walker is a user as the model knows them: what they did, second by second.
type walker struct {
	user   string
	id     community.MemberID
	code   string // of an ambassador
	joins  []time.Time
	leaves []time.Time
	words  []word
}

type word struct {
	at    time.Time
	event string
	valid bool
	gone  bool // taken back
}

// said is a claim that was noted, as the model knows it.
type said struct {
	by, of *walker
	at     time.Time
}

// model plays random lives through the engine, and keeps beside it what happened.
type model struct {
	*village
	cfg    ambassador.Config
	pairs  [][2]*walker
	merged []bool
	claims []said
	rng    *rand.Rand
}

// TestRandomLivesAreLikeTheModel lets pairs of users join, leave, speak, take words back, claim, and be merged and split;
// after 45 Days everybody has the points that a slow model says, which knows only what happened and who is one person at
// the end.
func TestRandomLivesAreLikeTheModel(t *testing.T) {
	lives := map[string]int{"sqlite": 30, "postgres": 3}
	if testing.Short() {
		lives = map[string]int{"sqlite": 3, "postgres": 1}
	}
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			acts, paid := 0, int64(0)
			for n := range lives[dialect] {
				a, p := playLives(t, dialect, uint64(n))
				acts, paid = acts+a, paid+p
			}
			t.Logf("%d lives: %d acts, %d points paid", lives[dialect], acts, paid)
		})
	}
}

func playLives(t *testing.T, dialect string, seed uint64) (acts int, paid int64) {
	cfg := ambassador.Defaults()
	cfg.PerDay, cfg.PerMonth, cfg.Targets = 1, 6, []ambassador.Target{{Invites: 2, Points: 50, Badge: "引路人"}, {Invites: 4, Points: 70}}
	m := &model{village: newVillage(t, dialect, cfg), cfg: cfg, rng: rand.New(rand.NewPCG(seed, 8))}
	m.does("xboss")
	for i := range 14 {
		var pair [2]*walker
		for j := range pair {
			w := &walker{user: fmt.Sprintf("u%d%c", i, 'a'+j)}
			if i < 1 || i < 2 && j == 0 { // a pair of ambassadors, and one of an ambassador and a newcomer
				w.id = m.member(w.user)
				w.words = append(w.words, word{at: m.at})
				w.code = m.appoint(w.user)
				w.words = append(w.words, word{at: m.at})
			}
			pair[j] = w
		}
		m.pairs, m.merged = append(m.pairs, pair), append(m.merged, false)
	}
	first := m.Community.Calendar.Day(m.at)
	for day := range community.Day(45) {
		for i := range m.pairs {
			for range m.rng.IntN(3) {
				acts++
				m.act(i, day)
			}
		}
		m.until(m.Community.Calendar.Start(first + day + 1).Add(8 * time.Hour))
	}
	m.clearCases()
	today := m.Community.Calendar.Day(m.at)
	want := m.expected(today)
	for _, pair := range m.pairs {
		for j, w := range pair {
			if w.id == "" || j == 1 && m.mergedWith(w) {
				continue
			}
			balance, debt := m.worth(w.id)
			paid += balance
			if balance != want[m.person(w)] || debt != 0 {
				t.Errorf("seed %d: %s has %d, owes %d, want %d", seed, w.user, balance, debt, want[m.person(w)])
			}
		}
	}
	if t.Failed() {
		t.Log(m.story())
		t.FailNow()
	}
	return acts, paid
}

// clearCases finds nothing wrong in any case, so that what was held is paid.
func (m *model) clearCases() {
	var open []int64
	if err := m.DB.Conn(m.t.Context()).Raw(`SELECT id FROM invite_cases WHERE state = 'open' AND kind = '' ORDER BY id`).Scan(&open).Error; err != nil {
		m.t.Fatal(err)
	}
	for _, id := range open {
		if got, _ := m.says("boss", fmt.Sprintf("裁定 %d 有效 都核对过了", id)); !strings.Contains(got, "撤销") {
			m.t.Fatalf("case %d is not decided: %s", id, got)
		}
	}
}

// act lets somebody do something.
func (m *model) act(i int, day community.Day) {
	m.at = m.at.Add(time.Duration(m.rng.IntN(900)) * time.Second)
	w := m.pairs[i][m.rng.IntN(2)]
	inside := len(w.joins) > len(w.leaves) || w.code != "" && len(w.joins) == 0 // some were there from the start
	switch n := m.rng.IntN(100); {
	case !inside:
		if n < 60 && day < 30 {
			m.deliver(m.event(bot.Joined, w.user, "大群", ""))
			w.joins = append(w.joins, m.at)
			if w.id == "" {
				w.id = m.member(w.user)
				w.words = append(w.words, word{at: m.at})
			}
		}
	case len(w.joins) == 1 && n < 10 && !slices.ContainsFunc(m.users(w), func(o *walker) bool { return o.code != "" }): // newcomers become ambassadors too
		code := m.appoint(w.user)
		w.words = append(w.words, word{at: m.at})
		if m.merged[i] { // it is given to the person, who stands under the first id
			w = m.pairs[i][0]
		}
		w.code = code
	case len(w.joins) > 0 && n < 35:
		m.claim(w)
	case n < 75:
		text, valid := "今天的豆子真不错", true
		if m.rng.IntN(4) == 0 {
			text, valid = "嗯嗯", false
		}
		_, event := m.says(w.user, text)
		w.words = append(w.words, word{m.at, event, valid, false})
	case n < 80:
		for k := range w.words {
			if !w.words[k].gone && w.words[k].valid && m.rng.IntN(3) == 0 {
				e := m.event(bot.Recalled, w.user, "大群", "")
				e.Ref = w.words[k].event
				m.deliver(e)
				w.words[k].gone = true
				break
			}
		}
	case n < 86 && len(w.joins) > 0:
		m.deliver(m.event(bot.Left, w.user, "大群", ""))
		w.leaves = append(w.leaves, m.at)
	case n < 100 && m.pairs[i][0].id != "" && m.pairs[i][1].id != "":
		a, b := m.pairs[i][0], m.pairs[i][1]
		if m.merged[i] {
			m.does("xsplit %s", b.id)
		} else {
			m.does("xmerge %s %s", b.id, a.id)
		}
		m.merged[i] = !m.merged[i]
	}
}

// claim lets somebody who joined lately say a code.
func (m *model) claim(w *walker) {
	var inviters []*walker
	for _, pair := range m.pairs {
		for _, o := range pair {
			if o.code != "" {
				inviters = append(inviters, o)
			}
		}
	}
	of := inviters[m.rng.IntN(len(inviters))]
	if len(w.joins) == 0 || m.at.Sub(w.joins[len(w.joins)-1]) > 71*time.Hour {
		return
	}
	before := m.noted()
	_, _ = m.says(w.user, "邀请码 "+of.code)
	w.words = append(w.words, word{at: m.at})
	if m.noted() > before {
		m.claims = append(m.claims, said{w, of, m.at})
	}
}

func (m *model) noted() (n int) {
	if err := m.DB.Conn(m.t.Context()).Raw(`SELECT COUNT(*) FROM invites`).Row().Scan(&n); err != nil {
		m.t.Fatal(err)
	}
	return n
}

func (m *model) mergedWith(w *walker) bool {
	for i, pair := range m.pairs {
		if slices.Contains(pair[:], w) {
			return m.merged[i]
		}
	}
	return false
}

// person is one name for all users who are one person.
func (m *model) person(w *walker) string {
	if m.mergedWith(w) {
		return w.user[:len(w.user)-1]
	}
	return w.user
}

// users are all users of a person.
func (m *model) users(w *walker) (list []*walker) {
	for _, pair := range m.pairs {
		for _, o := range pair {
			if m.person(o) == m.person(w) {
				list = append(list, o)
			}
		}
	}
	return list
}

// expected is what every person has to have.
func (m *model) expected(today community.Day) map[string]int64 {
	points := map[string]int64{}
	taken, inviter := map[string]bool{}, map[string]string{}
	perDay, stayed := map[string]int{}, map[string]int{}
	for _, c := range m.claims {
		me, owner := m.person(c.by), m.person(c.of)
		came := m.came(c)
		circle := false
		for up, n := owner, 0; n < 100; n++ {
			circle = circle || inviter[up] == me && me != ""
			up = inviter[up]
		}
		if me == owner || m.wasHere(c.by, came) || taken[me] || circle {
			continue
		}
		taken[me], inviter[me] = true, owner
		day := m.Community.Calendar.Day(c.at)
		dayKey, monthKey := fmt.Sprint(owner, " ", day), owner+" "+day.String()[:7]
		earns := perDay[dayKey] < m.cfg.PerDay && perDay[monthKey] < m.cfg.PerMonth
		if earns {
			perDay[dayKey]++
			perDay[monthKey]++
		}
		spoke, parts := m.due(c.by, came, today)
		if spoke {
			points[me] += m.cfg.Newcomer
		}
		if !earns {
			continue
		}
		for i, due := range parts {
			if due {
				points[owner] += []int64{6, 9, 15}[i]
			}
		}
		if parts[0] && parts[1] {
			if stayed[owner]++; stayed[owner] == 2 {
				points[owner] += 50
			} else if stayed[owner] == 4 {
				points[owner] += 70
			}
		}
	}
	return points
}

// came is when the person came who claimed: their first join in the 72 hours before.
func (m *model) came(c said) (came time.Time) {
	for _, w := range m.users(c.by) {
		for _, at := range w.joins {
			if !at.After(c.at) && c.at.Sub(at) <= 72*time.Hour && (came.IsZero() || at.Before(came)) {
				came = at
			}
		}
	}
	return came
}

// wasHere tells whether anything is known of a person before an instant.
func (m *model) wasHere(w *walker, before time.Time) bool {
	for _, w := range m.users(w) {
		for _, list := range [][]time.Time{w.joins, w.leaves} {
			for _, at := range list {
				if at.Before(before) {
					return true
				}
			}
		}
		for _, o := range w.words {
			if o.at.Before(before) {
				return true
			}
		}
	}
	return false
}

// due tells which parts are due by a Day, walking through the Days one by one.
func (m *model) due(w *walker, came time.Time, today community.Day) (spoke bool, parts [3]bool) {
	cal := m.Community.Calendar
	spokeOn := community.Day(-1)
	speaks := map[community.Day]bool{}
	type step struct {
		at time.Time
		in bool
	}
	var way []step
	for _, o := range m.users(w) {
		for _, x := range o.words {
			if x.at.Before(came) {
				continue
			}
			speaks[cal.Day(x.at)] = true
			if x.valid && !x.gone && (spokeOn < 0 || cal.Day(x.at) < spokeOn) {
				spokeOn = cal.Day(x.at)
			}
			way = append(way, step{x.at, true})
		}
		for _, at := range o.joins {
			way = append(way, step{at, true})
		}
		for _, at := range o.leaves {
			way = append(way, step{at, false})
		}
	}
	slices.SortFunc(way, func(a, b step) int { return a.at.Compare(b.at) })
	last := cal.Day(came) + 30
	active := 0
	for d := cal.Day(came); d <= today && d <= last; d++ {
		if spokeOn >= 0 && spokeOn <= d && spokeOn < last {
			parts[0] = true
			parts[1] = parts[1] || active >= 2 && d >= cal.Day(came)+7
			parts[2] = parts[2] || active >= 2 && d >= last
		}
		if speaks[d] {
			active++
		}
		here := true
		for _, s := range way {
			if !s.at.Before(came) && s.at.Before(cal.Start(d+1)) {
				here = s.in
			}
		}
		if !here {
			break
		}
	}
	return parts[0], parts
}

// story is what happened, for whoever looks for a mistake.
func (m *model) story() string {
	var lines []string
	for _, c := range m.claims {
		lines = append(lines, fmt.Sprintf("%s %s (%s) names %s (%s)", c.at.Format("01-02 15:04:05"), c.by.user, m.person(c.by), c.of.user, m.person(c.of)))
		for _, w := range m.users(c.by) {
			lines = append(lines, fmt.Sprintf("   %s joins %v leaves %v words %v", w.user, w.joins, w.leaves, w.words))
		}
	}
	return strings.Join(lines, "\n")
}
