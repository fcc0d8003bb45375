package report

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// maker makes one report, step by step.
type maker struct {
	*feature
	q   *bot.Query
	ask Ask
	r   Report

	crowd  *crowd
	course *course
}

// read reads the course of events as far as the figures of the period and the one before it need it.
func (m *maker) read(ctx context.Context) error {
	p := m.ask.Period
	m.r.period, m.r.before = p, p.Before()
	if err := m.known(ctx); err != nil {
		return err
	}
	who, err := m.people(ctx)
	if err != nil {
		return err
	}
	if m.crowd, err = m.feature.crowd(ctx, who, m.ask.Group); err != nil {
		return err
	}
	from, to := min(m.r.before.First-29, p.After-7*cohortWeeks), min(p.After+30, m.r.asOf+1)
	m.course, err = m.load(ctx, m.crowd, m.ask.Group, from, max(from, to), Period{OfRange, m.r.before.First, p.After})
	if err != nil {
		return err
	}
	for period, into := range map[*Period]*measures{&m.r.period: &m.r.now, &m.r.before: &m.r.then} {
		here, err := m.present(ctx, m.crowd, m.ask.Group, min(period.Last(), m.r.asOf))
		if err != nil {
			return err
		}
		*into = measure(m.course, m.crowd, here, *period, m.r.asOf)
	}
	return nil
}

// known finds the last Day that is known where nobody says: the last with data, or on which the program was awake and
// heard nothing, but not today, which is not over, unless the report is about that.
func (m *maker) known(ctx context.Context) (err error) {
	m.r.asOf = m.ask.AsOf
	if m.r.asOf != 0 {
		return nil
	}
	if m.r.asOf, err = m.c.Tiers.Latest(ctx); err != nil {
		return err
	}
	_, awake, ok, err := bot.Awake(ctx, m.db)
	if ok {
		m.r.asOf = max(m.r.asOf, m.c.Calendar.Day(awake)-1)
	}
	if today := m.c.Calendar.Day(m.q.At); m.r.asOf >= today && m.r.period.First < today {
		m.r.asOf = today - 1
	}
	return err
}

// head says what the report is about.
func (m *maker) head(ctx context.Context) error {
	r := &m.r
	r.Schema, r.Community, r.AsOf, r.MadeAt = Schema, community.OneLine(m.Community), r.asOf.String(), m.q.At.UTC()
	r.Period, r.Previous, r.Calendar = r.period.info(), r.before.info(), m.c.Calendar.String()
	if m.ask.Group == "" {
		return nil
	}
	r.Group = &GroupRef{ID: m.ask.Group}
	err := m.db.Row(ctx, `SELECT name FROM groups WHERE id = ?`, string(m.ask.Group)).Scan(&r.Group.Name)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("no group %s", m.ask.Group)
	}
	r.Group.Name = community.CleanName(r.Group.Name)
	return err
}

// figures copies what was measured, and reads what features recorded.
func (m *maker) figures(ctx context.Context) error {
	r, now := &m.r, &m.r.now
	r.Messages, r.Speakers, r.MAU, r.NewMembers, r.Members = now.Messages, now.Speakers, now.MAU, now.NewMembers, now.Members
	r.DAUMAU, r.D7, r.D30, r.SpeakerRate, r.Heat = now.DAUMAU, now.D7, now.D30, now.SpeakerRate, now.Heat
	r.MedianReply, r.Openers, r.Open = median(now.Openers), len(now.Openers), now.Open
	if len(now.Daily) > 0 {
		dau, _ := mean(now.Daily)
		r.DAUMean = &dau
	}
	var before [2]Rate
	for i, p := range [...]Period{r.period, r.before} {
		ms := [...]*measures{&r.now, &r.then}[i]
		accepted, err := m.accepted(ctx, p)
		if err != nil {
			return err
		}
		came, known, err := m.referred(ctx, p)
		if err != nil {
			return err
		}
		ugc, referral := share(accepted, ms.MAU), Rate{}
		if known {
			referral = share(came, ms.NewMembers)
		}
		if i == 0 {
			r.UGCRate, r.ReferralRate = ugc, referral
		} else {
			before = [2]Rate{ugc, referral}
		}
	}
	m.days()
	m.cohorts()
	m.metrics(before[0], before[1])
	return nil
}

