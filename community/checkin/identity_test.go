package checkin_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// people is the slow and obvious model: facts, and who is whom. Everything else is counted anew each time.
type people struct {
	facts  []modelFact
	grants []modelGrant
	via    map[int]int // from an id to the one it was merged into
	waits  [4]bool
}

type modelFact struct {
	id, day int
	at      time.Time
}

type modelGrant struct {
	id, amount int
	key        string
	at         time.Time
	gone       bool
}

func (m *people) who(id int) int {
	for {
		to, ok := m.via[id]
		if !ok {
			return id
		}
		id = to
	}
}

// paid is what each fact of somebody earns, by going through them in order with a set of Days.
func (m *people) paid(who int) (earned []int, facts []modelFact, days map[int]bool) {
	days = map[int]bool{}
	bonus := map[int]int{}
	for _, f := range m.facts {
		if m.who(f.id) != who {
			continue
		}
		n := 0
		if !days[f.day] {
			days[f.day] = true
			n = 5
			length, before := 0, 0
			first, last := f.day, f.day
			for days[first-1] {
				first--
			}
			for days[last+1] {
				last++
			}
			for d := first; d <= last; d++ {
				length++
				before += bonus[d]
			}
			if due := length/7 - before; due > 0 {
				bonus[f.day] += due
				n += 20 * due
			}
		}
		earned, facts = append(earned, n), append(facts, f)
	}
	return earned, facts, days
}

// worth is what somebody has, and what they earned before a time.
func (m *people) worth(who int, before time.Time) (all, early int) {
	earned, facts, _ := m.paid(who)
	for i, n := range earned {
		all += n
		if facts[i].at.Before(before) {
			early += n
		}
	}
	for _, g := range m.grants {
		if m.who(g.id) == who && !g.gone {
			all += g.amount
			if g.at.Before(before) {
				early += g.amount
			}
		}
	}
	return all, early
}

func (m *people) streak(who, day int) (n int) {
	_, _, days := m.paid(who)
	for d := day; days[d]; d-- {
		n++
	}
	for d := day + 1; days[d]; d++ {
		n++
	}
	return n
}

var streakOf = regexp.MustCompile(`连续第 (\d+) 天`)

// TestMergedAndSplitPeopleAreLikeTheModel plays check-ins, grants, merges and splits of four ids: after every
// step everybody has what they would have if those who are one person had always been one, and no others.
func TestMergedAndSplitPeopleAreLikeTheModel(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		run := 0
		rapid.Check(t, func(r *rapid.T) {
			run++
			p := &play{village: v, r: r, run: run, model: &people{via: map[int]int{}}, today: 10}
			p.begin()
			for range rapid.IntRange(5, 30).Draw(r, "steps") {
				p.step()
				p.compare()
			}
		})
		v.verify()
	})
}

type play struct {
	*village
	r     *rapid.T
	model *people
	ids   [4]string
	run   int
	today int
	n     int
}

func (p *play) user(i int) string { return fmt.Sprintf("r%du%d", p.run, i) }

func (p *play) time(day int) time.Time {
	p.n++
	return begins.Add(time.Duration(1000*p.run+day)*24*time.Hour + time.Duration(p.n)*time.Second)
}

func (p *play) begin() {
	for i := range p.ids {
		p.ids[i] = p.member(p.user(i))
		if i > 1 && rapid.Bool().Draw(p.r, "provisional") {
			p.does("xhold %s", p.ids[i])
			p.model.waits[i] = true
		}
	}
}

func (p *play) waiting(i int) bool { return p.model.waits[i] && p.model.who(i) == i }

