package community_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// opens makes a campaign and gives its id, and a request that other goroutines may copy.
func (e *economy) opens(name string, amount int64, days community.Day) (id string, request bot.Request) {
	e.t.Helper()
	e.as("老王", false, func(ctx context.Context, r *bot.Request) error {
		b, err := e.Community.Budgets.Open(ctx, r, name, amount, e.Community.Calendar.Day(r.At)+days)
		if err != nil {
			e.t.Fatal(err)
		}
		id, request = b.ID, *r
		return nil
	})
	return id, request
}

func TestSixteenWritersNeverGiveMoreThanABudgetHas(t *testing.T) {
	eachEconomy(t, func(t *testing.T, e *economy) {
		who := e.gives("小明", 1)
		id, request := e.opens("春日", 100, 3)
		var given, refused atomic.Int64
		var wg sync.WaitGroup
		for w := range 16 {
			wg.Go(func() {
				for i := range 20 {
					r := request
					var err error
					for {
						err = e.DB.Tx(t.Context(), func(ctx context.Context) error {
							_, err := e.Community.Budgets.Pay(ctx, &r, id, points.Transfer{Key: fmt.Sprintf("pay/%d/%d", w, i), To: points.Member(string(who)), Amount: 3, At: r.At})
							return err
						})
						if err == nil || errors.Is(err, community.ErrBudgetUsedUp) {
							break
						}
						t.Error(err)
						return
					}
					if err == nil {
						given.Add(3)
					} else {
						refused.Add(1)
					}
				}
			})
		}
		wg.Wait()
		if given.Load() != 99 || refused.Load() != 16*20-33 {
			t.Errorf("gave %d and refused %d times", given.Load(), refused.Load())
		}
		b, err := e.Community.Budgets.Get(t.Context(), id)
		if err != nil || b.Left != 1 || b.Given() != 99 {
			t.Errorf("%+v, %v", b, err)
		}
		e.balanced()
	})
}

func TestACampaignGivesOnlyOnItsDays(t *testing.T) {
	eachEconomy(t, func(t *testing.T, e *economy) {
		who := e.gives("小明", 1)
		id, _ := e.opens("春日", 100, 0)
		pay := func() (err error) {
			e.as("老王", false, func(ctx context.Context, r *bot.Request) error {
				_, err = e.Community.Budgets.Pay(ctx, r, id, points.Transfer{Key: "pay/" + r.ID, To: points.Member(string(who)), Amount: 3, At: r.At})
				return err
			})
			return err
		}
		if err := pay(); err != nil {
			t.Fatal(err)
		}
		e.at = e.at.AddDate(0, 0, 1)
		if err := pay(); !errors.Is(err, community.ErrBudgetClosed) {
			t.Errorf("gave after its end: %v", err)
		}
		e.as("老王", false, func(ctx context.Context, r *bot.Request) error {
			if _, err := e.Community.Budgets.Pay(ctx, r, "b99", points.Transfer{}); !errors.Is(err, community.ErrBudgetUnknown) {
				t.Errorf("an unknown campaign: %v", err)
			}
			return nil
		})
	})
}

// TestBudgetsKeepTheSupply does anything in any order: what was issued is always somewhere, no budget is below zero,
// and one that is over holds nothing.
func TestBudgetsKeepTheSupply(t *testing.T) {
	eachEconomy(t, func(t *testing.T, e *economy) {
		who := e.gives("小明", 1)
		run := 0
		rapid.Check(t, func(rt *rapid.T) {
			run++
			p := &spree{economy: e, rt: rt, who: who, run: run}
			for range rapid.IntRange(1, 20).Draw(rt, "steps") {
				p.step()
				p.check()
			}
			e.balanced()
		})
	})
}

type spree struct {
	*economy
	rt               *rapid.T
	who              community.MemberID
	run              int
	ids, pays, funds []string // funds and pays are "id key"
	paid             bool     // the last step paid, which may have paid debts to campaigns that are over
}

