package ambassador

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/uplift"
)

// Newcomer is a new member of a period, as the product's metrics count them: first seen in it, no staff, no bot.
type Newcomer struct {
	First  community.Day      // when they were seen first
	Owner  community.MemberID // of the code by which they came; empty: none, or the house's
	Budget string             // of the campaign whose code it was
	Said   bool               // they said a code
	Claim  bool               // and it counts
	Active []community.Day    // on which they said something in a group, up to First+30, ascending
}

// Funnel is how far the newcomers of one source came.
type Funnel struct {
	Said   int // claims, also those that don't count; 0 for who came by themselves
	Joined int // newcomers
	Spoke  int // who said something in a group within 30 Days
	D7     int // who did on one of the seven Days after the first
	D7Of   int // of those for whom these Days are over
	D30    int // on one of the thirty Days after the first
	D30Of  int
}

// Add counts a newcomer, as things are at the beginning of a Day.
func (f *Funnel) Add(n Newcomer, today community.Day) {
	f.Joined++
	within := func(days community.Day) bool {
		return slices.ContainsFunc(n.Active, func(d community.Day) bool { return d > n.First && d <= n.First+days })
	}
	if len(n.Active) > 0 {
		f.Spoke++
	}
	if n.First+7 < today {
		f.D7Of++
		if within(7) {
			f.D7++
		}
	}
	if n.First+30 < today {
		f.D30Of++
		if within(30) {
			f.D30++
		}
	}
}

// Funnels are those of a period: of all who came by a claim that counts, of each ambassador and campaign, and of who came by
// themselves and said no code.
type Funnels struct {
	Invited, Organic Funnel
	Owners           map[community.MemberID]*Funnel
	Budgets          map[string]*Funnel
	Refused          map[State]int // claims of the period that don't count
	Vested           int64         // points that inviters got by claims of the period
}

// funnels reads the funnels of the Days from <= Day < to, as things are at the beginning of today. It reads tables only.
func (f *feature) funnels(ctx context.Context, from, to, today community.Day) (Funnels, error) {
	s := Funnels{Owners: map[community.MemberID]*Funnel{}, Budgets: map[string]*Funnel{}, Refused: map[State]int{}}
	d, err := f.c.Directory(ctx)
	if err != nil {
		return s, err
	}
	people, err := f.newcomers(ctx, d, from, to)
	if err != nil {
		return s, err
	}
	if err := f.claimed(ctx, d, people, from, to, &s); err != nil {
		return s, err
	}
	if err := f.spoke(ctx, d, people, from, to); err != nil {
		return s, err
	}
	for _, n := range people {
		if !n.Said {
			s.Organic.Add(*n, today)
		}
		if !n.Claim {
			continue // neither invited nor by themselves, or nobody knows
		}
		s.Invited.Add(*n, today)
		if n.Owner != "" {
			s.owner(n.Owner).Add(*n, today)
		}
		if n.Budget != "" {
			s.budget(n.Budget).Add(*n, today)
		}
	}
	return s, nil
}

func (s *Funnels) owner(id community.MemberID) *Funnel {
	if s.Owners[id] == nil {
		s.Owners[id] = &Funnel{}
	}
	return s.Owners[id]
}

func (s *Funnels) budget(id string) *Funnel {
	if s.Budgets[id] == nil {
		s.Budgets[id] = &Funnel{}
	}
	return s.Budgets[id]
}

// newcomers are the people who were seen first in a period.
func (f *feature) newcomers(ctx context.Context, d *community.Directory, from, to community.Day) (map[community.MemberID]*Newcomer, error) {
	out, err := f.c.Uncounted(ctx)
	if err != nil {
		return nil, err
	}
	first := map[community.MemberID]int64{}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		var at int64
		if err := scan(&id, &at); err != nil {
			return err
		}
		who := d.Who(id)
		if was, ok := first[who]; !ok || at < was {
			first[who] = at
		}
		return nil
	}, `SELECT id, first_seen FROM members WHERE first_seen > 0`)
	if err != nil {
		return nil, fmt.Errorf("newcomers: %w", err)
	}
	start, end := f.c.Calendar.Start(from).UnixMilli(), f.c.Calendar.Start(to).UnixMilli()
	people := map[community.MemberID]*Newcomer{}
	for who, at := range first {
		if at >= start && at < end && !out[who] {
			people[who] = &Newcomer{First: f.c.Calendar.Day(bot.FromMillis(at))}
		}
	}
	return people, nil
}

// claimed fills in by whose codes newcomers came, and counts the claims of a period.
func (f *feature) claimed(ctx context.Context, d *community.Directory, people map[community.MemberID]*Newcomer, from, to community.Day, s *Funnels) error {
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var member, owner community.MemberID
		var budget string
		var state State
		var day community.Day
		var vested int64
		if err := scan(&member, &owner, &budget, &state, &day, &vested); err != nil {
			return err
		}
		if owner != "" {
			owner = d.Who(owner)
		}
		if day >= from && day < to {
			s.Invited.Said++
			s.Vested += vested
			if owner != "" {
				s.owner(owner).Said++
			}
			if budget != "" {
				s.budget(budget).Said++
			}
			if state != Counts {
				s.Refused[state]++
			}
		}
		n := people[d.Who(member)]
		if n != nil {
			n.Said = true
		}
		if n != nil && state == Counts {
			n.Claim, n.Owner, n.Budget = true, owner, budget
		}
		return nil
	}, `SELECT member_id, owner_id, budget_id, state, day, vested FROM invites WHERE day >= ? AND day < ? ORDER BY id`, int(from), int(to)+3)
	if err != nil {
		return fmt.Errorf("claims: %w", err)
	}
	return nil
}

