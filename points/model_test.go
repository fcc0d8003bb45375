package points_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/points"
)

// model is the slow and obvious ledger.
type model struct {
	balances map[points.Account]int64
	posted   map[string]points.Transfer
	debts    []debt
	reversed map[string]bool   // by the key of the cause
	orders   map[string]string // from the key of a reversal to its cause, where it did anything
	taken    map[string]bool   // by the key of a reversal that moved points
}

type debt struct {
	account, to points.Account
	rest        int64
}

func newModel() *model {
	return &model{map[points.Account]int64{}, map[string]points.Transfer{}, nil, map[string]bool{}, map[string]string{}, map[string]bool{}}
}

func (m *model) clone() *model {
	return &model{maps.Clone(m.balances), maps.Clone(m.posted), slices.Clone(m.debts), maps.Clone(m.reversed), maps.Clone(m.orders), maps.Clone(m.taken)}
}

func (m *model) post(transfers ...points.Transfer) error {
	try := m.clone()
	for _, t := range transfers {
		if err := try.postOne(t); err != nil {
			return err
		}
	}
	*m = *try
	return nil
}

func (m *model) postOne(t points.Transfer) error {
	if before, ok := m.posted[t.Key]; ok {
		if before.From != t.From || before.To != t.To || before.Amount != t.Amount {
			return points.ErrKeyReused
		}
		return nil
	}
	if m.taken[t.Key] {
		return points.ErrKeyReused
	}
	if t.From != points.Issued && m.balances[t.From] < t.Amount {
		return points.ErrInsufficient
	}
	m.balances[t.From] -= t.Amount
	m.balances[t.To] += t.Amount
	m.posted[t.Key] = t
	if t.From == points.Issued {
		m.repay(t)
	}
	return nil
}

func (m *model) repay(t points.Transfer) {
	left := t.Amount
	for i := range m.debts {
		d := &m.debts[i]
		if d.account != t.To {
			continue
		}
		pay := min(left, d.rest)
		left -= pay
		d.rest -= pay
		m.balances[d.account] -= pay
		m.balances[d.to] += pay
	}
}

func (m *model) reverse(cause, key string) error {
	t, ok := m.posted[cause]
	if !ok {
		if m.taken[cause] {
			return points.ErrInvalid
		}
		return points.ErrUnknown
	}
	if _, ok := m.posted[key]; ok || (m.orders[key] != "" && m.orders[key] != cause) {
		return points.ErrKeyReused
	}
	if m.reversed[cause] {
		return nil
	}
	take := t.Amount
	if t.To != points.Burned && t.To != points.Issued {
		take = min(take, m.balances[t.To])
	}
	m.reversed[cause], m.orders[key] = true, cause
	if take > 0 {
		m.taken[key] = true
	}
	m.balances[t.To] -= take
	m.balances[t.From] += take
	if take < t.Amount {
		m.debts = append(m.debts, debt{t.To, t.From, t.Amount - take})
	}
	return nil
}

func (m *model) debt(account points.Account) (sum int64) {
	for _, d := range m.debts {
		if d.account == account {
			sum += d.rest
		}
	}
	return sum
}

// same fails unless both failed alike.
func same(t *rapid.T, what string, got, want error) {
	if !errors.Is(got, want) || (got == nil) != (want == nil) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func TestLedgerIsLikeTheModel(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		run := 0
		rapid.Check(t, func(r *rapid.T) {
			run++
			p := play{book: b, r: r, model: newModel(), run: run}
			for range rapid.IntRange(1, 6).Draw(r, "transactions") {
				p.transaction(0)
				if rapid.Bool().Draw(r, "seal") {
					b.seal()
				}
			}
			p.compare()
		})
		b.seal()
		if report := b.verify(b.rootHash()); !report.OK || report.Unsealed != 0 {
			t.Fatalf("%+v", report)
		}
	})
}

// play is one run of the property, with accounts and keys of its own.
type play struct {
	book
	r     *rapid.T
	model *model
	run   int
}

func (p *play) key(label string) string {
	return fmt.Sprintf("%d/%d", p.run, rapid.IntRange(0, 12).Draw(p.r, label))
}

func (p *play) account(label string) points.Account {
	names := append(p.accounts(), points.Issued, points.Issued, points.Burned)
	return rapid.SampledFrom(names).Draw(p.r, label)
}

func (p *play) accounts() []points.Account {
	return []points.Account{
		points.Member(fmt.Sprintf("%d/a", p.run)), points.Member(fmt.Sprintf("%d/b", p.run)),
		points.Escrow(fmt.Sprintf("%d/e", p.run)),
	}
}

func (p *play) transfer() points.Transfer {
	t := move(p.key("key"), p.account("from"), p.account("to"), rapid.Int64Range(1, 4).Draw(p.r, "amount")*5)
	if t.From == points.Burned {
		t.From = points.Issued
	}
	if t.From == t.To {
		t.To = p.accounts()[0]
	}
	if t.From == t.To {
		t.From = points.Issued
	}
	return t
}

// transaction runs steps in a transaction or a savepoint, and keeps or undoes them.
func (p *play) transaction(depth int) {
	before := p.model.clone()
	p.within(func(b book) bool {
		outer := p.book
		p.book = b
		defer func() { p.book = outer }()
		for range rapid.IntRange(1, 6).Draw(p.r, "steps") {
			p.step(depth)
		}
		keep := rapid.IntRange(0, 3).Draw(p.r, "keep") > 0
		if !keep {
			p.model = before
		}
		return keep
	})
}

func (p *play) step(depth int) {
	switch rapid.IntRange(0, 9).Draw(p.r, "step") {
	case 0:
		if depth < 2 {
			p.transaction(depth + 1)
		}
	case 1, 2:
		cause, key := p.key("cause"), p.key("reversal")
		_, err := p.ReverseKey(p.ctx, cause, undo(key))
		same(p.r, "reverse "+cause+" as "+key, err, p.model.reverse(cause, key))
	case 3, 4:
		transfers := []points.Transfer{p.transfer(), p.transfer(), p.transfer()}
		_, err := p.Post(p.ctx, transfers...)
		same(p.r, fmt.Sprint(transfers), err, p.model.post(transfers...))
	default:
		transfer := p.transfer()
		_, err := p.Post(p.ctx, transfer)
		same(p.r, fmt.Sprint(transfer), err, p.model.post(transfer))
	}
}

func (p *play) compare() {
	for _, account := range p.accounts() {
		balance, err := p.Balance(p.ctx, account)
		if err != nil {
			p.r.Fatal(err)
		}
		owed, err := p.Debt(p.ctx, account)
		if err != nil {
			p.r.Fatal(err)
		}
		if balance != p.model.balances[account] || owed != p.model.debt(account) || balance < 0 {
			p.r.Fatalf("%s has %d and owes %d, want %d and %d", account, balance, owed, p.model.balances[account], p.model.debt(account))
		}
	}
	report, err := p.Verify(p.ctx, points.VerifyOptions{})
	if err != nil || !report.OK {
		p.r.Fatalf("%+v, %v", report, err)
	}
}
