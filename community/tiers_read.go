package community

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/tiers"
)

// Involved is how involved somebody is at the end of a Day.
type Involved struct {
	Member   MemberID
	Name     string         // safe to echo
	Standing tiers.Standing // what is held after the night that follows the Day
	Verdict  tiers.Verdict  // on the facts of the 28 Days that end with it, for what was held before that night
}

// At is how involved everybody was at the end of a Day, replayed from the first Day with data and in the order of
// ids: all who were seen by then, but for staff and bots. It reads tables only. each, unless nil, hears every change on the way.
func (t *Tiers) At(ctx context.Context, day Day, each func(tiers.Entry)) ([]Involved, error) {
	w, err := t.walk(ctx)
	if err != nil {
		return nil, err
	}
	first, ok, err := t.Began(ctx)
	if err != nil {
		return nil, err
	}
	before := map[MemberID]tiers.Standing{}
	w.all = true
	w.emit = func(e tiers.Entry) error {
		if each != nil {
			each(e)
		}
		return nil
	}
	if ok && first <= day {
		if err := w.run(ctx, first, day-1); err != nil {
			return nil, err
		}
		for id, s := range w.standings {
			before[id] = s
		}
		if err := w.run(ctx, day, day); err != nil {
			return nil, err
		}
	}
	people, err := t.seenBy(ctx, w.iv, day)
	if err != nil {
		return nil, err
	}
	ladder := w.course.Ladder(tiers.Day(day) + 1)
	for i := range people {
		p := &people[i]
		var f tiers.Facts
		if n, ok := w.iv.index[p.Member]; ok && n >= 0 {
			f = w.iv.facts[n]
		}
		if p.Standing, ok = w.standings[p.Member]; !ok {
			p.Standing.Tier = ladder[0].Tier
		}
		p.Verdict = ladder.Classify(f, before[p.Member].Tier)
	}
	return people, nil
}

// seenBy are the people who were seen by the end of a Day, but for staff and bots.
func (t *Tiers) seenBy(ctx context.Context, iv *involvement, day Day) (people []Involved, err error) {
	out, err := uncounted(ctx, t.db, t.bots)
	if err != nil {
		return nil, err
	}
	end, seen := t.calendar.Start(day+1).UnixMilli(), map[MemberID]bool{}
	err = t.db.Each(ctx, func(scan func(...any) error) error {
		var id MemberID
		if err := scan(&id); err != nil {
			return err
		}
		if who := iv.aliases.Resolve(id); !out[who] && !seen[who] {
			seen[who] = true
			people = append(people, Involved{Member: who})
		}
		return nil
	}, `SELECT id FROM members WHERE first_seen > 0 AND first_seen < ?`, end)
	if err != nil {
		return nil, fmt.Errorf("tiers: %w", err)
	}
	slices.SortFunc(people, func(a, b Involved) int { return compareIDs(a.Member, b.Member) })
	ids := make([]MemberID, len(people))
	for i, p := range people {
		ids[i] = p.Member
	}
	names, err := t.ro.Names(ctx, ids...)
	for i := range people {
		people[i].Name = names[people[i].Member]
	}
	return people, err
}

// Evidence is what somebody's facts are made of.
type Evidence struct {
	Active        []Day             // Days with a message in a group, oldest first
	Partners      []MemberID        // who they had to do with, most first
	Influenced    []MemberID        // who turned to them, most first
	Contributions []ContributionSum // by kind
}

// ContributionSum is how many contributions of one kind stand.
type ContributionSum struct {
	Kind ContributionKind
	N    int
}

// Facts are a person's facts of the 28 Days that end with a Day, and what they are made of. It costs a few look-ups,
// however large the community is.
func (t *Tiers) Facts(ctx context.Context, member MemberID, day Day) (f tiers.Facts, e Evidence, err error) {
	aliases, err := Aliases(ctx, t.db)
	if err != nil {
		return f, e, err
	}
	bots, err := leftOut(ctx, t.db, aliases, t.bots, false)
	if err != nil {
		return f, e, err
	}
	who := aliases.Resolve(member)
	ids := []MemberID{who}
	for alias := range aliases {
		if alias != who && aliases.Resolve(alias) == who {
			ids = append(ids, alias)
		}
	}
	in, args := In(ids, int(day-FactDays+1), int(day))
	if err := t.spoken(ctx, &f, &e, in, args); err != nil {
		return f, e, err
	}
	if err := t.given(ctx, &f, &e, in, args, day); err != nil {
		return f, e, err
	}
	with, toward := map[MemberID]int{}, map[MemberID]int{}
	count := func(into ...map[MemberID]int) func(scan func(...any) error) error {
		return func(scan func(...any) error) error {
			var id MemberID
			var n int
			if err := scan(&id, &n); err != nil {
				return err
			}
			if id = aliases.Resolve(id); id != who && !bots[id] {
				for _, m := range into {
					m[id] += n
				}
			}
			return nil
		}
	}
	if err := t.db.Each(ctx, count(with, toward), `SELECT from_id, n FROM edges WHERE to_id IN `+in+` AND day BETWEEN ? AND ?`, args...); err != nil {
		return f, e, fmt.Errorf("facts of %s: %w", member, err)
	}
	days, dayArgs := eachDay(day, args[:len(ids)])
	if err := t.db.Each(ctx, count(with), `SELECT to_id, n FROM edges WHERE day IN (`+days+`) AND from_id IN `+in, dayArgs...); err != nil {
		return f, e, fmt.Errorf("facts of %s: %w", member, err)
	}
	f.Partners, f.Influence = len(with), len(toward)
	e.Partners, e.Influenced = mostFirst(with), mostFirst(toward)
	return f, e, nil
}

