package points

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
)

// The name and the version of what Export writes.
const (
	exportFormat  = "weilu-ledger"
	exportVersion = 1
)

// exportHead is the first line of an export.
type exportHead struct {
	Format    string `json:"format"`
	Version   int    `json:"version"`
	Genesis   string `json:"genesis"`
	Root      string `json:"root"`
	Transfers int64  `json:"transfers"`
	Sealed    int64  `json:"sealed"`
}

// exportLine is one transfer. Salt and reason are missing where they were erased.
type exportLine struct {
	Seq    int64   `json:"seq"`
	ID     int64   `json:"id"`
	Key    string  `json:"key"`
	From   Account `json:"from"`
	To     Account `json:"to"`
	Amount int64   `json:"amount"`
	At     int64   `json:"at"`
	Cause  int64   `json:"cause"`
	Kind   Kind    `json:"kind"`
	Digest string  `json:"digest"`
	Hash   string  `json:"hash"`
	Salt   *string `json:"salt,omitempty"`
	Reason *string `json:"reason,omitempty"`
}

// Export writes the whole ledger as it is at one moment, beside writers, as JSON Lines: a head with format,
// version, genesis, root and counts, then each transfer in the order of the seals, and those without
// a seal last, with a seq of 0. It keeps no more than a line in memory. docs/ledger.md describes
// the fields, and docs/verify-ledger.py reads them.
func (l *Ledger) Export(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriterSize(w, 64<<10)
	err := l.on(ctx).snapshot(ctx, func(ctx context.Context, d db) error { return d.export(ctx, out) })
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("export the ledger: %w", err)
	}
	return nil
}

// export reads without placeholders, which a bare transaction might not translate.
func (d db) export(ctx context.Context, w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	head := exportHead{Format: exportFormat, Version: exportVersion, Genesis: Genesis}
	var err error
	if _, head.Root, err = d.root(ctx); err != nil {
		return err
	}
	err = d.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM transfers), (SELECT COUNT(*) FROM seals)`).
		Scan(&head.Transfers, &head.Sealed)
	if err != nil {
		return err
	}
	if err := enc.Encode(head); err != nil {
		return err
	}
	for _, sql := range []string{chainSQL, unsealedSQL} {
		err := d.each(ctx, func(scan func(...any) error) error {
			var s sealed
			if err := s.scan(scan); err != nil {
				return err
			}
			return enc.Encode(s.line())
		}, sql)
		if err != nil {
			return err
		}
	}
	return nil
}

// line is the transfer as it is exported. One that is gone keeps the number that its seal gives.
func (s *sealed) line() exportLine {
	r := s.row
	e := exportLine{
		Seq: s.seq, ID: s.transferID, Key: r.key, From: r.debit, To: r.credit, Amount: r.amount,
		At: r.at, Cause: r.cause, Kind: r.kind, Digest: r.digest, Hash: s.hash,
	}
	if s.reason.Valid {
		salt := hex.EncodeToString(s.salt)
		e.Salt, e.Reason = &salt, &s.reason.String
	}
	return e
}
