package community

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/points"
)

// Purse is what people have in the ledger. Each id keeps accounts of its own for ever, and a person has what
// all of them hold: a merge moves nothing from one id to another, so a split finds everything in its place.
//
// An id has two accounts. While it waits to be recognised its points are in suspense; as soon as somebody says
// who it is, whatever that answer is, they go to its member account, and back where that is taken back.
type Purse struct {
	ro     *Roster
	ledger *points.Ledger
}

func newPurse(ro *Roster, ledger *points.Ledger) *Purse { return &Purse{ro, ledger} }

// twins are the two accounts of an id.
func twins(id MemberID) [2]points.Account {
	return [...]points.Account{points.Member(string(id)), points.Suspense(string(id))}
}

// accountOf is whose account it is; ok is false where it is nobody's.
func accountOf(a points.Account) (id MemberID, ok bool) {
	for _, kind := range [...]points.Account{points.Member(""), points.Suspense("")} {
		if name, ok := strings.CutPrefix(string(a), string(kind)); ok {
			return MemberID(name), true
		}
	}
	return "", false
}

// Account is where what an id earns goes today. What somebody earns by an event goes to r.Actor.Origin, and
// what is given to a person to their own id.
func (ro *Roster) Account(ctx context.Context, id MemberID) (points.Account, error) {
	waits, err := ro.Waits(ctx, id)
	if waits {
		return points.Suspense(string(id)), err
	}
	return points.Member(string(id)), err
}

// accounts are all accounts of a person.
func (p *Purse) accounts(ctx context.Context, id MemberID) ([]points.Account, error) {
	ids, err := p.ro.IDs(ctx, id)
	if err != nil {
		return nil, err
	}
	list := make([]points.Account, 0, 2*len(ids))
	for _, id := range ids {
		both := twins(id)
		list = append(list, both[:]...)
	}
	return list, nil
}

// Worth is what a person has under all ids less what they owe to others. One of the two is 0.
func (p *Purse) Worth(ctx context.Context, id MemberID) (balance, debt int64, err error) {
	accounts, err := p.accounts(ctx, id)
	if err != nil {
		return 0, 0, err
	}
	balances, err := p.ledger.Balances(ctx, accounts...)
	if err != nil {
		return 0, 0, err
	}
	debts, err := p.owed(ctx, accounts)
	if err != nil {
		return 0, 0, err
	}
	var worth int64
	for _, n := range balances {
		worth += n
	}
	for _, d := range debts {
		worth -= d.Amount - d.Paid
	}
	return max(0, worth), max(0, -worth), nil
}

// Debts are the unpaid debts of a person, where their points don't cover them.
func (p *Purse) Debts(ctx context.Context, id MemberID) ([]points.Owed, error) {
	_, debt, err := p.Worth(ctx, id)
	if err != nil || debt == 0 {
		return nil, err
	}
	accounts, err := p.accounts(ctx, id)
	if err != nil {
		return nil, err
	}
	return p.owed(ctx, accounts)
}

// owed are the debts of accounts to others than themselves.
func (p *Purse) owed(ctx context.Context, accounts []points.Account) ([]points.Owed, error) {
	debts, err := p.ledger.Debts(ctx, accounts...)
	return slices.DeleteFunc(debts, func(d points.Owed) bool { return slices.Contains(accounts, d.To) }), err
}

// Post posts transfers that give to people, or between accounts that are nobody's.
func (p *Purse) Post(ctx context.Context, transfers ...points.Transfer) (points.Receipt, error) {
	return p.ledger.Post(ctx, transfers...)
}

// Balance is what lies in an account that is nobody's, such as an escrow.
func (p *Purse) Balance(ctx context.Context, account points.Account) (int64, error) {
	return p.ledger.Balance(ctx, account)
}

// Find reads a transfer by its key.
func (p *Purse) Find(ctx context.Context, key string) (t points.Posting, ok bool, err error) {
	return p.ledger.Find(ctx, key)
}

// List is a part of all transfers, newest first.
func (p *Purse) List(ctx context.Context, q points.ListQuery) ([]points.Listed, error) {
	return p.ledger.List(ctx, q)
}

