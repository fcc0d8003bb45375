package points

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// row is a transfer as it is stored.
type row struct {
	id            int64
	key           string
	debit, credit Account
	amount, at    int64
	cause         int64
	kind          Kind
	digest        string
}

const rowColumns = `t.id, t.key, t.debit, t.credit, t.amount, t.at, COALESCE(t.cause, 0), t.kind, t.digest`

func (r *row) fields() []any {
	return []any{&r.id, &r.key, &r.debit, &r.credit, &r.amount, &r.at, &r.cause, &r.kind, &r.digest}
}

// row is the transfer as Post stores it.
func (t Transfer) row() row {
	return row{key: t.Key, debit: t.From, credit: t.To, amount: t.Amount, at: t.At.UnixMilli(), cause: t.Cause}
}

// same tells whether two rows of one key mean the same. Time and reason may differ.
func (r row) same(o row) bool {
	return r.debit == o.debit && r.credit == o.credit && r.amount == o.amount && r.cause == o.cause && r.kind == o.kind
}

const (
	insertSQL = `INSERT INTO transfers (key, debit, credit, amount, at, cause, kind, digest)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`
	insertReturningSQL = insertSQL + ` RETURNING id`
	insertTextSQL      = `INSERT INTO transfer_texts (transfer_id, salt, reason) VALUES (?, ?, ?)`
)

// insert appends a transfer with its reason and returns its id, or 0 when the key is
// taken and nothing has changed.
func (d db) insert(ctx context.Context, r row, reason string) (int64, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	reason = storable(reason)
	var cause any
	if r.cause != 0 {
		cause = r.cause
	}
	id, err := d.insertRow(ctx, r.key, string(r.debit), string(r.credit), r.amount, r.at, cause, int64(r.kind), digest(salt, reason))
	if err != nil || id == 0 {
		return 0, err
	}
	_, err = d.ExecContext(ctx, insertTextSQL, id, salt, reason)
	return id, err
}

func (d db) insertRow(ctx context.Context, args ...any) (id int64, err error) {
	if d.postgres {
		err = d.QueryRowContext(ctx, insertReturningSQL, args...).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, nil
		}
		return id, err
	}
	result, err := d.ExecContext(ctx, insertSQL, args...)
	if err != nil {
		return 0, err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return 0, err
	}
	return result.LastInsertId()
}

// find reads the transfer that where picks; an id of 0 says that there is none.
func (d db) find(ctx context.Context, where string, arg any) (r row, err error) {
	err = d.QueryRowContext(ctx, `SELECT `+rowColumns+` FROM transfers t WHERE `+where, arg).Scan(r.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return row{}, nil
	}
	return r, err
}

// storable is the reason as both databases accept it.
func storable(reason string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(reason, "\uFFFD"), "\x00", "\uFFFD")
}

// digest is what the chain covers of a transfer's texts.
func digest(salt []byte, reason string) string {
	b := make([]byte, 0, 64+len(reason))
	b = append(b, salt...)
	b = strconv.AppendInt(b, int64(len(reason)), 10)
	b = append(append(append(b, ':'), reason...), ',')
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// hash is the hash of the seal of r after the seal with the hash prev.
func (r row) hash(prev string) string {
	sum := sha256.Sum256([]byte(prev + "\n" + r.canonical()))
	return hex.EncodeToString(sum[:])
}

// canonical is the row as the chain covers it; doc.go describes it.
func (r row) canonical() string {
	return fmt.Sprintf("%d\n%s\n%s\n%s\n%d\n%d\n%d\n%d\n%s",
		r.id, r.key, r.debit, r.credit, r.amount, r.at, r.cause, r.kind, r.digest)
}
