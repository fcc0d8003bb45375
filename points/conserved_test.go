package points_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/points"
)

// TestNothingIsLost lives through random lives of a shop, a campaign and two people: earnings, holds that are fulfilled
// or refunded, budgets that are funded, given from and closed, expiry, reversals of all of it, repeats and any order.
// After each, issued is what is held, in escrow, suspense, budgets, burned and expired.
func TestNothingIsLost(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		run, now := 0, start.Add(60*24*time.Hour)
		rapid.Check(t, func(r *rapid.T) {
			run++
			l := life{book: b, r: r, run: run}
			for range rapid.IntRange(1, 25).Draw(r, "steps") {
				l.step()
			}
			if rapid.Bool().Draw(r, "seal") {
				b.seal()
			}
			l.conserved(now)
		})
		b.seal()
		if says, holds := b.script(b.exported(), "--root", b.rootHash()); !holds {
			t.Error(says)
		}
	})
}

// life is one run with accounts of its own. What happened can happen again.
type life struct {
	book
	r    *rapid.T
	run  int
	past []points.Transfer
}

func (l *life) member(label string) points.Account {
	name := fmt.Sprintf("%d/%d", l.run, rapid.IntRange(0, 1).Draw(l.r, label))
	if rapid.IntRange(0, 4).Draw(l.r, "recognised") == 0 {
		return points.Suspense(name)
	}
	return points.Member(name)
}

func (l *life) order() points.Account { return points.Escrow(fmt.Sprint(l.run)) }

func (l *life) campaign() points.Account { return points.Budget(fmt.Sprint(l.run)) }

// next is a transfer of one of the kinds that features make.
func (l *life) next() points.Transfer {
	who := l.member("who")
	route := rapid.SampledFrom([]struct {
		rule     string
		from, to points.Account
	}{
		{"earn", points.Issued, who}, {"earn", points.Issued, who}, {"earn", points.Issued, who},
		{"hold", who, l.order()}, {"fulfil", l.order(), points.Burned}, {"refund", l.order(), who},
		{"fund", points.Issued, l.campaign()}, {"win", l.campaign(), who}, {"close", l.campaign(), points.Issued},
		{"deduct", who, points.Burned}, {"expire", who, points.Expired}, {"settle", who, l.member("to")},
	}).Draw(l.r, "route")
	t := move(fmt.Sprintf("%s/%d/%d", route.rule, l.run, len(l.past)), route.from, route.to, rapid.Int64Range(1, 40).Draw(l.r, "amount"))
	t.At = start.Add(time.Duration(rapid.IntRange(0, 60*24).Draw(l.r, "hour")) * time.Hour) // in any order of time
	return t
}

func (l *life) step() {
	kind := rapid.IntRange(0, 9).Draw(l.r, "step")
	if len(l.past) > 0 && kind < 3 {
		before := rapid.SampledFrom(l.past).Draw(l.r, "before")
		if kind == 0 {
			l.try(l.Post(l.ctx, before)) // a repeat, or another try of what was refused
			return
		}
		_, err := l.ReverseKey(l.ctx, before.Key, undo("undo/"+before.Key))
		l.try(nil, err)
		return
	}
	t := l.next()
	if t.From == t.To {
		return
	}
	l.past = append(l.past, t)
	l.try(l.Post(l.ctx, t))
}

func (l *life) try(_ points.Receipt, err error) {
	if err != nil && !errors.Is(err, points.ErrInsufficient) && !errors.Is(err, points.ErrUnknown) {
		l.r.Fatal(err)
	}
}

// conserved checks what must hold always, as the sums, the economy and verify see it.
func (l *life) conserved(now time.Time) {
	sums, err := l.Sums(l.ctx)
	if err != nil || !sums.Balanced() {
		l.r.Fatalf("%+v, %v", sums, err)
	}
	e, err := l.Economy(l.ctx, points.EconomyQuery{At: now})
	if err != nil {
		l.r.Fatal(err)
	}
	if e.Issued != e.Supply+e.Escrow+e.Budgets+e.Burned+e.Expired {
		l.r.Fatalf("issued %d is not all somewhere: %+v", e.Issued, e)
	}
	if want := (points.Sums{Issued: e.Issued, Members: e.Supply - e.Suspense, Escrow: e.Escrow, Suspense: e.Suspense,
		Budgets: e.Budgets, Burned: e.Burned, Expired: e.Expired}); sums != want {
		l.r.Fatalf("the sums are %+v, and the economy has %+v", sums, want)
	}
	all := points.Flow{Issued: e.Issued, Spent: e.Spent, Burned: e.Burned, Expired: e.Expired}
	var rules, months points.Flow
	for _, f := range e.ByRule {
		rules = plus(rules, f.Flow)
	}
	for _, f := range e.ByMonth {
		months = plus(months, f.Flow)
	}
	if rules != all || months != all {
		l.r.Fatalf("the rules add up to %+v and the months to %+v, not %+v", rules, months, all)
	}
	if report, err := l.Verify(l.ctx, points.VerifyOptions{}); err != nil || !report.OK {
		l.r.Fatalf("%+v, %v", report, err)
	}
}

func plus(a, b points.Flow) points.Flow {
	return points.Flow{Issued: a.Issued + b.Issued, Spent: a.Spent + b.Spent, Burned: a.Burned + b.Burned, Expired: a.Expired + b.Expired}
}
