package ambassador

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// The feature's jobs.
const (
	nightJob = "night" // after the Day's end: what is due by its end
	moreJob  = "more"  // the rest of a night; its key is the last invitation that was looked at
	tellJob  = "tell"  // in the morning: what the day before brought
)

// batch is how many invitations are looked at in one transaction.
const batch = 100

// night looks at every invitation by which something may still be due, and at the ambassadors.
func (f *feature) night(ctx context.Context, r *bot.Request) error {
	if err := f.dismissStaff(ctx, r); err != nil {
		return err
	}
	if _, err := f.db.Exec(ctx, `DELETE FROM invite_tries WHERE at < ?`, r.At.Add(-window).UnixMilli()); err != nil {
		return err
	}
	if err := f.sleepers(ctx, r); err != nil {
		return err
	}
	return f.nightFrom(ctx, r, 0)
}

func (f *feature) more(ctx context.Context, r *bot.Request) error {
	after, err := strconv.ParseInt(r.Key, 10, 64)
	if err != nil {
		return fmt.Errorf("night after %q: %w", r.Key, err)
	}
	return f.nightFrom(ctx, r, after)
}

func (f *feature) nightFrom(ctx context.Context, r *bot.Request, after int64) error {
	list, err := f.invites(ctx, `WHERE i.open AND i.id > ? ORDER BY i.id LIMIT ?`, after, batch)
	if err != nil {
		return err
	}
	var owners []community.MemberID
	for _, v := range list {
		done := v.PartsDone
		if err := f.refresh(ctx, r, v, v.Judged, f.restate(r)); err != nil {
			return err
		}
		if v.PartsDone != done && v.Owner != "" && !slices.Contains(owners, v.Owner) {
			owners = append(owners, v.Owner)
		}
	}
	for _, owner := range owners {
		if err := f.reward(ctx, r, owner, f.restate(r)); err != nil {
			return err
		}
	}
	if len(list) == batch {
		return r.Later(ctx, r.At.Add(time.Second), moreJob, strconv.FormatInt(list[batch-1].ID, 10))
	}
	return f.sweep(ctx, r)
}

// sweep gives back to campaigns what came into escrows of invitations that are settled: debts that were paid.
func (f *feature) sweep(ctx context.Context, r *bot.Request) error {
	list, err := f.invites(ctx, `WHERE i.budget_id <> '' AND NOT i.open AND EXISTS (SELECT 1 FROM balances b WHERE b.account = 'escrow:`+keyPart+`/' || i.id AND b.balance > 0)
		ORDER BY i.id LIMIT ?`, batch)
	if err != nil {
		return err
	}
	for _, v := range list {
		if err := f.refresh(ctx, r, v, v.Judged, f.restate(r)); err != nil {
			return err
		}
	}
	return nil
}

// The kinds of news.
const (
	newsClaimed   = "claimed"
	newsVested    = "vested"
	newsLost      = "lost"
	newsCancelled = "cancelled"
	newsTarget    = "target"
)

// news keeps something that an ambassador is told in the morning.
func (f *feature) news(ctx context.Context, r *bot.Request, v *invite, what string, amount int64) error {
	if v.Owner == "" {
		return nil
	}
	_, err := f.db.Exec(ctx, `INSERT INTO invite_news (owner_id, invite_id, what, amount, at) VALUES (?, ?, ?, ?, ?)`, string(v.Owner), v.ID, what, amount, r.At.UnixMilli())
	if err != nil {
		return fmt.Errorf("news: %w", err)
	}
	return nil
}

// report keeps what changed about an invitation for the morning.
func (f *feature) report(ctx context.Context, r *bot.Request, was, now *invite) error {
	if was.State != Counts && now.State == Counts {
		if err := f.news(ctx, r, now, newsClaimed, 0); err != nil {
			return err
		}
	}
	if now.Vested > was.Vested {
		if err := f.news(ctx, r, now, newsVested, now.Vested-was.Vested); err != nil {
			return err
		}
	}
	switch {
	case was.State == Counts && now.State != Counts:
		return f.news(ctx, r, now, newsCancelled, was.Vested)
	case was.LeftDay == 0 && now.LeftDay > 0 && was.Open && now.State == Counts:
		return f.news(ctx, r, now, newsLost, 0)
	}
	return nil
}

// Telling names nobody for whom there is too much to say.
const newsLines = 8

// tell tells ambassadors in private what happened since they were told last. Who can't be written to finds it in 我的邀请.
func (f *feature) tell(ctx context.Context, r *bot.Request) error {
	type item struct {
		owner  community.MemberID
		invite int64
		what   string
		amount int64
	}
	var items []item
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var i item
		err := scan(&i.owner, &i.invite, &i.what, &i.amount)
		items = append(items, i)
		return err
	}, `SELECT owner_id, invite_id, what, amount FROM invite_news ORDER BY id`)
	if err != nil || len(items) == 0 {
		return err
	}
	var people []community.MemberID
	lines := map[community.MemberID][]string{}
	for _, i := range items {
		who, err := f.c.Who(ctx, i.owner)
		if err != nil {
			return err
		}
		v, err := f.byID(ctx, i.invite)
		if err != nil {
			return err
		}
		name, err := f.c.Called(ctx, v.Member)
		if err != nil {
			return err
		}
		if lines[who] == nil {
			people = append(people, who)
		}
		lines[who] = append(lines[who], r.T("news."+i.what, "Name", name, "Amount", i.amount))
	}
	for _, who := range people {
		open, err := f.c.Reachable(ctx, string(who))
		if err != nil {
			return err
		}
		if !open {
			continue
		}
		list := lines[who]
		if n := len(list); n > newsLines {
			list = append(list[:newsLines:newsLines], r.T("news.more", "Count", n-newsLines))
		}
		r.Send(bot.Outgoing{Member: string(who), Text: r.T("news.title") + "\n" + strings.Join(list, "\n"), Priority: bot.Notice, NotAfter: r.At.Add(24 * time.Hour)})
	}
	_, err = f.db.Exec(ctx, `DELETE FROM invite_news`)
	return err
}