// accepted is how many accepted pieces there are of a period.
func (m *maker) accepted(ctx context.Context, p Period) (n int, err error) {
	err = m.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		if err := scan(&id); err != nil {
			return err
		}
		if _, counts := m.crowd.counts(id); counts {
			n++
		}
		return nil
	}, `SELECT member_id FROM contributions WHERE day >= ? AND day < ? AND kind = ? AND withdrawn_at IS NULL AND (? = '' OR group_id = ?)`,
		int(p.First), int(min(p.After, m.r.asOf+1)), string(community.AcceptedPiece), string(m.ask.Group), string(m.ask.Group))
	if err != nil {
		return 0, fmt.Errorf("accepted pieces: %w", err)
	}
	return n, nil
}

// InvitedCrowd are those whose claim of an invitation counts, by when they came.
const InvitedCrowd = "ambassador.invited"

// referred is how many of the new members of a period came by a valid claim.
func (m *maker) referred(ctx context.Context, p Period) (n int, known bool, err error) {
	ids, known, err := m.c.Facts.Crowd(ctx, InvitedCrowd, p.First-1, p.After+1)
	if err != nil || !known {
		return 0, false, err
	}
	seen := map[int32]bool{}
	for _, id := range ids {
		at, ok := m.crowd.place(id)
		if ok && !seen[at] && m.crowd.list[at].isNew(p, m.r.asOf) {
			seen[at] = true
			n++
		}
	}
	return n, true, nil
}

// days lists the Days of the period that are known.
func (m *maker) days() {
	news := map[community.Day]int{}
	for _, one := range m.crowd.list {
		if one.isNew(m.r.period, m.r.asOf) {
			news[one.first]++
		}
	}
	m.r.Days = []DayLine{}
	for i := range m.r.now.Daily {
		d := m.r.period.First + community.Day(i)
		m.r.Days = append(m.r.Days, DayLine{d.String(), int(m.r.now.Daily[i]), int(m.r.now.DailyWords[i]), news[d]})
	}
}

// cohortWeeks is how many weeks of newcomers are followed.
const cohortWeeks = 9

// cohorts follows the newcomers of the last weeks until the period's end.
func (m *maker) cohorts() {
	m.r.Cohorts = []Cohort{}
	last := min(m.r.period.Last(), m.r.asOf)
	for week := Around(OfWeek, last-7*(cohortWeeks-2)); week.First <= last; week = Around(OfWeek, week.After) {
		born := map[int32]bool{}
		for n, one := range m.crowd.list {
			if one.isNew(week, m.r.asOf) {
				born[int32(n)] = true
			}
		}
		c := Cohort{Week: week.First.String(), N: len(born), Active: []int{}}
		for next := Around(OfWeek, week.After); next.Last() <= last; next = Around(OfWeek, next.After) {
			active := map[int32]bool{}
			for d := next.First; d < next.After; d++ {
				for _, e := range m.course.on(d) {
					if born[e.who] {
						active[e.who] = true
					}
				}
			}
			c.Active = append(c.Active, len(active))
		}
		m.r.Cohorts = append(m.r.Cohorts, c)
	}
}

// tiers reads who holds what, and who moved. Tiers are the community's, across groups.
func (m *maker) tiers(ctx context.Context) error {
	m.r.Tiers, m.r.Movement.Matrix = map[string]int{}, map[string]map[string]int{}
	if m.ask.Group != "" {
		return nil
	}
	moves, err := m.c.Tiers.MovesIn(ctx, m.r.period.First, min(m.r.period.After, m.r.asOf+1))
	if err != nil {
		return err
	}
	for tier, n := range moves.Ends {
		m.r.Tiers[string(tier)] = n
	}
	for from, row := range moves.Matrix {
		m.r.Movement.Matrix[string(from)] = map[string]int{}
		for to, n := range row {
			m.r.Movement.Matrix[string(from)][string(to)] = n
		}
	}
	v := &m.r.Movement
	v.Up, v.Down, v.Held, v.In, v.Out, v.Stuck = moves.Up, moves.Down, moves.Held, moves.In, moves.Out, moves.Stuck
	return nil
}

