package points

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// velocityDays is over how long the velocity looks back.
const velocityDays = 30

// EconomyQuery asks for the economy.
type EconomyQuery struct {
	// At is now: the velocity looks back from it.
	At time.Time
	// Zone is where months begin; nil means UTC.
	Zone *time.Location
	// Person names who has a member's or a suspense account, so that several accounts count as one
	// person; empty leaves the account out of the concentration. Nil takes the account's own name.
	Person func(name string) string
}

// Economy is where the points are and how they move. Rates are nil where there is nothing to divide by.
type Economy struct {
	// Supply is what people hold, in suspense or not.
	Supply int64 `json:"supply"`
	// Issued is what Issued gave out, less what came back to it: the sum of what follows, but for Spent.
	Issued int64 `json:"issued"`
	// Spent is what people gave to escrow and to burned, less what they got back from there.
	Spent int64 `json:"spent"`
	// Burned and Expired are gone. Escrow and Budgets are held by such accounts.
	Burned  int64 `json:"burned"`
	Expired int64 `json:"expired"`
	Escrow  int64 `json:"escrow"`
	Budgets int64 `json:"budgets"`
	// Suspense is the part of Supply whose owners are not recognised yet.
	Suspense int64 `json:"suspense"`
	// Owed are all unpaid debts. They are promises and no points.
	Owed int64 `json:"owed"`
	// People is how many people the concentration looks at.
	People int64 `json:"people"`
	// Velocity is what was spent in the last 30 days as a part of the mean supply of these days, or of those
	// since the first transfer. Times are told apart to the quarter of an hour.
	Velocity *float64 `json:"velocity_30d"`
	// Gini and Top10 are those of Concentrate.
	Gini  *float64 `json:"gini"`
	Top10 *float64 `json:"top10_share"`
	// ByRule begins with the rule that issued most, ByMonth with the first month.
	ByRule  []RuleFlow  `json:"by_rule"`
	ByMonth []MonthFlow `json:"by_month"`
}

// Flow is what moved, less what was taken back. What was taken back counts for the rule of what it took
// back, and in the month in which that happened.
type Flow struct {
	Issued  int64 `json:"issued"`
	Spent   int64 `json:"spent"`
	Burned  int64 `json:"burned"`
	Expired int64 `json:"expired"`
}

// RuleFlow is the flow of one rule: the first segment of the keys.
type RuleFlow struct {
	Rule string `json:"rule"`
	Flow
}

// MonthFlow is the flow of one month, like 2026-11.
type MonthFlow struct {
	Month string `json:"month"`
	Flow
}

// Economy reads how the economy is, at one moment, beside writers. It goes once through all transfers.
func (l *Ledger) Economy(ctx context.Context, q EconomyQuery) (Economy, error) {
	if q.Zone == nil {
		q.Zone = time.UTC
	}
	if q.Person == nil {
		q.Person = func(name string) string { return name }
	}
	e := &economist{query: q, rules: map[string]*Flow{}, months: months{zone: q.Zone, flows: map[string]*Flow{}}, first: math.MaxInt64}
	err := l.on(ctx).snapshot(ctx, func(ctx context.Context, d db) error {
		if err := e.held(ctx, d); err != nil {
			return err
		}
		return d.flows(ctx, e.add)
	})
	if err != nil {
		return Economy{}, fmt.Errorf("read the economy: %w", err)
	}
	return e.answer(), nil
}

// economist adds up one reading of the economy.
type economist struct {
	Economy
	query  EconomyQuery
	total  Flow
	rules  map[string]*Flow
	months months

	first           int64   // when the first transfer was
	recent          float64 // spent in the days of the velocity
	changed, waited float64 // by how much the supply changed in them, and that times the milliseconds until then
}

// held adds up the balances.
func (e *economist) held(ctx context.Context, d db) error {
	people := map[string]int64{}
	err := d.each(ctx, func(scan func(...any) error) error {
		var account string
		var balance, debt int64
		if err := scan(&account, &balance, &debt); err != nil {
			return err
		}
		e.Owed += debt
		kind, name, _ := strings.Cut(account, ":")
		switch kind {
		case "escrow":
			e.Escrow += balance
			return nil
		case "budget":
			e.Budgets += balance
			return nil
		case "suspense":
			e.Suspense += balance
		}
		e.Supply += balance
		if person := e.query.Person(name); person != "" {
			people[person] += balance
		}
		return nil
	}, `SELECT account, balance, debt FROM balances`)
	e.People = int64(len(people))
	if c := Concentrate(slices.Collect(maps.Values(people))); c != nil {
		e.Gini, e.Top10 = &c.Gini, &c.Top10
	}
	return err
}

