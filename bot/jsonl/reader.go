package jsonl

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// MaxLine is how long a line may be, in bytes. Longer ones are bad lines.
const MaxLine = 16 << 20

var errLong = errors.New("line is longer than 16 MiB")

// Reader reads lines of any length and knows their numbers.
type Reader struct {
	r      *bufio.Reader
	number int
}

// NewReader reads lines from r.
func NewReader(r io.Reader) *Reader { return &Reader{r: bufio.NewReaderSize(r, 1<<16)} }

// Number is the number of the line that was read last, from 1.
func (r *Reader) Number() int { return r.number }

// Waiting tells whether another whole line has arrived already, so that Next would not wait for it.
func (r *Reader) Waiting() bool {
	arrived, err := r.r.Peek(r.r.Buffered())
	return err == nil && bytes.IndexByte(arrived, '\n') >= 0
}

// Next is the next line without its end, or io.EOF. A line that is too long is passed over with an error
// that IsLong knows; reading can go on.
func (r *Reader) Next() ([]byte, error) {
	var whole []byte
	size := 0
	for {
		part, err := r.r.ReadSlice('\n')
		if size += len(part); size <= MaxLine {
			whole = append(whole, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (!errors.Is(err, io.EOF) || size == 0) {
			return nil, err
		}
		break
	}
	r.number++
	if size > MaxLine {
		return nil, errLong
	}
	return trimEnd(whole), nil
}

// IsLong tells whether the error only says that one line was too long.
func IsLong(err error) bool { return errors.Is(err, errLong) }

func trimEnd(b []byte) []byte {
	for len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	return b
}
