package community

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Unranked are the members who appear on no board and in no list of people with their points, and whom no rank counts:
// staff, bots, people who hid themselves or were erased, and those who left. It reads tables only.
func (c *Community) Unranked(ctx context.Context) (map[MemberID]bool, error) {
	out, err := c.LeftOut(ctx)
	if err != nil {
		return nil, err
	}
	hidden, err := c.Consent.All(ctx, HideRank)
	if err != nil {
		return nil, err
	}
	for id := range hidden {
		out[id] = true
	}
	erased, err := c.Erased(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range erased {
		out[id] = true
	}
	gone, err := c.Gone(ctx)
	for _, id := range gone {
		out[id] = true
	}
	return out, err
}

// named is the name of a person under one of their ids.
type named struct {
	Who, ID MemberID
	Name    string
	NameAt  int64
	Own     int // 0: it is their own id
}

// Names are the names of people, safe to echo: for each their latest under any of their ids, as Called has it. It reads
// tables only, all at once.
func (ro *Roster) Names(ctx context.Context, ids ...MemberID) (map[MemberID]string, error) {
	names, at := make(map[MemberID]string, len(ids)), make(map[MemberID]int64, len(ids))
	for part := range slices.Chunk(ids, bulkRows) {
		var rows []named
		err := ro.db.Conn(ctx).Raw(`SELECT m.id AS who, m.id, m.name, m.name_at, 0 AS own FROM members m WHERE m.id IN ?
			UNION ALL SELECT a.member_id, m.id, m.name, m.name_at, 1 FROM aliases a JOIN members m ON m.id = a.alias WHERE a.member_id IN ?`, part, part).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("names: %w", err)
		}
		slices.SortFunc(rows, func(a, b named) int { return cmp.Or(cmp.Compare(a.Own, b.Own), compareIDs(a.ID, b.ID)) })
		for _, row := range rows {
			if last, ok := at[row.Who]; !ok || row.NameAt > last {
				names[row.Who], at[row.Who] = row.Name, row.NameAt
			}
		}
	}
	for id, name := range names {
		names[id] = ro.words.ScreenName(name)
	}
	return names, nil
}
