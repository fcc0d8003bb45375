package points_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/points"
)

var (
	own  = []points.Account{amy, points.Suspense("amy"), points.Member("amy2")}
	shop = points.Escrow("shop")
)

func days(n int) time.Time { return start.AddDate(0, 0, n) }

// earn, spend and back are movements of amy; their ids are their places.
func earn(day int, amount int64) points.Movement {
	return points.Movement{From: points.Issued, To: amy, Amount: amount, At: days(day)}
}

func spend(day int, amount int64) points.Movement {
	return points.Movement{From: amy, To: points.Burned, Amount: amount, At: days(day)}
}

func TestLots(t *testing.T) {
	reversal := func(day int, from, to points.Account, amount, cause int64) points.Movement {
		return points.Movement{From: from, To: to, Amount: amount, At: days(day), Cause: cause, Kind: points.KindReversal}
	}
	for name, c := range map[string]struct {
		moves []points.Movement
		want  string
	}{
		"who has nothing has no lots":              {nil, ""},
		"what was earned is there by its age":      {[]points.Movement{earn(1, 5), earn(2, 7)}, "1:5 2:7"},
		"what is spent is taken from the oldest":   {[]points.Movement{earn(1, 5), earn(2, 7), spend(3, 6)}, "2:6"},
		"what is booked late is as old as it is":   {[]points.Movement{earn(2, 7), earn(1, 5), spend(3, 6)}, "2:6"},
		"what expires is spent":                    {[]points.Movement{earn(1, 5), earn(2, 7), {From: amy, To: points.Expired, Amount: 5, At: days(9)}}, "2:7"},
		"all that is spent leaves no lots":         {[]points.Movement{earn(1, 5), spend(3, 5)}, ""},
		"a refund gives back the lots it consumed": {[]points.Movement{earn(1, 5), earn(2, 7), spend(3, 6), reversal(4, points.Burned, amy, 6, 3)}, "1:5 2:7"},
		"half a refund gives back the younger half": {[]points.Movement{earn(1, 5), earn(2, 7),
			{From: amy, To: shop, Amount: 8, At: days(3)}, {From: shop, To: amy, Amount: 4, At: days(4), Cause: 3}}, "1:1 2:7"},
		"a refund by a plain transfer is one too": {[]points.Movement{earn(1, 5),
			{From: amy, To: shop, Amount: 5, At: days(3)}, {From: shop, To: amy, Amount: 5, At: days(9), Cause: 2}}, "1:5"},
		"a refund of more than was spent earns the rest": {[]points.Movement{earn(1, 5),
			{From: amy, To: shop, Amount: 5, At: days(3)}, {From: shop, To: amy, Amount: 8, At: days(9), Cause: 2}}, "1:5 9:3"},
		"what was spent before a refund counts from the oldest on": {[]points.Movement{earn(1, 5), earn(2, 7), spend(3, 5), spend(4, 5),
			reversal(5, points.Burned, amy, 5, 3)}, "2:7"},
		"an earning that is taken back shrinks itself":           {[]points.Movement{earn(1, 5), earn(2, 7), reversal(3, amy, points.Issued, 7, 2)}, "1:5"},
		"an earning that is taken back in part keeps the rest":   {[]points.Movement{earn(1, 5), earn(2, 7), reversal(3, amy, points.Issued, 4, 2)}, "1:5 2:3"},
		"an earning that was spent is paid for by the next ones": {[]points.Movement{earn(1, 5), earn(2, 7), spend(3, 5), reversal(4, amy, points.Issued, 5, 1)}, "2:2"},
		"a debt that is paid shrinks the earning it was left by": {[]points.Movement{earn(1, 5), spend(2, 5), earn(3, 4),
			{From: amy, To: points.Issued, Amount: 4, At: days(3), Cause: 1, Kind: points.KindRepayment}}, ""},
		"a spending linked to an earning is a spending": {[]points.Movement{earn(1, 5), earn(2, 7), {From: amy, To: shop, Amount: 7, At: days(3), Cause: 2}}, "2:5"},
		"what moves between own accounts keeps its age": {[]points.Movement{
			{From: points.Issued, To: points.Suspense("amy"), Amount: 5, At: days(1)}, {From: points.Suspense("amy"), To: amy, Amount: 5, At: days(30)},
			{From: points.Issued, To: points.Member("amy2"), Amount: 3, At: days(2)}, {From: points.Member("amy2"), To: amy, Amount: 3, At: days(31)}, spend(31, 6)}, "2:2"},
		"what somebody else gave is earned when it came": {[]points.Movement{{From: bob, To: amy, Amount: 3, At: days(8)}}, "8:3"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, printed(points.Lots(own, numbered(c.moves)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func numbered(moves []points.Movement) []points.Movement {
	for i := range moves {
		moves[i].ID = int64(i + 1)
	}
	return moves
}

// printed is "day:left day:left".
func printed(lots []points.Lot) (s string) {
	for i, lot := range lots {
		if i > 0 {
			s += " "
		}
		s += fmt.Sprintf("%d:%d", int(lot.At.Sub(start)/(24*time.Hour)), lot.Left)
	}
	return s
}

// TestLotsAreLikeSinglePoints plays histories on a real ledger and compares with single points that lie in a queue.
func TestLotsAreLikeSinglePoints(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		run := 0
		rapid.Check(t, func(r *rapid.T) {
			run++
			q := &queue{run: run}
			q.play(r, b)
			moves, err := b.Movements(b.ctx, q.accounts()...)
			if err != nil {
				r.Fatal(err)
			}
			lots := points.Lots(q.accounts(), moves)
			balances, err := b.Balances(b.ctx, q.accounts()...)
			if err != nil {
				r.Fatal(err)
			}
			var held, sum int64
			for _, n := range balances {
				held += n
			}
			for _, lot := range lots {
				sum += lot.Left
			}
			if sum != held {
				r.Fatalf("the lots hold %d and the accounts %d: %v", sum, held, lots)
			}
			if diff := cmp.Diff(q.left(), printed(lots)); diff != "" {
				r.Fatalf("%s\n%+v", diff, moves)
			}
		})
	})
}

// queue is the slow and obvious model: single points in a line by their age, of which each spending takes the first.
type queue struct {
	run    int
	events []*queued
}

// queued is something that happened: an earning of a day or a spending, and how much of it still stands.
type queued struct {
	key    string
	day    int
	stands int64
	spends bool
}

func (q *queue) accounts() []points.Account {
	return []points.Account{points.Member(fmt.Sprint("q", q.run)), points.Suspense(fmt.Sprint("q", q.run))}
}

func (q *queue) play(r *rapid.T, b book) {
	a := q.accounts()
	for i := range rapid.IntRange(1, 12).Draw(r, "steps") {
		key, amount := fmt.Sprintf("q/%d/%d", q.run, i), rapid.Int64Range(1, 5).Draw(r, "amount")
		day := i
		if rapid.IntRange(0, 5).Draw(r, "late") == 0 {
			day = rapid.IntRange(0, i).Draw(r, "day")
		}
		where := rapid.SampledFrom(a).Draw(r, "account")
		t := points.Transfer{Key: key, From: points.Issued, To: where, Amount: amount, At: days(day)}
		e := &queued{key, day, amount, false}
		switch rapid.SampledFrom([]string{"earn", "earn", "spend", "expire", "move", "back"}).Draw(r, "what") {
		case "spend":
			t.From, t.To, e.spends = where, points.Burned, true
		case "expire":
			t.From, t.To, e.spends = where, points.Expired, true
		case "move":
			t.From, t.To, e = a[0], a[1], nil
		case "back":
			if len(q.events) > 0 {
				q.back(r, b, rapid.SampledFrom(q.events).Draw(r, "cause"), key)
			}
			continue
		}
		// What is earned in debt pays it first, and this model has no debts: back takes only what is there.
		if _, err := b.Post(b.ctx, t); err == nil && e != nil {
			q.events = append(q.events, e)
		}
	}
}

// back takes something back where all of it is there, so that no debt is left.
func (q *queue) back(r *rapid.T, b book, e *queued, key string) {
	t, _, err := b.Find(b.ctx, e.key)
	if err != nil {
		r.Fatal(err)
	}
	if has, err := b.Balance(b.ctx, t.To); err != nil || !e.spends && has < t.Amount || t.Reversal != "" {
		return
	}
	if _, err := b.ReverseKey(b.ctx, e.key, points.Reversal{Key: key, At: days(99)}); err != nil {
		r.Fatal(err)
	}
	e.stands = 0
}

// left replays what stands, point by point.
func (q *queue) left() string {
	type single struct{ day, order int }
	var line []single
	taken := int64(0)
	for i, e := range q.events {
		for range e.stands {
			if e.spends {
				taken++
			} else {
				line = append(line, single{e.day, i})
			}
		}
	}
	slices.SortStableFunc(line, func(x, y single) int {
		if x.day != y.day {
			return x.day - y.day
		}
		return x.order - y.order
	})
	line = line[taken:]
	var lots []points.Lot
	for i, p := range line {
		if i == 0 || p != line[i-1] {
			lots = append(lots, points.Lot{At: days(p.day)})
		}
		lots[len(lots)-1].Left++
	}
	return printed(lots)
}
