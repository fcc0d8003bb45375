// Package points is an append-only double-entry ledger.
//
// A [Transfer] moves an amount from one [Account] to another and is one row for
// ever: the database itself refuses to change or delete it. Each has a key, and
// whatever happens it is posted once per key. Balances are rows that change in
// the same transaction, with a floor of zero in the statement. A mistake is
// taken back by [Ledger.Reverse], a new transfer linked to its cause; what can't
// be taken back at once is a debt, paid first from later earnings and from what comes back.
//
// # The chain
//
// [Ledger.Seal] appends a seal for each committed transfer. The hash of seal n is
// the lower-case hexadecimal SHA-256 of these ten lines, joined by a newline
// (0x0A) without one at the end, in UTF-8:
//
//	the hash of seal n-1 in hexadecimal, or [Genesis] (64 zeros) for the first
//	id       decimal
//	key
//	debit    the account that gives
//	credit   the account that gets
//	amount   decimal
//	at       Unix milliseconds, UTC, decimal
//	cause    id of the transfer this one reverses or repays, 0 when there is none
//	kind     0 transfer, 1 reversal, 2 repayment
//	digest
//
// Keys and accounts hold no control characters, so the lines are unambiguous.
// The digest is the lower-case hexadecimal SHA-256 of the 16 bytes of salt
// followed by the reason as a netstring: its length in bytes in decimal, a colon,
// the reason in UTF-8, a comma. Salt and reason lie in the table transfer_texts
// and may be erased; the chain covers the digest only and stays valid.
//
// The hash of the last seal, the [Ledger.Root], published outside the database, is
// what proves later that nothing before it was cut or rewritten.
package points
