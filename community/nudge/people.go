package nudge

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// Why somebody gets nothing.
const (
	isStaff    = "staff"
	hasLeft    = "left"
	wantsQuiet = "muted"
	isNew      = "newcomer"
	hadEnough  = "caps"
	isUnsure   = "unsure"
	isHeld     = "held"
	noWay      = "unreachable"
	ranFull    = "full"
	otherText  = "variant"
	badWord    = "word"
	isOff      = "off"
	notNow     = "hours"
	isDone     = "done"
	isLate     = "late"
	afterOther = "batch"
	isIgnored  = "ignored"
)

// patience is how many nudges of a family somebody gets without being seen since; after that they are left in peace until
// they come by themselves.
const patience = 2

// freshDays is how long newcomers have words of their own, and get no nudge.
const freshDays = 7

// crowd are those who may be in the segment of a family at a time, in the order of their ids, with what keeps each of them
// from getting anything. Who got something of this family, or was held out, so recently that it is not their turn again is
// not among them. Of people who are named only those are looked at, and without their turns.
func (f *feature) crowd(ctx context.Context, fam *Family, at time.Time, people ...community.MemberID) ([]*profile, error) {
	aliases, err := community.Aliases(ctx, f.db)
	if err != nil {
		return nil, err
	}
	var ids []community.MemberID
	for alias := range aliases {
		if slices.Contains(people, aliases.Resolve(alias)) {
			ids = append(ids, alias)
		}
	}
	of, err := f.present(ctx, aliases, at, append(ids, people...))
	if err != nil {
		return nil, err
	}
	k := &keepers{}
	if len(people) == 0 {
		if k, err = f.everybodys(ctx, fam, aliases, at); err != nil {
			return nil, err
		}
	}
	tags := map[community.MemberID][]community.Tag{}
	if len(fam.Segment.Tags)+len(fam.Segment.Without) > 0 {
		if tags, err = f.c.Tags.Of(ctx, at, people...); err != nil {
			return nil, err
		}
	}
	var list []*profile
	for _, p := range of {
		for _, tag := range tags[p.ID] {
			p.Tags = append(p.Tags, tag.Name)
		}
		if len(people) > 0 {
			if k, err = f.theirs(ctx, p.ID); err != nil {
				return nil, err
			}
		}
		if p.Tier = tiers.Lurker; k.tiers[p.ID].Tier != "" {
			p.Tier = k.tiers[p.ID].Tier
		}
		if k.turn[p.ID] || !fam.Segment.rough(p) {
			continue
		}
		switch {
		case k.staff[p.ID]:
			p.reason = isStaff
		case k.gone[p.ID]:
			p.reason = hasLeft
		case k.muted[p.ID]:
			p.reason = wantsQuiet
		case p.Joined < freshDays:
			p.reason = isNew
		case k.unanswered(p, f.c.Calendar.Day(at)) >= patience:
			p.reason = isIgnored
		case k.full[p.ID] || f.cfg.Week < 1 || f.cfg.Month < 1:
			p.reason = hadEnough
		}
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *profile) int {
		if older(a.ID, b.ID) {
			return -1
		}
		return 1
	})
	return list, nil
}

// keepers are what keeps people from getting anything.
type keepers struct {
	staff, gone, muted, full, turn map[community.MemberID]bool
	tiers                          map[community.MemberID]tiers.Standing
	turns                          map[community.MemberID][]community.Day // on which somebody got this family, or was held out
}

// unanswered is how many nudges of a family somebody got, or would have got, since they were seen last.
func (k *keepers) unanswered(p *profile, today community.Day) (n int) {
	for _, day := range k.turns[p.ID] {
		if day > today-community.Day(p.Seen) {
			n++
		}
	}
	return n
}

// everybodys reads that for everybody.
func (f *feature) everybodys(ctx context.Context, fam *Family, aliases community.AliasMap, at time.Time) (*keepers, error) {
	k := &keepers{
		gone: map[community.MemberID]bool{}, full: map[community.MemberID]bool{}, turn: map[community.MemberID]bool{},
		turns: map[community.MemberID][]community.Day{},
	}
	var err error
	if k.staff, err = f.c.LeftOut(ctx); err != nil {
		return nil, err
	}
	if k.muted, err = f.c.Consent.All(ctx, community.NoNudge); err != nil {
		return nil, err
	}
	gone, err := f.c.Gone(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range gone {
		k.gone[id] = true
	}
	if k.tiers, err = f.c.Tiers.All(ctx); err != nil {
		return nil, err
	}
	month := map[community.MemberID]int{}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		var family string
		var when int64
		if err := scan(&id, &family, &when); err != nil {
			return err
		}
		who, then := aliases.Resolve(id), bot.FromMillis(when)
		if family == fam.Name {
			k.turns[who] = append(k.turns[who], f.c.Calendar.Day(then))
			k.turn[who] = k.turn[who] || then.After(at.AddDate(0, 0, -fam.Every))
		}
		if then.After(at.Add(-days(30))) {
			month[who]++
			k.full[who] = k.full[who] || month[who] >= f.cfg.Month || then.After(at.Add(-days(7)))
		}
		return nil
	}, `SELECT member_id, family, at FROM nudge_sends WHERE at <= ? AND (at > ? OR family = ?) AND state IN ('planned', 'sending', 'sent', 'unknown', 'held')`,
		at.UnixMilli(), at.Add(-days(31)).UnixMilli(), fam.Name)
	if err != nil {
		return nil, fmt.Errorf("recent nudges: %w", err)
	}
	return k, nil
}

