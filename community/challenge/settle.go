package challenge

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// outcome is what a change of the facts of a person came to.
type outcome struct {
	Before, After Standing
	Earned        int64 // points for the check-in itself
	Won           []Win // prizes that are new
	Lost          []Win // prizes that are taken back
	Night         bool  // the Day before was checked in on the same date
}

// change makes everything right that follows from the facts of a person: fn changes them, and what Judge says differently
// afterwards is paid or taken back. Only one who changes something for a person may run at a time.
func (f *feature) change(ctx context.Context, r *bot.Request, c *challenge, person community.MemberID, fn func(ctx context.Context) error) (o outcome, err error) {
	if err := f.lock(ctx, c.ID); err != nil {
		return o, err
	}
	ids, err := f.c.IDs(ctx, person)
	if err != nil {
		return o, err
	}
	if o.Before, err = f.standing(ctx, c, ids); err != nil {
		return o, err
	}
	if err := fn(ctx); err != nil {
		return o, err
	}
	if o.After, err = f.standing(ctx, c, ids); err != nil {
		return o, err
	}
	who, err := f.c.Who(ctx, person)
	if err != nil {
		return o, err
	}
	if err := f.keepStanding(ctx, c.ID, who, o.After); err != nil {
		return o, err
	}
	o.compare(c.ID)
	for key, m := range o.After.Paid {
		if _, had := o.Before.Paid[key]; !had {
			o.Earned += m.Price
		}
	}
	return o, f.settle(ctx, r, c, o.Before, o.After, f.restate(r))
}

// compare finds what is won and lost.
func (o *outcome) compare(id int64) {
	had, have := wins(id, o.Before), wins(id, o.After)
	for _, w := range o.After.Wins {
		if _, ok := had[w.key(id)]; !ok {
			o.Won = append(o.Won, w)
		}
	}
	for _, w := range o.Before.Wins {
		if _, ok := have[w.key(id)]; !ok {
			o.Lost = append(o.Lost, w)
		}
	}
}

func wins(id int64, s ...Standing) map[string]Win {
	m := map[string]Win{}
	for _, one := range s {
		for _, w := range one.Wins {
			m[w.key(id)] = w
		}
	}
	return m
}

// standing is what the facts of ids come to now.
func (f *feature) standing(ctx context.Context, c *challenge, ids []community.MemberID) (Standing, error) {
	p, _, err := f.part(ctx, c.ID, ids)
	if err != nil || p == nil {
		return Standing{}, err
	}
	return Judge(c.Terms, *p), nil
}

// fixer makes the ledger say what is due under a key.
type fixer func(ctx context.Context, due community.Due) error

func (f *feature) restate(r *bot.Request) fixer {
	return func(ctx context.Context, due community.Due) error { return f.c.Purse.Restate(ctx, r, due) }
}

// settle makes the ledger and what else was given follow from one judgment to another.
func (f *feature) settle(ctx context.Context, r *bot.Request, c *challenge, before, after Standing, fix fixer) error {
	in := r.In("challenge") // a change of identity is the community's
	dues := map[string]community.Due{}
	for key, m := range before.Paid {
		dues[key] = community.Due{Key: key, Origin: m.Origin, Reason: in.T("reason.daily", "Name", c.Name), At: r.At}
	}
	for key, m := range after.Paid {
		if was, had := before.Paid[key]; had && was.Price == m.Price {
			delete(dues, key)
			continue
		}
		dues[key] = community.Due{Key: key, Origin: m.Origin, Amount: m.Price, Reason: in.T("reason.daily", "Name", c.Name), At: r.At}
	}
	had, have := wins(c.ID, before), wins(c.ID, after)
	for key, w := range had {
		if _, still := have[key]; still {
			continue
		}
		if err := f.unwin(ctx, c, w); err != nil {
			return err
		}
		if w.Kind == Points {
			dues[key] = community.Due{Key: key, Origin: w.By.Origin, Reason: f.reason(in, c, w), At: r.At}
		} else if err := f.takeBack(ctx, in, c, w); err != nil {
			return err
		}
	}
	for key, w := range have {
		if _, already := had[key]; already {
			continue
		}
		if err := f.win(ctx, r, c, w); err != nil {
			return err
		}
		if w.Kind == Points {
			dues[key] = community.Due{Key: key, Origin: w.By.Origin, Amount: w.Amount, Reason: f.reason(in, c, w), At: r.At}
		} else if err := f.give(ctx, r, in, c, w); err != nil {
			return err
		}
	}
	return book(ctx, dues, fix)
}

// book makes the ledger say what is due, taking back before giving.
func book(ctx context.Context, dues map[string]community.Due, fix fixer) error {
	list := slices.SortedFunc(maps.Values(dues), func(a, b community.Due) int {
		return cmp.Or(cmp.Compare(min(a.Amount, 1), min(b.Amount, 1)), cmp.Compare(a.Key, b.Key))
	})
	for _, due := range list {
		if err := fix(ctx, due); err != nil {
			return err
		}
	}
	return nil
}

// reason is what the ledger says of a prize.
func (f *feature) reason(r *bot.Request, c *challenge, w Win) string {
	if w.At == 0 {
		return r.T("reason.goal", "Name", c.Name)
	}
	return r.T("reason.milestone", "Name", c.Name, "Days", w.At)
}

// lock lets one change of a challenge happen at a time.
func (f *feature) lock(ctx context.Context, id int64) error {
	_, err := f.db.Exec(ctx, `UPDATE challenges SET id = id WHERE id = ?`, id)
	return err
}
