package points

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Movement is a transfer that touches some accounts, without its texts.
type Movement struct {
	ID       int64
	From, To Account
	Amount   int64
	At       time.Time
	Cause    int64 // the transfer it is linked to, or 0
	Kind     Kind
}

// Lot is what is left of something that was earned.
type Lot struct {
	ID   int64     // the transfer that earned it
	At   time.Time // when it was earned
	Left int64     // always above zero
}

// Movements are all transfers that touch any of the accounts, in the order of their ids.
func (l *Ledger) Movements(ctx context.Context, accounts ...Account) ([]Movement, error) {
	if len(accounts) == 0 {
		return nil, nil
	}
	args := make([]any, 0, 2*len(accounts))
	for range 2 {
		for _, account := range accounts {
			args = append(args, string(account))
		}
	}
	in := `IN (?` + strings.Repeat(", ?", len(accounts)-1) + `)`
	const columns = `SELECT id, debit, credit, amount, at, COALESCE(cause, 0) AS cause, kind FROM transfers WHERE `
	var list []Movement
	err := l.on(ctx).each(ctx, func(scan func(...any) error) error {
		var m Movement
		var at int64
		err := scan(&m.ID, &m.From, &m.To, &m.Amount, &at, &m.Cause, &m.Kind)
		m.At = time.UnixMilli(at).UTC()
		list = append(list, m)
		return err
	}, columns+`credit `+in+` UNION `+columns+`debit <> 'issued' AND debit `+in+` ORDER BY 1`, args...)
	if err != nil {
		return nil, fmt.Errorf("movements of %s: %w", accounts[0], err)
	}
	return list, nil
}

// Lots are what is left of everything that the owner of some accounts earned, oldest first, from all movements of these
// accounts in the order of their ids. What is spent is taken from the oldest first, so what is left is always the
// youngest part of what was earned. Their sum is what the accounts hold.
//
//   - What moves between the accounts keeps its age, wherever it lies.
//   - What is given back of a spending, by a reversal, a repayment or a transfer whose cause it is, counts as if it had
//     never been spent: it has its old age, and what was spent in between counts from the oldest on again.
//   - What is taken back of an earning, also by a repayment of the debt that this left, counts as if it had never been
//     earned: that very lot shrinks, and where it was spent already the next ones pay for that.
//   - What expires is spent.
//
// The age of a lot is the time At of its transfer; of equal ones the earlier transfer is the older.
func Lots(accounts []Account, movements []Movement) []Lot {
	b := lotBook{earned: map[int64]int{}, given: map[int64]int64{}}
	for _, m := range movements {
		gives, gets := slices.Contains(accounts, m.From), slices.Contains(accounts, m.To)
		switch {
		case gets && !gives:
			b.got(m)
		case gives && !gets:
			b.gave(m)
		}
	}
	return b.left()
}

// lotBook nets earnings against what was taken back of them, and spendings against what was given back.
type lotBook struct {
	lots   []Lot
	spent  int64
	earned map[int64]int   // places in lots, by transfer
	given  map[int64]int64 // what was spent and not given back, by transfer
}

func (b *lotBook) got(m Movement) {
	back := min(m.Amount, b.given[m.Cause])
	if back > 0 {
		b.given[m.Cause] -= back
		b.spent -= back
	}
	if m.Amount > back {
		b.earned[m.ID] = len(b.lots)
		b.lots = append(b.lots, Lot{m.ID, m.At, m.Amount - back})
	}
}

func (b *lotBook) gave(m Movement) {
	rest := m.Amount
	if i, ok := b.earned[m.Cause]; ok && m.Kind != KindPlain {
		back := min(rest, b.lots[i].Left)
		b.lots[i].Left -= back
		rest -= back
	}
	b.given[m.ID] = rest
	b.spent += rest
}

// left takes what was spent from the oldest lots.
func (b *lotBook) left() []Lot {
	slices.SortFunc(b.lots, func(x, y Lot) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.ID, y.ID)) })
	left := []Lot{}
	for _, lot := range b.lots {
		take := min(lot.Left, b.spent)
		b.spent -= take
		if lot.Left -= take; lot.Left > 0 {
			left = append(left, lot)
		}
	}
	return left
}
