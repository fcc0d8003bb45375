package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/community"
)

// Of the candidates, who wrote most, those who had to do with the most people are shown.
const (
	topCandidates = 100
	topShown      = 10
)

// top finds who contributed most: the variety of people counts, not only how much somebody writes. Who hid themselves on
// boards is not shown.
func (m *maker) top(ctx context.Context) error {
	m.r.Top = []Contributor{}
	hidden, err := m.c.Consent.All(ctx, community.HideRank)
	if err != nil {
		return err
	}
	var places []int32
	for n := range m.r.now.spoke {
		if !hidden[m.crowd.list[n].id] {
			places = append(places, n)
		}
	}
	spoke := m.r.now.spoke
	slices.SortFunc(places, func(a, b int32) int {
		return cmp.Or(cmp.Compare(spoke[b], spoke[a]), cmp.Compare(m.crowd.list[a].id, m.crowd.list[b].id))
	})
	var list []Contributor
	ids := []community.MemberID{}
	for _, n := range places[:min(topCandidates, len(places))] {
		id := m.crowd.list[n].id
		list = append(list, Contributor{Member: id, ActiveDays: m.r.now.days[n], Messages: spoke[n]})
		ids = append(ids, id)
	}
	if len(list) == 0 {
		return nil
	}
	partners, err := m.partners(ctx, ids)
	if err != nil {
		return err
	}
	given, err := m.given(ctx)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Partners, list[i].Contributions = len(partners[list[i].Member]), given[list[i].Member]
	}
	slices.SortStableFunc(list, func(a, b Contributor) int {
		return cmp.Or(b.Partners-a.Partners, b.Contributions-a.Contributions, b.ActiveDays-a.ActiveDays, b.Messages-a.Messages)
	})
	list = list[:min(topShown, len(list))]
	names, err := m.crowd.Called(ctx, ids...)
	for i := range list {
		list[i].Name = community.OneLine(names[list[i].Member])
	}
	m.r.Top = list
	return err
}

// partners are the distinct people with whom each of some had to do in the period.
func (m *maker) partners(ctx context.Context, people []community.MemberID) (map[community.MemberID]map[community.MemberID]bool, error) {
	with := map[community.MemberID]map[community.MemberID]bool{}
	var all []community.MemberID
	for _, id := range people {
		with[id] = map[community.MemberID]bool{}
		all = append(all, m.crowd.IDs(id)...)
	}
	pair := func(scan func(...any) error) error {
		var from, to community.MemberID
		if err := scan(&from, &to); err != nil {
			return err
		}
		a, known := m.crowd.counts(from)
		b, counts := m.crowd.counts(to)
		if !known || !counts || a == b {
			return nil
		}
		if with[a] != nil {
			with[a][b] = true
		}
		if with[b] != nil {
			with[b][a] = true
		}
		return nil
	}
	first, after := m.r.period.First, min(m.r.period.After, m.r.asOf+1)
	in, args := community.In(all, int(first), int(after))
	err := m.db.Each(ctx, pair, `SELECT from_id, to_id FROM edges WHERE to_id IN `+in+` AND day >= ? AND day < ?`, args...)
	if err != nil || after <= first {
		return with, err
	}
	// The table of edges is in the order of Days, and has no index by who turned to somebody.
	days := make([]any, 0, after-first)
	for d := first; d < after; d++ {
		days = append(days, int(d))
	}
	in, args = community.In(all)
	err = m.db.Each(ctx, pair, `SELECT from_id, to_id FROM edges WHERE day IN (?`+strings.Repeat(", ?", len(days)-1)+`) AND from_id IN `+in, append(days, args...)...)
	if err != nil {
		return nil, fmt.Errorf("partners: %w", err)
	}
	return with, nil
}

// given counts the contributions of the period by person.
func (m *maker) given(ctx context.Context) (map[community.MemberID]int, error) {
	by, err := m.c.Contributions.By(ctx, m.r.period.First, min(m.r.period.After, m.r.asOf+1))
	if err != nil {
		return nil, err
	}
	sums := map[community.MemberID]int{}
	for id, n := range by {
		sums[m.crowd.Who(id)] += n
	}
	return sums, nil
}
