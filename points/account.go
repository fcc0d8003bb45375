package points

import (
	"strings"
	"unicode/utf8"
)

// Account is the name of a place where points lie: one of the three constants, or a
// kind and a name joined by a colon, like "member:m17".
type Account string

// The three accounts that have no balance row, so that concurrent writers never
// queue on them. Their balance is the sum over their transfers.
const (
	// Issued is where points come from. It may give without limit.
	Issued Account = "issued"
	// Burned is where spent and deducted points go.
	Burned Account = "burned"
	// Expired is where points go that were not spent in time.
	Expired Account = "expired"
)

// maxName is the greatest length of keys and accounts in bytes.
const maxName = 200

// The kinds of accounts with a balance row and a floor of zero.
const (
	memberPrefix   = "member:"
	escrowPrefix   = "escrow:"
	suspensePrefix = "suspense:"
	budgetPrefix   = "budget:"
)

// Member is the account of a person.
func Member(id string) Account { return Account(memberPrefix + id) }

// Escrow is an account that holds points until something is fulfilled or refunded.
func Escrow(name string) Account { return Account(escrowPrefix + name) }

// Suspense is an account that holds points of somebody not recognised yet.
func Suspense(name string) Account { return Account(suspensePrefix + name) }

// Budget is the account of a campaign that gives from what it was given.
func Budget(name string) Account { return Account(budgetPrefix + name) }

// floored tells whether the account has a balance row, which can't go below zero.
func (a Account) floored() bool {
	return a != Issued && a != Burned && a != Expired
}

// source tells whether what the account gives counts as earned.
func (a Account) source() bool {
	return a == Issued || strings.HasPrefix(string(a), budgetPrefix)
}

// valid tells whether the account is of a known kind and well formed.
func (a Account) valid() bool {
	if !a.floored() {
		return true
	}
	for _, prefix := range []string{memberPrefix, escrowPrefix, suspensePrefix, budgetPrefix} {
		if name, ok := strings.CutPrefix(string(a), prefix); ok {
			return name != "" && plain(string(a))
		}
	}
	return false
}

// plain tells whether s is a line that both databases store as it is.
func plain(s string) bool {
	if s == "" || len(s) > maxName || !utf8.ValidString(s) {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) < 0
}