// points sums up what moved of points. They are the community's, across groups.
func (m *maker) points(ctx context.Context) error {
	if m.ask.Group != "" {
		return nil
	}
	days, err := m.flows(ctx, m.r.period.First, min(m.r.period.After, m.r.asOf+1))
	if err != nil {
		return err
	}
	for _, one := range days {
		m.r.Points.Issued += one.Issued
		m.r.Points.Spent += one.Spent
		m.r.Points.Expired += one.Expired
	}
	return nil
}

func (m *maker) chapters(ctx context.Context) (err error) {
	m.r.Chapters, err = m.q.Chapters(ctx, m.span())
	return err
}

func (m *maker) span() bot.Span {
	return bot.Span{From: m.c.Calendar.Start(m.r.period.First), To: m.c.Calendar.Start(min(m.r.period.After, m.r.asOf+1)), Group: string(m.ask.Group)}
}

// cover tells how much of the period the bot can know of.
func (m *maker) cover(ctx context.Context) error {
	span := m.span()
	if err := m.db.Row(ctx, `SELECT COUNT(*) FROM members WHERE provisional > 0 AND id NOT IN (SELECT alias FROM aliases)`).Scan(&m.r.Coverage.Unresolved); err != nil {
		return fmt.Errorf("who waits to be recognised: %w", err)
	}
	m.r.Wrong = Wrong{Outages: []Outage{}, Missed: []Missed{}}
	awake, _, ok, err := bot.Awake(ctx, m.db)
	if err != nil || !ok || !awake.Before(span.To) || !span.From.Before(span.To) {
		return err
	}
	outages, err := bot.Outages(ctx, m.db, span.From, span.To)
	if err != nil {
		return err
	}
	start := span.From
	if awake.After(start) {
		start = awake
	}
	lost, until := time.Duration(0), start
	for _, o := range outages {
		m.r.Wrong.Outages = append(m.r.Wrong.Outages, Outage{o.From.UTC(), o.To.UTC(), o.Transport})
		from := o.From
		if from.Before(until) {
			from = until // it overlaps the one before
		}
		if o.To.After(from) {
			lost, until = lost+o.To.Sub(from), o.To
		}
	}
	online := float64(span.To.Sub(start)-lost) / float64(span.To.Sub(span.From))
	m.r.Coverage.Online, m.r.Coverage.Outages, m.r.Coverage.OutageS = &online, len(outages), int64(lost/time.Second)
	return nil
}

// wrong lists the occurrences that did not go out as they should have.
func (m *maker) wrong(ctx context.Context) error {
	span := m.span()
	if !span.From.Before(span.To) {
		return nil
	}
	list, err := m.q.Occurrences(ctx, span.From, span.To)
	if err != nil {
		return err
	}
	at := map[Missed]int{}
	for _, o := range list {
		late := o.Ending == bot.TooLate || o.Ending == bot.Collapsed || o.Ending == bot.Skipped && (o.Reason == bot.SkippedMissed || o.Reason == bot.SkippedFailed)
		if !late || m.ask.Group != "" && o.Group != string(m.ask.Group) {
			continue
		}
		at[Missed{Title: community.OneLine(cmp.Or(o.Title, m.q.JobTitle(o.Job))), Ending: string(o.Ending), Reason: o.Reason}]++
	}
	for one, n := range at {
		one.Count = n
		m.r.Wrong.Missed = append(m.r.Wrong.Missed, one)
	}
	slices.SortFunc(m.r.Wrong.Missed, func(a, b Missed) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Title, b.Title), cmp.Compare(a.Ending, b.Ending), cmp.Compare(a.Reason, b.Reason))
	})
	return nil
}