// eachDay are the 28 Days before arguments: the table of edges is in the order of Days, and has no index by who turned
// to somebody.
func eachDay(day Day, ids []any) (placeholders string, args []any) {
	for d := day - FactDays + 1; d <= day; d++ {
		args = append(args, int(d))
	}
	return "?" + strings.Repeat(", ?", FactDays-1), append(args, ids...)
}

func (t *Tiers) spoken(ctx context.Context, f *tiers.Facts, e *Evidence, in string, args []any) error {
	err := t.db.Each(ctx, func(scan func(...any) error) error {
		var d, n int
		if err := scan(&d, &n); err != nil {
			return err
		}
		f.ActiveDays++
		f.Messages += n
		e.Active = append(e.Active, Day(d))
		return nil
	}, `SELECT day, CAST(SUM(messages) AS BIGINT) FROM activity WHERE member_id IN `+in+` AND day BETWEEN ? AND ? GROUP BY day ORDER BY day`, args...)
	if err != nil {
		return fmt.Errorf("facts: %w", err)
	}
	return t.db.Row(ctx, `SELECT COUNT(DISTINCT day) FROM traces WHERE member_id IN `+in+` AND day BETWEEN ? AND ?`, args...).Scan(&f.Traces)
}

func (t *Tiers) given(ctx context.Context, f *tiers.Facts, e *Evidence, in string, args []any, day Day) error {
	sum := map[ContributionKind]int{}
	err := t.db.Each(ctx, func(scan func(...any) error) error {
		var kind ContributionKind
		if err := scan(&kind); err != nil {
			return err
		}
		f.Contributions++
		sum[kind]++
		return nil
	}, `SELECT kind FROM contributions WHERE member_id IN `+in+` AND day BETWEEN ? AND ? AND (withdrawn_at IS NULL OR withdrawn_at >= ?)`,
		append(slices.Clone(args), t.calendar.Start(day+1).UnixMilli())...)
	if err != nil {
		return fmt.Errorf("facts: %w", err)
	}
	for _, kind := range [...]ContributionKind{TopicAnswer, BestAnswer, AcceptedPiece, ValidInvite, HostedEvent} {
		if sum[kind] > 0 {
			e.Contributions = append(e.Contributions, ContributionSum{kind, sum[kind]})
		}
	}
	return nil
}

func mostFirst(n map[MemberID]int) []MemberID {
	ids := make([]MemberID, 0, len(n))
	for id := range n {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b MemberID) int { return cmp.Or(cmp.Compare(n[b], n[a]), compareIDs(a, b)) })
	return ids
}

// FactsOf are the facts of everybody who has any, of the 28 Days that end with a Day; staff and bots are left out. It reads
// tables only.
func (t *Tiers) FactsOf(ctx context.Context, day Day) (map[MemberID]tiers.Facts, error) {
	out, err := uncounted(ctx, t.db, t.bots)
	if err != nil {
		return nil, err
	}
	iv, err := newInvolvement(ctx, t.db, t.calendar, t.bots)
	if err != nil {
		return nil, err
	}
	for d := day - FactDays + 1; d <= day; d++ {
		if err := iv.step(ctx, d); err != nil {
			return nil, fmt.Errorf("facts of %s: %w", day, err)
		}
	}
	facts := make(map[MemberID]tiers.Facts, len(iv.ids))
	for i, id := range iv.ids {
		if f := iv.facts[i]; f != (tiers.Facts{}) && !out[id] {
			facts[id] = f
		}
	}
	return facts, nil
}

// Latest is the last Day with anything to classify; where nothing ever happened, the first Day of all.
func (t *Tiers) Latest(ctx context.Context) (latest Day, err error) {
	err = t.db.Row(ctx, `SELECT COALESCE(MAX(day), 0) FROM (SELECT MAX(day) AS day FROM activity UNION ALL SELECT MAX(day) FROM contributions
		UNION ALL SELECT MAX(day) FROM traces) d`).Scan(&latest)
	if err != nil {
		return 0, fmt.Errorf("tiers: %w", err)
	}
	return latest, nil
}