// add adds one flow to the totals, its rule, its month and the velocity.
func (e *economist) add(f flow) {
	moved := Flow{Issued: -f.gain("issued"), Burned: f.gain("burned"), Expired: f.gain("expired")}
	switch {
	case f.from.people() && f.to.sink():
		moved.Spent = f.amount
	case f.from.sink() && f.to.people():
		moved.Spent = -f.amount
	}
	e.pace(f, moved.Spent)
	if moved == (Flow{}) {
		return
	}
	rule := e.rules[string(f.rule)]
	if rule == nil {
		rule = &Flow{}
		e.rules[string(f.rule)] = rule
	}
	for _, sum := range []*Flow{&e.total, rule, e.months.of(f.at)} {
		sum.add(moved)
	}
}

func (f *Flow) add(o Flow) {
	f.Issued += o.Issued
	f.Spent += o.Spent
	f.Burned += o.Burned
	f.Expired += o.Expired
}

// window is over how long the velocity looks back, in milliseconds.
const window = int64(velocityDays * 24 * time.Hour / time.Millisecond)

// pace counts what was spent lately, and when the supply changed.
func (e *economist) pace(f flow, spent int64) {
	since := e.query.At.UnixMilli() - window
	e.first = min(e.first, f.at)
	if f.at < since {
		return
	}
	when := min(f.at-since, window)
	if f.at <= e.query.At.UnixMilli() {
		e.recent += float64(spent)
	}
	change := float64(f.gain("member") + f.gain("suspense"))
	e.changed += change
	e.waited += change * float64(when)
}

// velocity is what was spent lately as a part of the mean supply since then, or since the first transfer where that
// was later: what the supply is now, less each change for the part of the time before it.
func (e *economist) velocity() *float64 {
	begin := max(0, e.first-(e.query.At.UnixMilli()-window))
	if begin >= window {
		return nil
	}
	mean := float64(e.Supply) - (e.waited-e.changed*float64(begin))/float64(window-begin)
	if mean <= 0 {
		return nil
	}
	velocity := e.recent / mean
	return &velocity
}

func (e *economist) answer() Economy {
	e.Spent, e.Burned, e.Expired = e.total.Spent, e.total.Burned, e.total.Expired
	e.Issued = e.total.Issued
	e.Velocity = e.velocity()
	e.ByRule, e.ByMonth = []RuleFlow{}, []MonthFlow{}
	for rule, f := range e.rules {
		e.ByRule = append(e.ByRule, RuleFlow{rule, *f})
	}
	slices.SortFunc(e.ByRule, func(a, b RuleFlow) int {
		return cmp.Or(cmp.Compare(b.Issued, a.Issued), cmp.Compare(b.Spent, a.Spent), cmp.Compare(a.Rule, b.Rule))
	})
	for _, month := range slices.Sorted(maps.Keys(e.months.flows)) {
		e.ByMonth = append(e.ByMonth, MonthFlow{month, *e.months.flows[month]})
	}
	return e.Economy
}

// months finds the flow of the month that an instant is in. Most instants are in the month of the one before.
type months struct {
	zone       *time.Location
	flows      map[string]*Flow
	last       *Flow
	begin, end int64
}

func (m *months) of(at int64) *Flow {
	if m.last != nil && at >= m.begin && at < m.end {
		return m.last
	}
	year, month, _ := time.UnixMilli(at).In(m.zone).Date()
	m.begin = time.Date(year, month, 1, 0, 0, 0, 0, m.zone).UnixMilli()
	m.end = time.Date(year, month+1, 1, 0, 0, 0, 0, m.zone).UnixMilli()
	name := fmt.Sprintf("%04d-%02d", year, month)
	if m.flows[name] == nil {
		m.flows[name] = &Flow{}
	}
	m.last = m.flows[name]
	return m.last
}
