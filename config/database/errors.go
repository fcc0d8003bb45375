package database

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
)

// What storage can fail with. Everything that Conn and Tx answer is also told in gorm's words, for raw
// SQL too: gorm.ErrDuplicatedKey, gorm.ErrForeignKeyViolated, gorm.ErrCheckConstraintViolated.
var (
	// ErrTxDead says that a transaction can't be committed any more: nothing of it is kept.
	ErrTxDead = errors.New("the transaction is lost")
	// ErrFull says that the disk, or the room that the database may take, is used up.
	ErrFull = errors.New("no space left for the database")
	// ErrReadOnly says that something wrote outside of Tx, or in a database opened read-only.
	ErrReadOnly = errors.New("this connection only reads; write inside Tx")
	// ErrLocked says that another process holds the lock.
	ErrLocked = errors.New("locked by another process")
	// ErrNewer says that a database has migrations that this program does not know.
	ErrNewer = errors.New("the database belongs to a newer weilu")

	errOver   = errors.New("the transaction of this context is over")
	errClosed = errors.New("the database is closed")
)

// IsFull tells whether err comes from a full disk.
func IsFull(err error) bool { return errors.Is(err, ErrFull) || errors.Is(kind(err), ErrFull) }

// IsRetryable tells whether the same work may succeed when it is run again from its beginning: a
// deadlock, a serialization failure, a busy file.
func IsRetryable(err error) bool {
	switch pgCode(err) {
	case "40001", "40P01":
		return true
	}
	return sqliteCode(err)&0xff == codeBusy
}

// failure is an engine's error together with its meaning.
type failure struct{ meaning, cause error }

func (f *failure) Error() string   { return f.meaning.Error() + ": " + f.cause.Error() }
func (f *failure) Unwrap() []error { return []error{f.meaning, f.cause} }

// classify adds to an engine's error what it means, once.
func classify(err error) error {
	if err == nil {
		return nil
	}
	var known *failure
	if errors.As(err, &known) {
		return err
	}
	if k := kind(err); k != nil {
		return &failure{k, err}
	}
	return err
}

// kind is the meaning of an engine's error, nil where it has none of interest.
func kind(err error) error {
	if code := sqliteCode(err); code != 0 {
		return sqliteKind(code)
	}
	switch pgCode(err) {
	case "23505":
		return gorm.ErrDuplicatedKey
	case "23503":
		return gorm.ErrForeignKeyViolated
	case "23514":
		return gorm.ErrCheckConstraintViolated
	case "53100":
		return ErrFull
	case "25006":
		return ErrReadOnly
	}
	return nil
}

// SQLite's result codes, https://www.sqlite.org/rescode.html.
const (
	codePerm     = 3
	codeBusy     = 5
	codeReadOnly = 8
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeNotADB   = 26

	codeCheck      = 275
	codeForeignKey = 787
	codePrimaryKey = 1555
	codeUnique     = 2067
	codeRowID      = 2579
	codeShmSize    = 4874 // the shared memory beside the log could not grow
)

func sqliteKind(code int) error {
	switch code {
	case codePrimaryKey, codeUnique, codeRowID:
		return gorm.ErrDuplicatedKey
	case codeForeignKey:
		return gorm.ErrForeignKeyViolated
	case codeCheck:
		return gorm.ErrCheckConstraintViolated
	case codeShmSize:
		return ErrFull
	}
	switch code & 0xff {
	case codeFull:
		return ErrFull
	case codeReadOnly:
		return ErrReadOnly
	}
	return nil
}

// pgCode is PostgreSQL's SQLSTATE, empty where err is not PostgreSQL's.
func pgCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
