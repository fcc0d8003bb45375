package challenge_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/challenge"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// couple is a random sequence: two ids in one challenge, who are sometimes one person.
type couple struct {
	users  [2]string
	ids    [2]string
	parts  [2]challenge.Part
	merged bool
	last   []saidMark // check-ins that may be recalled
}

// saidMark is a check-in with the message that it came with.
type saidMark struct {
	who   int
	mark  challenge.Mark
	event string
	gone  bool
}

// facts are what one of them, or both as one person, did by the model.
func (c *couple) facts(given []challenge.Mark, who ...int) (p challenge.Part) {
	p.Marks = slices.Clone(given)
	for _, i := range who {
		p.Joins = append(p.Joins, c.parts[i].Joins...)
		p.Marks = append(p.Marks, c.parts[i].Marks...)
	}
	for _, s := range c.last {
		if !s.gone && slices.Contains(who, s.who) {
			p.Marks = append(p.Marks, s.mark)
		}
	}
	slices.SortStableFunc(p.Marks, func(a, b challenge.Mark) int { return int(a.Seq - b.Seq) })
	return p
}

// engineModel plays sequences through the real engine and keeps, beside it, what happened.
type engineModel struct {
	*village
	terms   challenge.Terms
	daily   int64
	couples []*couple
	given   []challenge.Mark
	rng     *rand.Rand
}

// seq is the number of the last event.
func (m *engineModel) seq() (n int64) {
	m.t.Helper()
	if err := m.DB.Conn(m.t.Context()).Raw(`SELECT MAX(seq) FROM inbox`).Row().Scan(&n); err != nil {
		m.t.Fatal(err)
	}
	return n
}

// TestFiveHundredSequencesThroughTheEngineAreLikeTheModel: joins, check-ins (repeated, late, out of order), make-ups,
// leave, outages, recalls, merges and splits. After all of it everybody stands where the slow model has them, and has
// the points that it says.
func TestFiveHundredSequencesThroughTheEngineAreLikeTheModel(t *testing.T) {
	sequences := map[string]int{"sqlite": 500, "postgres": 40}
	if testing.Short() { // the race job
		sequences = map[string]int{"sqlite": 40, "postgres": 10}
	}
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) { playEngine(t, dialect, sequences[dialect]) })
	}
}

func playEngine(t *testing.T, dialect string, sequences int) {
	m := &engineModel{village: newVillage(t, dialect), daily: 2, rng: rand.New(rand.NewPCG(6, uint64(sequences)))}
	m.does("xboss")
	m.says("boss", "新建挑战 早起 14天 连续 今天 每次2分 第3天10分 第7天20分 完成50分 请假3天")
	first := m.Community.Calendar.Day(m.at)
	m.terms = challenge.Terms{ID: 1, Mode: challenge.Consecutive, Days: 14, Target: 14, First: first, Last: first + 13, Prizes: []challenge.Prize{
		{N: 1, At: 3, Kind: challenge.Points, Amount: 10}, {N: 2, At: 7, Kind: challenge.Points, Amount: 20}, {N: 3, Kind: challenge.Points, Amount: 50},
	}}
	for i := range sequences {
		c := &couple{users: [2]string{fmt.Sprintf("a%d", i), fmt.Sprintf("b%d", i)}}
		for j, user := range c.users {
			c.ids[j] = m.member(user)
		}
		m.couples = append(m.couples, c)
	}
	acts := 0
	for day := range community.Day(14) {
		for _, c := range m.couples {
			for range m.rng.IntN(4) {
				acts++
				m.act(c, first+day)
			}
		}
		m.night(first+day, day == 4 || day == 9)
	}
	for i, c := range m.couples {
		m.compare(i, c)
	}
	t.Logf("%d sequences with %d acts over 14 days", sequences, acts)
}

