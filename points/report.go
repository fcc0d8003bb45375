package points

import (
	"encoding/json"
	"fmt"
)

// Report is what Verify found. Its JSON is
// {"ok":true,"transfers":2,"sealed":2,"root":"<hex>","first_bad":null,"problems":[]}.
type Report struct {
	// OK tells whether there are no problems.
	OK bool `json:"ok"`
	// Transfers and Sealed are how many transfers and how many seals there are.
	Transfers int64 `json:"transfers"`
	Sealed    int64 `json:"sealed"`
	// Root is the hash of the last seal.
	Root string `json:"root"`
	// FirstBad is the id of the first bad transfer in the order of the chain, or nil
	// when no single transfer is to blame.
	FirstBad *int64 `json:"first_bad"`
	// Problems says in words what is wrong: the first hundred of each kind.
	Problems []string `json:"problems"`
	// Unsealed is how many transfers have no seal yet, which is no problem by itself.
	Unsealed int64 `json:"-"`
}

// MarshalJSON writes no problems as an empty list.
func (r Report) MarshalJSON() ([]byte, error) {
	if r.Problems == nil {
		r.Problems = []string{}
	}
	type plain Report
	return json.Marshal(plain(r))
}

// problemLimit is how many problems of one check are told.
const problemLimit = 100

// findings collects what one check finds.
type findings struct {
	report *Report
	count  int
}

// add notes a problem that no single transfer is to blame for.
func (f *findings) add(format string, args ...any) {
	if f.count++; f.count <= problemLimit {
		f.report.Problems = append(f.report.Problems, fmt.Sprintf(format, args...))
	}
}

// blame notes a problem of one transfer.
func (f *findings) blame(id int64, format string, args ...any) {
	if f.report.FirstBad == nil {
		f.report.FirstBad = &id
	}
	f.add("transfer %d: "+format, append([]any{id}, args...)...)
}

// end tells how many problems were left out.
func (f *findings) end() {
	if left := f.count - problemLimit; left > 0 {
		f.report.Problems = append(f.report.Problems, fmt.Sprintf("and %d more of this kind", left))
	}
}
