package points

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// MaxAmount is the greatest amount of one transfer.
const MaxAmount = 1_000_000_000_000

// maxBalance is the greatest balance: far from where int64 and SQLite's sums overflow.
const maxBalance = 1 << 62

// repayPrefix begins the keys of repayments; nobody else may use it.
const repayPrefix = "repay/"

// What a posting can fail with, apart from failures of the storage.
var (
	// ErrInsufficient says that an account would go below zero.
	ErrInsufficient = errors.New("insufficient points")
	// ErrKeyReused says that the key belongs to another transfer with other content.
	ErrKeyReused = errors.New("key belongs to another transfer")
	// ErrInvalid says that a transfer can't be posted by anybody at any time.
	ErrInvalid = errors.New("invalid transfer")
	// ErrOverflow says that an account would hold more than 2^62 points.
	ErrOverflow = errors.New("balance too large")
	// ErrUnknown says that there is no such transfer.
	ErrUnknown = errors.New("no such transfer")
)

// Transfer is a movement of points from one account to another.
type Transfer struct {
	// Key is the business rule that makes the transfer unique, like
	// "checkin/m17/2026-11-02": 1 to 200 bytes without control characters,
	// not beginning with "repay/".
	Key string
	// From gives and To gets. Burned and Expired give only with a Cause.
	From, To Account
	// Amount is between 1 and MaxAmount.
	Amount int64
	// Reason is a text for people. It can be erased.
	Reason string
	// At is when it happened, kept to the millisecond.
	At time.Time
	// Cause is the id of an existing transfer this one is linked to, or 0.
	Cause int64
}

// Kind tells why a transfer is there.
type Kind int

// The kinds of transfers.
const (
	// KindPlain is a transfer made by Post.
	KindPlain Kind = iota
	// KindReversal takes its cause back.
	KindReversal
	// KindRepayment pays a debt that was left by a reversal of its cause.
	KindRepayment
)

// Posted tells what became of one transfer.
type Posted struct {
	// ID is the id of the transfer.
	ID int64
	// Already is true when it was there before, and nothing has changed.
	Already bool
	// Repaid is how much of it went at once to the debts of the account that got it.
	Repaid int64
}

// Receipt tells what became of each transfer, in the order they were given.
type Receipt []Posted

// check refuses what can't be posted.
func (t Transfer) check() error {
	switch {
	case !plain(t.Key):
		return invalid("the key needs 1 to %d bytes without control characters", maxName)
	case strings.HasPrefix(t.Key, repayPrefix):
		return invalid("the key begins with %q", repayPrefix)
	case t.Amount <= 0 || t.Amount > MaxAmount:
		return invalid("amount %d is not between 1 and %d", t.Amount, MaxAmount)
	case !t.From.valid():
		return invalid("unknown account %q", t.From)
	case !t.To.valid():
		return invalid("unknown account %q", t.To)
	case t.From == t.To:
		return invalid("from and to are both %q", t.From)
	case t.At.IsZero():
		return invalid("no time")
	case t.Cause < 0:
		return invalid("cause %d", t.Cause)
	case t.Cause == 0 && (t.From == Burned || t.From == Expired):
		return invalid("%s gives without a cause", t.From)
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
