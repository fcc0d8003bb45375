package wallet

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// BulkOptions say how an operator grants from a file.
type BulkOptions struct {
	At     time.Time  // now
	Event  string     // what the audit calls it; unique
	Reason string     // of the rows without one
	Chance *rand.Rand // of the undo code
	DryRun bool       // only check
}

// BulkResult is what a bulk grant did, or would do. The names of its JSON are a contract.
type BulkResult struct {
	Rows   int        `json:"rows"`
	People int        `json:"people"`
	Given  int64      `json:"given"`
	Taken  int64      `json:"taken"`
	Before *time.Time `json:"done_before,omitempty"` // the same content was granted in the last 7 days, and stands
	Undo   string     `json:"undo,omitempty"`        // the code, for managers in the chat
	Lines  []BulkRow  `json:"lines"`
}

// BulkRow is what one line does.
type BulkRow struct {
	Line   int                `json:"line"`
	Member community.MemberID `json:"member"`
	Name   string             `json:"name"`
	Points int64              `json:"points"`
	Reason string             `json:"reason"`
}

// Bulk grants to and takes from the members in a table, all or nothing, for an operator at the command line. Where any
// line is wrong nothing is done, and all problems are told. It runs in a transaction between events.
func Bulk(ctx context.Context, db bot.Storage, c *community.Community, table [][]string, o BulkOptions) (BulkResult, []community.LineProblem, error) {
	w := &wallet{db: db, c: c}
	lines, problems := tableLines(table)
	p, more, err := w.plan(ctx, "", lines)
	if err != nil {
		return BulkResult{}, nil, err
	}
	if problems = append(problems, more...); len(problems) > 0 {
		return BulkResult{}, forOperators(problems), nil
	}
	hash := p.hash(o.Reason)
	result, err := w.outcome(ctx, p, o, hash)
	if err != nil || o.DryRun || len(p.awards) == 0 {
		return result, nil, err
	}
	done := bulked{"bulk/" + o.Event, len(p.awards)}
	if err := w.post(ctx, &bot.Request{Event: bot.Event{ID: o.Event, At: o.At}}, p, done.Key, o.Reason); err != nil {
		return result, nil, err
	}
	if result.Undo, err = c.Undo.OfferOperator(ctx, o.Event, o.At, o.Chance, "wallet.bulk", done); err != nil {
		return result, nil, err
	}
	return result, nil, c.Audit.RecordOperator(ctx, o.Event, o.At, "bulk", done.Key, p.record(done.Key, hash))
}

// outcome tells what a plan does.
func (w *wallet) outcome(ctx context.Context, p plan, o BulkOptions, hash string) (BulkResult, error) {
	result := BulkResult{Rows: len(p.awards), People: p.people, Given: p.given, Taken: p.taken, Lines: []BulkRow{}}
	for _, a := range p.awards {
		row := BulkRow{a.line, a.id, a.name, a.amount, a.reason}
		if row.Reason == "" {
			row.Reason = o.Reason
		}
		result.Lines = append(result.Lines, row)
	}
	slices.SortStableFunc(result.Lines, func(a, b BulkRow) int { return a.Line - b.Line })
	before, ok, err := w.sameBefore(ctx, o.At, hash)
	if ok {
		result.Before = &before
	}
	return result, err
}

// operatorWords are the problems in the words of operators, with the values of the problem in their places.
var operatorWords = map[string]string{
	"nobody":  "nobody is named",
	"unknown": "%q was not found",
	"several": "%q is the name of %d members (%v): write the id",
	"bot":     "%s is a bot",
	"self":    "nobody can change their own points",
	"amount":  "%q is no amount: a whole number other than 0, at most 1000000",
	"reason":  "a reason has at most %d characters",
	"poor":    "%s has only %d points",
	"most":    "at most %d lines at once",
	"cells":   "there is something outside of the columns",
	"twice":   "the column %q is there twice",
	"columns": "the first line needs the columns member/成员 and points/积分",
}

func forOperators(problems []problem) []community.LineProblem {
	list := make([]community.LineProblem, len(problems))
	for i, p := range problems {
		var values []any
		for j := 1; j < len(p.kv); j += 2 {
			values = append(values, p.kv[j])
		}
		list[i] = community.LineProblem{Line: p.line, Problem: strings.TrimSpace(fmt.Sprintf(operatorWords[p.key], values...))}
	}
	return list
}