// spoke fills in on which Days newcomers said something.
func (f *feature) spoke(ctx context.Context, d *community.Directory, people map[community.MemberID]*Newcomer, from, to community.Day) error {
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		var day community.Day
		if err := scan(&id, &day); err != nil {
			return err
		}
		if n := people[d.Who(id)]; n != nil && day <= n.First+30 && (len(n.Active) == 0 || n.Active[len(n.Active)-1] < day) {
			n.Active = append(n.Active, day)
		}
		return nil
	}, `SELECT a.member_id, a.day FROM activity a JOIN members m ON m.id = a.member_id WHERE a.day >= ? AND a.day <= ? AND m.first_seen >= ? ORDER BY a.day`,
		int(from), int(to)+30, f.c.Calendar.Start(from).UnixMilli())
	if err != nil {
		return fmt.Errorf("activity: %w", err)
	}
	return nil
}

// best are the inviters of a period, the most newcomers first.
func (s *Funnels) best() []community.MemberID {
	var list []community.MemberID
	for id := range s.Owners {
		list = append(list, id)
	}
	slices.SortFunc(list, func(a, b community.MemberID) int {
		x, y := s.Owners[a], s.Owners[b]
		return cmp.Or(cmp.Compare(y.Joined, x.Joined), cmp.Compare(y.D30, x.D30), cmp.Compare(y.D7, x.D7), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	return list
}

// campaigns are the campaigns of a period, in the order in which they were made.
func (s *Funnels) campaigns() []string {
	var list []string
	for id := range s.Budgets {
		list = append(list, id)
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return list
}

// funnelSaid is 邀请报告: the funnel of a month in words.
func (f *feature) funnelSaid(ctx context.Context, r *bot.Request) error {
	today := f.c.Calendar.Day(r.At)
	from, to, ok := f.month(r.Args, today)
	if !ok {
		return r.Refuse("report.how")
	}
	s, err := f.funnels(ctx, from, to, today)
	if err != nil {
		return err
	}
	lines := []string{
		r.T("report.title", "Month", from.String()[:7], "Said", s.Invited.Said, "Vested", s.Vested),
		r.T("report.invited") + f.sayFunnel(r, s.Invited), r.T("report.organic") + f.sayFunnel(r, s.Organic),
	}
	best := s.best()
	for _, id := range best[:min(5, len(best))] {
		if s.Owners[id].Joined == 0 {
			continue
		}
		name, err := f.c.Called(ctx, id)
		if err != nil {
			return err
		}
		lines = append(lines, r.T("report.owner", "Name", name)+f.sayFunnel(r, *s.Owners[id]))
	}
	for _, id := range s.campaigns() {
		b, err := f.c.Budgets.Get(ctx, id)
		if err != nil {
			return err
		}
		lines = append(lines, r.T("report.campaign", "Name", f.c.Words.ScreenName(b.Name))+f.sayFunnel(r, *s.Budgets[id]))
	}
	var why []string
	for _, state := range [...]State{Waits, Self, Circle, Back, Second, Staff, Cancelled, PassedBy} {
		if n := s.Refused[state]; n > 0 {
			why = append(why, r.T("report.why", "Why", r.T("why."+string(state)), "Count", n))
		}
	}
	if len(why) > 0 {
		lines = append(lines, r.T("report.refused", "List", strings.Join(why, r.T("report.comma"))))
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// sayFunnel is a funnel in one line.
func (f *feature) sayFunnel(r *bot.Request, x Funnel) string {
	if x.Joined == 0 {
		return r.T("report.nobody")
	}
	return r.T("report.line", "Joined", x.Joined, "Spoke", share(x.Spoke, x.Joined), "D7", share(x.D7, x.D7Of), "D30", share(x.D30, x.D30Of))
}

// share is a rate with its numbers, or – where there is none yet.
func share(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%d%%（%d/%d）", (100*n+of/2)/of, n, of)
}

// month reads a month: 本月, 上月, 10月 or 2026-10.
func (f *feature) month(word string, today community.Day) (from, to community.Day, ok bool) {
	from, to = today.Month()
	switch word = bot.Fold(strings.TrimSpace(word)); word {
	case "", "本月", "month", "this":
		return from, to, true
	case "上月", "上个月", "last":
		from, to = (from - 1).Month()
		return from, to, true
	}
	if first, after, err := community.ParseMonth(strings.NewReplacer("年", "-", "月", "", "/", "-").Replace(word)); err == nil {
		return first, after, true
	}
	n, err := strconv.Atoi(strings.TrimSuffix(word, "月"))
	if err != nil || n < 1 || n > 12 {
		return 0, 0, false
	}
	for from > 0 {
		if _, m, _ := from.Date(); int(m) == n {
			return from, to, true
		}
		from, to = (from - 1).Month()
	}
	return 0, 0, false
}

// interval is the 95 % interval of a rate, in words; empty where there is none.
func interval(n, of int) string {
	if of == 0 {
		return ""
	}
	lo, hi := uplift.Wilson(n, of)
	return fmt.Sprintf("%.0f–%.0f %%", 100*lo, 100*hi)
}
