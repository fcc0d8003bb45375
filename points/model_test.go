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
	paid     map[string][]debt // what a transfer paid when it came, by its key
}

type debt struct {
	account, to points.Account
	rest        int64
}

func newModel() *model {
	return &model{map[points.Account]int64{}, map[string]points.Transfer{}, nil, map[string]bool{}, map[string]string{}, map[string]bool{}, map[string][]debt{}}
}

func (m *model) clone() *model {
	return &model{maps.Clone(m.balances), maps.Clone(m.posted), slices.Clone(m.debts), maps.Clone(m.reversed), maps.Clone(m.orders), maps.Clone(m.taken), maps.Clone(m.paid)}
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
		m.repay(t.Key, t.To, t.Amount)
	}
	return nil
}

func (m *model) repay(key string, to points.Account, left int64) {
	for i := range m.debts {
		d := &m.debts[i]
		if d.account != to {
			continue
		}
		pay := min(left, d.rest)
		left -= pay
		d.rest -= pay
		m.balances[d.account] -= pay
		m.balances[d.to] += pay
		if pay > 0 {
			m.paid[key] = append(slices.Clone(m.paid[key]), debt{d.account, d.to, pay})
		}
	}
}

func (m *model) unpay(key string) error {
	try := m.clone()
	for _, p := range m.paid[key] {
		if p.to != points.Issued && p.to != points.Burned && try.balances[p.to] < p.rest {
			return points.ErrInsufficient
		}
		try.balances[p.to] -= p.rest
		try.balances[p.account] += p.rest
		try.debts = append(try.debts, p)
	}
	*m = *try
	return nil
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
	m.repay(key, t.From, take)
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
	n     int // of what has a key that nothing else has
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
	case 3:
		p.refund()
	case 4:
		key := p.key("paid")
		same(p.r, "unpay "+key, p.unpay(key), p.model.unpay(key))
	case 5:
		transfers := []points.Transfer{p.transfer(), p.transfer(), p.transfer()}
		_, err := p.Post(p.ctx, transfers...)
		same(p.r, fmt.Sprint(transfers), err, p.model.post(transfers...))
	default:
		transfer := p.transfer()
		_, err := p.Post(p.ctx, transfer)
		same(p.r, fmt.Sprint(transfer), err, p.model.post(transfer))
	}
}

// refund does what it takes for a refund into a debt: somebody spends what they got, which is reversed, and then what
// they spent comes back; and that may be undone.
func (p *play) refund() {
	who, amount := p.accounts()[rapid.IntRange(0, 1).Draw(p.r, "who")], rapid.Int64Range(1, 4).Draw(p.r, "amount")*5
	got, spent := p.key("got"), p.key("spent")
	earn, spend := move(got, points.Issued, who, amount), move(spent, who, p.accounts()[2], amount)
	_, err := p.Post(p.ctx, earn, spend)
	same(p.r, fmt.Sprint(earn, spend), err, p.model.post(earn, spend))
	for _, cause := range []string{got, spent} {
		key := p.key("reversal")
		_, err := p.ReverseKey(p.ctx, cause, undo(key))
		same(p.r, "reverse "+cause+" as "+key, err, p.model.reverse(cause, key))
		if cause == spent && rapid.Bool().Draw(p.r, "unpay") {
			same(p.r, "unpay "+key, p.unpay(key), p.model.unpay(key))
		}
	}
}

func (p *play) unpay(key string) error {
	p.n++
	_, err := p.Unpay(p.ctx, key, undo(fmt.Sprintf("%d/unpaid/%d", p.run, p.n)))
	return err
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
