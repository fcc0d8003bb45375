package points_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/points"
)

func TestConcurrentDebitsGrantWhatThereIs(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.post(move("stock", points.Issued, points.Budget("stock"), 10))
		var granted, refused atomic.Int64
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				_, err := b.Post(b.ctx, move(fmt.Sprint("take ", i), points.Budget("stock"), amy, 1))
				switch {
				case err == nil:
					granted.Add(1)
				case errors.Is(err, points.ErrInsufficient):
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if granted.Load() != 10 || refused.Load() != 190 {
			t.Fatalf("granted %d and refused %d", granted.Load(), refused.Load())
		}
		b.has(amy, 10, 0)
		b.whole()
	})
}

func TestConcurrentPostsOfOneKeyPostOnce(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		var fresh atomic.Int64
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				receipt, err := b.Post(b.ctx, move("once", points.Issued, amy, 7))
				if err != nil {
					t.Error(err)
				} else if !receipt[0].Already {
					fresh.Add(1)
				}
			})
		}
		wg.Wait()
		if fresh.Load() != 1 {
			t.Fatalf("posted %d times", fresh.Load())
		}
		b.has(amy, 7, 0)
		b.whole()
	})
}

func TestConcurrentReversalsTakeBackOnce(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.post(move("earn", points.Issued, amy, 10), move("more", points.Issued, amy, 90), move("spend", amy, bob, 95))
		var first atomic.Int64
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				reversed, err := b.ReverseKey(b.ctx, "earn", undo(fmt.Sprint("undo ", i)))
				if err != nil || reversed.Taken != 5 || reversed.Owed != 5 {
					t.Error(reversed, err)
				} else if !reversed.Already {
					first.Add(1)
				}
			})
		}
		wg.Wait()
		if first.Load() != 1 {
			t.Fatalf("reversed %d times", first.Load())
		}
		b.has(amy, 0, 5)
		b.whole()
	})
}

func TestReversalsBesideSpendingTakeWhatIsLeft(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		for i := range 40 {
			b.post(move(fmt.Sprint("earn ", i), points.Issued, amy, 2))
		}
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				_, err := b.Post(b.ctx, move(fmt.Sprint("spend ", i), amy, points.Burned, 1))
				if err != nil && !errors.Is(err, points.ErrInsufficient) {
					t.Error(err)
				}
			})
			wg.Go(func() {
				reversed, err := b.ReverseKey(b.ctx, fmt.Sprint("earn ", i), undo(fmt.Sprint("undo ", i)))
				if err != nil || reversed.Taken+reversed.Owed != 2 {
					t.Error(reversed, err)
				}
			})
		}
		wg.Wait()
		b.whole()
	})
}

// TestConcurrentWriters lets 16 writers do everything at once beside a sealer and a
// verifier.
func TestConcurrentWriters(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		var writers, others sync.WaitGroup
		for w := range 16 {
			writers.Go(func() {
				random := rand.New(rand.NewPCG(1, uint64(w)))
				for i := range 25 {
					if err := writeSomething(b, random, fmt.Sprintf("%d/%d", w, i)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		stop := make(chan struct{})
		beside := func(fn func() error) {
			others.Go(func() {
				for {
					if err := fn(); err != nil {
						t.Error(err)
						return
					}
					select {
					case <-stop:
						return
					default:
					}
				}
			})
		}
		beside(func() error { _, err := b.Seal(b.ctx, 50); return err })
		beside(func() error {
			report, err := b.Verify(b.ctx, points.VerifyOptions{})
			if err == nil && !report.OK {
				err = fmt.Errorf("beside writers: %q", report.Problems)
			}
			return err
		})
		writers.Wait()
		close(stop)
		others.Wait()
		b.seal()
		report := b.verify(b.rootHash())
		if !report.OK || report.Unsealed != 0 || report.Sealed != report.Transfers {
			t.Fatalf("%+v", report)
		}
		if sums, err := b.Sums(b.ctx); err != nil || !sums.Balanced() {
			t.Fatalf("%+v, %v", sums, err)
		}
	})
}

// writeSomething runs one transaction of several steps, again when it lost a race, as
// the bot does with events.
func writeSomething(b book, random *rand.Rand, key string) error {
	seed := random.Uint64()
	for {
		steps := rand.New(rand.NewPCG(2, seed))
		err := b.db.Tx(b.ctx, func(ctx context.Context) error {
			for i := range 1 + steps.IntN(40)/39 { // now and then two, which may deadlock on PostgreSQL
				if err := step(ctx, b, steps, fmt.Sprintf("%s/%d", key, i)); err != nil {
					return err
				}
			}
			return nil
		})
		if !database.IsRetryable(err) && !errors.Is(err, database.ErrTxDead) {
			return err
		}
	}
}

func step(ctx context.Context, b book, random *rand.Rand, key string) error {
	who := func() points.Account { return points.Member(fmt.Sprint(random.IntN(4))) }
	from, to, amount := who(), who(), 1+random.Int64N(20)
	var err error
	switch random.IntN(5) {
	case 0:
		_, err = b.ReverseKey(ctx, fmt.Sprintf("%d/%d/0", random.IntN(16), random.IntN(25)), undo(key))
	case 1:
		if from == to {
			to = points.Escrow("shop")
		}
		_, err = b.Post(ctx, move(key, from, to, amount))
	case 2:
		_, err = b.Post(ctx, move(key, points.Issued, from, amount), move(key+"+", from, points.Burned, amount))
	case 3:
		_, err = b.Post(ctx, move("shared "+fmt.Sprint(random.IntN(50)), points.Issued, points.Member("0"), 3))
	default:
		_, err = b.Post(ctx, move(key, points.Issued, to, amount))
	}
	for _, refusal := range []error{points.ErrInsufficient, points.ErrKeyReused, points.ErrUnknown, points.ErrInvalid} {
		if errors.Is(err, refusal) {
			return nil
		}
	}
	return err
}