// days is how long so many days of the clock are.
func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// theirs reads it for one person; the caps are looked at by who sends.
func (f *feature) theirs(ctx context.Context, id community.MemberID) (*keepers, error) {
	person, err := f.c.Person(ctx, id)
	if err != nil {
		return nil, err
	}
	gone, err := f.c.IsGone(ctx, id)
	if err != nil {
		return nil, err
	}
	muted, err := f.c.Consent.Has(ctx, id, community.NoNudge)
	if err != nil {
		return nil, err
	}
	tier, err := f.c.Tiers.Of(ctx, id)
	is := func(yes bool) map[community.MemberID]bool { return map[community.MemberID]bool{id: yes} }
	return &keepers{staff: is(person.Role >= bot.Moderator || person.Bot), gone: is(gone), muted: is(muted), tiers: map[community.MemberID]tiers.Standing{id: tier}}, err
}

// present are the people who were ever in a group in which the bot acts, with when they came and when they last did
// anything: those of some ids, or all.
func (f *feature) present(ctx context.Context, aliases community.AliasMap, at time.Time, ids []community.MemberID) (map[community.MemberID]*profile, error) {
	in, args := "", []any(nil)
	if len(ids) > 0 {
		in, args = community.In(ids)
		in = " AND member_id IN " + in
	}
	today := f.c.Calendar.Day(at)
	came, spoke, seen := map[community.MemberID]community.Day{}, map[community.MemberID]community.Day{}, map[community.MemberID]community.Day{}
	of := map[community.MemberID]*profile{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		var group community.GroupID
		var joined, left int64
		if err := scan(&id, &group, &joined, &left); err != nil {
			return err
		}
		who := aliases.Resolve(id)
		p := of[who]
		if p == nil {
			p = &profile{ID: who}
			of[who] = p
		}
		if left == 0 && !slices.Contains(p.Groups, group) {
			p.Groups = append(p.Groups, group)
		}
		if day := f.c.Calendar.Day(bot.FromMillis(joined)); came[who] == 0 || day < came[who] {
			came[who] = day
		}
		return nil
	}, `SELECT member_id, group_id, joined_at, left_at FROM stays WHERE group_id IN (SELECT id FROM groups WHERE adopted)`+in+` ORDER BY group_id`, args...)
	if err != nil {
		return nil, fmt.Errorf("who is there: %w", err)
	}
	for _, last := range [...]struct {
		table string
		of    map[community.MemberID]community.Day
	}{{"activity", spoke}, {"traces", seen}} {
		err := f.db.Each(ctx, func(scan func(...any) error) error {
			var id community.MemberID
			var day community.Day
			if err := scan(&id, &day); err != nil {
				return err
			}
			who := aliases.Resolve(id)
			last.of[who] = max(last.of[who], day)
			return nil
		}, `SELECT member_id, MAX(day) FROM `+last.table+` WHERE day <= ?`+in+` GROUP BY member_id`, append([]any{int(today)}, args...)...)
		if err != nil {
			return nil, fmt.Errorf("who did what: %w", err)
		}
	}
	for who, p := range of {
		p.Joined, p.Silent = int(today-came[who]), int(today-max(came[who], spoke[who]))
		p.Seen = int(today - max(spoke[who], seen[who]))
	}
	return of, nil
}

// fine reads what the segment asks of each person by themselves, and tells whether they are in it.
func (f *feature) fine(ctx context.Context, s *Segment, p *profile, at time.Time) (bool, error) {
	if s.Back != nil {
		if err := f.gap(ctx, p, at); err != nil {
			return false, err
		}
	}
	if s.Streak != nil || s.Unchecked {
		t, ok, err := f.c.Facts.Tell(ctx, "checkin.streak", p.ID, at)
		if err != nil {
			return false, err
		}
		p.Streak, p.Waiting = int(t.N), !ok || t.Open
	}
	if s.Points != nil {
		worth, _, err := f.c.Purse.Worth(ctx, p.ID)
		if err != nil {
			return false, err
		}
		p.Points = worth
	}
	if s.Given != nil {
		ids, err := f.c.IDs(ctx, p.ID)
		if err != nil {
			return false, err
		}
		today := f.c.Calendar.Day(at)
		for _, id := range ids {
			n, err := f.c.Contributions.Count(ctx, id, today+1-community.FactDays, today+1)
			if err != nil {
				return false, err
			}
			p.Given += n
		}
	}
	return s.fine(p), nil
}

// gap reads for how many Days somebody was silent before they spoke again lately.
func (f *feature) gap(ctx context.Context, p *profile, at time.Time) error {
	ids, err := f.c.IDs(ctx, p.ID)
	if err != nil {
		return err
	}
	today := f.c.Calendar.Day(at)
	in, args := community.In(ids, int(today), lately+2)
	var spoken []community.Day
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var day community.Day
		err := scan(&day)
		spoken = append(spoken, day)
		return err
	}, `SELECT DISTINCT day FROM activity WHERE member_id IN `+in+` AND day <= ? ORDER BY day DESC LIMIT ?`, args...)
	if err != nil {
		return fmt.Errorf("when %s spoke: %w", p.ID, err)
	}
	for i := 0; i+1 < len(spoken) && spoken[i] >= today-lately; i++ {
		p.Back = max(p.Back, int(spoken[i]-spoken[i+1]))
	}
	return nil
}