func (p *spree) step() {
	what := rapid.SampledFrom([]string{"open", "pay", "pay", "pay", "spend", "fund", "unfund", "reverse", "close", "reopen", "drop", "sweep"}).Draw(p.rt, "step")
	n := rapid.Int64Range(1, 9).Draw(p.rt, "n")
	p.paid = what == "pay"
	pick := func(list []string) (id, key string) {
		if len(list) > 0 {
			_, _ = fmt.Sscan(rapid.SampledFrom(list).Draw(p.rt, "which"), &id, &key)
		}
		return id, key
	}
	p.as("老王", false, func(ctx context.Context, r *bot.Request) (err error) {
		b := p.Community.Budgets
		id, _ := pick(p.ids)
		switch what {
		case "open":
			var x community.Budget
			if x, err = b.Open(ctx, r, fmt.Sprintf("%d/%d", p.run, n), n, p.Community.Calendar.Day(r.At)+9); err == nil {
				p.ids = append(p.ids, x.ID)
			}
		case "pay":
			key := "pay/" + r.ID
			if _, err = b.Pay(ctx, r, id, points.Transfer{Key: key, To: points.Member(string(p.who)), Amount: n, At: r.At}); err == nil {
				p.pays = append(p.pays, id+" "+key)
			}
		case "spend":
			err = p.Community.Purse.Spend(ctx, r, p.who, points.Transfer{Key: "spend/" + r.ID, To: points.Burned, Amount: n, At: r.At})
		case "fund":
			var key string
			if key, err = b.Fund(ctx, r, id, n); err == nil {
				p.funds = append(p.funds, id+" "+key)
			}
		case "unfund":
			id, key := pick(p.funds)
			err = b.Unfund(ctx, r, id, key)
		case "reverse":
			id, key := pick(p.pays)
			_, err = b.Reverse(ctx, r, id, key, points.Reversal{Key: "undo/" + key, At: r.At})
		case "close":
			_, err = b.Close(ctx, r, id)
		case "reopen":
			err = b.Reopen(ctx, r, id)
		case "drop":
			err = b.Drop(ctx, r, id)
		case "sweep":
			err = b.Sweep(ctx, r)
		}
		for _, known := range []error{community.ErrBudgetUnknown, community.ErrBudgetClosed, community.ErrBudgetGiven, community.ErrBudgetName,
			community.ErrBudgetUsedUp, points.ErrUnknown, points.ErrInsufficient} {
			if errors.Is(err, known) {
				return bot.Refuse("no")
			}
		}
		if err != nil {
			p.rt.Fatalf("%s: %v", what, err)
		}
		return nil
	})
}

func (p *spree) check() {
	sums, err := p.Ledger.Sums(p.t.Context())
	if err != nil || !sums.Balanced() {
		p.rt.Fatalf("%+v, %v", sums, err)
	}
	p.as("老王", false, func(ctx context.Context, r *bot.Request) error {
		if p.paid {
			if err := p.Community.Budgets.Sweep(ctx, r); err != nil {
				p.rt.Fatal(err)
			}
		}
		for _, id := range p.ids {
			b, err := p.Community.Budgets.Get(ctx, id)
			if err != nil {
				p.rt.Fatal(err)
			}
			if b.Left < 0 || b.Given() < 0 || b.Funded < 0 || !b.Closed.IsZero() && b.Left != 0 {
				p.rt.Fatalf("%+v", b)
			}
		}
		return nil
	})
}

func TestWhatComesBackAfterTheEndIsReturned(t *testing.T) {
	eachEconomy(t, func(t *testing.T, e *economy) {
		who := e.gives("小明", 1)
		id, _ := e.opens("春日", 100, 3)
		do := func(fn func(ctx context.Context, r *bot.Request) error) {
			t.Helper()
			e.as("老王", false, func(ctx context.Context, r *bot.Request) error {
				if err := fn(ctx, r); err != nil {
					t.Fatal(err)
				}
				return nil
			})
		}
		holds := func(left, given, returned int64) {
			t.Helper()
			b, err := e.Community.Budgets.Get(t.Context(), id)
			if err != nil || b.Left != left || b.Given() != given || b.Returned != returned {
				t.Fatalf("%+v, %v", b, err)
			}
			e.balanced()
		}
		do(func(ctx context.Context, r *bot.Request) error {
			_, err := e.Community.Budgets.Pay(ctx, r, id, points.Transfer{Key: "pay", To: points.Member(string(who)), Amount: 30, At: r.At})
			return err
		})
		holds(70, 30, 0)
		do(func(ctx context.Context, r *bot.Request) error {
			_, err := e.Community.Budgets.Close(ctx, r, id)
			return err
		})
		holds(0, 30, 70)
		do(func(ctx context.Context, r *bot.Request) error {
			_, err := e.Community.Budgets.Reverse(ctx, r, id, "pay", points.Reversal{Key: "undo/pay", At: r.At})
			return err
		})
		holds(0, 0, 100)
		do(func(ctx context.Context, r *bot.Request) error { return e.Community.Budgets.Reopen(ctx, r, id) })
		holds(100, 0, 0)
	})
}
