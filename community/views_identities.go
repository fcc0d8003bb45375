package community

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// viewIdentities shows who waits to be recognised, the longest waiting first, and whom they could be.
func (c *Community) viewIdentities(ctx context.Context, q *bot.Query) (bot.Page, error) {
	d, err := c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	skip, err := strconv.Atoi(q.After)
	if err != nil || skip < 0 {
		skip = 0
	}
	waiting, total, err := c.whoWaits(ctx, skip, q.Limit)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "waiting", Title: q.T("identities.title"), Empty: q.T("pending.none"),
		Columns: columns(q, "member name groups since said# points# could_be")}
	ids := make([]MemberID, len(waiting))
	for i, w := range waiting {
		ids[i] = MemberID(w.ID)
	}
	people, err := c.profiles(ctx, d, q.At, ids)
	if err != nil {
		return bot.Page{}, err
	}
	candidates, names, err := c.candidates(ctx, d, ids)
	if err != nil {
		return bot.Page{}, err
	}
	for i, p := range people {
		row := bot.Row{Key: string(p.ID)}
		var could []string
		for _, who := range candidates[p.ID] {
			could = append(could, q.T("identities.candidate", "Name", names[who.Member], "ID", string(d.Who(who.Member)), "Evidence", evidenceIn(q.T, who.Evidence)))
			row.Acts = append(row.Acts, bot.Act{Command: "合并", Args: string(p.ID) + " 到 " + string(d.Who(who.Member)),
				Label: q.T("identities.merge", "Name", names[who.Member], "ID", string(d.Who(who.Member)))})
		}
		row.Acts = append(row.Acts, bot.Act{Command: "确认新人", Args: string(p.ID)})
		row.Cells = []bot.Cell{
			{Text: string(p.ID), Member: string(p.ID), Link: MemberLink(p.ID)},
			{Text: c.Words.ScreenName(waiting[i].Name), Member: string(p.ID), Link: MemberLink(p.ID)},
			{Text: c.places(p.groups)}, c.Clock(bot.FromMillis(waiting[i].Provisional)), number(p.said), number(p.worth),
			{Text: strings.Join(could, "；")},
		}
		t.Rows = append(t.Rows, row)
	}
	if skip+len(waiting) < total {
		t.Next = fmt.Sprint(skip + len(waiting))
	}
	return bot.Page{Figures: []bot.Figure{figure(q, "waiting", number(total))}, Tables: []bot.Table{t}}, nil
}

// waits is somebody who waits to be recognised.
type waits struct {
	ID          string
	Name        string // in a group, or else their nickname
	Provisional int64
}

// whoWaits lists a part of those who wait to be recognised, the longest waiting first, and tells how many there are.
func (c *Community) whoWaits(ctx context.Context, skip, limit int) (list []waits, total int, err error) {
	const from = ` FROM members WHERE provisional > 0 AND id NOT IN (SELECT alias FROM aliases)`
	conn := c.db.Conn(ctx)
	if err := conn.Raw(`SELECT COUNT(*)` + from).Scan(&total).Error; err != nil {
		return nil, 0, fmt.Errorf("who waits: %w", err)
	}
	if err := conn.Raw(`SELECT id, provisional, COALESCE((SELECT s.display FROM stays s WHERE s.member_id = members.id AND s.display <> ''
		ORDER BY s.joined_at DESC LIMIT 1), name) AS name`+from+` ORDER BY provisional, LENGTH(id), id LIMIT ? OFFSET ?`, limit, skip).Scan(&list).Error; err != nil {
		return nil, 0, fmt.Errorf("who waits: %w", err)
	}
	return list, total, nil
}

// candidates are whom people could be, each person once, and what these are called.
func (c *Community) candidates(ctx context.Context, d *Directory, people []MemberID) (map[MemberID][]Candidate, map[MemberID]string, error) {
	found := map[MemberID][]Candidate{}
	if len(people) == 0 {
		return found, nil, nil
	}
	var rows []struct{ MemberID, CandidateID, Evidence string }
	if err := c.db.Conn(ctx).Raw(`SELECT n.member_id, n.candidate_id, n.evidence FROM candidates n WHERE n.member_id IN ? AND `+unfound+`
		ORDER BY LENGTH(n.candidate_id), n.candidate_id`, people).Scan(&rows).Error; err != nil {
		return nil, nil, fmt.Errorf("candidates: %w", err)
	}
	var ids []MemberID
	for _, row := range rows {
		of, who := MemberID(row.MemberID), d.Who(MemberID(row.CandidateID))
		if who == of || slices.ContainsFunc(found[of], func(o Candidate) bool { return o.Member == who }) {
			continue
		}
		ids = append(ids, who)
		found[of] = append(found[of], Candidate{Member: who, Evidence: row.Evidence})
	}
	for _, list := range found {
		slices.SortStableFunc(list, func(a, b Candidate) int { return weigh(b.Evidence) - weigh(a.Evidence) })
	}
	names, err := d.Called(ctx, ids...)
	return found, names, err
}
