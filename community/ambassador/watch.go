package ambassador

import (
	"context"
	"fmt"
	"slices"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// guessCase is how many wrong codes of somebody within the window make a case.
const guessCase = 15

// guesses makes a case of somebody who types one wrong code after the other. It holds nothing.
func (f *feature) guesses(ctx context.Context, r *bot.Request, ids []community.MemberID) error {
	in, args := community.In(ids, r.At.Add(-window).UnixMilli())
	var n int
	if err := f.db.Row(ctx, `SELECT COUNT(*) FROM invite_tries WHERE member_id IN `+in+` AND at > ?`, args...).Scan(&n); err != nil || n < guessCase {
		return err
	}
	in, args = community.In(ids)
	list, err := f.cases(ctx, `WHERE kind = 'guessing' AND member_id IN `+in+` AND opened_at > `+fmt.Sprint(r.At.Add(-window).UnixMilli()), args...)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		return f.addSign(ctx, list[0].ID, Guessing, 0, n)
	}
	id, err := f.newCase(ctx, r, Guessing, "", community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	if err := f.addSign(ctx, id, Guessing, 0, n); err != nil {
		return err
	}
	return f.alert(ctx, r, r.T("case.opened.guessing", "ID", id, "Name", r.Actor.Name))
}

// sleepers looks at every inviter whose newcomers came of late, and reminds the managers of cases that wait.
func (f *feature) sleepers(ctx context.Context, r *bot.Request) error {
	var owners []community.MemberID
	today := f.c.Calendar.Day(r.At)
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		err := scan(&id)
		owners = append(owners, id)
		return err
	}, `SELECT DISTINCT owner_id FROM invites WHERE owner_id <> '' AND day > ? AND state = 'counts' ORDER BY owner_id`, int(today-traceDays))
	if err != nil {
		return fmt.Errorf("inviters: %w", err)
	}
	var done []community.MemberID
	for _, id := range owners {
		who, err := f.c.Who(ctx, id)
		if err != nil {
			return err
		}
		if slices.Contains(done, who) {
			continue
		}
		done = append(done, who)
		if err := f.examine(ctx, r, who); err != nil {
			return err
		}
	}
	open, err := f.cases(ctx, `WHERE state = 'open'`)
	if err != nil {
		return err
	}
	waiting := 0
	for _, d := range open { // on the third Day, and once a week from then on
		if age := int(today - f.c.Calendar.Day(d.Opened)); age%7 == 3 {
			waiting++
		}
	}
	if waiting == 0 {
		return nil
	}
	return f.alert(ctx, r, r.T("case.wait", "Count", len(open)))
}
