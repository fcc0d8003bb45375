package database

import (
	"database/sql/driver"
	"errors"
	"fmt"
)

// What the storage can fail with.
var (
	// ErrTxDead says that a transaction can't be committed any more; all of it must be run again.
	ErrTxDead = errors.New("the transaction is lost")
	// ErrFull says that the disk, or the room that the database may take, is used up.
	ErrFull = errors.New("no room left on the disk")
	// ErrLocked says that another process writes to the data.
	ErrLocked = errors.New("another process holds the data")
	// ErrNewer says that the database belongs to a newer version of the program.
	ErrNewer = errors.New("the database belongs to a newer version of weilu")
	// ErrReadOnly says that a read-only database was asked to write.
	ErrReadOnly = errors.New("the database was opened to read only")

	errLockedElsewhere = fmt.Errorf("%w: another weilu runs on this database", ErrLocked)
)

// IsFull tells whether err comes of a full disk.
func IsFull(err error) bool {
	return errors.Is(err, ErrFull) || sqliteCode(err)&0xff == codeFull || pgCode(err) == "53100"
}

// IsRetryable tells whether the same work may succeed when it is run again: a lost race or a busy database.
func IsRetryable(err error) bool {
	switch pgCode(err) {
	case "40001", "40P01":
		return true
	}
	return sqliteCode(err)&0xff == codeBusy
}

// broken tells whether a connection must not be used again.
func broken(err error) bool {
	if err == nil {
		return false
	}
	code := sqliteCode(err) & 0xff
	return errors.Is(err, driver.ErrBadConn) || code == codeIOErr || code == codeCorrupt || code == codeNotADB
}

// full adds ErrFull to errors that come of it.
func full(err error) error {
	if err != nil && IsFull(err) && !errors.Is(err, ErrFull) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}
