package community

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/points"
)

// Due is what a rule gives an id: its key in the ledger is the rule's.
type Due struct {
	Key    string
	Origin MemberID
	From   points.Account // empty: points.Issued
	Amount int64          // 0: nothing
	Reason string
	At     time.Time // when it was earned
}

// Correct makes exactly the amount of due stand under its key after a change of who is one person: what stands
// beyond it is reversed, what is missing is posted, under the key itself the first time and under again/1/key,
// again/2/key later. What anybody else reversed stays reversed.
func (p *Purse) Correct(ctx context.Context, r *bot.Request, change Change, due Due) error {
	return p.stand(ctx, r, fmt.Sprintf("merge/%d/", change.N), "account.twice", due)
}

// Restate is Correct where facts have changed: what a rule gives follows from facts that were taken back, or came late.
func (p *Purse) Restate(ctx context.Context, r *bot.Request, due Due) error {
	return p.stand(ctx, r, fmt.Sprintf("restate/%d/", r.Seq), "account.restated", due)
}

func (p *Purse) stand(ctx context.Context, r *bot.Request, cause, why string, due Due) error {
	key := due.Key
	for n := 1; ; n++ {
		t, ok, err := p.ledger.Find(ctx, key)
		if err != nil {
			return err
		}
		if !ok {
			return p.grant(ctx, key, due)
		}
		switch {
		case t.Reversal == "" && t.Amount == due.Amount:
			return nil
		case t.Reversal == "":
			reversal := points.Reversal{Key: cause + key, Reason: r.In("community").T(why, "Reason", t.Reason), At: r.At}
			if _, err := p.Reverse(ctx, key, reversal); err != nil {
				return fmt.Errorf("correct %s: %w", due.Key, err)
			}
		case !followsFacts(t.Reversal):
			return nil
		}
		if due.Amount == 0 && t.Reversal == "" {
			return nil
		}
		key = fmt.Sprintf("again/%d/%s", n, due.Key)
	}
}

// Stands is the amount that stands under a rule's key, by Correct, by Restate or posted at first; 0 where nothing does.
func (p *Purse) Stands(ctx context.Context, key string) (int64, error) {
	for n, at := 1, key; ; n++ {
		t, ok, err := p.ledger.Find(ctx, at)
		if err != nil || !ok {
			return 0, err
		}
		if t.Reversal == "" {
			return t.Amount, nil
		}
		at = fmt.Sprintf("again/%d/%s", n, key)
	}
}

// followsFacts tells whether a reversal's key is one of Correct or Restate.
func followsFacts(reversal string) bool {
	return strings.HasPrefix(reversal, "merge/") || strings.HasPrefix(reversal, "restate/")
}

func (p *Purse) grant(ctx context.Context, key string, due Due) error {
	if due.Amount == 0 {
		return nil
	}
	to, err := p.ro.Account(ctx, due.Origin)
	if err != nil {
		return err
	}
	t := points.Transfer{Key: key, From: due.From, To: to, Amount: due.Amount, Reason: due.Reason, At: due.At}
	if t.From == "" {
		t.From = points.Issued
	}
	if _, err := p.ledger.Post(ctx, t); err != nil {
		return fmt.Errorf("correct %s: %w", due.Key, err)
	}
	return nil
}

// coincide finds rules that gave something to several ids of one person, because each of them was somebody:
// keys that differ in the id only. The first stands, and in a split the first of each.
func (p *Purse) coincide(ctx context.Context, r *bot.Request, change Change) error {
	if len(change.Before) == len(change.After) {
		return nil
	}
	all := slices.Concat(change.After...)
	others := slices.Concat(append(slices.Clone(change.Before[1:]), change.After[1:]...)...)
	done := map[string]bool{}
	for _, id := range others {
		for _, account := range twins(id) {
			keys, err := p.given(ctx, account, id)
			if err != nil {
				return err
			}
			for _, key := range keys {
				rule := replaceSegment(key, id, "*")
				if done[rule] {
					continue
				}
				done[rule] = true
				if err := p.first(ctx, r, change, rule, all); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// first makes the earliest transfer of a rule to each person stand, and no other.
func (p *Purse) first(ctx context.Context, r *bot.Request, change Change, rule string, ids []MemberID) error {
	given := map[MemberID]points.Posting{}
	for _, id := range ids {
		t, ok, err := p.ledger.Find(ctx, replaceSegment(rule, "*", string(id)))
		if err != nil {
			return err
		}
		if ok && (t.Reversal == "" || strings.HasPrefix(t.Reversal, "merge/")) {
			given[id] = t
		}
	}
	for _, person := range change.After {
		earliest := int64(0)
		for _, id := range person {
			if t, ok := given[id]; ok && (earliest == 0 || t.ID < earliest) {
				earliest = t.ID
			}
		}
		for _, id := range person {
			t, ok := given[id]
			if !ok {
				continue
			}
			due := Due{Key: t.Key, Origin: id, From: t.From, Reason: t.Reason, At: t.At}
			if t.ID == earliest {
				due.Amount = t.Amount
			}
			if err := p.Correct(ctx, r, change, due); err != nil {
				return err
			}
		}
	}
	return nil
}

// given are the keys of what an account was given by rules that name its id, and that no feature owns.
func (p *Purse) given(ctx context.Context, account points.Account, id MemberID) (keys []string, err error) {
	page := points.Page{Limit: 200}
	for {
		entries, err := p.ledger.History(ctx, account, page)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			_, ours := accountOf(e.Other)
			owned := slices.ContainsFunc(p.ro.changes.owned, func(begin string) bool { return strings.HasPrefix(e.Key, begin) })
			if e.Amount > 0 && e.Kind == points.KindPlain && !ours && !owned && !strings.HasPrefix(e.Key, "again/") &&
				replaceSegment(e.Key, id, "*") != e.Key {
				keys = append(keys, e.Key)
			}
		}
		if len(entries) < page.Limit {
			return keys, nil
		}
		page.Before = entries[len(entries)-1].ID
	}
}

// replaceSegment replaces each part of a key, between slashes, that is old.
func replaceSegment[O, N ~string](key string, old O, replacement N) string {
	parts := strings.Split(key, "/")
	for i, part := range parts {
		if part == string(old) {
			parts[i] = string(replacement)
		}
	}
	return strings.Join(parts, "/")
}