func (p *play) step() {
	m := p.model
	i := rapid.IntRange(0, 3).Draw(p.r, "who")
	switch rapid.SampledFrom([]string{"checkin", "checkin", "checkin", "week", "late", "day", "grant", "undo", "merge", "merge", "split", "split", "confirm", "lost"}).Draw(p.r, "step") {
	case "day":
		p.today++
	case "checkin":
		p.checkin(i, p.today)
	case "late":
		p.checkin(i, p.today-rapid.IntRange(1, 8).Draw(p.r, "ago"))
	case "week": // what makes bonuses, and two of them, likely
		for range rapid.IntRange(5, 9).Draw(p.r, "days") {
			p.today++
			if rapid.IntRange(0, 9).Draw(p.r, "skips") > 0 {
				p.checkin(rapid.SampledFrom([]int{i, i, (i + 1) % 4}).Draw(p.r, "by"), p.today)
			}
		}
	case "grant":
		g := modelGrant{id: m.who(i), amount: rapid.IntRange(1, 50).Draw(p.r, "amount"), key: fmt.Sprintf("xgrant/%d/%d", p.run, p.n), at: p.time(p.today)}
		if got := p.saysAt(g.at, "boss", fmt.Sprintf("xgrant %s %d %s", p.ids[g.id], g.amount, g.key)); !strings.HasPrefix(got, "ok") {
			p.r.Fatal(got)
		}
		m.grants = append(m.grants, g)
	case "undo":
		if len(m.grants) > 0 {
			k := rapid.IntRange(0, len(m.grants)-1).Draw(p.r, "grant")
			m.grants[k].gone = true
			p.does("xundo %s", m.grants[k].key)
		}
	case "merge":
		from, into := m.who(i), m.who(rapid.IntRange(0, 3).Draw(p.r, "into"))
		got := p.says("boss", fmt.Sprintf("xmerge %s %s", p.ids[from], p.ids[into]))
		if from == into || p.waiting(into) {
			if strings.HasPrefix(got, "ok") {
				p.r.Fatalf("merged %d into %d", from, into)
			}
			return
		}
		if !strings.HasPrefix(got, "ok") {
			p.r.Fatal(got)
		}
		m.via[from] = into
	case "lost":
		p.says("boss", fmt.Sprintf("xlost %s %s", p.ids[i], p.ids[rapid.IntRange(0, 3).Draw(p.r, "into")]))
	case "split":
		got := p.says("boss", fmt.Sprintf("xsplit %s", p.ids[i]))
		if _, merged := m.via[i]; merged != strings.HasPrefix(got, "ok") {
			p.r.Fatalf("split %d: %s", i, got)
		}
		delete(m.via, i)
	case "confirm":
		got := p.says("boss", fmt.Sprintf("xconfirm %s", p.ids[i]))
		if p.waiting(i) != strings.HasPrefix(got, "ok") {
			p.r.Fatalf("confirm %d: %s", i, got)
		}
		if p.waiting(i) {
			m.waits[i] = false
		}
	}
}

func (p *play) checkin(i, day int) {
	m := p.model
	at := p.time(day)
	known := slices.ContainsFunc(m.facts, func(f modelFact) bool { return f.id == i && f.day == day })
	if !known {
		m.facts = append(m.facts, modelFact{i, day, at})
	}
	got := p.saysAt(at, p.user(i), "签到")
	match := streakOf.FindStringSubmatch(got)
	if want := m.streak(m.who(i), day); match == nil || match[1] != strconv.Itoa(want) {
		p.r.Fatalf("check-in of %d on day %d: %q, want a streak of %d", i, day, got, want)
	}
}

func (p *play) compare() {
	p.t.Helper()
	middle := begins.Add(time.Duration(1000*p.run+15) * 24 * time.Hour)
	var top []community.Standing
	if err := p.DB.Tx(p.t.Context(), func(ctx context.Context) (err error) {
		top, err = p.Community.Purse.Top(ctx, begins.Add(time.Duration(1000*p.run)*24*time.Hour), middle, nil)
		return err
	}); err != nil {
		p.r.Fatal(err)
	}
	ranked := map[string]int64{}
	for _, s := range top {
		ranked[string(s.Member)] = s.Amount
	}
	for i, id := range p.ids {
		who := p.model.who(i)
		want, early := p.model.worth(who, middle)
		if balance, debt := p.worth(id); balance-debt != int64(want) {
			p.r.Fatalf("%d has %d and owes %d, want %d", i, balance, debt, want)
		}
		if who == i && ranked[id] != int64(early) {
			p.r.Fatalf("%d earned %d in the period, want %d", i, ranked[id], early)
		}
		other := points.Suspense(id)
		if p.waiting(i) {
			other = points.Member(id)
		}
		if n := p.holds(other); n != 0 {
			p.r.Fatalf("%d points lie in %s", n, other)
		}
	}
}

func TestWhoIsNotCertainlyThemselvesSpendsNothing(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		v.says("u", "签到")
		id := v.member("u")
		if got := v.says("u", "xspend "+id+" 3 buy/1"); !strings.Contains(got, "不能使用积分") {
			t.Errorf("said %q", got)
		}
		if balance, _ := v.worth(id); balance != 5 {
			t.Errorf("%d points are left of 5", balance)
		}
		v.does("xspend %s 3 buy/1", id) // what somebody else takes needs no proof
		if balance, _ := v.worth(id); balance != 2 {
			t.Errorf("%d points are left of 2", balance)
		}
		v.verify()
	})
}