// Spend posts a transfer of a person's points; From is filled in. What their own account lacks is lent by
// those of their other ids, and goes back as far as it can when they are split. It fails with
// points.ErrInsufficient, and refuses somebody who spends their own while it isn't proven who they are, while it is
// frozen, or while they are in no group any more.
func (p *Purse) Spend(ctx context.Context, r *bot.Request, id MemberID, t points.Transfer) error {
	if string(id) == r.Actor.Member {
		if err := p.mayPay(ctx, r, id); err != nil {
			return err
		}
	}
	balance, _, err := p.Worth(ctx, id)
	if err != nil {
		return err
	}
	if balance < t.Amount {
		return fmt.Errorf("spend %s: %w", t.Key, points.ErrInsufficient)
	}
	return p.take(ctx, id, t)
}

// SpendAgain posts once more a transfer of a person's points that the transfer with the key back took back: what that
// one paid of debts is owed again first. Where it came back to somebody who was the same person then, and is not now, it
// is theirs that is spent. It fails like Spend where they have spent what came back.
func (p *Purse) SpendAgain(ctx context.Context, r *bot.Request, id MemberID, back string, t points.Transfer) error {
	came, _, err := p.ledger.Find(ctx, back)
	if err != nil {
		return err
	}
	if got, is := accountOf(came.To); is {
		id = got
	}
	_, err = p.ledger.Unpay(ctx, back, points.Reversal{Key: "unpay/" + t.Key, Reason: r.In("community").T("account.unpaid"), At: t.At})
	if err != nil {
		return err
	}
	return p.take(ctx, id, t)
}

// take posts a transfer of what a person has under all ids; From is filled in.
func (p *Purse) take(ctx context.Context, id MemberID, t points.Transfer) error {
	ids, err := p.ro.IDs(ctx, id)
	if err != nil {
		return err
	}
	if t.From, err = p.ro.Account(ctx, ids[0]); err != nil {
		return err
	}
	loans, err := p.pool(ctx, id, t)
	if err != nil {
		return err
	}
	_, err = p.ledger.Post(ctx, append(loans, t)...)
	return err
}

// pool collects what the account that t takes from lacks, and keeps who lent it.
func (p *Purse) pool(ctx context.Context, id MemberID, t points.Transfer) (loans []points.Transfer, err error) {
	accounts, err := p.accounts(ctx, id)
	if err != nil {
		return nil, err
	}
	has, err := p.ledger.Balances(ctx, accounts...)
	if err != nil {
		return nil, err
	}
	to, _ := accountOf(t.From)
	lack := t.Amount - has[t.From]
	for _, from := range accounts {
		lent := min(lack, has[from])
		if lent <= 0 || from == t.From {
			continue
		}
		lack -= lent
		loan := points.Transfer{Key: fmt.Sprintf("pool/%s/%d", t.Key, len(loans)), From: from, To: t.From, Amount: lent, Reason: t.Reason, At: t.At}
		loans = append(loans, loan)
		if lender, _ := accountOf(from); lender != to {
			if err := p.ro.exec(ctx, `INSERT INTO pools (key, from_id, to_id) VALUES (?, ?, ?)`, loan.Key, string(lender), string(to)); err != nil {
				return nil, fmt.Errorf("keep loan: %w", err)
			}
		}
	}
	return loans, nil
}

// Reverse takes back the transfer with the given key, like points.Ledger.ReverseKey, wherever the points of
// the id that got them lie by now.
func (p *Purse) Reverse(ctx context.Context, key string, r points.Reversal) (points.Reversed, error) {
	t, ok, err := p.ledger.Find(ctx, key)
	if err != nil || !ok {
		return points.Reversed{}, errors.Join(err, fmt.Errorf("reverse %s: %w", key, points.ErrUnknown))
	}
	if id, is := accountOf(t.To); is && t.Reversal == "" {
		both := twins(id)
		has, err := p.ledger.Balances(ctx, both[:]...)
		if err != nil {
			return points.Reversed{}, err
		}
		other := both[0]
		if other == t.To {
			other = both[1]
		}
		if back := min(t.Amount-has[t.To], has[other]); back > 0 {
			if _, err := p.ledger.Post(ctx, points.Transfer{Key: "back/" + r.Key, From: other, To: t.To, Amount: back, Reason: r.Reason, At: r.At}); err != nil {
				return points.Reversed{}, err
			}
		}
	}
	back, err := p.ledger.ReverseKey(ctx, key, r)
	reckon(ctx, back)
	return back, err
}