// night lets the Day end; where the bot was away for most of the next one, that is given to all.
func (m *engineModel) night(day community.Day, away bool) {
	cal := m.Community.Calendar
	to := cal.Start(day + 1).Add(8 * time.Hour)
	if away {
		if err := m.Sleep(m.t.Context(), cal.Start(day+2).Add(-time.Hour)); err != nil {
			m.t.Fatal(err)
		}
		to = cal.Start(day + 2).Add(2 * time.Hour)
	}
	if err := m.Advance(m.t.Context(), to); err != nil {
		m.t.Fatal(err)
	}
	m.at = to
	if _, err := m.Said(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
	var rows []struct {
		Day int
		Seq int64
	}
	if err := m.DB.Conn(m.t.Context()).Raw(`SELECT day, seq FROM challenge_grants ORDER BY day`).Scan(&rows).Error; err != nil {
		m.t.Fatal(err)
	}
	m.given = nil
	for _, r := range rows {
		m.given = append(m.given, challenge.Mark{Day: community.Day(r.Day), Kind: challenge.Granted, Seq: r.Seq})
	}
	m.rest()
}

// rest notes which Days of leave are over.
func (m *engineModel) rest() {
	today, seq := m.Community.Calendar.Day(m.at), m.seq()
	for _, c := range m.couples {
		for i := range c.parts {
			for _, k := range c.parts[i].Marks {
				over := challenge.Mark{Origin: k.Origin, Day: k.Day, Kind: challenge.Rested, Seq: seq, Earns: k.Earns}
				same := func(o challenge.Mark) bool {
					return o.Kind == over.Kind && o.Origin == over.Origin && o.Day == over.Day
				}
				if k.Kind == challenge.Leave && k.Day < today && !slices.ContainsFunc(c.parts[i].Marks, same) {
					c.parts[i].Marks = append(c.parts[i].Marks, over)
				}
			}
		}
	}
}

// act does something random.
func (m *engineModel) act(c *couple, _ community.Day) {
	who := m.rng.IntN(2)
	joined := len(c.parts[who].Joins) > 0 || c.merged && len(c.parts[1-who].Joins) > 0
	today := m.Community.Calendar.Day(m.at)
	origin := community.MemberID(c.ids[who])
	switch k := m.rng.IntN(20); {
	case !joined:
		if got, _ := m.says(c.users[who], "参加 早起"); strings.Contains(got, "欢迎") {
			c.parts[who].Joins = append(c.parts[who].Joins, challenge.Join{Origin: origin, Day: today, Seq: m.seq(), Earns: true})
		}
	case k < 12:
		got, id := m.says(c.users[who], "打卡 早起 第"+fmt.Sprint(m.n)+"次记录")
		if strings.Contains(got, "打卡成功") {
			c.last = append(c.last, saidMark{who: who, event: id, mark: challenge.Mark{Origin: origin, Day: today, Kind: challenge.Done, Seq: m.seq(), Price: m.daily, Earns: true}})
		}
	case k < 13: // what was said yesterday is told only now
		m.late(c, who)
	case k < 14:
		if got, _ := m.says(c.users[who], "补卡 早起 昨天"); strings.Contains(got, "补上啦") {
			c.parts[who].Marks = append(c.parts[who].Marks, challenge.Mark{Origin: origin, Day: today - 1, Kind: challenge.MadeUp, Seq: m.seq(), Earns: true})
		}
	case k < 15:
		if got, _ := m.says(c.users[who], "请假 早起 明天 有事"); strings.Contains(got, "不断签") {
			c.parts[who].Marks = append(c.parts[who].Marks, challenge.Mark{Origin: origin, Day: today + 1, Kind: challenge.Leave, Seq: m.seq(), Earns: true})
		}
	case k < 17 && len(c.last) > 0:
		m.recall(c, m.rng.IntN(len(c.last)))
	case c.merged:
		m.does("xsplit %s", c.ids[1])
		c.merged = false
	default:
		m.does("xmerge %s %s", c.ids[1], c.ids[0])
		c.merged = true
	}
}

func (m *engineModel) late(c *couple, who int) {
	m.at = m.at.Add(time.Second)
	ev := m.event(c.users[who], "打卡 早起 昨天的第"+fmt.Sprint(m.n)+"次")
	ev.At, ev.Backlog = m.at.Add(-24*time.Hour), true
	if got := m.deliver(ev); strings.Contains(got, "打卡成功") {
		c.last = append(c.last, saidMark{who: who, event: ev.ID, mark: challenge.Mark{Origin: community.MemberID(c.ids[who]),
			Day: m.Community.Calendar.Day(ev.At), Kind: challenge.Done, Seq: m.seq(), Price: m.daily, Earns: true}})
	}
}

func (m *engineModel) recall(c *couple, n int) {
	if c.last[n].gone {
		return
	}
	m.at = m.at.Add(time.Second)
	ev := m.event(c.users[c.last[n].who], "")
	ev.Kind, ev.Form, ev.Ref = bot.Recalled, "", c.last[n].event
	m.deliver(ev)
	c.last[n].gone = true
}

// compare looks at what two ids have, alone or as one person.
func (m *engineModel) compare(n int, c *couple) {
	m.t.Helper()
	groups := [][]int{{0}, {1}}
	if c.merged {
		groups = [][]int{{0, 1}}
	}
	for _, who := range groups {
		p := c.facts(m.given, who...)
		if len(p.Joins) == 0 {
			continue
		}
		want := slow{m.terms, p}.sums()
		points := int64(len(want.Paid)) * m.daily
		for _, w := range want.Wins {
			points += m.terms.Prizes[int(w[0]-'1')].Amount
		}
		has, owes := m.worth(c.ids[who[0]])
		var total, best int
		if err := m.DB.Conn(m.t.Context()).Raw(`SELECT total, best FROM challenge_standings WHERE challenge_id = 1 AND member_id = ?`, c.ids[who[0]]).
			Row().Scan(&total, &best); err != nil {
			m.t.Fatalf("sequence %d: %v", n, err)
		}
		if has-owes != points || total != want.Total || best != want.Best {
			m.t.Fatalf("sequence %d, %v of %v: %d points, %d days, %d in a row; the model has %d, %d, %d\n%+v\n%+v", n, who, c.ids, has-owes, total, best,
				points, want.Total, want.Best, want, p)
		}
	}
}
